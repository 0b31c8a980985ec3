/* reading.c - strokes as `ink` reads them, pictures as `predict` does. */
#include "reading.h"
#include "app/core/clock.h"
#include "app/core/drawing/strokes.h"
#include "app/core/number/number_picture.h"
#include "app/ui/kit/picture_file.h"
#include "nn/alloc.h"
#include "nn/json.h"
#include <stdio.h>
#include <string.h>

enum { OK = 200, BAD_REQUEST = 400, CONTENT_TOO_LARGE = 413, SERVER_ERROR = 500, UNAVAILABLE = 503 };

size_t reading_max_bytes(reading_kind kind)
{
    return kind == READING_STROKES ? READING_MAX_STROKES
           : kind == READING_BATCH ? READING_MAX_BATCH
                                   : READING_MAX_PICTURE;
}

static int status_of(const nn_error *err)
{
    return err->code == NN_NOMEM ? UNAVAILABLE : err->code == NN_LIMIT ? CONTENT_TOO_LARGE : BAD_REQUEST;
}

static int out_of_memory(nn_error *err)
{
    nn_fail(err, NN_NOMEM, 0, "out of memory");
    return UNAVAILABLE;
}

/* ---- what was found, to each model ------------------------------------------------------------------------------- */

/* A drawing, or a picture and what was found in it where one digit is asked for. */
typedef struct subject {
    const ink *ink;
    const pixmap *picture;
    const picture_looks *found;
} subject;

static int overflow(const reader *r, int model, nn_error *err)
{
    answer_overflows(readers_name(r->all, model), err);
    return SERVER_ERROR;
}

/* Adds what all answers have. Takes *out over where it fails. */
static int finish(json_t **out, const reader *r, int model, nn_error *err)
{
    if (*out && json_object_set_new(*out, "model", nn_json_string(readers_name(r->all, model))) == 0)
        return OK;
    json_decref(*out);
    return out_of_memory(err);
}

static bool read_drawing_as_number(reader *r, int model, const ink *drawing, nn_error *err)
{
    if (!r->numbers)
        r->numbers = number_reader_new();
    return r->numbers ? number_read_whole(r->numbers, r->of[model], drawing, &r->number, err)
                      : nn_fail(err, NN_NOMEM, 0, "out of memory");
}

static int read_number(json_t **out, reader *r, int model, const subject *s, nn_error *err)
{
    if (s->ink ? !read_drawing_as_number(r, model, s->ink, err)
               : !number_read_picture(r->of[model], s->picture, &r->number, err))
        return status_of(err);
    if (r->number.overflow)
        return overflow(r, model, err);
    *out = number_json(&r->number);
    return finish(out, r, model, err);
}

/* Whether there are several is asked only where the network is unsure of it, as more than one digit makes it; that takes
 * as many readings as there are parts to put together. */
static int read_drawing_as_digit(reader *r, int model, const subject *s, bool brief, answer *a, bool *several,
                                 nn_error *err)
{
    *several = false;
    recogniser_read(r->of[model], &r->digit, a);
    if (!a->unsure)
        return OK;
    if (brief)
        return READING_LONG;
    if (!read_drawing_as_number(r, model, s->ink, err))
        return status_of(err);
    *several = r->number.count > 1;
    return OK;
}

static int read_digit(json_t **out, reader *r, int model, const subject *s, bool brief, nn_error *err)
{
    answer a;
    bool several;
    int status = OK;
    if (!s->found)
        status = read_drawing_as_digit(r, model, s, brief, &a, &several, err);
    else if (!number_read_one(r->of[model], s->picture, s->found, &r->digit, &a, &several, err))
        status = status_of(err);
    if (status != OK)
        return status;
    if (a.overflow)
        return overflow(r, model, err);
    *out = answer_json(&a, true);
    if (*out && json_object_set_new(*out, "several", json_boolean(several)) != 0) {
        json_decref(*out);
        return out_of_memory(err);
    }
    return finish(out, r, model, err);
}

/* Asked before each model reads, which takes a second at most. */
static int check_time(const choice *models, nn_error *err)
{
    if (models->stop && atomic_load(models->stop)) {
        nn_fail(err, NN_LIMIT, 0, "the server is being stopped");
        return UNAVAILABLE;
    }
    if (models->until <= 0 || clock_seconds() < models->until)
        return OK;
    nn_fail(err, NN_LIMIT, 0, "this takes more than %d seconds: ask for less at once", READING_SECONDS);
    return CONTENT_TOO_LARGE;
}

static int read_in_time(json_t **out, reader *r, const choice *models, int which, const subject *s, nn_error *err)
{
    int status = check_time(models, err), model = models->model[which];
    return status != OK      ? status
           : models->numbers ? read_number(out, r, model, s, err)
                             : read_digit(out, r, model, s, models->brief, err);
}

/* {"answers": list}, which is taken over. */
static int wrap(json_t **out, json_t *list, nn_error *err)
{
    *out = json_pack("{s:o}", "answers", list);
    return *out ? OK : out_of_memory(err);
}

static int read_with_all(json_t **out, reader *r, const choice *models, const subject *s, nn_error *err)
{
    if (s->ink && !models->numbers)
        digit_from_ink(&r->digit, s->ink, &digit_defaults);
    if (models->count == 1)
        return read_in_time(out, r, models, 0, s, err);
    json_t *list = json_array();
    for (int i = 0; i < models->count; i++) {
        json_t *one;
        int status = read_in_time(&one, r, models, i, s, err);
        if (status == OK && json_array_append_new(list, one) != 0)
            status = out_of_memory(err);
        if (status != OK) {
            json_decref(list);
            return status;
        }
    }
    return wrap(out, list, err);
}

/* ---- bodies ------------------------------------------------------------------------------------------------------ */

static int read_strokes(json_t **out, reader *r, const choice *models, const char *body, size_t len, nn_error *err)
{
    strokes_line line;
    if (!strokes_parse(&line, body, len, err))
        return status_of(err);
    strokes_fit(&line, INK_DEFAULT_BRUSH, 1, 0, 0);
    int status = read_with_all(out, r, models, &(subject){.ink = &line.ink}, err);
    ink_free(&line.ink);
    return status;
}

static int read_line(json_t *list, reader *r, const choice *models, const char *line, const strokes_span *at,
                     nn_error *err)
{
    char where[32];
    json_t *one;
    int status = CONTENT_TOO_LARGE;
    if (at->len > READING_MAX_STROKES)
        nn_fail(err, NN_LIMIT, 0, "a drawing of more than %d bytes", READING_MAX_STROKES);
    else
        status = read_strokes(&one, r, models, line, at->len, err);
    if (status == OK && json_array_append_new(list, one) != 0)
        status = out_of_memory(err);
    if (status != OK) {
        snprintf(where, sizeof where, "line %d", at->line);
        nn_fail_in(err, where);
    }
    return status;
}

static int read_batch(json_t **out, reader *r, const choice *models, const char *body, size_t len, nn_error *err)
{
    if (strokes_count(body, len) > READING_MAX_DRAWINGS) {
        nn_fail(err, NN_LIMIT, 0, "more than %d drawings", READING_MAX_DRAWINGS);
        return CONTENT_TOO_LARGE;
    }
    json_t *list = json_array();
    int status = list ? OK : out_of_memory(err);
    for (strokes_span at = {0}; status == OK && strokes_next(body, len, &at);)
        status = read_line(list, r, models, body + at.begin, &at, err);
    if (status == OK)
        return wrap(out, list, err);
    json_decref(list);
    return status;
}

/* By its first bytes, and of a PNG by the size that it claims: what is packed into little cannot ask for much. */
static bool check_picture(reading_kind kind, const unsigned char *body, size_t len, nn_error *err)
{
    static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}, jpeg[] = {0xff, 0xd8};
    enum { SIZE = 16 /* where the width stands, then the height */ };
    bool is_png = len >= SIZE + 8 && memcmp(body, png, sizeof png) == 0;
    bool is_jpeg = len > sizeof jpeg && memcmp(body, jpeg, sizeof jpeg) == 0;
    if (kind == READING_PNG ? !is_png : !is_jpeg)
        return nn_fail(err, NN_FORMAT, 0, "the body is no %s picture", kind == READING_PNG ? "PNG" : "JPEG");
    if (kind == READING_JPEG)
        return true;
    uint64_t side[2] = {0, 0};
    for (int i = 0; i < 8; i++)
        side[i / 4] = side[i / 4] << 8 | body[SIZE + i];
    return side[0] * side[1] <= READING_MAX_PIXELS ||
           nn_fail(err, NN_LIMIT, 0, "a picture of more than %d million pixels", READING_MAX_PIXELS >> 20);
}

static int read_picture(json_t **out, reader *r, const choice *models, reading_kind kind, const unsigned char *body,
                        size_t len, nn_error *err)
{
    pixmap colours = {.rgba = NULL};
    picture_looks found = {.count = 0};
    subject s = {.picture = &colours, .found = models->numbers ? NULL : &found};
    bool ok = check_picture(kind, body, len, err) && picture_file_decode(&colours, body, len, err) &&
              (models->numbers || picture_find(&found, &colours, err));
    int status = ok ? read_with_all(out, r, models, &s, err) : status_of(err);
    nn_free(colours.rgba);
    picture_free(&found);
    return status;
}

static int read_body(json_t **out, reader *r, const choice *models, reading_kind kind, const char *body, size_t len,
                     nn_error *err)
{
    switch (kind) {
    case READING_STROKES: return read_strokes(out, r, models, body, len, err);
    case READING_BATCH: return read_batch(out, r, models, body, len, err);
    case READING_PNG:
    case READING_JPEG: break;
    }
    return read_picture(out, r, models, kind, (const unsigned char *)body, len, err);
}

/* What is known of it before it is read; a doubt of the network's comes to that. */
static bool is_long(const choice *models, reading_kind kind)
{
    return kind != READING_STROKES || models->numbers || models->count > 1;
}

int reading_read(char **text, reader *r, const choice *models, reading_kind kind, const char *body, size_t len,
                 nn_error *err)
{
    json_t *json = NULL;
    *text = NULL;
    if (models->brief && is_long(models, kind))
        return READING_LONG;
    int status = read_body(&json, r, models, kind, body, len, err);
    if (status != OK)
        return status;
    *text = nn_json_text(json, JSON_REAL_PRECISION(9));
    json_decref(json);
    return *text ? OK : out_of_memory(err);
}
