/* foreign.h - what a reader of other programs' model files makes of one: an architecture of ours and its weights.
 *
 *     file --reader (onnx, keras, torch, tensors)--> foreign --convention search--> nn_model --> safetensors
 *
 * A reader writes one line of our grammar (nn/README.md) after the other and hands over each parameter in our layout
 * (channels last: conv kernels (h, w, in, out), dense kernels (in, out)). Where a file leaves something open, the reader
 * makes a candidate for each possibility, the likeliest first, and the search lets the check set decide. */
#ifndef FOREIGN_H
#define FOREIGN_H

#include "app/core/buffer.h"
#include "nn/nn.h"

enum { FOREIGN_CANDIDATES = 32, FOREIGN_WORDS = 160 };

/* What the values are that the last layer before our softmax gives. */
typedef enum foreign_output {
    FOREIGN_LOGITS,
    FOREIGN_PROBABILITIES, /* the reader ends the text with `log` and `softmax`, which normalises them */
    FOREIGN_LOG_PROBABILITIES
} foreign_output;

typedef struct foreign_tensor {
    char name[NN_NAME]; /* the parameter: "conv1.kernel" */
    float *values;      /* nn_alloc */
    size_t count;
} foreign_tensor;

/* Starts as {0}. */
typedef struct foreign_net {
    buffer text; /* the architecture, `input` line included, `softmax` at the end */
    foreign_tensor *tensor;
    int n_tensors, room;
    foreign_output output;
    char
        guessed[FOREIGN_WORDS]; /* what the file left open and this candidate assumes: "relu after each layer", or "" */
} foreign_net;

/* What a file that Digitscope exported says of itself, in texts; NULL: the network has it within. */
typedef struct foreign_words_told {
    const char *mean, *std, *binary, *transposed, *temperature, *unsure_threshold, *labels;
} foreign_words_told;

/* The same, when all of it can be read: nothing is left to find out. */
typedef struct foreign_told {
    bool known;
    nn_convention convention;
    float temperature, unsure_threshold;
} foreign_told;

/* Starts as {0}, but for what a person says of the file. */
typedef struct foreign {
    const char *architecture;   /* in our grammar (--net), that the weights belong to; NULL: the file, or
                                   the reader, tells. Where it is given, the reader makes this text its only candidate
                                   and fills it with the file's weights in their order. Not owned */
    char format[FOREIGN_WORDS]; /* "Keras 2.9, HDF5": said to people */
    int n_labels;               /* 0: the file names no classes */
    char label[NN_MAX_CLASSES][NN_NAME];
    foreign_told told;
    bool never_trained; /* the weights lie within the bounds of a usual initialisation */
    int n;
    foreign_net net[FOREIGN_CANDIDATES];
} foreign;

void foreign_free(foreign *self);

/* Takes it over, with the labels; what is no export of ours, or of an older version, has no unsure_threshold. */
void foreign_tell(foreign *self, const foreign_words_told *words);

/* A further candidate, empty; NULL with NN_LIMIT when there are FOREIGN_CANDIDATES. */
foreign_net *foreign_add(foreign *self, nn_error *err);

/* One line of the architecture, without its end. A failed allocation shows in foreign_model. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void foreign_line(foreign_net *net, const char *format, ...);

/* Room for `count` values of the parameter, to be filled; NULL with NN_NOMEM. */
float *foreign_tensor_new(foreign_net *net, const char *name, size_t count, nn_error *err);

/* The candidate as a model: every parameter must have come, with as many values as the architecture says. Labels as in
 * `self`, the convention x/255. */
bool foreign_model(nn_model **model, const foreign *self, const foreign_net *net, nn_error *err);

#endif
