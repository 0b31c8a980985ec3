/* sound.h - what holds for every plan, model and drawing that was accepted. */
#ifndef SOUND_H
#define SOUND_H

#include "app/core/drawing/ink.h"
#include "nn/nn.h"

/* Limits kept, shapes positive, inputs before their readers, parameters in order and without gaps. */
void require_sound_plan(const nn_plan *plan);

/* Small enough to be run in a fuzzer. */
bool is_small(const nn_plan *plan);

/* One image of every grey gives finite probabilities that sum to 1, in floats and, with scales, in whole numbers. */
void require_probabilities(const nn_model *model);

/* Entries lie inside the points and have some; every number is finite, but for times. */
void require_sound_ink(const ink *drawing);

#endif
