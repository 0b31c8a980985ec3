/* model_input.c - which sides, and the resizing. */
#include "model_input.h"
#include "app/core/digit/resize.h"

bool model_reads_digits(const nn_plan *plan, nn_error *err)
{
    nn_shape in = plan->input;
    return (in.h == in.w && (in.c == 1 || in.c == MODEL_COLOURS) && in.h >= MODEL_MIN_SIDE && in.h <= MODEL_MAX_SIDE) ||
           nn_fail(err, NN_USAGE, 0,
                   "the model reads %dx%dx%d images, not grey or coloured squares from %dx%d to %dx%d", in.h, in.w,
                   in.c, MODEL_MIN_SIDE, MODEL_MIN_SIDE, MODEL_MAX_SIDE, MODEL_MAX_SIDE);
}

/* Backwards, so that the one channel may lie where the first of all of them will. */
static void repeat(float *image, int pixels, int channels)
{
    for (int i = pixels * channels - 1; i >= 0; i--)
        image[i] = image[i / channels];
}

const float *model_input(float *room, const nn_plan *plan, const float *images, int n)
{
    nn_shape in = plan->input;
    int pixels = in.h * in.w;
    if (in.h == DIGIT_SIDE && in.c == 1)
        return images;
    for (int i = 0; i < n; i++) {
        float *image = room + (ptrdiff_t)i * pixels * in.c;
        resize_image(image, in.h, images + (ptrdiff_t)i * DIGIT_PIXELS, DIGIT_SIDE);
        repeat(image, pixels, in.c);
    }
    return room;
}

void model_input_return(float gradient[DIGIT_PIXELS], const nn_plan *plan, float *room)
{
    nn_shape in = plan->input;
    for (int i = 0; i < in.h * in.w; i++) {
        float sum = 0;
        for (int c = 0; c < in.c; c++)
            sum += room[i * in.c + c];
        room[i] = sum;
    }
    resize_return(gradient, DIGIT_SIDE, room, in.h);
}
