/* touched.c - what is off, what is turned, and the copy that they change. */
#include "touched.h"

bool touched_new(touched **out, const nn_model *model, nn_error *err)
{
    touched *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (nn_model_twin(&self->model, model, err) &&
        nn_work_new(&self->work, self->model->plan, 1, NN_ACTIVATIONS, err)) {
        self->model->silent = self->off;
        return true;
    }
    touched_free(self);
    *out = NULL;
    return false;
}

void touched_free(touched *self)
{
    if (!self)
        return;
    nn_work_free(self->work);
    nn_model_free(self->model);
    nn_free(self);
}

static int find_off(const touched *self, nn_channel channel)
{
    for (int i = 0; self && i < self->n_off; i++)
        if (self->off[i].node == channel.node && self->off[i].channel == channel.channel)
            return i;
    return -1;
}

static int find_turned(const touched *self, size_t at)
{
    for (int i = 0; self && i < self->n_turned; i++)
        if (self->turned[i].at == at)
            return i;
    return -1;
}

bool touched_is_off(const touched *self, nn_channel channel)
{
    return find_off(self, channel) >= 0;
}

bool touched_is_turned(const touched *self, size_t at)
{
    return find_turned(self, at) >= 0;
}

bool touched_is_none(const touched *self)
{
    return !self || self->n_off + self->n_turned == 0;
}

bool touched_switch(touched *self, nn_channel channel)
{
    int i = find_off(self, channel);
    if (i < 0 && self->n_off == TOUCHED_MAX)
        return false;
    if (i >= 0)
        self->off[i] = self->off[--self->n_off];
    else
        self->off[self->n_off++] = channel;
    self->model->n_silent = self->n_off;
    return true;
}

bool touched_turn(touched *self, size_t at, float value)
{
    float *weight = self->model->weights + at;
    int i = find_turned(self, at);
    if (i < 0 && self->n_turned == TOUCHED_MAX)
        return false;
    if (i < 0 && value != *weight)
        self->turned[self->n_turned++] = (touched_weight){at, *weight};
    else if (i >= 0 && value == self->turned[i].was)
        self->turned[i] = self->turned[--self->n_turned];
    *weight = value;
    nn_model_changed(self->model);
    return true;
}
