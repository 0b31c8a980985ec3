/* pasts.h - the past of a small training, made up for tests. */
#ifndef PASTS_H
#define PASTS_H

#include "app/core/training/train_past.h"

enum { PAST_MOMENTS = 4 };

/* The caller's to train_past_free; ends the test where that cannot be. */
void past_make(train_past *past, uint64_t seed);

#endif
