/* keras_writer.h - values that flow through a Keras model, and the lines of our architecture that make them. */
#ifndef KERAS_WRITER_H
#define KERAS_WRITER_H

#include "app/core/foreign/foreign.h"
#include "keras_model.h"
#include "nn/op.h"

enum { KERAS_RANK = 6, KERAS_KINDS = 64 };

/* What a layer gives for one image. In memory it is `shape`, channels last; Keras sees `dim`, row by row, of the same
 * values in the same order, unless it is swapped: then Keras sees (channels, height, width). */
typedef struct keras_value {
    char node[NN_NAME]; /* "input" or a layer of ours */
    nn_shape shape;
    int rank, dim[KERAS_RANK];
    bool swapped;
    foreign_output range;
} keras_value;

/* Starts with net, model and err, the rest 0. */
typedef struct keras_writer {
    foreign_net *net;
    const keras_model *model;
    bool turned;              /* kernels are turned by half: Theano convolves where others correlate */
    const keras_layer *layer; /* that is being written */
    char last[NN_NAME];       /* the node of the line before */
    int n_kinds, nodes;
    struct {
        char kind[NN_NAME];
        int n;
    } kind[KERAS_KINDS]; /* how many nodes of each kind there are */
    nn_error *err;
} keras_writer;

/* A setting that has no meaning here; false. */
bool keras_odd(const keras_writer *w, const char *setting);

/* An array that has not the size it must have; false. */
bool keras_misfit(const keras_writer *w, size_t count, size_t wanted);

/* One line, "KIND SETTINGS", that reads *v and gives an image of that shape; *v becomes what it gives, the sizes that
 * Keras sees unchanged. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
bool keras_line(keras_writer *w, keras_value *v, nn_shape shape, const char *format, ...);

/* Room for a parameter of the node that gives *v. */
float *keras_parameter(keras_writer *w, const keras_value *v, const char *name, size_t count);

/* A copy of that array, or `otherwise` everywhere where it is NULL. */
bool keras_copy(keras_writer *w, const keras_value *v, const char *name, const hdf5_array *array, size_t count,
                float otherwise);

/* y = gain x + bias with an array of a gain and a bias for each channel, or the same for all (count 1). */
bool keras_scale(keras_writer *w, keras_value *v, const float *gain, const float *bias, size_t count);

/* A number as the grammar has it. */
typedef struct keras_digits {
    char text[32];
} keras_digits;
keras_digits keras_print(double value);

/* ---- shapes ---- */

size_t keras_count(const keras_value *v);

/* What Keras sees now, with memory in its order. */
bool keras_plain(keras_writer *w, keras_value *v);

/* The same values as an image of that shape. */
bool keras_shaped(keras_writer *w, keras_value *v, int h, int width, int c);

/* Sees them as (.., last) with the last axis as channels: (1, .., last). */
bool keras_features(keras_writer *w, keras_value *v);

/* An image of rank 3 with channels last in memory; `first`: Keras sees the channels first. */
bool keras_image(keras_writer *w, keras_value *v, bool first);

/* What Keras sees of an image, in that order. */
void keras_see_image(keras_value *v, bool first);

/* What Keras sees of a row. */
void keras_see_row(keras_value *v);

#endif
