/* samples.c - drawings and made-up digits as data sets. */
#include "samples.h"
#include "app/core/digit/digit.h"
#include "app/core/drawing/strokes.h"
#include "app/core/made/synth.h"
#include "nn/file.h"
#include "nn/rng.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SAMPLES_MAX_BYTES = 256 << 20, DIGITS = 10 };

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

/* Adds one line's drawing unless it has no label or no ink. */
static bool add_drawing(dataset *data, digit *scratch, const char *text, size_t len, nn_error *err)
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
    store(data, data->count, scratch->image);
    data->labels[data->count++] = (unsigned char)class;
    return true;
}

static bool add_all(dataset *data, digit *scratch, const char *text, size_t len, nn_error *err)
{
    for (strokes_span s = {0}; strokes_next(text, len, &s);)
        if (!add_drawing(data, scratch, text + s.begin, s.len, err)) {
            char place[32];
            snprintf(place, sizeof place, "line %d", s.line);
            return nn_fail_in(err, place);
        }
    return data->count > 0 || nn_fail(err, NN_FORMAT, 0, "no drawing with a label");
}

bool samples_load(dataset *data, const char *path, nn_error *err)
{
    unsigned char *text;
    size_t len;
    *data = (dataset){0};
    if (!nn_file_read_gz(path, SAMPLES_MAX_BYTES, &text, &len, err))
        return false;
    digit *scratch = nn_alloc(1, sizeof *scratch);
    bool ok = scratch && allocate(data, strokes_count((const char *)text, len));
    data->count = 0;
    if (!ok)
        nn_fail(err, NN_NOMEM, 0, "out of memory for the images");
    ok = ok && add_all(data, scratch, (const char *)text, len, err);
    if (ok)
        order_classes(data);
    else
        dataset_free(data);
    nn_free(scratch);
    nn_free(text);
    return ok || nn_fail_in(err, path);
}

bool samples_keep(const char *path, const ink *drawing, const char *label, nn_error *err)
{
    char *text;
    size_t len;
    nn_log *log;
    if (!strokes_print(drawing, label, &text, &len, err))
        return false;
    bool ok = nn_log_open(&log, path, err);
    if (ok) {
        ok = nn_log_append(log, text, len, err);
        nn_log_close(log);
    }
    nn_free(text);
    return ok;
}

int samples_count(const char *path)
{
    unsigned char *text;
    size_t len;
    nn_error err;
    if (access(path, F_OK) != 0 || !nn_file_read(path, SAMPLES_MAX_BYTES, &text, &len, &err))
        return 0;
    int drawings = strokes_count((const char *)text, len);
    nn_free(text);
    return drawings;
}
