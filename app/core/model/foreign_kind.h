/* foreign_kind.h - what a file is, by its content; its name is asked only where weights by themselves say nothing. */
#ifndef FOREIGN_KIND_H
#define FOREIGN_KIND_H

#include "nn/error.h"

typedef enum foreign_kind {
    FOREIGN_OURS,    /* safetensors with our metadata */
    FOREIGN_HISTORY, /* the same of a training (train_past.h) */

    /* those that there may be a reader for */
    FOREIGN_ONNX,
    FOREIGN_HDF5,
    FOREIGN_KERAS,     /* the zip of Keras 3 */
    FOREIGN_TORCH,     /* PyTorch's zip */
    FOREIGN_TORCH_OLD, /* and what it wrote before */
    FOREIGN_SAFETENSORS,
    FOREIGN_TFLITE,

    /* known, but nothing to import: foreign_refuse */
    FOREIGN_EMPTY,
    FOREIGN_LFS,
    FOREIGN_PAGE,
    FOREIGN_NOTEBOOK,
    FOREIGN_LAYERS, /* without weights, as Keras and TensorFlow.js write them */
    FOREIGN_TEXT,
    FOREIGN_ARCHIVE,
    FOREIGN_BROKEN, /* a zip without the list at its end */
    FOREIGN_PICKLE,
    FOREIGN_PICKLE_TORCH,   /* of PyTorch's tensors */
    FOREIGN_PICKLE_SKLEARN, /* of scikit-learn's objects */
    FOREIGN_ONNX_WEIGHTS,   /* that lie beside their model */
    FOREIGN_TORCHSCRIPT,
    FOREIGN_TENSORFLOW,
    FOREIGN_GGUF,
    FOREIGN_ARRAY,
    FOREIGN_PICTURE,
    FOREIGN_UNKNOWN
} foreign_kind;

/* Whether it is a foreign model, or was taken for one: what import_read reads, or refuses with a word. */
bool foreign_is_model(foreign_kind kind);

/* A zero byte stands behind the data, as nn_file_read puts it. */
foreign_kind foreign_recognise(const unsigned char *data, size_t len);
foreign_kind foreign_recognise_file(const char *path, const unsigned char *data, size_t len);

/* Says what it is and what to do instead; the text does not name the file. Returns false. */
bool foreign_refuse(foreign_kind kind, nn_error *err);

/* Says of a file that is none of the kinds, but is named as a model or an architecture, what it should be: true. False, and
 * err is left alone, where the name promises neither. */
bool foreign_refuse_by_name(const char *path, nn_error *err);

/* The same of a whole file that was opened as a model of the program's own and is none: err, which says why, stays where it
 * may be a broken one. Returns false. */
bool foreign_refuse_as_own(const char *path, const unsigned char *data, size_t len, nn_error *err);

#endif
