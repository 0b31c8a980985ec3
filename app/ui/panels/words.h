/* words.h - the answer as a person would say it. */
#ifndef WORDS_H
#define WORDS_H

#include "app/core/model/recogniser.h"
#include "app/ui/kit/widget.h"

/* The second most likely class, -1 for an empty canvas. */
int words_runner_up(const answer *answer);

/* One sentence: "This is a 7.", "This is a 7, or perhaps a 1.", "Unsure: a 7 or a 1?" label: of all classes. "" for an
 * empty canvas. Until the next frame, as all that is said. */
const char *words_answer(ui *u, const answer *answer, const char (*label)[NN_NAME]);

#endif
