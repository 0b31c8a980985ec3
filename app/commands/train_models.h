/* train_models.h - trained models that a training builds on: those that it goes on with, and its teachers. */
#ifndef TRAIN_MODELS_H
#define TRAIN_MODELS_H

#include "app/core/console/args.h"
#include "app/core/paths.h"
#include "app/core/training/training.h"

/* Whether the classes of the data are those of the model, in the same order: the last layer has learned them so. */
bool train_start_fits(const nn_model *model, const char *name, const dataset *data, const char *folder, nn_error *err);

/* A line on stderr where the model may have learned from images that this training sets aside for validation, or from
 * writers that it leaves out. */
void train_start_warn(const char *by, const nn_model *model, const char *name, const training_config *config);

/* Opens one model, or several (also as an ensemble) and joins them (nn/join.h). *start is the caller's to
 * nn_model_free; *origins, the caller's as well, tells how each was made: [{"model", "command", "seed", ...}, ...]. */
bool train_start_open(nn_model **start, json_t **origins, const arg_texts *names, const paths *where,
                      const training_config *config, nn_error *err);

/* The same for teachers, of whom nothing is told. NULL where there are no names. */
bool train_teacher_open(nn_model **teacher, const arg_texts *names, const paths *where, nn_error *err);

#endif
