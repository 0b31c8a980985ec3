/* part_names.c - words in names. */
#include "part_names.h"
#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool is_letter(char c)
{
    return isalpha((unsigned char)c) != 0;
}

bool has_word(const char *name, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = name; *p; p++) {
        bool begins = p == name || !is_letter(p[-1]) || (islower((unsigned char)p[-1]) && isupper((unsigned char)p[0]));
        if (begins && strncasecmp(p, word, len) == 0 && (!is_letter(p[len]) || isupper((unsigned char)p[len])))
            return true;
    }
    return false;
}

static bool has_any(const char *name, const char *const *words)
{
    for (; *words; words++)
        if (has_word(name, *words))
            return true;
    return false;
}

part_name part_named(const char *name)
{
    static const char *const test[] = {"test", "t10k", "tests", "testing", "tst", NULL},
                             *const train[] = {"train", "training", "trn", "trainset", NULL},
                             *const validation[] = {"val", "valid", "validation", "dev", NULL},
                             *const other[] = {"extra", NULL};
    return has_any(name, test)         ? PART_TEST
           : has_any(name, train)      ? PART_TRAIN
           : has_any(name, validation) ? PART_VALIDATION
           : has_any(name, other)      ? PART_OTHER
                                       : PART_ANY;
}

bool names_labels(const char *name)
{
    static const char *const words[] = {"y",       "label", "labels",  "lbl",   "lbls",   "target",
                                        "targets", "class", "classes", "digit", "digits", NULL};
    return has_any(name, words);
}

bool names_images(const char *name)
{
    static const char *const words[] = {"x", "image", "images", "img", "imgs", "data", "pixels", "samples", NULL};
    return has_any(name, words);
}
