/* number_scores.h - how well whole numbers were read. */
#ifndef NUMBER_SCORES_H
#define NUMBER_SCORES_H

#include "nn/nn.h"
#include <jansson.h>

enum { NUMBER_SCORES_LONGEST = NN_NAME }; /* digits of a label */

/* Starts as {0}. */
typedef struct number_scores {
    int n, correct;
    long digits, edits; /* of all labels; digits to put in, take out or change in what was read */
    struct {
        int n, correct;
    } length[NUMBER_SCORES_LONGEST];
} number_scores;

/* False, and not counted, where the label is not made of the model's classes. */
bool number_scores_add(number_scores *scores, const char *label, const char *read, const nn_model *model);

double number_scores_accuracy(const number_scores *scores);   /* of whole numbers; NAN without any */
double number_scores_error_rate(const number_scores *scores); /* edits by digit; NAN without any */

/* [{length, n, accuracy}]; NULL when out of memory. */
json_t *number_scores_json(const number_scores *scores);

/* A table on stdout. */
void number_scores_print(const number_scores *scores);

#endif
