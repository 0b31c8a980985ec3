/* model_input.c - which sides, and the resizing. */
#include "model_input.h"
#include "app/core/digit/resize.h"

bool model_reads_digits(const nn_plan *plan, nn_error *err)
{
    nn_shape in = plan->input;
    return (in.h == in.w && in.c == 1 && in.h >= MODEL_MIN_SIDE && in.h <= MODEL_MAX_SIDE) ||
           nn_fail(err, NN_USAGE, 0, "the model reads %dx%dx%d images, not grey squares from %dx%d to %dx%d", in.h,
                   in.w, in.c, MODEL_MIN_SIDE, MODEL_MIN_SIDE, MODEL_MAX_SIDE, MODEL_MAX_SIDE);
}

const float *model_input(float *room, const nn_plan *plan, const float *images, int n)
{
    int side = plan->input.h;
    if (side == DIGIT_SIDE)
        return images;
    for (int i = 0; i < n; i++)
        resize_image(room + (ptrdiff_t)i * side * side, side, images + (ptrdiff_t)i * DIGIT_PIXELS, DIGIT_SIDE);
    return room;
}
