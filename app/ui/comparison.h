/* comparison.h - the models there are, side by side: those that are ticked read the drawing beside the one in use.
 * Opening any of them happens in a thread of its own (model_jobs.h). */
#ifndef COMPARISON_H
#define COMPARISON_H

#include "state.h"

/* Looks which models there are; ticks stay. */
void comparison_survey(app *self);

void comparison_tick(app *self);
bool comparison_do(app *self, action act); /* false: it is none of its actions */
void comparison_free(app *self);

#endif
