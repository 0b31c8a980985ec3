/* lineup.c - surveys models, opens those that are ticked or chosen, and has them read. */
#include "lineup.h"
#include "app.h"
#include "app/core/platform.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static job_host host_of(const app *self)
{
    return (job_host){self->host.ctx, self->host.wake, platform_lower_priority};
}

static void free_row(lineup_row *row)
{
    model_load_free(row->load);
    recogniser_free(row->reader);
}

void lineup_free(app *self)
{
    lineup *l = &self->lineup;
    model_survey_free(l->survey);
    model_load_free(l->load);
    for (int i = 0; i < l->n_rows; i++)
        free_row(&l->row[i]);
    nn_free(l->row);
}

int lineup_ready(const lineup *self)
{
    int n = 0;
    for (int i = 0; i < self->n_rows; i++)
        n += self->row[i].reader != NULL;
    return n;
}

/* What opens a row's model, whatever it is called. */
static const char *value_of(const model_entry *entry)
{
    return *entry->path ? entry->path : entry->name;
}

/* ---- the list ---------------------------------------------------------------------------------------------------- */

void lineup_survey(app *self)
{
    nn_error err;
    job_host host = host_of(self);
    if (!self->lineup.survey && !model_survey_new(&self->lineup.survey, &self->paths, &host, &err))
        app_notice(self, "Models: %s", err.text);
}

static lineup_row *find_row(lineup *l, const model_entry *entry)
{
    for (int i = 0; i < l->n_rows; i++)
        if (strcmp(value_of(&l->row[i].entry), value_of(entry)) == 0)
            return &l->row[i];
    return NULL;
}

/* A row of before keeps its tick and its reader. */
static void take_over(lineup *l, lineup_row *row, const model_entry *entry)
{
    lineup_row *before = find_row(l, entry);
    if (before) {
        *row = *before;
        *before = (lineup_row){.entry = before->entry};
    }
    row->entry = *entry;
}

static void set_rows(app *self, const model_entry *list, int count)
{
    lineup *l = &self->lineup;
    lineup_row *rows = nn_alloc((size_t)count + 1, sizeof *rows);
    if (!rows) {
        app_notice(self, "Models: out of memory");
        return;
    }
    bool listed = !*l->dropped.path;
    for (int i = 0; i < count; i++) {
        take_over(l, &rows[i], &list[i]);
        listed = listed || strcmp(list[i].path, l->dropped.path) == 0;
    }
    if (!listed)
        take_over(l, &rows[count++], &l->dropped);
    for (int i = 0; i < l->n_rows; i++)
        free_row(&l->row[i]);
    nn_free(l->row);
    l->row = rows;
    l->n_rows = count;
}

static void end_survey(app *self)
{
    model_entry *list;
    int count;
    nn_error err;
    bool ok = model_survey_take(self->lineup.survey, &list, &count, &err);
    self->lineup.survey = NULL;
    if (ok)
        set_rows(self, list, count);
    else
        app_notice(self, "Models: %s", err.text);
    nn_free(ok ? list : NULL);
    self->built = false;
}

void lineup_add(app *self, const char *path, const char *name, const nn_model *model)
{
    model_entry *m = &self->lineup.dropped;
    *m = (model_entry){.parameters = model->plan->floats, .accuracy = models_accuracy(model), .infer_us = NAN};
    snprintf(m->path, sizeof m->path, "%s", path);
    snprintf(m->name, sizeof m->name, "%s", name);
    if (self->lineup.row) /* else the first survey is still to come */
        lineup_survey(self);
}

/* ---- which is in use --------------------------------------------------------------------------------------------- */

void lineup_use(app *self, const char *const *values, int count, const char *name, bool remember)
{
    nn_error err;
    lineup *l = &self->lineup;
    job_host host = host_of(self);
    model_load_free(l->load); /* only the last wish counts */
    if (!model_load_new(&l->load, &self->paths, values, count, &host, &err)) {
        app_notice(self, "%s", err.text);
        return;
    }
    l->remember = remember;
    l->wanted = (model_entry){0};
    snprintf(l->wanted.name, sizeof l->wanted.name, "%s", name);
    if (count == 1 && models_is_path(values[0]))
        snprintf(l->wanted.path, sizeof l->wanted.path, "%s", values[0]);
}

static void end_load(app *self)
{
    nn_error err;
    lineup *l = &self->lineup;
    recogniser *reader = model_load_take(l->load, &err);
    l->load = NULL;
    if (!reader) {
        app_notice(self, "%s", err.text);
        return;
    }
    if (*l->wanted.path)
        lineup_add(self, l->wanted.path, l->wanted.name, recogniser_model(reader));
    if (l->remember)
        snprintf(self->settings.model, sizeof self->settings.model, "%s", l->wanted.name);
    app_replace_reader(self, reader, l->wanted.name);
}

/* ---- which are ticked -------------------------------------------------------------------------------------------- */

static void tick_row(app *self, lineup_row *row)
{
    nn_error err;
    job_host host = host_of(self);
    const char *value = value_of(&row->entry);
    row->ticked = !row->ticked;
    if (!row->ticked) {
        free_row(row);
        row->load = NULL;
        row->reader = NULL;
    } else if (!model_load_new(&row->load, &self->paths, &value, 1, &host, &err)) {
        row->ticked = false;
        app_notice(self, "%s", err.text);
    }
}

static void end_row_load(app *self, lineup_row *row)
{
    nn_error err;
    row->reader = model_load_take(row->load, &err);
    row->load = NULL;
    row->ticked = row->reader != NULL;
    if (!row->ticked)
        app_notice(self, "%s", err.text);
    row->answer = (answer){.digit = -1, .text = ""};
    self->lineup.read = self->reads - 1;
    self->built = false;
}

static void use_together(app *self)
{
    lineup *l = &self->lineup;
    const char *values[RECOGNISER_MAX_MODELS];
    int count = 0;
    char name[NN_NAME];
    for (int i = 0; i < l->n_rows && count < RECOGNISER_MAX_MODELS; i++)
        if (l->row[i].reader)
            values[count++] = value_of(&l->row[i].entry);
    if (count < 2)
        return;
    snprintf(name, sizeof name, "%d together", count);
    lineup_use(self, values, count, name, false);
}

void lineup_do(app *self, action act)
{
    lineup *l = &self->lineup;
    if (act.id == ACTION_TOGETHER) {
        use_together(self);
        return;
    }
    if (act.index < 0 || act.index >= l->n_rows)
        return;
    lineup_row *row = &l->row[act.index];
    const char *value = value_of(&row->entry);
    if (act.id == ACTION_TICK)
        tick_row(self, row);
    else
        lineup_use(self, &value, 1, row->entry.name, row != find_row(l, &l->dropped));
}

/* ---- time -------------------------------------------------------------------------------------------------------- */

void lineup_tick(app *self)
{
    lineup *l = &self->lineup;
    bool shown = self->settings.view == VIEW_MODELS;
    if (shown && !l->row && !l->survey)
        lineup_survey(self);
    if (l->survey && model_survey_is_done(l->survey))
        end_survey(self);
    if (l->load && model_load_is_done(l->load))
        end_load(self);
    for (int i = 0; i < l->n_rows; i++)
        if (l->row[i].load && model_load_is_done(l->row[i].load))
            end_row_load(self, &l->row[i]);
    if (!shown || l->read == self->reads)
        return;
    l->read = self->reads;
    for (int i = 0; i < l->n_rows; i++)
        if (l->row[i].reader)
            recogniser_read(l->row[i].reader, &self->digit, &l->row[i].answer);
    self->built = false;
}
