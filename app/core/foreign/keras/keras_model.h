/* keras_model.h - the layers of a Keras model, as its configuration names them, and the weights that belong to each.
 *
 * Read from the JSON of Keras 1 to 3. Models within models stand in the same list, in front of their own layers. */
#ifndef KERAS_MODEL_H
#define KERAS_MODEL_H

#include "app/core/foreign/state.h"
#include "hdf5_file.h"
#include <jansson.h>

enum { KERAS_MOST_LAYERS = 1024 };

/* What an array of a layer is. */
typedef enum keras_role {
    KERAS_DEPTHWISE,
    KERAS_POINTWISE,
    KERAS_KERNEL,
    KERAS_BIAS,
    KERAS_GAMMA,
    KERAS_BETA,
    KERAS_MEAN,
    KERAS_VARIANCE,
    KERAS_ALPHA,
    KERAS_ROLES
} keras_role;

typedef struct keras_layer {
    const char *kind;                       /* "Conv2D": the class, by the name that it has today */
    const char *name;                       /* "conv2d_1" */
    const json_t *config, *inbound, *build; /* build: of the input that it was made for */
    int parent;                             /* the model that it is a layer of; -1: none */
    bool is_model;                          /* its layers follow */
    bool is_graph;                          /* and are connected by names, not one after the other */
    const hdf5_array *weight[KERAS_ROLES];  /* NULL: none */
} keras_layer;

/* Starts as {0}. Layer 0 is the model itself. */
typedef struct keras_model {
    int n;
    keras_layer layer[KERAS_MOST_LAYERS];
    int version; /* 1, 2 or 3: which Keras wrote it */
} keras_model;

/* The model that a configuration describes, which must live as long. */
bool keras_model_read(keras_model *model, const json_t *json, nn_error *err);

/* Gives the layers their arrays; `top` is the path in the file below which they lie: "" or "model_weights". */
bool keras_weights_assign(keras_model *model, const hdf5_file *file, const char *top, nn_error *err);

/* Whether arrays have numbers for names, as in Keras 3 and, in zips, late Keras 2. */
bool keras_weights_numbered(const hdf5_file *file);

/* The arrays of a file without a description, by the names of their layers: "conv2d_1.kernel". */
bool keras_weights_state(state_dict *out, const hdf5_file *file, const char *top, nn_error *err);

/* What arrays a layer has, in the order of Keras; how many. */
int keras_roles_of(const keras_layer *layer, keras_role roles[KERAS_ROLES]);

/* Settings, by the name of today or, where that is missing, of Keras 1 (may be NULL). */
const json_t *keras_get(const keras_layer *layer, const char *name, const char *old_name);
double keras_number(const keras_layer *layer, const char *name, const char *old_name, double otherwise);
bool keras_flag(const keras_layer *layer, const char *name, const char *old_name, bool otherwise);
const char *keras_word(const keras_layer *layer, const char *name, const char *old_name, const char *otherwise);

/* Whether the layer sees images as (channels, height, width). */
bool keras_channels_first(const keras_layer *layer);

/* Lists that may be packed as {"class_name": "__tuple__", "items": [...]}. */
const json_t *keras_list(const json_t *value);

/* Whole numbers from 0 on of a list of n, or one number for all n places. */
bool keras_numbers(const json_t *value, int n, int out[]);

#endif
