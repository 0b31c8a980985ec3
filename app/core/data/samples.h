/* samples.h - training data that comes from no IDX files: drawings that people kept, and digits that the program makes
 * itself.
 *
 * Both become what the network would get from the canvas: 28x28 images by digit_from_ink. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "app/core/drawing/ink.h"
#include "dataset.h"

/* `count` made-up digits (synth.h), all ten about equally often; the same seed gives the same ones. */
bool samples_make(dataset *data, int count, uint64_t seed, nn_error *err);

/* The labelled drawings of a strokes file (strokes.h), gzip-compressed or not; those without label or ink are left out.
 * Ten classes when all labels are digits, else one for each label, in the order of the alphabet. Errors name the
 * file. */
bool samples_load(dataset *data, const char *path, nn_error *err);

/* The same of a file's text. */
bool samples_read(dataset *data, const char *text, size_t len, nn_error *err);

/* Where a drawing stands in its file, in bytes. */
typedef struct samples_place {
    size_t begin, end;
} samples_place;

/* Appends a drawing with its label and writer ("": nobody is named) to a strokes file, which is made if it is not there. *count, how many it had, is
 * brought up to date, so that nobody need read it again. On failure both are as before. place: NULL is allowed. */
bool samples_keep(const char *path, const ink *drawing, const char *label, const char *writer, int *count,
                  samples_place *place, nn_error *err);

/* Takes the drawing out that was kept there, as long as it is the file's last one. Who takes the only one leaves no file. */
bool samples_take_back(const char *path, const samples_place *place, int *count, nn_error *err);

/* How many drawings a strokes file has: its lines that are not blank. 0 where there is none. */
int samples_count(const char *path);

#endif
