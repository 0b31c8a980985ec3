/* file_job.c - looks at how a file begins, then reads it as what it is. */
#include "file_job.h"
#include "app/core/drawing/strokes.h"
#include "app/core/paths.h"
#include "app/ui/kit/picture_file.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct file_job {
    job *job;
    char path[PATHS_MAX];
    float brush;
    bool ok;
    file_content content;
    nn_error err;
};

/* ---- what it is -------------------------------------------------------------------------------------------------- */

static bool is_model(const unsigned char *data, size_t len, const char *path)
{
    const char *dot = strrchr(path, '.');
    return (len >= 9 && data[8] == '{' && data[4] == 0 && data[5] == 0) || (dot && strcmp(dot, ".ensemble") == 0);
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

/* ---- pictures ---------------------------------------------------------------------------------------------------- */

void app_picture_free(app_picture *self)
{
    picture_free(&self->found);
    nn_free(self->shown);
    *self = (app_picture){0};
}

static bool read_picture(app_picture *p, const unsigned char *data, size_t len, nn_error *err)
{
    pixmap colours;
    bool ok = picture_file_decode(&colours, data, len, err) &&
              pixmap_shrink_darkness(&p->shown, &p->shown_w, &p->shown_h, &colours, INK_CANVAS, err) &&
              picture_find(&p->found, &colours, err);
    p->w = colours.w;
    p->h = colours.h;
    nn_free(colours.rgba);
    if (!ok)
        app_picture_free(p);
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
        return file_parse_strokes(&c->drawing, (const char *)data + start, len - start, self->brush, &self->err);
    return read_picture(&c->picture, data, len, &self->err);
}

static void work(void *ctx, job *thread)
{
    file_job *self = ctx;
    unsigned char head[9], *data;
    size_t len;
    (void)thread;
    if (!nn_file_head(self->path, head, sizeof head, &len, &self->err))
        return;
    if (is_model(head, len, self->path)) {
        self->content.kind = FILE_MODEL;
        self->ok = true;
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

bool file_job_new(file_job **out, const char *path, float brush, const job_host *host, nn_error *err)
{
    file_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    self->brush = brush;
    ink_init(&self->content.drawing);
    bool fits = snprintf(self->path, sizeof self->path, "%s", path) < (int)sizeof self->path;
    if (fits ? job_start(&self->job, work, self, host, err) : nn_fail(err, NN_LIMIT, 0, "the path is too long"))
        return true;
    free_job(self);
    *out = NULL;
    return false;
}

bool file_job_is_done(const file_job *self)
{
    return job_has_ended(self->job);
}

bool file_job_take(file_job *self, file_content *content, nn_error *err)
{
    job_wait(self->job);
    job_end(self->job);
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
