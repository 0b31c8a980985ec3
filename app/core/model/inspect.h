/* inspect.h - what happens inside a network when it reads a digit: the maps of every layer, the first layer's filters,
 * the last layer's votes, and which pixels mattered.
 *
 * All memory is made in inspect_new; what reads never allocates and never fails. One thread at a time. */
#ifndef INSPECT_H
#define INSPECT_H

#include "model_input.h"
#include "nn/join.h"
#include "nn/nn.h"
#include "nn/receptive.h"

enum {
    INSPECT_TITLE = 96,
    INSPECT_PATCH = 4,  /* pixels: side of what is blanked at a time to see what it mattered */
    INSPECT_STRIDE = 2, /* pixels from one patch to the next */
    INSPECT_BATCH = 2   /* patches that one inspect_occlude_step tries */
};

/* A layer that computes something new, with those after it that only change its values one by one. */
typedef struct inspect_layer {
    const char *name;          /* of its first node: "conv1" */
    char title[INSPECT_TITLE]; /* "conv, batchnorm, relu" */
    int node;                  /* whose output is shown */
    nn_shape shape;            /* of that */
    int part;                  /* of joined networks (nn/join.h), in their order; 0 where only one is */
    unsigned char *maps;       /* (c, h, w): 255 times the root of the share of the layer's greatest value */
    float *strength;           /* (c): the sum of each map */
} inspect_layer;

/* The first convolution's kernels, where it reads one channel: each as large as its greatest weight allows. */
typedef struct inspect_filters {
    int kh, kw, count;           /* 0: there are none to show */
    unsigned char *plus, *minus; /* (count, kh, kw): positive and negative weights */
    unsigned version;            /* changes with these */
} inspect_filters;

/* A dense layer whose outputs are the logits, or are added to them. */
typedef struct inspect_voter {
    const nn_node *dense;
    const float *features; /* (dense->in.c) that it reads; NULL before a read */
} inspect_voter;

typedef struct inspect {
    nn_plan *plan;
    inspect_layer *layer;
    int n_layers;
    inspect_filters filters;
    inspect_voter voter[NN_MAX_JOINED];
    int n_voters;      /* 0: something else makes the logits */
    int n_features;    /* of all voters */
    unsigned reads;    /* changes with every read, for caches */
    const float *read; /* (input) what the network got, by its convention */

    /* What the network gets, where that is not the digit itself: of another side, or by another convention. */
    int input_side; /* 0: it is */
    unsigned char
        input[MODEL_MAX_SIDE * MODEL_MAX_SIDE]; /* its first channel, the least value 0 and the greatest 255 */

    float importance[DIGIT_PIXELS]; /* by how much a pixel raised the log-odds of the class; of the last full round */
    unsigned rounds;                /* changes with every full round of importance */
    bool occluding;                 /* a round has begun and is not done */
    struct inspect_round *round;
    nn_work *whole, *batch;
    unsigned char *bytes; /* behind all the pictures */
    float *strengths;     /* behind those of all layers */
    float *gains;         /* behind those of the rounds */
} inspect;

/* For models of the architecture of this one, which reads digits (model_input.h) and is not kept. */
bool inspect_new(inspect **inspect, const nn_model *model, nn_error *err);
void inspect_free(inspect *inspect);

/* Whether it was made for models like this: only those may be given to the functions below. */
bool inspect_fits(const inspect *inspect, const nn_model *model);

/* Fills maps, filters and features. */
void inspect_read(inspect *inspect, const nn_model *model, const float image[DIGIT_PIXELS]);

/* Brings `count` channels up to date that stand for a layer: each keeps its place for as long as it is in `off` or among the
 * 3/2 * count strongest, and gives it to the strongest that has none. All are -1 before the first time. */
void inspect_strongest(const inspect_layer *layer, const nn_channel *off, int n_off, int *shown, int count);

/* Whether the values of a layer are the classes' logits, or what is added up to them. */
bool inspect_tells_classes(const inspect *inspect, int layer);

/* What a feature added to one class's logit, and what it added to another's. */
typedef struct inspect_vote {
    int feature; /* counted through all voters */
    float vote;  /* weight x value for the class, less the same for the other */
} inspect_vote;

/* The at most `max` features that speak loudest, for or against, in descending order of |vote|, for `label` against
 * `other`. Returns how many; 0 where something else than dense layers makes the logits. */
int inspect_votes(const inspect *inspect, const nn_model *model, int label, int other, inspect_vote *votes, int max);

/* Where a feature of the voters comes from: the channel to be silenced, and the layer and channel whose map shows it, -1
 * where none does. */
typedef struct inspect_feature {
    nn_channel value;
    int layer, channel;
} inspect_feature;

inspect_feature inspect_feature_of(const inspect *inspect, int feature);

/* By how much each pixel raised a feature, as of the last full round of importance. */
void inspect_feature_gain(const inspect *inspect, int feature, float gain[DIGIT_PIXELS]);

/* Starts finding out which pixels made the network say `label`: patches of the image are blanked in turn (occlusion;
 * Zeiler and Fergus 2014). inspect_occlude_step tries INSPECT_BATCH of them and returns true when that was the last:
 * `importance` and the gains of features are then new. A round takes about 40 steps, to be spread over frames; only patches with ink are tried. */
void inspect_occlude_begin(inspect *inspect, const nn_model *model, const float image[DIGIT_PIXELS], int label);
bool inspect_occlude_step(inspect *inspect, const nn_model *model);

#endif
