/* likeness.c - edit distances by the table of all beginnings, a row at a time. */
#include "likeness.h"
#include <stdio.h>
#include <string.h>

enum { LONGEST = 63, LONG = 5 /* letters of a word in which two slips are likely */ };

likeness likeness_to(const char *typed, size_t len)
{
    return (likeness){.typed = typed, .len = len, .distance = len < LONG ? 2 : 3};
}

static int least_of(int a, int b, int c)
{
    int least = a < b ? a : b;
    return least < c ? least : c;
}

/* row[i][j]: slips between the first i letters of a and the first j of b; the last three rows in turn. */
static int distance_between(const char *a, size_t n, const char *b, size_t m)
{
    int row[3][LONGEST + 1];
    for (size_t j = 0; j <= m; j++)
        row[0][j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int *now = row[i % 3];
        const int *before = row[(i + 2) % 3], *two_before = row[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            now[j] = least_of(before[j] + 1, now[j - 1] + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && two_before[j - 2] + 1 < now[j])
                now[j] = two_before[j - 2] + 1;
        }
    }
    return row[n % 3][m];
}

void likeness_try(likeness *l, const char *candidate)
{
    size_t m = strlen(candidate);
    if (l->len > LONGEST || m > LONGEST)
        return;
    int distance = distance_between(l->typed, l->len, candidate, m);
    if (distance < l->distance && distance < (int)m) {
        l->best = candidate;
        l->distance = distance;
    }
}

const char *likeness_question(const likeness *l, const char *dashes, char text[LIKENESS_TEXT])
{
    *text = 0;
    if (l->best)
        snprintf(text, LIKENESS_TEXT, " (did you mean %s%s?)", dashes, l->best);
    return text;
}
