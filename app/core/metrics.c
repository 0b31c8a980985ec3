/* metrics.c - counting what was right and wrong. */
#include "metrics.h"
#include <math.h>
#include <stdlib.h>

/* ---- confusion --------------------------------------------------------------------------------------------------- */

void confusion_add(confusion *c, int truth, int predicted)
{
    if (predicted < 0)
        c->unanswered[truth]++;
    else
        c->n[truth][predicted]++;
}

int confusion_correct(const confusion *c)
{
    int correct = 0;
    for (int k = 0; k < c->classes; k++)
        correct += c->n[k][k];
    return correct;
}

static int support(const confusion *c, int k)
{
    int n = c->unanswered[k];
    for (int j = 0; j < c->classes; j++)
        n += c->n[k][j];
    return n;
}

int confusion_total(const confusion *c)
{
    int total = 0;
    for (int k = 0; k < c->classes; k++)
        total += support(c, k);
    return total;
}

static double ratio(int part, int whole)
{
    return whole > 0 ? (double)part / whole : 0;
}

class_score confusion_class(const confusion *c, int k)
{
    class_score s = {.support = support(c, k)};
    int predicted = 0;
    for (int j = 0; j < c->classes; j++)
        predicted += c->n[j][k];
    s.precision = ratio(c->n[k][k], predicted);
    s.recall = ratio(c->n[k][k], s.support);
    s.f1 = ratio(2 * c->n[k][k], predicted + s.support);
    return s;
}

int confusion_worst(const confusion *c, mistake *worst, int max)
{
    int count = 0;
    for (int i = 0; i < c->classes; i++)
        for (int j = 0; j < c->classes; j++) {
            int n = c->n[i][j], at = count;
            if (i == j || n == 0)
                continue;
            while (at > 0 && worst[at - 1].n < n)
                at--;
            if (at == max)
                continue;
            count += count < max;
            for (int m = count - 1; m > at; m--)
                worst[m] = worst[m - 1];
            worst[at] = (mistake){i, j, n};
        }
    return count;
}

/* ---- calibration ------------------------------------------------------------------------------------------------- */

void calibration_add(calibration *c, float confidence, bool correct)
{
    int bin = (int)(confidence * CALIBRATION_BINS);
    bin = bin < 0 ? 0 : bin >= CALIBRATION_BINS ? CALIBRATION_BINS - 1 : bin;
    c->count[bin]++;
    c->correct[bin] += correct;
    c->confidence[bin] += confidence;
}

double calibration_error(const calibration *c)
{
    double gaps = 0;
    int total = 0;
    for (int i = 0; i < CALIBRATION_BINS; i++) {
        gaps += fabs(c->correct[i] - c->confidence[i]);
        total += c->count[i];
    }
    return total > 0 ? gaps / total : 0;
}

/* ---- ranking ----------------------------------------------------------------------------------------------------- */

static int by_score(const void *left, const void *right)
{
    const scored *a = left, *b = right;
    return (a->score > b->score) - (a->score < b->score);
}

double metrics_auc(scored *items, int n)
{
    double ranks = 0; /* of the positives, from 1; items of one score share their mean rank */
    double positives = 0;
    if (n > 0)
        qsort(items, (size_t)n, sizeof *items, by_score);
    for (int i = 0, next; i < n; i = next) {
        int here = 0;
        for (next = i; next < n && items[next].score == items[i].score; next++)
            here += items[next].positive;
        ranks += here * 0.5 * (i + 1 + next);
        positives += here;
    }
    double pairs = positives * (n - positives);
    return pairs > 0 ? (ranks - 0.5 * positives * (positives + 1)) / pairs : NAN;
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double metrics_percentile(double *values, int n, double share)
{
    qsort(values, (size_t)n, sizeof *values, by_value);
    int rank = (int)ceil(share * n);
    return values[rank < 1 ? 0 : rank > n ? n - 1 : rank - 1];
}
