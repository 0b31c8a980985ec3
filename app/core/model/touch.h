/* touch.h - a network that a person takes hold of: maps are switched off and weights turned, on a copy that answers in
 * its place (recogniser_stand_in). The network itself stays as it is, and nothing of this is ever saved. */
#ifndef TOUCH_H
#define TOUCH_H

#include "nn/nn.h"

enum { TOUCH_MAX = 256 };

typedef struct touch_weight {
    size_t at; /* in the weight block */
    float was;
} touch_weight;

typedef struct touch {
    nn_model *model;
    nn_work *work; /* for one image; keeps activations, and so takes weights as they are, without much preparing */
    nn_channel off[TOUCH_MAX];
    int n_off;
    touch_weight turned[TOUCH_MAX];
    int n_turned;
} touch;

bool touch_new(touch **touch, const nn_model *model, nn_error *err);
void touch_free(touch *touch);

/* NULL is a network that nobody touched. */
bool touch_is_off(const touch *touch, nn_channel channel);
bool touch_is_turned(const touch *touch, size_t at);
bool touch_is_none(const touch *touch);

/* Switches a channel of a layer off, or on again. False where TOUCH_MAX are off. */
bool touch_switch(touch *touch, nn_channel channel);

/* Gives a weight another value, or its own again. False where TOUCH_MAX others have one. */
bool touch_turn(touch *touch, size_t at, float value);

#endif
