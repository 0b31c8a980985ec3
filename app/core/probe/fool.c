/* fool.c - step by step to the nearest border, and back to just behind it. */
#include "fool.h"
#include <string.h>

static const float overshoot = 0.02f; /* of a step: so that the border is crossed */
static const float least_change = 1e-3f;
static const float most_change = 0.25f; /* length of one step: the slopes say nothing of what is further away */

static float length_of(const float v[DIGIT_PIXELS])
{
    double sum = 0;
    for (int i = 0; i < DIGIT_PIXELS; i++)
        sum += (double)v[i] * (double)v[i];
    return (float)sqrt(sum);
}

static float within(float v)
{
    return fminf(fmaxf(v, 0), 1);
}

/* The picture with `share` of the change. */
static void mix(const fool *self, float share, float image[DIGIT_PIXELS])
{
    for (int i = 0; i < DIGIT_PIXELS; i++)
        image[i] = within(self->image[i] + share * self->change[i]);
}

void fool_image(const fool *self, float image[DIGIT_PIXELS])
{
    mix(self, 1, image);
}

static bool is_turned(const fool *self, int top)
{
    return self->wanted == FOOL_ANY ? top != self->answer : top == self->wanted;
}

void fool_begin(fool *self, slope *s, const nn_model *model, const float image[DIGIT_PIXELS], int wanted)
{
    *self = (fool){.state = FOOL_GOING, .wanted = wanted};
    memcpy(self->image, image, sizeof self->image);
    self->answer = self->turned = slope_read(s, model, image);
    if (is_turned(self, self->answer))
        self->state = FOOL_IDLE;
}

/* ---- one step ---------------------------------------------------------------------------------------------------- */

/* The class number `rank`, from 0, of those that are not `now`, by their logits; -1: there are no so many. */
static int candidate(const slope *s, int now, int rank)
{
    bool listed[NN_MAX_CLASSES] = {false};
    int best = -1;
    listed[now] = true;
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

/* Pixels at the end of their range go no further. */
static void hold(const float image[DIGIT_PIXELS], float way[DIGIT_PIXELS])
{
    for (int i = 0; i < DIGIT_PIXELS; i++)
        if ((image[i] <= 0 && way[i] < 0) || (image[i] >= 1 && way[i] > 0))
            way[i] = 0;
}

/* How far the border is that lies `behind` logits away along `way`, which becomes a unit vector. */
static float distance_along(const float image[DIGIT_PIXELS], float behind, float way[DIGIT_PIXELS])
{
    hold(image, way);
    float steep = length_of(way);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        way[i] = steep > 0 ? way[i] / steep : 0;
    return steep > 0 ? behind / steep : INFINITY;
}

/* The way to the nearest border of `now`, the answer so far. */
static float find_any(slope *s, const nn_model *model, const float image[DIGIT_PIXELS], int now,
                      float way[DIGIT_PIXELS])
{
    float nearest = INFINITY, trial[DIGIT_PIXELS];
    for (int rank = 0, to; rank < FOOL_CANDIDATES && (to = candidate(s, now, rank)) >= 0; rank++) {
        float weight[NN_MAX_CLASSES] = {0};
        weight[to] = 1;
        weight[now] = -1;
        slope_gradient(s, model, weight, trial);
        float distance = distance_along(image, s->logit[now] - s->logit[to], trial);
        if (distance < nearest) {
            nearest = distance;
            memcpy(way, trial, sizeof trial);
        }
    }
    return nearest;
}

/* The way to where a class is as likely as all others together: to the border with one of them alone, the slopes lead
 * through the others' land. */
static float find_class(slope *s, const nn_model *model, const float image[DIGIT_PIXELS], int class,
                        float way[DIGIT_PIXELS])
{
    slope_of_odds(s, model, class, way);
    return distance_along(image, -slope_odds(s, class), way);
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

/* The shortest part of the change that turns the answer, by halving. */
static void shorten(fool *self, slope *s, const nn_model *model)
{
    enum { HALVINGS = 10 };
    float low = 0, high = 1, image[DIGIT_PIXELS];
    for (int i = 0; i < HALVINGS; i++) {
        float middle = 0.5f * (low + high);
        mix(self, middle, image);
        *(is_turned(self, slope_read(s, model, image)) ? &high : &low) = middle;
    }
    for (int i = 0; i < DIGIT_PIXELS; i++)
        self->change[i] *= high;
    fool_image(self, image);
    self->turned = slope_read(s, model, image);
    self->probability = s->probability[self->turned];
}

static void finish(fool *self, slope *s, const nn_model *model)
{
    shorten(self, s, model);
    self->size = length_of(self->change) / fmaxf(length_of(self->image), 1e-6f);
    self->state = FOOL_FOUND;
}

void fool_step(fool *self, slope *s, const nn_model *model)
{
    float image[DIGIT_PIXELS], way[DIGIT_PIXELS];
    fool_image(self, image);
    int now = slope_read(s, model, image);
    if (is_turned(self, now)) {
        finish(self, s, model);
        return;
    }
    float distance =
        self->wanted == FOOL_ANY ? find_any(s, model, image, now, way) : find_class(s, model, image, self->wanted, way);
    if (!isfinite(distance) || self->steps++ == FOOL_STEPS) {
        self->state = FOOL_FAILED;
        return;
    }
    float step = fminf((1 + overshoot) * fmaxf(distance, 0) + least_change, most_change);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        self->change[i] = within(image[i] + step * way[i]) - self->image[i];
}
