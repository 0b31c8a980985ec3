/* torch_files.h - files as PyTorch writes them, of the tensors of an exported model. */
#ifndef TORCH_FILES_H
#define TORCH_FILES_H

#include "app/core/buffer.h"
#include "app/core/foreign/state.h"
#include "nn/nn.h"

typedef struct torch_form {
    bool old;         /* a row of pickles, as before 1.6, instead of a zip */
    state_type type;  /* of all storages */
    bool shared;      /* one storage for all tensors */
    bool turned;      /* the rows of matrices lie as columns */
    const char *wrap; /* the state dictionary is the value of this key beside others; NULL: it is all */
    bool norms_last;  /* batch norms are listed behind all others */
    const char *const
        *names;      /* "conv1", "features.0", ...: what layers are called instead; ends with NULL; may be NULL */
    const char *big; /* "big": says so of its numbers */
} torch_form;

/* The model's weights by the names and in the layout of PyTorch. */
void torch_file(buffer *out, const nn_model *model, const torch_form *form);

/* A zip of one pickle, "archive/data.pkl". */
void torch_zip(buffer *out, const void *pickle, size_t len);

/* Rounds weights so that all types of storages hold them exactly. */
void torch_round(nn_model *model);

#endif
