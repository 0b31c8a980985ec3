/* samples.c - drawings and made-up digits as data sets. */
#include "samples.h"
#include "app/core/digit/digit.h"
#include "app/core/drawing/strokes.h"
#include "app/core/made/synth.h"
#include "nn/file.h"
#include "nn/rng.h"
#include "nn/stream.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DIGITS = 10 };

static bool fail_no_memory(dataset *data, nn_error *err)
{
    dataset_free(data);
    return nn_fail(err, NN_NOMEM, 0, "out of memory for the images");
}

static bool allocate(dataset *data, int count)
{
    data->count = count;
    data->side = DIGIT_SIDE;
    data->images = nn_alloc((size_t)count, DIGIT_PIXELS);
    data->labels = nn_alloc((size_t)count, 1);
    return data->images && data->labels;
}

static void name_digits(dataset *data)
{
    data->classes = DIGITS;
    for (int i = 0; i < DIGITS; i++)
        snprintf(data->label[i], NN_NAME, "%d", i);
}

static void store(dataset *data, int index, const float image[DIGIT_PIXELS])
{
    unsigned char *to = data->images + (size_t)index * DIGIT_PIXELS;
    for (int i = 0; i < DIGIT_PIXELS; i++)
        to[i] = (unsigned char)(255 * image[i] + 0.5f);
}

/* ---- made up ----------------------------------------------------------------------------------------------------- */

bool samples_make(dataset *data, int count, uint64_t seed, nn_error *err)
{
    *data = (dataset){0};
    sketch *scratch = nn_alloc(1, sizeof *scratch);
    if (!scratch || !allocate(data, count)) {
        nn_free(scratch);
        return fail_no_memory(data, err);
    }
    name_digits(data);
    for (int i = 0; i < count; i++) {
        float image[DIGIT_PIXELS];
        int label;
        synth_image(image, &label, nn_key(seed, (uint64_t)i), scratch);
        store(data, i, image);
        data->labels[i] = (unsigned char)label;
    }
    nn_free(scratch);
    return true;
}

/* ---- drawings ---------------------------------------------------------------------------------------------------- */

static bool is_digit(const char *label)
{
    return label[0] >= '0' && label[0] <= '9' && label[1] == '\0';
}

/* The class of a label, a new one if need be; -1 when there are too many. */
static int class_of(dataset *data, const char *label)
{
    int i = 0;
    while (i < data->classes && strcmp(data->label[i], label) != 0)
        i++;
    if (i == NN_MAX_CLASSES)
        return -1;
    if (i == data->classes)
        snprintf(data->label[data->classes++], NN_NAME, "%s", label);
    return i;
}

/* The classes as they came -> digits, or the order of the alphabet. */
static void order_classes(dataset *data)
{
    unsigned char rank[NN_MAX_CLASSES] = {0};
    char old[NN_MAX_CLASSES][NN_NAME];
    int classes = data->classes;
    bool digits = true;
    memcpy(old, data->label, sizeof old);
    for (int i = 0; i < classes; i++) {
        digits = digits && is_digit(old[i]);
        for (int j = 0; j < classes; j++)
            rank[i] = (unsigned char)(rank[i] + (strcmp(old[j], old[i]) < 0));
    }
    for (int i = 0; i < classes; i++) {
        if (digits)
            rank[i] = (unsigned char)(old[i][0] - '0');
        else
            memcpy(data->label[rank[i]], old[i], NN_NAME);
    }
    if (digits)
        name_digits(data);
    for (int i = 0; i < data->count; i++)
        data->labels[i] = rank[data->labels[i]];
}

/* Room for one image more. */
static bool make_room(dataset *data, int *room)
{
    if (data->count < *room)
        return true;
    int more = (int)nn_room((size_t)data->count + 1);
    unsigned char *images = nn_realloc(data->images, (size_t)*room, (size_t)more, DIGIT_PIXELS);
    data->images = images ? images : data->images;
    unsigned char *labels = images ? nn_realloc(data->labels, (size_t)*room, (size_t)more, 1) : NULL;
    data->labels = labels ? labels : data->labels;
    *room = labels ? more : *room;
    return labels != NULL;
}

/* Adds one line's drawing unless it has no label or no ink. */
static bool add_drawing(dataset *data, int *room, digit *scratch, const char *text, size_t len, nn_error *err)
{
    strokes_line line;
    if (!strokes_parse(&line, text, len, err))
        return false;
    strokes_fit(&line, INK_DEFAULT_BRUSH, 1, 0, 0);
    digit_from_ink(scratch, &line.ink, &digit_defaults);
    ink_free(&line.ink);
    if (scratch->empty || !*line.label)
        return true;
    int class = class_of(data, line.label);
    if (class < 0)
        return nn_fail(err, NN_LIMIT, 0, "more than %d different labels", NN_MAX_CLASSES);
    if (!make_room(data, room))
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the images");
    store(data, data->count, scratch->image);
    data->labels[data->count++] = (unsigned char)class;
    return true;
}

/* Line by line, so that neither blank ones nor drawings without a label take any room. */
static bool add_all(dataset *data, digit *scratch, nn_stream *lines, nn_error *err)
{
    int room = 0;
    char *line;
    size_t len;
    for (int number = 1;; number++) {
        bool ok = nn_stream_line(lines, STROKES_MAX_LINE, &line, &len, err);
        if (ok && !line)
            break;
        if (ok && strspn(line, " \t\r") == len)
            continue;
        if (!ok || !add_drawing(data, &room, scratch, line, len, err)) {
            char place[32];
            snprintf(place, sizeof place, "line %d", number);
            return nn_fail_in(err, place);
        }
    }
    return data->count > 0 || nn_fail(err, NN_FORMAT, 0, "no drawing with a label");
}

bool samples_load(dataset *data, const char *path, nn_error *err)
{
    nn_stream *lines;
    *data = (dataset){.side = DIGIT_SIDE};
    if (!nn_stream_open(&lines, path, err))
        return false;
    digit *scratch = nn_alloc(1, sizeof *scratch);
    bool ok = scratch ? add_all(data, scratch, lines, err) : nn_fail(err, NN_NOMEM, 0, "out of memory for the images");
    if (ok)
        order_classes(data);
    else
        dataset_free(data);
    nn_free(scratch);
    nn_stream_close(lines);
    return ok || nn_fail_in(err, path);
}

bool samples_keep(const char *path, const ink *drawing, const char *label, int *count, nn_error *err)
{
    char *text;
    size_t len;
    nn_log *log;
    if (!strokes_print(drawing, label, &text, &len, err))
        return false;
    bool ok = nn_log_open(&log, path, err);
    if (ok) {
        int before = nn_log_size(log) > 0 ? *count : 0; /* somebody may have taken the file away */
        ok = nn_log_append(log, text, len, err);
        *count = ok ? before + 1 : *count;
        nn_log_close(log);
    }
    nn_free(text);
    return ok;
}

int samples_count(const char *path)
{
    nn_stream *lines;
    nn_error err;
    char *line;
    size_t len;
    int drawings = 0;
    if (access(path, F_OK) != 0 || !nn_stream_open(&lines, path, &err))
        return 0;
    while (nn_stream_line(lines, STROKES_MAX_LINE, &line, &len, &err) && line)
        drawings += strspn(line, " \t\r") < len;
    nn_stream_close(lines);
    return drawings;
}
