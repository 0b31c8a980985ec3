/* reader.h - which network reads, and the one place where another one takes its turn. Who wants to know asks the state:
 * app_recogniser, app_reader_name, reader.path. */
#ifndef READER_H
#define READER_H

#include "state.h"

/* The model, ensemble or file of a value (models.h) reads from now on; the old one stays on failure. */
bool app_use_model(app *self, const char *value, nn_error *err);

/* The same for several values, which are asked together, opened beside the window: until then the one before reads.
 * `name` is shown; NULL: made from the value. What goes wrong becomes a notice. */
void reader_use(app *self, const char *const *values, int count, const char *name, bool remember);

/* A network that belongs to somebody else reads in place of the model in use, until reader_send_away or until another
 * model is chosen. */
void reader_invite(app *self, recogniser *guest, const char *name);
void reader_send_away(app *self);
void reader_changed(app *self); /* its weights have: reads again */

void reader_tick(app *self);
void reader_free(app *self);

#endif
