/* import.h - from another program's file to a model of ours: what it is, who reads it, and which convention it wants.
 *
 *     file --foreign_recognise--> kind --reader--> candidates --convention_search--> model with facts
 *
 * It runs in a child process (import_file.h); here is what that does. */
#ifndef IMPORT_H
#define IMPORT_H

#include "app/core/paths.h"
#include "nn/nn.h"

#define IMPORT_POOR 0.5 /* a share of the check set below which something is wrong with it */

enum { IMPORT_MAX_BYTES = 256 << 20 }; /* of a file: one with the state of its training is several times its weights */

typedef struct import_request {
    const char *path;
    const char *net;        /* a name or file of an architecture for a file of weights alone; NULL */
    const char *labels;     /* a file of labels, one a line; NULL */
    const char *convention; /* its name (app/core/model/convention.h); NULL: the check set decides */
    const paths *where;
    const char *language; /* of errors, for the child; NULL: English */
} import_request;

/* NN_USAGE where what was asked for does not exist. */
bool import_check(const import_request *request, nn_error *err);

/* Reads, searches and tells what came of it: an object "import" in the model's training facts, with "from", "format",
 * "guessed" (what the file left open), "convention", "check_accuracy", "check_images", "check_mnist", "permuted" and
 * "scores" of all conventions. `progress` gets 0..1 and may be NULL. */
bool import_read(nn_model **model, const import_request *request, void (*progress)(void *ctx, double done), void *ctx,
                 nn_error *err);

#endif
