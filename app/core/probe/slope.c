/* slope.c - forward and back through one network, or through several whose probabilities are averaged, for one image. */
#include "slope.h"
#include <math.h>
#include <string.h>

static bool add_net(slope *self, const nn_model *model, nn_error *err)
{
    int i = self->count++;
    return nn_plan_copy(&self->plan[i], model->plan, err) &&
           nn_work_new(&self->work[i], self->plan[i], 1, NN_GRADIENTS, err);
}

bool slope_new(slope **out, const slope_nets *nets, nn_error *err)
{
    slope *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    for (int i = 0; i < nets->count; i++)
        if (!add_net(self, nets->model[i], err)) {
            slope_free(self);
            *out = NULL;
            return false;
        }
    self->classes = self->plan[0]->classes;
    return true;
}

void slope_free(slope *self)
{
    if (!self)
        return;
    for (int i = 0; i < self->count; i++) {
        nn_work_free(self->work[i]);
        nn_plan_free(self->plan[i]);
    }
    nn_free(self);
}

bool slope_fits(const slope *self, const slope_nets *nets)
{
    bool fits = self->count == nets->count;
    for (int i = 0; fits && i < nets->count; i++)
        fits = nn_same_plan(self->plan[i], nets->model[i]->plan);
    return fits;
}

/* ---- forward ----------------------------------------------------------------------------------------------------- */

/* The logarithm of the sum of exp(logit) of all classes but one (-1: of all), and each one's share in it. */
static float others(const float *logit, int classes, int class, float share[NN_MAX_CLASSES])
{
    float most = -INFINITY, sum = 0;
    for (int i = 0; i < classes; i++)
        most = i != class ? fmaxf(most, logit[i]) : most;
    for (int i = 0; i < classes; i++)
        sum += share[i] = i != class ? expf(logit[i] - most) : 0;
    for (int i = 0; i < classes; i++)
        share[i] /= fmaxf(sum, 1e-30f);
    return sum > 0 ? most + logf(sum) : 0; /* of one class alone there are no others */
}

/* Of one the temperature changes nothing that is asked here, but how steep all of it is. */
static float temperature_of(const slope_nets *nets, int i)
{
    return nets->count > 1 ? nets->model[i]->temperature : 1;
}

/* Logarithms of the mean probabilities, also of those that are too small to be added up. */
static void average(slope *self)
{
    float share[NN_MAX_CLASSES], all[RECOGNISER_MAX_MODELS], each[RECOGNISER_MAX_MODELS];
    for (int i = 0; i < self->count; i++)
        all[i] = others(self->own[i], self->classes, -1, share);
    for (int c = 0; c < self->classes; c++) {
        for (int i = 0; i < self->count; i++)
            each[i] = self->own[i][c] - all[i];
        self->logit[c] = others(each, self->count, -1, share) - logf((float)self->count);
        self->probability[c] = expf(self->logit[c]);
    }
}

int slope_read(slope *self, const slope_nets *nets, const float image[DIGIT_PIXELS])
{
    for (int i = 0; i < self->count; i++) {
        nn_predict(self->work[i], nets->model[i], model_input(self->room, self->plan[i], image, 1), 1,
                   self->probability);
        const float *logit = nn_work_logits(self->work[i]);
        float t = temperature_of(nets, i);
        for (int c = 0; c < self->classes; c++)
            self->own[i][c] = logit[c] / t;
    }
    if (self->count > 1)
        average(self);
    else
        memcpy(self->logit, self->own[0], sizeof self->logit);
    return nn_argmax(self->logit, self->classes);
}

/* ---- odds -------------------------------------------------------------------------------------------------------- */

static float odds_of(const float *logit, int classes, int class)
{
    float share[NN_MAX_CLASSES];
    return logit[class] - others(logit, classes, class, share);
}

float slope_odds(const slope *self, int class)
{
    return odds_of(self->logit, self->classes, class);
}

/* The logarithm of p (1 - p), by the log-odds of p. */
static float log_spread(float odds)
{
    return -fabsf(odds) - 2 * log1pf(expf(-fabsf(odds)));
}

/* By how much the log-odds of the mean grow with those of one network: the mean of p (1 - p) of all would be that of a
 * single p. */
static float share_of(const slope *self, int i, int class)
{
    if (self->count == 1)
        return 1;
    float own = log_spread(odds_of(self->own[i], self->classes, class)), mean = log_spread(slope_odds(self, class));
    return expf(own - mean) / (float)self->count;
}

void slope_of_odds(slope *self, const slope_nets *nets, int class, float gradient[DIGIT_PIXELS])
{
    float weight[NN_MAX_CLASSES], own[DIGIT_PIXELS];
    memset(gradient, 0, DIGIT_PIXELS * sizeof *gradient);
    for (int i = 0; i < self->count; i++) {
        float scale = share_of(self, i, class) / temperature_of(nets, i);
        others(self->own[i], self->classes, class, weight);
        for (int c = 0; c < self->classes; c++)
            weight[c] = scale * (c == class ? 1 : -weight[c]);
        nn_image_gradient(self->work[i], nets->model[i], weight, 1, self->room);
        model_input_return(own, self->plan[i], self->room);
        for (int p = 0; p < DIGIT_PIXELS; p++)
            gradient[p] += own[p];
    }
}

int slope_other(const slope *s, int but, int rank)
{
    bool listed[NN_MAX_CLASSES] = {false};
    int best = -1;
    listed[but] = true;
    for (int k = 0; k <= rank; k++) {
        best = -1;
        for (int i = 0; i < s->classes; i++)
            if (!listed[i] && (best < 0 || s->logit[i] > s->logit[best]))
                best = i;
        if (best < 0)
            return -1;
        listed[best] = true;
    }
    return best;
}
