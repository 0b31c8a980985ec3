/* reader.h - which network reads, and the one place where another one takes its turn. Who wants to know asks the state:
 * app_recogniser, app_reader_name, reader.path. */
#ifndef READER_H
#define READER_H

#include "state.h"

/* Begins with the model that the command line names, else the one remembered, else the default. */
void reader_start(app *self);

/* The models, ensembles or files of some values (models.h) read from now on, together where there are several. They are
 * opened beside the window, and until then the one before reads; the newest wish counts. `name` is shown. What goes
 * wrong becomes a notice and, while nothing reads yet, a line on stderr. */
void reader_use(app *self, const char *const *values, int count, const char *name, bool remember);
void reader_use_one(app *self, const char *value);

void reader_call_off(app *self); /* what is being opened is not wanted any more */

/* One that is open already reads from now on, and belongs to the reader; path: "" if it has a name. */
void reader_adopt(app *self, recogniser *used, const char *name, const char *path);

/* A network that belongs to somebody else reads in place of the model in use, until reader_send_away or until another
 * model is chosen. */
void reader_invite(app *self, recogniser *guest, const char *name);
void reader_send_away(app *self);
void reader_changed(app *self); /* its weights have: reads again */

void reader_tick(app *self);
void reader_free(app *self);

#endif
