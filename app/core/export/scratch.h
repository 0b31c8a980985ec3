/* scratch.h - where the outputs of a plan's layers lie while one image is read: in one block, those that are no longer
 * needed overwritten by others. */
#ifndef EXPORT_SCRATCH_H
#define EXPORT_SCRATCH_H

#include "nn/nn.h"

/* Where a value lies; 0 is the image, i + 1 what node i gives. */
typedef struct scratch_place {
    bool outside; /* it is the image as it was given, or the last layer's output: not in the block */
    size_t at;    /* else its first float in the block */
} scratch_place;

/* `copied`: the image is changed before the first layer and lies in the block. Returns the floats of the block. */
size_t scratch_plan(const nn_plan *plan, bool copied, scratch_place place[NN_MAX_NODES + 1]);

#endif
