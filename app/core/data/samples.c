/* samples.c - drawings and made-up digits as data sets. */
#include "samples.h"
#include "app/core/digit/digit.h"
#include "app/core/drawing/strokes.h"
#include "app/core/made/synth.h"
#include "dataset_build.h"
#include "nn/file.h"
#include "nn/log.h"
#include "nn/rng.h"
#include "nn/stream.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DIGITS = 10 };

static void name_digits(dataset *data)
{
    data->classes = DIGITS;
    for (int i = 0; i < DIGITS; i++)
        snprintf(data->label[i], NN_NAME, "%d", i);
}

/* ---- made up ----------------------------------------------------------------------------------------------------- */

bool samples_make(dataset *data, int count, uint64_t seed, nn_error *err)
{
    sketch *scratch = nn_alloc(1, sizeof *scratch);
    if (!dataset_room(data, &(dataset){.side = DIGIT_SIDE}, count, err) || !scratch) {
        dataset_free(data);
        nn_free(scratch);
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the images");
    }
    name_digits(data);
    for (int i = 0; i < count; i++) {
        float image[DIGIT_PIXELS];
        int label;
        synth_image(image, &label, nn_key(seed, (uint64_t)i), scratch);
        digit_bytes(data->images + (size_t)i * DIGIT_PIXELS, image);
        data->labels[i] = (unsigned char)label;
    }
    nn_free(scratch);
    return true;
}

/* ---- drawings ---------------------------------------------------------------------------------------------------- */

typedef struct reading {
    dataset_builder built;
    digit *scratch;
} reading;

/* Adds one line's drawing unless it has no label or no ink. */
static bool add_drawing(void *ctx, strokes_line *line, nn_error *err)
{
    reading *self = ctx;
    unsigned char image[DIGIT_PIXELS];
    strokes_fit(line, INK_DEFAULT_BRUSH, 1, 0, 0);
    digit_from_ink(self->scratch, &line->ink, &digit_defaults);
    ink_free(&line->ink);
    if (self->scratch->empty || !*line->label)
        return true;
    digit_bytes(image, self->scratch->image);
    return dataset_add(&self->built, image, line->label, err);
}

/* Line by line, so that neither blank ones nor drawings without a label take any room. */
static bool add_all(reading *self, nn_stream *lines, nn_error *err)
{
    return strokes_read(lines, add_drawing, self, err) &&
           (self->built.data.count > 0 || nn_fail(err, NN_FORMAT, 0, "no drawing with a label"));
}

static bool load_all(dataset *data, nn_stream *lines, nn_error *err)
{
    reading self = {.built.data.side = DIGIT_SIDE, .scratch = nn_alloc(1, sizeof *self.scratch)};
    bool ok = (self.scratch || nn_fail(err, NN_NOMEM, 0, "out of memory for the images")) &&
              add_all(&self, lines, err) && dataset_complete(&self.built, data, err);
    if (!ok)
        dataset_free(&self.built.data);
    else if (dataset_has_digits(data)) /* of all ten, whichever were drawn */
        name_digits(data);
    nn_free(self.scratch);
    nn_stream_close(lines);
    return ok;
}

bool samples_load(dataset *data, const char *path, nn_error *err)
{
    nn_stream *lines;
    *data = (dataset){0};
    return nn_stream_open(&lines, path, err) && (load_all(data, lines, err) || nn_fail_in(err, path));
}

bool samples_read(dataset *data, const char *text, size_t len, nn_error *err)
{
    nn_stream *lines;
    *data = (dataset){0};
    return nn_stream_memory(&lines, text, len, NN_DETECT, err) && load_all(data, lines, err);
}

bool samples_keep(const char *path, const ink *drawing, const char *label, const char *writer, int *count,
                  samples_place *place, nn_error *err)
{
    char *text;
    size_t len;
    nn_log *log;
    if (!strokes_print(drawing, label, writer, &text, &len, err))
        return false;
    bool ok = nn_log_open(&log, path, err);
    if (ok) {
        size_t begin = nn_log_size(log);
        int before = begin > 0 ? *count : 0; /* somebody may have taken the file away */
        ok = nn_log_append(log, text, len, err);
        *count = ok ? before + 1 : *count;
        if (ok && place)
            *place = (samples_place){begin, begin + len};
        nn_log_close(log);
    }
    nn_free(text);
    return ok;
}

bool samples_take_back(const char *path, const samples_place *place, int *count, nn_error *err)
{
    nn_log *log;
    if (!nn_log_open(&log, path, err))
        return false;
    bool ok = nn_log_size(log) == place->end
                  ? nn_log_truncate(log, place->begin, err)
                  : nn_fail(err, NN_USAGE, 0, "%.150s: its last drawing is another one", path);
    size_t left = nn_log_size(log);
    *count -= ok;
    ok = (left > 0 || nn_file_remove(path, err)) && ok; /* while nobody else can add to it */
    nn_log_close(log);
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
