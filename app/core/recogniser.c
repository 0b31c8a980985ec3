/* recogniser.c - one model, one work memory, one image at a time. */
#include "recogniser.h"
#include "clock.h"
#include <string.h>

struct recogniser {
    nn_model *model;
    nn_work *work;
};

bool recogniser_new(recogniser **out, nn_model *model, nn_error *err)
{
    nn_shape in = model->plan->input;
    recogniser *r = nn_alloc(1, sizeof *r);
    *out = NULL;
    if (!r) {
        nn_model_free(model);
        return nn_fail(err, NN_NOMEM, 0, "not enough memory for the model");
    }
    r->model = model;
    if (in.h != DIGIT_SIDE || in.w != DIGIT_SIDE || in.c != 1) {
        nn_fail(err, NN_USAGE, 0, "the model reads %dx%dx%d images, not 28x28x1", in.h, in.w, in.c);
        goto fail;
    }
    if (!nn_work_new(&r->work, model->plan, 1, err))
        goto fail;
    *out = r;
    return true;
fail:
    recogniser_free(r);
    return false;
}

void recogniser_free(recogniser *r)
{
    if (!r)
        return;
    nn_work_free(r->work);
    nn_model_free(r->model);
    nn_free(r);
}

const nn_model *recogniser_model(const recogniser *r)
{
    return r->model;
}

void recogniser_set_weights(recogniser *r, const float *weights)
{
    memcpy(r->model->weights, weights, r->model->plan->floats * sizeof *weights);
}

void recogniser_read(recogniser *r, const digit *image, answer *out)
{
    memset(out, 0, sizeof *out);
    out->digit = -1;
    out->text = "";
    if (image->empty)
        return;
    double start = clock_seconds();
    nn_predict(r->work, r->model, image->image, 1, out->probability);
    out->infer_us = 1e6 * (clock_seconds() - start);

    out->classes = r->model->plan->classes;
    out->digit = nn_argmax(out->probability, out->classes);
    out->text = r->model->label[out->digit];
    out->confidence = out->probability[out->digit];
    out->unsure = out->confidence < r->model->unsure_threshold;
}
