/* teach_facts.h - what is noted in the file of a model that was taught. */
#ifndef TEACH_FACTS_H
#define TEACH_FACTS_H

#include "teach.h"

/* The training facts of the copy: the command, what was learned, and as "origin" how well the model reads that it was before
 * (model_scores.h), called by a name. No speeds: the same lesson gives the same file. */
bool teach_note(nn_model *copy, const char *command, const nn_model *origin, const char *name,
                const teach_result *result, nn_error *err);

#endif
