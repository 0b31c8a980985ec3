/* lineup.h - the models there are, side by side: those that are ticked read the drawing beside the one in use.
 * Opening any of them happens in a thread of its own (model_jobs.h). */
#ifndef LINEUP_H
#define LINEUP_H

#include "app/core/model/model_jobs.h"
#include "app/ui/kit/action.h"

struct app;

typedef struct lineup_row {
    model_entry entry;
    bool ticked;
    model_load *load;   /* on its way */
    recogniser *reader; /* of a ticked one; NULL while it is on its way */
    answer answer;
} lineup_row;

typedef struct lineup {
    model_survey *survey;
    lineup_row *row; /* NULL until the first survey is done */
    int n_rows;
    unsigned read; /* app.reads that the answers are about */

    model_load *load;   /* what shall be in use once it is open */
    model_entry wanted; /* its name, and its path if it was asked for by that */
    bool remember;      /* the next start uses it too */

    model_entry dropped; /* the last that was opened by a path outside the usual folders; no path: none */
} lineup;

/* Looks which models there are; ticks stay. */
void lineup_survey(struct app *self);

/* The models of `values` read from now on, together where there are several; until they are open the old one does.
 * `name` is shown. What goes wrong becomes a notice. */
void lineup_use(struct app *self, const char *const *values, int count, const char *name, bool remember);

/* A model that was opened by its path is in the list, also where it lies outside the usual folders. */
void lineup_add(struct app *self, const char *path, const char *name, const nn_model *model);

void lineup_tick(struct app *self);
void lineup_do(struct app *self, action act);
void lineup_free(struct app *self);

int lineup_ready(const lineup *self); /* how many of the ticked ones can read */

#endif
