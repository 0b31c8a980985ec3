/* comparison.c - surveys models, opens those that are ticked, and has them read. */
#include "comparison.h"
#include "app/texts/texts.h"
#include "notice.h"
#include "reader.h"
#include "views.h"
#include <stdio.h>
#include <string.h>

static void free_row(comparison_row *row)
{
    model_load_leave(row->load);
    recogniser_free(row->reader);
}

void comparison_free(app *self)
{
    app_comparison *l = &self->comparison;
    model_survey_leave(l->survey);
    for (int i = 0; i < l->n_rows; i++)
        free_row(&l->row[i]);
    nn_free(l->row);
}

/* ---- the list ---------------------------------------------------------------------------------------------------- */

static comparison_row *find_row(app_comparison *l, const model_entry *entry)
{
    for (int i = 0; i < l->n_rows; i++)
        if (strcmp(models_value(&l->row[i].entry), models_value(entry)) == 0)
            return &l->row[i];
    return NULL;
}

/* A row of before keeps its tick and its reader. */
static void take_over(app_comparison *l, comparison_row *row, const model_entry *entry)
{
    comparison_row *before = find_row(l, entry);
    if (before) {
        *row = *before;
        *before = (comparison_row){.entry = before->entry};
    }
    row->entry = *entry;
}

static void set_rows(app *self, const model_entry *list, int count)
{
    app_comparison *l = &self->comparison;
    comparison_row *rows = nn_alloc((size_t)count + 1, sizeof *rows);
    if (!rows) {
        nn_error err;
        nn_fail(&err, NN_NOMEM, 0, "out of memory");
        app_notice(self, FORMAT_NOTICE_MODELS, err.text);
        return;
    }
    for (int i = 0; i < count; i++)
        take_over(l, &rows[i], &list[i]);
    for (int i = 0; i < l->n_rows; i++)
        free_row(&l->row[i]);
    nn_free(l->row);
    l->row = rows;
    l->n_rows = count;
}

/* Their names at once; what has to be read comes later. */
static void list_names(app *self)
{
    model_entry *list;
    int count;
    nn_error err;
    if (!models_list_names(&list, &count, &self->paths, &err)) {
        app_notice(self, FORMAT_NOTICE_MODELS, err.text);
        return;
    }
    set_rows(self, list, count);
    nn_free(list);
}

void comparison_survey(app *self)
{
    nn_error err;
    app_comparison *l = &self->comparison;
    job_host host = app_job_host(self);
    if (!l->row)
        list_names(self);
    l->again = l->survey != NULL; /* that one may have looked too early */
    if (!l->survey && !model_survey_new(&l->survey, &self->paths, l->loose, &host, &err))
        app_notice(self, FORMAT_NOTICE_MODELS, err.text);
}

static void end_survey(app *self)
{
    model_entry *list;
    int count;
    nn_error err;
    bool ok = model_survey_take(self->comparison.survey, &list, &count, &err);
    self->comparison.survey = NULL;
    for (int i = 0; ok && i < count; i++)
        list[i].infer_us = app_told(self, "speed", list[i].infer_us);
    if (ok)
        set_rows(self, list, count);
    else
        app_notice(self, FORMAT_NOTICE_MODELS, err.text);
    nn_free(ok ? list : NULL);
    if (self->comparison.again)
        comparison_survey(self);
}

/* A model that was opened by its path is in the list, also where it lies outside the usual folders. */
static void follow_reader(app *self)
{
    app_comparison *l = &self->comparison;
    const char *path = self->reader.path;
    if (!*path || strcmp(path, l->loose) == 0)
        return;
    for (int i = 0; i < l->n_rows; i++)
        if (strcmp(l->row[i].entry.path, path) == 0)
            return;
    snprintf(l->loose, sizeof l->loose, "%s", path);
    if (l->row) /* else the first survey is still to come */
        comparison_survey(self);
}

/* ---- which are ticked -------------------------------------------------------------------------------------------- */

static void tick_row(app *self, int index)
{
    nn_error err;
    if (index < 0 || index >= self->comparison.n_rows)
        return;
    comparison_row *row = &self->comparison.row[index];
    job_host host = app_job_host(self);
    const char *value = models_value(&row->entry);
    row->ticked = !row->ticked;
    if (!row->ticked) {
        free_row(row);
        row->load = NULL;
        row->reader = NULL;
    } else if (!model_load_new(&row->load, &self->paths, &value, 1, &host, &err)) {
        row->ticked = false;
        app_notice_error(self, &err);
    }
}

static void read_row(const app *self, comparison_row *row)
{
    recogniser_read(row->reader, &app_read(self)->digit, &row->answer);
    row->answer.infer_us = app_told(self, "infer", row->answer.infer_us);
    row->read = app_read(self)->of.drawn;
}

static void end_row_load(app *self, comparison_row *row)
{
    nn_error err;
    row->reader = model_load_take(row->load, &err);
    row->load = NULL;
    row->ticked = row->reader != NULL;
    if (!row->ticked)
        app_notice_error(self, &err);
    if (row->reader)
        read_row(self, row);
}

static void use_together(app *self)
{
    app_comparison *l = &self->comparison;
    const char *values[RECOGNISER_MAX_MODELS];
    int count = 0;
    char name[NN_NAME];
    for (int i = 0; i < l->n_rows && count < RECOGNISER_MAX_MODELS; i++)
        if (l->row[i].reader)
            values[count++] = models_value(&l->row[i].entry);
    if (count < 2)
        return;
    for (int i = 0; i < l->n_rows; i++)
        l->row[i].together = l->row[i].reader != NULL;
    texts_format(name, sizeof name, FORMAT_COMPARE_NAME_N, count);
    reader_use(self, values, count, name, false);
}

static void use_row(app *self, int index)
{
    const app_comparison *l = &self->comparison;
    if (index < 0 || index >= l->n_rows)
        return;
    const comparison_row *row = &l->row[index];
    const char *value = models_value(&row->entry);
    reader_use(self, &value, 1, row->entry.name, !row->entry.loose);
}

bool comparison_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_VIEW_MODELS:
        views_show(self, VIEW_MODELS);
        comparison_survey(self);
        return true;
    case ACTION_TICK: tick_row(self, act.index); return true;
    case ACTION_USE: use_row(self, act.index); return true;
    case ACTION_TOGETHER: use_together(self); return true;
    default: return false;
    }
}

/* ---- time -------------------------------------------------------------------------------------------------------- */

void comparison_tick(app *self)
{
    app_comparison *l = &self->comparison;
    bool shown = self->settings.view == VIEW_MODELS;
    follow_reader(self);
    if (shown && !l->row && !l->survey)
        comparison_survey(self);
    if (l->survey && app_told(self, "survey", model_survey_is_done(l->survey)) != 0)
        end_survey(self);
    for (int i = 0; i < l->n_rows; i++)
        if (l->row[i].load && app_told(self, "model", model_load_is_done(l->row[i].load)) != 0)
            end_row_load(self, &l->row[i]);
    for (int i = 0; shown && i < l->n_rows; i++)
        if (l->row[i].reader && l->row[i].read != app_read(self)->of.drawn)
            read_row(self, &l->row[i]);
}
