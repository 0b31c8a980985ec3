/* touched.h - a network that a person takes hold of: maps are switched off and weights turned, on a copy that answers in
 * its place (recogniser_stand_in). The network itself stays as it is, and nothing of this is ever saved. */
#ifndef TOUCHED_H
#define TOUCHED_H

#include "nn/nn.h"

enum { TOUCHED_MAX = 256 };

typedef struct touched_weight {
    size_t at; /* in the weight block */
    float was;
} touched_weight;

typedef struct touched {
    nn_model *model;
    nn_work *work; /* for one image; keeps activations, and so takes weights as they are, without much preparing */
    nn_channel off[TOUCHED_MAX];
    int n_off;
    touched_weight turned[TOUCHED_MAX];
    int n_turned;
} touched;

bool touched_new(touched **net, const nn_model *model, nn_error *err);
void touched_free(touched *net);

/* NULL is a network that nobody touched. */
bool touched_is_off(const touched *net, nn_channel channel);
bool touched_is_turned(const touched *net, size_t at);
bool touched_is_none(const touched *net);

/* Switches a channel of a layer off, or on again. False where TOUCHED_MAX are off. */
bool touched_switch(touched *net, nn_channel channel);

/* Gives a weight another value, or its own again. False where TOUCHED_MAX others have one. */
bool touched_turn(touched *net, size_t at, float value);

#endif
