/* fool.c - step by step to the nearest border, and back to just behind it. */
#include "fool.h"
#include <string.h>

static const float overshoot = 0.02f; /* of a move: so that the border is crossed */
static const float least_change = 1e-3f;
static const float most_change = 0.25f; /* length of one move: the slopes say nothing of what is further away */

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

/* The picture that was read last is taken for the class that is wanted, more than for all others together. */
static bool is_turned(const fool *self, const slope *s, int top)
{
    return (self->wanted == FOOL_ANY ? top != self->answer : top == self->wanted) && slope_odds(s, top) >= 0;
}

void fool_begin(fool *self, slope *s, const slope_nets *nets, const float image[DIGIT_PIXELS], int wanted)
{
    *self = (fool){.state = FOOL_GOING, .wanted = wanted, .nearest = INFINITY, .high = 1};
    memcpy(self->image, image, sizeof self->image);
    self->answer = self->turned = slope_read(s, nets, image);
    if (self->answer == wanted)
        self->state = FOOL_IDLE;
}

/* ---- one move ---------------------------------------------------------------------------------------------------- */

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

/* How far it is to where a class is as likely as all others together, along `way`. */
static float distance_to(slope *s, const slope_nets *nets, const float image[DIGIT_PIXELS], int class,
                         float way[DIGIT_PIXELS])
{
    slope_of_odds(s, nets, class, way);
    return distance_along(image, -slope_odds(s, class), way);
}

/* Looks at one more class; true when it was the last, and `way` leads to the nearest. */
static bool look(fool *self, slope *s, const slope_nets *nets, const float image[DIGIT_PIXELS])
{
    float trial[DIGIT_PIXELS];
    int class = self->wanted == FOOL_ANY ? slope_other(s, self->answer, self->border) : self->wanted;
    if (class < 0)
        return true;
    float distance = distance_to(s, nets, image, class, trial);
    if (distance < self->nearest) {
        self->nearest = distance;
        memcpy(self->way, trial, sizeof trial);
    }
    return ++self->border == FOOL_BORDERS || self->wanted != FOOL_ANY;
}

static void go(fool *self, const float image[DIGIT_PIXELS])
{
    if (!isfinite(self->nearest) || self->moves++ == FOOL_MOVES) {
        self->state = FOOL_FAILED;
        return;
    }
    float length = fminf((1 + overshoot) * fmaxf(self->nearest, 0) + least_change, most_change);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        self->change[i] = within(image[i] + length * self->way[i]) - self->image[i];
    self->border = 0;
    self->nearest = INFINITY;
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

static void finish(fool *self, slope *s, const slope_nets *nets)
{
    float image[DIGIT_PIXELS];
    for (int i = 0; i < DIGIT_PIXELS; i++)
        self->change[i] *= self->high;
    fool_image(self, image);
    self->turned = slope_read(s, nets, image);
    self->probability = s->probability[self->turned];
    self->size = length_of(self->change) / fmaxf(length_of(self->image), 1e-6f);
    self->state = FOOL_FOUND;
}

/* Towards the shortest part of the change that turns the answer. */
static void halve(fool *self, slope *s, const slope_nets *nets)
{
    float middle = 0.5f * (self->low + self->high), image[DIGIT_PIXELS];
    mix(self, middle, image);
    *(is_turned(self, s, slope_read(s, nets, image)) ? &self->high : &self->low) = middle;
    if (--self->halvings == 0)
        finish(self, s, nets);
}

void fool_step(fool *self, slope *s, const slope_nets *nets)
{
    float image[DIGIT_PIXELS];
    if (self->halvings > 0) {
        halve(self, s, nets);
        return;
    }
    fool_image(self, image);
    int now = slope_read(s, nets, image);
    if (is_turned(self, s, now))
        self->halvings = FOOL_HALVINGS;
    else if (look(self, s, nets, image))
        go(self, image);
}
