/* words.c - articles, doubt and the runner-up. */
#include "words.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const float worth_a_word = 0.05f; /* probability of the runner-up of a sure answer */
static const float worth_a_name = 0.6f;  /* probability of both together of an unsure one */

int words_runner_up(const answer *a)
{
    int best = -1;
    for (int i = 0; i < a->classes; i++)
        if (i != a->digit && (best < 0 || a->probability[i] > a->probability[best]))
            best = i;
    return best;
}

/* By sound: "an 8", "an 11" (not "an 110"), "an F", "an apple". */
static bool takes_an(const char *label)
{
    size_t len = strlen(label), digits = strspn(label, "0123456789");
    char first = (char)toupper((unsigned char)label[0]);
    if (digits > 0)
        return first == '8' || (digits == 2 && (strncmp(label, "11", 2) == 0 || strncmp(label, "18", 2) == 0));
    return first != '\0' && strchr(len == 1 ? "AEFHILMNORSX" : "AEIO", first) != NULL;
}

void words_name(char out[WORDS_MAX], const char *label)
{
    snprintf(out, WORDS_MAX, "%s %s", takes_an(label) ? "an" : "a", label);
}

void words_answer(char out[WORDS_MAX], const answer *a, const char (*label)[NN_NAME])
{
    char best[WORDS_MAX], second[WORDS_MAX];
    int other = words_runner_up(a);
    out[0] = '\0';
    if (a->digit < 0)
        return;
    words_name(best, a->text);
    words_name(second, label[other]);
    if (a->unsure && a->probability[a->digit] + a->probability[other] < worth_a_name)
        snprintf(out, WORDS_MAX, "Unsure: this looks like none of them.");
    else if (a->unsure)
        snprintf(out, WORDS_MAX, "Unsure: %.60s or %.60s?", best, second);
    else if (a->probability[other] >= worth_a_word)
        snprintf(out, WORDS_MAX, "This is %.60s, or perhaps %.60s.", best, second);
    else
        snprintf(out, WORDS_MAX, "This is %.60s.", best);
}
