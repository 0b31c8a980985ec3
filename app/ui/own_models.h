/* own_models.h - the model in use, where it is one of the person's own, gets another name or is deleted; for as long as the
 * message stands, that can be taken back. */
#ifndef OWN_MODELS_H
#define OWN_MODELS_H

#include "state.h"

/* At the start, of a process that owns the state folder: what a run that was killed had laid aside is where it was. */
void own_models_begin(app *self);
bool own_models_do(app *self, action act); /* false: it is none of its own */
/* The model that the dialog was opened for, also when another one reads by now. */
bool own_models_rename(app *self, const char *name, nn_error *err);

/* The text of the dialog about the model in use; "" takes its description away. */
bool own_models_describe(app *self, const char *text, nn_error *err);
void own_models_tick(app *self);
void own_models_free(app *self);

#endif
