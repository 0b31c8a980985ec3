/* train_past.h - what a training has been: its course, and its network at some moments; as a file, NAME.history, beside
 * the model NAME.safetensors that came of it.
 *
 * The file is one of safetensors (nn/safetensors.h) whose tensors are floats of 16 bits: what each moment read of some
 * images (moment_check.h), "confusion" (moments, classes, classes); the weights that were kept, "kept", and those of each
 * moment, "moment.00" ..., as they lie in a model's file, in one piece. The course is JSON in its metadata. */
#ifndef TRAIN_PAST_H
#define TRAIN_PAST_H

#include "moment_check.h"
#include "train_news.h"

typedef struct train_past {
    train_request request; /* its net, data and epochs are in the file */
    nn_plan *plan;
    char label[NN_MAX_CLASSES][NN_NAME];
    train_news news;        /* the course */
    weight_history weights; /* of news.moments moments */
    moment_check check;     /* the same */
    float *kept;            /* (plan->floats): the best ones; NULL: none are yet */
} train_past;

extern const char train_past_ending[]; /* ".history" */

void train_past_free(train_past *past);

/* *data is the caller's to nn_free. Weights that have no place in 16 bits are refused. */
bool train_past_write(const train_past *past, unsigned char **data, size_t *len, nn_error *err);
bool train_past_save(const train_past *past, const char *path, nn_error *err);

/* Read strictly: sizes are derived from the architecture, every number is within its limits. The past is the caller's to
 * train_past_free, on failure it is empty. */
bool train_past_read(train_past *past, const unsigned char *data, size_t len, nn_error *err);
bool train_past_load(train_past *past, const char *path, nn_error *err);

#endif
