/* metrics.h - how good answers are: confusion, calibration, ranking, percentiles. Nothing here allocates. */
#ifndef METRICS_H
#define METRICS_H

#include "../../nn/nn.h"

/* Who was taken for whom. */
typedef struct confusion {
    int classes;
    int n[NN_MAX_CLASSES][NN_MAX_CLASSES]; /* [true][predicted] */
    int unanswered[NN_MAX_CLASSES];        /* [true]: nothing was predicted */
} confusion;

void confusion_add(confusion *c, int truth, int predicted); /* predicted -1: no answer, which is wrong */
int confusion_correct(const confusion *c);
int confusion_total(const confusion *c);

/* Fractions; 0 where there is nothing to divide by. */
typedef struct class_score {
    double precision, recall, f1;
    int support; /* items whose true class it is */
} class_score;

class_score confusion_class(const confusion *c, int k);

typedef struct mistake {
    int truth, predicted, n;
} mistake;

/* The up to `max` most frequent mistakes, most frequent first; returns how many. */
int confusion_worst(const confusion *c, mistake *worst, int max);

/* Expected calibration error: |accuracy - confidence| over equal bins of the top confidence, weighted by their sizes.
 */
enum { CALIBRATION_BINS = 15 };
typedef struct calibration {
    int count[CALIBRATION_BINS], correct[CALIBRATION_BINS];
    double confidence[CALIBRATION_BINS]; /* sums */
} calibration;

void calibration_add(calibration *c, float confidence, bool correct);
double calibration_error(const calibration *c);

/* Area under the ROC curve by rank (the Mann-Whitney statistic, ties count half); NAN unless both kinds are there.
 * Reorders the items. */
typedef struct scored {
    float score;
    bool positive;
} scored;

double metrics_auc(scored *items, int n);

/* The nearest-rank percentile, share in 0..1, of n > 0 values; sorts them. */
double metrics_percentile(double *values, int n, double share);

#endif
