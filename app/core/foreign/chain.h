/* chain.h - what tensors by name say of a network that is one layer after the other: which belong together, in which
 * order the layers come, and which batch norm stands behind which. */
#ifndef CHAIN_H
#define CHAIN_H

#include "state.h"

enum { CHAIN_LAYERS = 64, CHAIN_CONVS = 16 };

typedef enum chain_kind { CHAIN_CONV, CHAIN_DENSE, CHAIN_NORM, CHAIN_SLOPE, CHAIN_KINDS } chain_kind;

typedef struct chain_layer {
    chain_kind kind;
    char name[STATE_NAME];                               /* "features.0" */
    const state_tensor *weight, *bias, *mean, *variance; /* those that there are */
    int in, out;        /* channels (of a group), or values; of norms and slopes both are the same */
    int kh, kw, groups; /* of convolutions */
    int number;         /* its place in a Sequential, or the number in its name; -1: none */
    int norm, slope;    /* layers that belong behind it; -1: none */
} chain_layer;

typedef struct chain {
    bool last;  /* kernels have their channels last, (h, w, in, out) and (in, out), as JAX and TensorFlow have them */
    bool given; /* the architecture is known */
    int n;      /* in the order of the file */
    chain_layer layer[CHAIN_LAYERS];
    int n_convs, n_dense;
    int conv[CHAIN_LAYERS], dense[CHAIN_LAYERS]; /* which layers, in the order of use */
} chain;

/* Points into the state. What is no such network is refused with the name of the tensor that is in the way. `given`: its
 * architecture is known, so the layers need not follow one after the other and stay in the order of the file. */
bool chain_read(chain *self, const state_dict *weights, bool given, nn_error *err);

/* A kernel's value for output o, input i at the tap (y, x). */
float chain_weight(const chain *self, const chain_layer *layer, size_t o, size_t i, size_t y, size_t x);

#endif
