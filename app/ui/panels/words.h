/* words.h - the answer as a person would say it. */
#ifndef WORDS_H
#define WORDS_H

#include "app/core/model/models.h"
#include "app/core/number/number.h"
#include "app/ui/kit/widget.h"

/* The class as it stands in a sentence: "a 7", "an 8". */
const char *words_name(ui *u, const char *label);

/* One sentence: "This is a 7.", "This is a 7, or perhaps a 1.", "Unsure: a 7 or a 1?" label: of all classes. "" for an
 * empty canvas. Until the next frame, as all that is said. */
const char *words_answer(ui *u, const answer *answer, const char (*label)[NN_NAME]);

/* The same of a number: "This is the number 2026.", "Unsure: perhaps 2026." */
const char *words_number(ui *u, const number_answer *number);

/* How long it took to read a digit: "4 µs", "1.2 ms". */
const char *words_time(ui *u, double us);

/* How many images a model reads right, and which, "99.63 % of test images · 99.34 % of people’s pens"; NULL where nothing is
 * known. Of one that was taught: "before it was taught: ...". */
const char *words_scores(ui *u, const model_scores *scores);

/* The same of what stands in a list: of several that are asked together also how many there are. */
const char *words_known(ui *u, const model_entry *model);

/* Why nothing was made of a picture that is none of the classes: there are two shapes side by side, or just that. */
const char *words_doubt(bool two);

/* The offer to read this as a number: of two digits, or of more. */
const char *words_offer(bool two);

#endif
