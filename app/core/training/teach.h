/* teach.h - a trained network learns a few labelled drawings of one person, in seconds, and forgets nothing. */
#ifndef TEACH_H
#define TEACH_H

#include "app/core/data/dataset.h"
#include "app/core/drawing/ink.h"

/* A drawing and what it shows: a class of the model. */
typedef struct teach_drawing {
    const ink *ink;
    int class;
} teach_drawing;

typedef struct teach_config {
    const dataset *others; /* images of the size of digits by other people, to be rehearsed; NULL: made-up digits are */
    int threads;
    uint64_t seed;
    double seconds; /* after which learning ends where it is */
    void (*on_thread_start)(void);
    bool (*stopped)(void *ctx); /* asked by all threads: true makes it end without a result; NULL: never */
    void (*tell)(void *ctx,
                 double share); /* by one thread at a time: how far it is, 0..1; NULL: nobody wants to know */
    void *ctx;
} teach_config;

enum {
    TEACH_OTHERS = 1000, /* images that the check asks about */
    TEACH_LAYERS = 2     /* with weights that learn */
};

/* How many are read right, of how many. */
typedef struct teach_score {
    int n, before, after;
} teach_score;

typedef struct teach_result {
    nn_model *model;      /* the tuned copy, the caller's to nn_model_free */
    teach_score drawings; /* as they were drawn */
    teach_score
        others; /* images that were not rehearsed; of those of no class of the model, right is what it said before */
    double seconds;
} teach_result;

teach_config teach_defaults(void);

/* Whether more drawings are read right than before, or all, and others with at most one mistake more and a tenth of those that
 * there were. */
bool teach_holds(const teach_result *result);

/* Tunes a copy of a model that reads digits (model_input.h) on n >= 1 drawings with ink. Same model, drawings, config and
 * machine: same bits, as long as the seconds suffice. False with NN_OK when it was stopped. */
bool teach(teach_result *result, const nn_model *model, const teach_drawing *drawings, int n,
           const teach_config *config, nn_error *err);

#endif
