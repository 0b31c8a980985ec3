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
    int bin = confidence > 0 ? (int)fminf(confidence * CALIBRATION_BINS, CALIBRATION_BINS - 1) : 0;
    c->count[correct][bin]++;
    c->confidence[correct][bin] += confidence;
}

double calibration_error(const calibration *c)
{
    double gaps = 0;
    int total = 0;
    for (int i = 0; i < CALIBRATION_BINS; i++) {
        gaps += fabs(c->count[RIGHT][i] - c->confidence[RIGHT][i] - c->confidence[WRONG][i]);
        total += c->count[RIGHT][i] + c->count[WRONG][i];
    }
    return total > 0 ? gaps / total : 0;
}

double calibration_mean(const calibration *c, verdict v)
{
    double sum = 0;
    int count = 0;
    for (int i = 0; i < CALIBRATION_BINS; i++) {
        sum += c->confidence[v][i];
        count += c->count[v][i];
    }
    return count > 0 ? sum / count : NAN;
}

reliability calibration_bin(const calibration *c, int bin)
{
    int count = c->count[RIGHT][bin] + c->count[WRONG][bin];
    if (count == 0)
        return (reliability){0, NAN, NAN};
    double confidence = c->confidence[RIGHT][bin] + c->confidence[WRONG][bin];
    return (reliability){count, confidence / count, (double)c->count[RIGHT][bin] / count};
}

/* ---- ranking ----------------------------------------------------------------------------------------------------- */

/* A total order, whatever the values: what is no number comes first, all of one rank. */
static int compare(double a, double b)
{
    return isnan(a) || isnan(b) ? (isnan(b) != 0) - (isnan(a) != 0) : (a > b) - (a < b);
}

static int by_score(const void *left, const void *right)
{
    const scored *a = left, *b = right;
    return compare((double)a->score, (double)b->score);
}

double metrics_auc(scored *items, int n)
{
    double ranks = 0; /* of the positives, from 1; items of one score share their mean rank */
    double positives = 0;
    if (n > 0)
        qsort(items, (size_t)n, sizeof *items, by_score);
    for (int i = 0, next; i < n; i = next) {
        int here = 0;
        for (next = i; next < n && by_score(&items[next], &items[i]) == 0; next++)
            here += items[next].positive;
        ranks += here * 0.5 * (i + 1 + next);
        positives += here;
    }
    double pairs = positives * (n - positives);
    return pairs > 0 ? (ranks - 0.5 * positives * (positives + 1)) / pairs : NAN;
}

static bool is_straight(roc_point a, roc_point b, roc_point c)
{
    return (a.fpr == b.fpr && b.fpr == c.fpr) || (a.tpr == b.tpr && b.tpr == c.tpr);
}

/* Along a monotone curve such steps add up to 50 (ln negatives + ln positives) points at most. */
static bool is_near(roc_point a, roc_point b)
{
    double step = 0.02 * (a.fpr + 1 - a.tpr);
    return b.fpr - a.fpr < step && b.tpr - a.tpr < step;
}

int metrics_roc(const scored *sorted, int n, roc_point points[ROC_POINTS])
{
    int positives = 0, hits = 0, alarms = 0, count = 1;
    for (int i = 0; i < n; i++)
        positives += sorted[i].positive;
    if (positives == 0 || positives == n)
        return 0;
    points[0] = (roc_point){0, 0};
    roc_point last = points[0]; /* the threshold before, kept or not */
    for (int i = n - 1; i >= 0; i--) {
        hits += sorted[i].positive;
        alarms += !sorted[i].positive;
        if (i > 0 && by_score(&sorted[i - 1], &sorted[i]) == 0)
            continue;
        roc_point here = {(double)alarms / (n - positives), (double)hits / positives};
        roc_point kept = points[count - 1];
        if (!is_straight(kept, last, here) && !is_near(kept, last) && count < ROC_POINTS - 1)
            points[count++] = last;
        last = here;
    }
    points[count++] = last;
    return count;
}

int metrics_top(const float *values, int n, int *top, int max)
{
    int count = 0;
    for (int k = 0; k < n; k++) {
        int at = count;
        while (at > 0 && compare((double)values[top[at - 1]], (double)values[k]) < 0)
            at--;
        if (at == max)
            continue;
        count += count < max;
        for (int i = count - 1; i > at; i--)
            top[i] = top[i - 1];
        top[at] = k;
    }
    return count;
}

static int by_value(const void *left, const void *right)
{
    return compare(*(const double *)left, *(const double *)right);
}

double metrics_percentile(double *values, int n, double share)
{
    qsort(values, (size_t)n, sizeof *values, by_value);
    int rank = (int)ceil(share * n);
    return values[rank < 1 ? 0 : rank > n ? n - 1 : rank - 1];
}
