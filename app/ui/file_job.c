/* file_job.c - looks at how a file begins, then reads it as what it is. */
#include "file_job.h"
#include "app/core/drawing/strokes.h"
#include "app/core/foreign/import_change.h"
#include "app/core/foreign/import_file.h"
#include "app/core/foreign/import_name.h"
#include "app/core/model/foreign_kind.h"
#include "app/core/model/models.h"
#include "app/core/paths.h"
#include "app/ui/kit/picture_file.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include <ctype.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

struct file_job {
    job *job;
    char path[PATHS_MAX];
    paths where;
    float brush;
    const char *language;
    int convention;
    atomic_bool imports;
    bool ok;
    file_content content;
    nn_error err;
};

/* ---- what it is -------------------------------------------------------------------------------------------------- */

/* By how the file begins. */
static bool look(foreign_kind *kind, const char *path, nn_error *err)
{
    enum { HEAD = 1 << 20 };
    size_t len;
    unsigned char *head = nn_alloc(HEAD + 1, 1);
    if (!head)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    bool ok = nn_file_head(path, head, HEAD, &len, err);
    if (ok)
        *kind = foreign_recognise_file(path, head, len);
    nn_free(head);
    return ok;
}

bool file_parse_strokes(ink *drawing, const char *text, size_t len, float brush, nn_error *err)
{
    strokes_line line;
    const char *end = memchr(text, '\n', len);
    if (!strokes_parse(&line, text, end ? (size_t)(end - text) : len, err))
        return false;
    strokes_fit(&line, brush, 1, 0, 0);
    *drawing = line.ink;
    return true;
}

int file_count_drawings(const char *text, size_t len)
{
    int count = 0;
    bool begins = true;
    for (size_t i = 0; i < len; i++) {
        count += begins && text[i] == '{';
        begins = text[i] == '\n' || (begins && isspace((unsigned char)text[i]));
    }
    return count;
}

/* ---- pictures ---------------------------------------------------------------------------------------------------- */

void app_picture_free(app_picture *self)
{
    picture_free(&self->found);
    picture_free(&self->row);
    nn_free(self->shown);
    *self = (app_picture){0};
}

static bool read_picture(app_picture *p, const unsigned char *data, size_t len, nn_error *err)
{
    pixmap colours;
    bool ok = picture_file_decode(&colours, data, len, err) &&
              pixmap_shrink_darkness(&p->shown, &p->shown_w, &p->shown_h, &colours, INK_CANVAS, err) &&
              picture_find(&p->found, &colours, err) && picture_find_row(&p->row, &colours, err);
    p->w = colours.w;
    p->h = colours.h;
    nn_free(colours.rgba);
    if (!ok)
        app_picture_free(p);
    return ok;
}

/* ---- other programs' models --------------------------------------------------------------------------------------- */

static bool import(file_job *self, job *thread)
{
    file_content *c = &self->content;
    nn_model *model;
    import_request request = {.path = self->path, .where = &self->where, .language = self->language};
    import_watch watch = {NULL, job_stops, thread};
    atomic_store(&self->imports, true);
    job_tell(thread);
    if (!import_file(&model, &request, &watch, &self->err))
        return false;
    c->kind = FILE_IMPORTED;
    import_facts_of(&c->facts, model);
    bool ok =
        import_name(c->imported, &self->where, self->path, &self->err) && nn_model_save(model, c->imported, &self->err);
    nn_model_free(model);
    return ok;
}

/* ---- the worker -------------------------------------------------------------------------------------------------- */

static bool read_content(file_job *self, const unsigned char *data, size_t len)
{
    file_content *c = &self->content;
    size_t start = 0;
    while (start < len && isspace(data[start]))
        start++;
    c->kind = start < len && data[start] == '{' ? FILE_DRAWING : FILE_PICTURE;
    if (c->kind == FILE_DRAWING)
        c->drawings = file_count_drawings((const char *)data + start, len - start);
    if (c->kind == FILE_DRAWING)
        return file_parse_strokes(&c->drawing, (const char *)data + start, len - start, self->brush, &self->err);
    return read_picture(&c->picture, data, len, &self->err);
}

static void work(void *ctx, job *thread)
{
    file_job *self = ctx;
    foreign_kind kind = FOREIGN_UNKNOWN;
    unsigned char *data;
    size_t len;
    if (self->convention >= 0) {
        self->content.kind = FILE_MODEL;
        self->ok = import_change(self->path, self->convention, &self->err);
        return;
    }
    if (!look(&kind, self->path, &self->err))
        return;
    if (kind == FOREIGN_EMPTY) {
        self->ok = foreign_refuse(kind, &self->err) || nn_fail_in(&self->err, self->path);
        return;
    }
    if (kind == FOREIGN_OURS || models_is_ensemble(self->path)) {
        self->content.kind = FILE_MODEL;
        self->ok = true;
        return;
    }
    if (kind == FOREIGN_HISTORY) {
        self->content.kind = FILE_HISTORY;
        self->ok = true;
        return;
    }
    if (foreign_is_model(kind)) {
        self->ok = import(self, thread);
        return;
    }
    if ((kind == FOREIGN_UNKNOWN || kind == FOREIGN_TEXT) && foreign_refuse_by_name(self->path, &self->err)) {
        nn_fail_in(&self->err, self->path);
        return;
    }
    if (!nn_file_read(self->path, PICTURE_MAX_BYTES, &data, &len, &self->err))
        return;
    self->ok = read_content(self, data, len) || nn_fail_in(&self->err, self->path);
    nn_free(data);
}

/* ---- for the owner ----------------------------------------------------------------------------------------------- */

static void free_job(void *ctx)
{
    file_job *self = ctx;
    ink_free(&self->content.drawing);
    app_picture_free(&self->content.picture);
    nn_free(self);
}

bool file_job_new(file_job **out, const file_wish *wish, const job_host *host, nn_error *err)
{
    file_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    self->brush = wish->brush;
    self->where = *wish->where;
    self->language = wish->language;
    self->convention = wish->convention;
    ink_init(&self->content.drawing);
    bool fits = snprintf(self->path, sizeof self->path, "%s", wish->path) < (int)sizeof self->path;
    if (fits ? job_start(&self->job, work, self, host, err) : nn_fail(err, NN_LIMIT, 0, "the path is too long"))
        return true;
    free_job(self);
    *out = NULL;
    return false;
}

bool file_job_imports(const file_job *self)
{
    return atomic_load(&self->imports);
}

bool file_job_is_done(const file_job *self)
{
    return job_has_ended(self->job);
}

bool file_job_take(file_job *self, file_content *content, nn_error *err)
{
    job_finish(self->job);
    bool ok = self->ok;
    *content = self->content;
    if (!ok)
        *err = self->err;
    nn_free(self);
    return ok;
}

void file_job_leave(file_job *self)
{
    if (self)
        job_leave(self->job, free_job);
}
