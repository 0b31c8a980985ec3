/* writer_scores.h - how well models read writers whom they have not learned from: the result of leaving writers out. */
#ifndef WRITER_SCORES_H
#define WRITER_SCORES_H

#include "app/core/data/pens.h"
#include "app/core/model/recogniser.h"
#include "app/core/training/metrics.h"
#include "nn/nn.h"
#include <jansson.h>

struct writer_reading {
    int digit; /* -1: not read yet */
    bool unsure;
};

typedef struct writer_scores {
    const pens *pens;            /* must outlive the scores */
    struct writer_reading *read; /* (pens->count) */
    recogniser *reader;          /* the last model that read, for its labels */
} writer_scores;

/* With nothing read yet; writer_scores_free it. */
bool writer_scores_new(writer_scores *scores, const pens *pens, nn_error *err);
void writer_scores_free(writer_scores *scores);

/* Reads the drawings of one fold's writers, through the window's steps. Takes the model over. Once or once for each
 * fold, before the scores are shown. */
bool writer_scores_read(writer_scores *scores, nn_model *model, int fold, int folds, nn_error *err);

typedef struct writer_tally {
    int n, errors;
} writer_tally;

typedef struct writer_summary {
    writer_tally all;
    int unsure, writers, worst; /* worst: the writer's number, -1 without any */
    double by_writer;           /* mean over the writers of their accuracy */
    confusion confusion;
} writer_summary;

/* Of the drawings that were read. */
writer_summary writer_scores_summary(const writer_scores *scores);
writer_tally writer_scores_of(const writer_scores *scores, int writer);
double writer_accuracy(writer_tally tally); /* 0 of none */

/* Of all drawings read: {n, errors, accuracy, accuracy_by_writer_macro, unsure, per_class, confusion, per_writer
 * [{writer, n, errors, accuracy}] and worst_writer}. NULL when out of memory. */
json_t *writer_scores_json(const writer_scores *scores);
bool writer_scores_print(const writer_scores *scores); /* the same for people; false if stdout took no more */

/* The same as writers.json, and as a page that needs no other file, writers.html; makes the folder. */
bool writer_scores_save(const writer_scores *scores, const char *model, const char *folder, nn_error *err);

#endif
