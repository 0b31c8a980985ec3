/* model_scores.h - how many images a model reads right, and which: images that people wrote and that nothing learns from
 * are one thing, those that were set aside from what it learned from, or that a program made up, another. Their shares
 * are never put into one column. */
#ifndef MODEL_SCORES_H
#define MODEL_SCORES_H

#include "nn/nn.h"
#include <jansson.h>

/* What the second share is of. */
typedef enum score_of {
    SCORE_NOTHING,
    SCORE_PENS,    /* recorded digits of people from whom it did not learn */
    SCORE_MADE_UP, /* set aside from digits that the program made up */
    SCORE_KEPT,    /* set aside from a person's own digits */
    SCORE_ASIDE,   /* set aside from other images that it learned from */
    SCORE_CHECK,   /* digits that an imported model was tried on */
    SCORE_KINDS
} score_of;

typedef struct model_scores {
    double tested; /* of test images; NAN: it was never tested on any */
    double other;  /* NAN where it is of nothing */
    score_of of;
    bool of_origin; /* both are of the model that it was before it was taught; it was not measured anew */
} model_scores;

/* By what stands in the model's file; facts: its training facts, or NULL. */
model_scores model_scores_of(const nn_model *model, const json_t *facts);

/* "test_accuracy", "other_accuracy" and "other_images": an object, the caller's. NULL when out of memory. */
json_t *model_scores_json(const model_scores *scores);

/* Adds all of that to an object, and "accuracy" for whoever wants one number: of test images, or else the other. */
void model_scores_add(json_t *object, const model_scores *scores);

/* "people's pens", as commands say it. */
const char *model_score_name(score_of of);

#endif
