/* strokes.c - the stroke format: reading one line strictly, placing it on the canvas, writing one. */
#include "strokes.h"
#include "app/core/buffer.h"
#include "app/core/least.h"
#include "nn/alloc.h"
#include "nn/json.h"
#include "visible.h"
#include <float.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- reading ----------------------------------------------------------------------------------------------------- */

bool strokes_next(const char *text, size_t len, strokes_span *s)
{
    while (s->next < len) {
        const char *newline = memchr(text + s->next, '\n', len - s->next);
        size_t end = newline ? (size_t)(newline - text) : len, content = s->next;
        while (content < end && memchr(" \t\r", text[content], 3))
            content++;
        s->begin = s->next;
        s->len = end - s->begin;
        s->next = end + 1;
        s->line++;
        if (content < end)
            return true;
    }
    return false;
}

int strokes_count(const char *text, size_t len)
{
    int lines = 0;
    for (strokes_span s = {0}; strokes_next(text, len, &s);)
        lines++;
    return lines;
}

/* Where in the line the reader is, for messages: jansson gives no byte positions once the JSON itself is well
 * formed. */
typedef struct place {
    size_t stroke, point;
} place;

static bool fail_at(nn_error *err, nn_code code, place at, const char *what)
{
    return nn_fail(err, code, 0, "stroke %zu, point %zu: %s", at.stroke + 1, at.point + 1, what);
}

/* A label or writer: a string or a number, null or nothing for none. */
static bool read_name(char name[STROKES_NAME], const json_t *object, const char *key, nn_error *err)
{
    const json_t *value = json_object_get(object, key);
    *name = 0;
    if (!value || json_is_null(value))
        return true;
    if (json_is_number(value)) {
        snprintf(name, STROKES_NAME, "%.15g", json_number_value(value));
        return true;
    }
    if (!json_is_string(value))
        return nn_fail(err, NN_FORMAT, 0, "\"%s\" must be a string or a number", key);
    size_t n = json_string_length(value);
    if (n >= STROKES_NAME)
        return nn_fail(err, NN_FORMAT, 0, "\"%s\" has more than %d bytes", key, STROKES_NAME - 1);
    memcpy(name, json_string_value(value), n);
    name[n] = 0;
    return true;
}

static bool read_size(strokes_line *line, const json_t *object, nn_error *err)
{
    const json_t *w = json_object_get(object, "w"), *h = json_object_get(object, "h");
    if (!w || !h || json_is_null(w) || json_is_null(h))
        return true;
    double width = json_number_value(w), height = json_number_value(h); /* 0 for what is no number */
    if (!(width > 0 && width <= INK_REACH && height > 0 && height <= INK_REACH))
        return nn_fail(err, NN_FORMAT, 0, "\"w\" and \"h\" must be numbers above 0 and at most %g", (double)INK_REACH);
    line->has_size = true;
    line->w = (float)width;
    line->h = (float)height;
    return true;
}

/* The i-th value of a point, or `missing` where it is null or left out. */
static bool read_value(const json_t *point, size_t i, double missing, double *value)
{
    const json_t *number = json_array_get(point, i);
    *value = number && !json_is_null(number) ? json_number_value(number) : missing;
    return !number || json_is_null(number) || json_is_number(number);
}

static bool read_point(ink_point *p, const json_t *point, place at, nn_error *err)
{
    double x, y, t, pressure;
    if (!json_is_array(point) || !read_value(point, 0, NAN, &x) || !read_value(point, 1, NAN, &y) || isnan(x) ||
        isnan(y))
        return fail_at(err, NN_FORMAT, at, "a point is [x, y], [x, y, ms] or [x, y, ms, pressure]");
    if (fabs(x) > INK_REACH || fabs(y) > INK_REACH)
        return fail_at(err, NN_FORMAT, at, "a coordinate is beyond one million");
    if (!read_value(point, 2, NAN, &t) || !read_value(point, 3, 1, &pressure) || fabs(t) > FLT_MAX)
        return fail_at(err, NN_FORMAT, at, "time and pressure are numbers or null");
    *p = (ink_point){(float)x, (float)y, (float)t, (float)fmin(fmax(pressure, 0), 1)};
    return true;
}

/* Adds one stroke; an empty list of points is no stroke. */
static bool read_stroke(ink *drawing, const json_t *stroke, place at, nn_error *err)
{
    size_t count = json_array_size(stroke);
    if (!json_is_array(stroke))
        return nn_fail(err, NN_FORMAT, 0, "stroke %zu is not a list of points", at.stroke + 1);
    if (count > (size_t)ink_room(drawing))
        return nn_fail(err, NN_LIMIT, 0, "more than %d points", INK_MAX_POINTS);
    if (count == 0)
        return true;
    ink_point *points = nn_alloc(count, sizeof *points);
    bool ok = points || nn_fail(err, NN_NOMEM, 0, "out of memory");
    for (; ok && at.point < count; at.point++)
        ok = read_point(&points[at.point], json_array_get(stroke, at.point), at, err);
    if (ok && !ink_add(drawing, INK_PEN, INK_DEFAULT_BRUSH, points, (int)count))
        ok = nn_fail(err, NN_NOMEM, 0, "out of memory");
    nn_free(points);
    return ok;
}

/* So that a drawing that was placed keeps within the reach of ink, when it is drawn larger, too. */
static bool is_near_its_surface(const strokes_line *line, nn_error *err)
{
    float reach = STROKES_BEYOND * most(line->w, line->h);
    for (int i = 0; line->has_size && i < line->ink.n_points; i++) {
        const ink_point *p = &line->ink.point[i];
        if (fabsf(p->x - 0.5f * line->w) > reach || fabsf(p->y - 0.5f * line->h) > reach)
            return nn_fail(err, NN_FORMAT, 0, "a point is more than %d times \"w\" or \"h\" away: all are in one unit",
                           STROKES_BEYOND);
    }
    return true;
}

static bool read_drawing(strokes_line *line, const json_t *object, nn_error *err)
{
    const json_t *strokes = json_object_get(object, "strokes");
    if (!json_is_object(object))
        return nn_fail(err, NN_FORMAT, 0, "a drawing is a JSON object");
    if (!json_is_array(strokes))
        return nn_fail(err, NN_FORMAT, 0, strokes ? "\"strokes\" must be a list of strokes" : "\"strokes\" is missing");
    if (!read_name(line->label, object, "label", err) || !read_name(line->writer, object, "writer", err) ||
        !read_size(line, object, err))
        return false;
    for (size_t i = 0; i < json_array_size(strokes); i++)
        if (!read_stroke(&line->ink, json_array_get(strokes, i), (place){.stroke = i}, err))
            return false;
    return is_near_its_surface(line, err);
}

/* In words that can be translated. */
static bool fail_json(const json_error_t *why, size_t at, nn_error *err)
{
    switch (json_error_code(why)) {
    case json_error_premature_end_of_input:
        return nn_fail(err, NN_FORMAT, at, "the JSON of the drawing ends too early");
    case json_error_end_of_input_expected:
        return nn_fail(err, NN_FORMAT, at, "something stands behind the JSON of the drawing");
    case json_error_duplicate_key: return nn_fail(err, NN_FORMAT, at, "a name stands twice in the JSON of the drawing");
    case json_error_invalid_utf8: return nn_fail(err, NN_FORMAT, at, "the JSON of the drawing is not in UTF-8");
    case json_error_numeric_overflow:
        return nn_fail(err, NN_FORMAT, at, "a number in the JSON of the drawing is too large");
    default: return nn_fail(err, NN_FORMAT, at, "this is no JSON of a drawing");
    }
}

bool strokes_parse(strokes_line *line, const char *text, size_t len, nn_error *err)
{
    json_error_t why;
    *line = (strokes_line){.text = text, .len = len};
    ink_init(&line->ink);
    /* Integers as reals: a time stamp in nanoseconds must not be "too big". */
    json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &why);
    if (!object) {
        size_t position = why.position > 0 ? (size_t)why.position : 0;
        return fail_json(&why, position < len ? position : len, err);
    }
    bool ok = read_drawing(line, object, err);
    json_decref(object);
    if (!ok)
        ink_free(&line->ink);
    return ok;
}

bool strokes_read(nn_stream *lines, strokes_take take, void *ctx, nn_error *err)
{
    char *text;
    size_t len;
    for (int number = 1;; number++) {
        strokes_line line;
        bool ok = nn_stream_line(lines, STROKES_MAX_LINE, &text, &len, err);
        if (ok && !text)
            return true;
        if (ok && strspn(text, " \t\r") == len)
            continue;
        if (!ok || !strokes_parse(&line, text, len, err) || !take(ctx, &line, err)) {
            char where[32];
            snprintf(where, sizeof where, "line %d", number);
            return nn_fail_in(err, where);
        }
    }
}

bool strokes_load(const char *path, strokes_take take, void *ctx, nn_error *err)
{
    nn_stream *lines;
    if (!nn_stream_open(&lines, path, err))
        return false;
    bool ok = strokes_read(lines, take, ctx, err) || nn_fail_in(err, path);
    nn_stream_close(lines);
    return ok;
}

/* ---- placing ----------------------------------------------------------------------------------------------------- */

typedef struct frame {
    double x0, y0, x1, y1;
} frame;

static frame drawing_frame(const strokes_line *line)
{
    if (line->has_size)
        return (frame){0, 0, line->w, line->h};
    frame b = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < line->ink.n_points; i++) {
        double x = line->ink.point[i].x, y = line->ink.point[i].y;
        /* Not fmin and fmax: the compiler of Debian 12 fails on vectors of these on arm64. */
        b = (frame){x < b.x0 ? x : b.x0, y < b.y0 ? y : b.y0, x > b.x1 ? x : b.x1, y > b.y1 ? y : b.y1};
    }
    return b;
}

void strokes_fit(strokes_line *line, float brush, float scale, float shift_x, float shift_y)
{
    frame b = drawing_frame(line);
    double side = fmax(b.x1 - b.x0, b.y1 - b.y0);
    double room = INK_CANVAS - (line->has_size ? 0 : brush); /* the pen is half its width beyond the box of its path */
    double factor = scale * (side > 0 ? room / side : 1);
    for (int i = 0; i < line->ink.n_points; i++) {
        ink_point *p = &line->ink.point[i];
        p->x = (float)(0.5 * INK_CANVAS + (p->x - 0.5 * (b.x0 + b.x1)) * factor + shift_x);
        p->y = (float)(0.5 * INK_CANVAS + (p->y - 0.5 * (b.y0 + b.y1)) * factor + shift_y);
    }
    for (int i = 0; i < line->ink.n_entries; i++)
        line->ink.entry[i].width = brush;
    line->ink.version++;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* A list of strokes in the making; `failed` stays set once memory ran out. */
typedef struct line_writer {
    json_t *strokes, *stroke;
    float x, y; /* the last point, where a segment may go on */
    bool failed;
} line_writer;

static void pen_down(line_writer *w)
{
    w->stroke = json_array();
    if (json_array_append_new(w->strokes, w->stroke) != 0) {
        w->stroke = NULL; /* freed by the failed call */
        w->failed = true;
    }
}

static void write_segment(void *ctx, float x0, float y0, float x1, float y1, float width)
{
    (void)width;
    line_writer *w = ctx;
    if (!w->stroke || w->x != x0 || w->y != y0) {
        pen_down(w);
        w->failed |= json_array_append_new(w->stroke, json_pack("[f,f]", (double)x0, (double)y0)) != 0;
    }
    if (x1 != x0 || y1 != y0)
        w->failed |= json_array_append_new(w->stroke, json_pack("[f,f]", (double)x1, (double)y1)) != 0;
    w->x = x1;
    w->y = y1;
}

static void write_entry(line_writer *w, const ink *drawing, const ink_entry *entry)
{
    pen_down(w);
    for (int i = entry->first; i < entry->first + entry->count; i++) {
        const ink_point *p = &drawing->point[i];
        json_t *t = isnan(p->t) ? json_null() : json_real(p->t);
        w->failed |= json_array_append_new(
                         w->stroke, json_pack("[f,f,o,f]", (double)p->x, (double)p->y, t, (double)p->pressure)) != 0;
    }
}

/* The strokes as they were drawn, or, where an eraser went over them, what is left of their centre lines. */
static json_t *write_strokes(const ink *drawing)
{
    line_writer w = {.strokes = json_array()};
    bool erased = false;
    for (int i = ink_visible_from(drawing); i < drawing->done; i++)
        erased |= drawing->entry[i].kind == INK_ERASER;
    if (erased)
        ink_visit(drawing, write_segment, &w);
    else
        for (int i = ink_visible_from(drawing); i < drawing->done; i++)
            write_entry(&w, drawing, &drawing->entry[i]);
    if (w.failed) {
        json_decref(w.strokes);
        return NULL;
    }
    return w.strokes;
}

/* Sets or removes a name. */
static bool set_name(json_t *object, const char *key, const char *name)
{
    if (!*name) {
        json_object_del(object, key);
        return true;
    }
    return json_object_set_new(object, key, json_string(name)) == 0;
}

/* As a line with its newline. */
static bool dump(json_t *object, char **text, size_t *len, nn_error *err)
{
    size_t flags = JSON_COMPACT | (size_t)JSON_REAL_PRECISION(7),
           size = object ? json_dumpb(object, NULL, 0, flags) : 0;
    *text = size ? nn_alloc(size + 2, 1) : NULL;
    if (*text) {
        *len = json_dumpb(object, *text, size, flags);
        (*text)[(*len)++] = '\n';
    }
    json_decref(object);
    return *text || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

bool strokes_print(const ink *drawing, const char *label, const char *writer, char **text, size_t *len, nn_error *err)
{
    json_t *object = json_pack("{s:s, s:o, s:i, s:i}", "label", label, "strokes", write_strokes(drawing), "w",
                               (int)INK_CANVAS, "h", (int)INK_CANVAS);
    if (object && !set_name(object, "writer", writer)) {
        json_decref(object);
        object = NULL;
    }
    return dump(object, text, len, err);
}

/* ---- other names: all else stays as somebody wrote it, digit by digit --------------------------------------------- */

/* Where the key or the value ends that begins there, in JSON that is known to be well formed. */
static size_t end_of(const char *text, size_t at)
{
    int depth = 0;
    for (bool quoted = false; quoted || depth > 0 || !memchr(",:}", text[at], 3); at++) {
        char c = text[at];
        if (quoted) {
            quoted = c != '"';
            at += c == '\\';
        } else {
            quoted = c == '"';
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        }
    }
    return at;
}

static void put_member(buffer *out, const char *text, size_t len)
{
    buffer_add(out, out->len > 0 ? "," : "{");
    buffer_add_bytes(out, text, len);
}

/* Of nobody: nothing. */
static void put_name(buffer *out, const char *key, const char *name)
{
    json_t *member = *name ? json_pack("{s:s}", key, name) : NULL;
    char *text = nn_json_text(member, JSON_COMPACT);
    out->failed |= *name && !text;
    if (text)
        put_member(out, text + 1, strlen(text) - 2); /* without its braces */
    nn_free(text);
    json_decref(member);
}

/* Members are in the order of the text. */
static void put_members(buffer *out, json_t *object, const char *line, const char *label, const char *writer)
{
    const char *key;
    json_t *value;
    size_t at = strcspn(line, "{") + 1;
    json_object_foreach(object, key, value)
    {
        size_t end = end_of(line, end_of(line, at) + 1);
        bool is_label = strcmp(key, "label") == 0, is_writer = strcmp(key, "writer") == 0;
        if (is_label || is_writer)
            put_name(out, key, is_label ? label : writer);
        else
            put_member(out, line + at, end - at);
        at = end + 1;
    }
    if (!json_object_get(object, "label"))
        put_name(out, "label", label);
    if (!json_object_get(object, "writer"))
        put_name(out, "writer", writer);
    buffer_add(out, out->len > 0 ? "}\n" : "{}\n");
}

bool strokes_rename(const char *line, size_t line_len, const char *label, const char *writer, char **text, size_t *len,
                    nn_error *err)
{
    buffer out = {0};
    json_t *object = json_loadb(line, line_len, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
    bool ok = json_is_object(object) || nn_fail(err, NN_FORMAT, 0, "a drawing is a JSON object");
    if (ok)
        put_members(&out, object, line, label, writer);
    json_decref(object);
    if (ok && out.failed)
        ok = nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (!ok)
        buffer_free(&out);
    *text = out.data;
    *len = out.len;
    return ok;
}
