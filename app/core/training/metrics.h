/* metrics.h - how good answers are: confusion, calibration, ranking, percentiles. Nothing here allocates. */
#ifndef METRICS_H
#define METRICS_H

#include "nn/nn.h"

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

/* How sure right and wrong answers were, in equal bins of the top confidence: the histograms of both, the reliability
 * diagram and the expected calibration error all come from these sums. */
enum { CALIBRATION_BINS = 15 };
typedef enum verdict { WRONG, RIGHT, VERDICTS } verdict;
typedef struct calibration {
    int count[VERDICTS][CALIBRATION_BINS];
    double confidence[VERDICTS][CALIBRATION_BINS]; /* sums */
} calibration;

void calibration_add(calibration *c, float confidence, bool correct);

/* |accuracy - confidence| of each bin, weighted by the bins' sizes. */
double calibration_error(const calibration *c);

/* The mean confidence of right or of wrong answers; NAN where there are none. */
double calibration_mean(const calibration *c, verdict v);

/* One bin of the reliability diagram. The two means are NAN where count is 0. */
typedef struct reliability {
    int count;
    double confidence, accuracy;
} reliability;

reliability calibration_bin(const calibration *c, int bin);

/* Area under the ROC curve by rank (the Mann-Whitney statistic, ties count half); NAN unless both kinds are there.
 * Leaves the items sorted by score. */
typedef struct scored {
    float score;
    bool positive;
} scored;

double metrics_auc(scored *items, int n);

/* The ROC curve: for every threshold, the share of negatives and of positives that lie at or above it. */
typedef struct roc_point {
    double fpr, tpr;
} roc_point;

enum { ROC_POINTS = 2048 };

/* From (0, 0) to (1, 1), of items as metrics_auc leaves them. Left out are points on a straight line and those
 * closer to the one before than a fiftieth of its distance from the perfect corner (0, 1). Returns how many there
 * are, 0 unless both kinds are there. */
int metrics_roc(const scored *sorted, int n, roc_point points[ROC_POINTS]);

/* The indices of the greatest `max` of n values, greatest first, the first of equals first; returns how many there
 * are. */
int metrics_top(const float *values, int n, int *top, int max);

/* The nearest-rank percentile, share in 0..1, of n > 0 values; sorts them. */
double metrics_percentile(double *values, int n, double share);

#endif
