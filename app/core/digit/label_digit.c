/* label_digit.c - the names that data sets give to digits. */
#include "label_digit.h"
#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char *const english[10] = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};

static int figure_of(const char *text)
{
    return text[0] >= '0' && text[0] <= '9' && !text[1] ? text[0] - '0' : -1;
}

static int word_of(const char *text)
{
    for (int digit = 0; digit < 10; digit++)
        if (strcasecmp(text, english[digit]) == 0)
            return digit;
    return -1;
}

static const char *behind_separators(const char *text)
{
    return text + strspn(text, " _-.:");
}

/* The figure or word behind "digit", "class" and the like. */
static int numbered(const char *label)
{
    static const char *const nouns[] = {"digit", "class", "number", "label", "num", "cls"};
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++) {
        size_t len = strlen(nouns[i]);
        if (strncasecmp(label, nouns[i], len) != 0)
            continue;
        const char *rest = behind_separators(label + len);
        return figure_of(rest) >= 0 ? figure_of(rest) : word_of(rest);
    }
    return -1;
}

/* A figure and the same as a word, as torchvision calls MNIST's classes. */
static int said_twice(const char *label)
{
    if (!isdigit((unsigned char)label[0]))
        return -1;
    int word = word_of(behind_separators(label + 1));
    return word == label[0] - '0' ? word : -1;
}

int label_digit(const char *label)
{
    int digit = figure_of(label);
    if (digit < 0)
        digit = word_of(label);
    if (digit < 0)
        digit = numbered(label);
    return digit >= 0 ? digit : said_twice(label);
}

bool label_same(const char *a, const char *b)
{
    int digit = label_digit(a);
    return strcmp(a, b) == 0 || (digit >= 0 && digit == label_digit(b));
}
