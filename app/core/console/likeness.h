/* likeness.h - the word that was probably meant by a mistyped one. */
#ifndef LIKENESS_H
#define LIKENESS_H

#include <stddef.h>

/* Begins with the word as it was typed (`len` bytes of it) and nothing else. */
typedef struct likeness {
    const char *typed;
    size_t len;
    const char *best; /* the candidate that is nearest so far, NULL while none is near enough */
    int distance;     /* its, or what would be too far */
} likeness;

likeness likeness_to(const char *typed, size_t len);

/* One more candidate, which must stay where it is. Near are words that are one slip away, long ones also two: a letter
 * wrong, missing, too many, or two that changed places (Damerau 1964). */
void likeness_try(likeness *l, const char *candidate);

/* " (did you mean --epochs?)" with dashes in front of the word, or "" where nothing is near. */
enum { LIKENESS_TEXT = 96 };
const char *likeness_question(const likeness *l, const char *dashes, char text[LIKENESS_TEXT]);

#endif
