/* words.h - the answer as a person would say it. */
#ifndef WORDS_H
#define WORDS_H

#include "app/core/model/recogniser.h"

enum { WORDS_MAX = 2 * NN_NAME + 48 };

/* The second most likely class, -1 for an empty canvas. */
int words_runner_up(const answer *answer);

/* "a 7", "an 8", "an Ankle boot": a class label with its article. */
void words_name(char out[WORDS_MAX], const char *label);

/* One sentence: "This is a 7.", "This is a 7, or perhaps a 1.", "Unsure: a 7 or a 1?" label: of all classes. "" for an
 * empty canvas. */
void words_answer(char out[WORDS_MAX], const answer *answer, const char (*label)[NN_NAME]);

#endif
