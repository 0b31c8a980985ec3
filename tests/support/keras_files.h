/* keras_files.h - files as Keras writes them, made through libhdf5 and libzip: layers in JSON, random weights. */
#ifndef KERAS_FILES_H
#define KERAS_FILES_H

#include <stdbool.h>
#include <stddef.h>

typedef enum keras_layout {
    KERAS_1_HDF5,        /* conv2d_1/conv2d_1_W */
    KERAS_2_HDF5,        /* conv2d_1/conv2d_1/kernel:0 */
    KERAS_3_HDF5,        /* conv2d_1/sequential/conv2d_1/kernel */
    KERAS_3_ZIP,         /* layers/conv2d/vars/0 */
    KERAS_2_ZIP_WINDOWS, /* _layer_checkpoint_dependencies\conv2d/vars/0, with gaps between the numbers */
    KERAS_LAYOUTS
} keras_layout;

/* Begins a file without layers and weights; NULL: it does not say what wrote it. */
void keras_file_begin(const char *version, const char *backend);

/* A layer of a chain: its class, name and settings, "'filters': 3", where ' is a quote. */
void keras_file_layer(const char *kind, const char *name, const char *settings);

/* A description (with quotes as above) in place of such a chain. */
void keras_file_describe(const char *json);

/* A random array: the class of its layer, the layer, "kernel", "bias", "gamma" ..., 1 to 4 sizes (0: none). Its values,
 * which may be changed until the file is made. In the order in which Keras lists them. A name that is no word stands in
 * place of the number that Keras 3 gives. */
float *keras_file_weight(const char *kind, const char *layer, const char *name, int d0, int d1, int d2, int d3);

/* Of the next weights: the model within the model that their layers belong to; NULL: none. */
void keras_file_within(const char *kind, const char *name);

/* The finished file, valid until the next is; without its description if it is to be of weights only. */
const unsigned char *keras_file_make(keras_layout layout, bool described, size_t *len);

/* A zip file with one more member, as it is. */
const unsigned char *keras_file_zip(const char *name, const void *data, size_t len, size_t *zip_len);

#endif
