/* page_scores.c - plots of the scores and of how the training went. */
#include "app/core/model/models.h"
#include "app/ui/kit/chart.h"
#include "page_figures.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const chart_axis share_axis = {.title = "confidence", .min = 0, .max = 1, .unit = CHART_PERCENT};

/* ---- confusion --------------------------------------------------------------------------------------------------- */

enum { MATRIX = 560, LABELS = 92, MARGIN = 16, HEAD = 74 };

typedef struct matrix {
    figure *figure;
    const confusion *c;
    float cell;
    int greatest_mistake;
} matrix;

static void add_cell(const matrix *m, int truth, int predicted)
{
    int n = m->c->n[truth][predicted];
    figure_box box = {LABELS + (float)predicted * m->cell, HEAD + (float)truth * m->cell, m->cell - 1, m->cell - 1};
    if (truth == predicted)
        figure_add_box(m->figure, box, FIGURE_GOOD, 0.06f + 0.3f * (float)confusion_class(m->c, truth).recall);
    else
        figure_add_box(m->figure, box, n ? FIGURE_BAD : FIGURE_GRID,
                       n ? 0.15f + 0.4f * sqrtf((float)n / (float)m->greatest_mistake) : 0.25f);
    char text[16];
    float wide = 0.62f * (float)snprintf(text, sizeof text, "%d", n);
    int size = (int)fminf(13, m->cell / fmaxf(wide + 0.3f, 1.6f));
    if (n && size >= 6)
        figure_add_text(m->figure,
                        (figure_label){box.x + 0.5f * box.w,
                                       box.y + 0.5f * box.h + 0.36f * (float)size,
                                       FIGURE_MIDDLE,
                                       {size, FONT_REGULAR},
                                       FIGURE_TEXT},
                        text);
}

static void add_matrix(const matrix *m, const nn_model *model)
{
    int size = m->cell < 11 ? (int)m->cell : 11;
    font small = {size, FONT_REGULAR};
    for (int i = 0; i < m->c->classes; i++) {
        float middle = ((float)i + 0.5f) * m->cell;
        char text[FIGURE_LABEL];
        figure_shorten(text, model->label[i], size, LABELS - MARGIN);
        figure_add_text(
            m->figure, (figure_label){LABELS - 8, HEAD + middle + 0.36f * (float)size, FIGURE_END, small, FIGURE_MUTED},
            text);
        figure_shorten(text, model->label[i], size, m->cell);
        figure_add_text(m->figure, (figure_label){LABELS + middle, HEAD - 6, FIGURE_MIDDLE, small, FIGURE_MUTED}, text);
        for (int j = 0; j < m->c->classes; j++)
            add_cell(m, i, j);
    }
}

bool page_draw_confusion(const page_source *source, figure **out, nn_error *err)
{
    const confusion *c = &source->evaluation->confusion;
    mistake worst[1] = {{0}};
    confusion_worst(c, worst, 1);
    *out = figure_new("Confusion matrix", MATRIX, MATRIX - LABELS - MARGIN + HEAD + MARGIN);
    if (!*out)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for a plot");
    matrix m = {*out, c, (float)(MATRIX - LABELS - MARGIN) / (float)c->classes, worst[0].n};
    figure_add_text(*out, (figure_label){16, 24, FIGURE_START, {14, FONT_BOLD}, FIGURE_TEXT}, "Confusion matrix");
    figure_add_text(*out, (figure_label){16, 44, FIGURE_START, {11, FONT_REGULAR}, FIGURE_TEXT},
                    "rows: what it is, columns: what it was read as");
    add_matrix(&m, source->evaluation->models[0]);
    return true;
}

/* ---- ROC --------------------------------------------------------------------------------------------------------- */

/* The classes with the smallest areas first, those without a curve left out; returns how many there are. */
static int hardest(const evaluation *e, int order[NN_MAX_CLASSES])
{
    int n = 0;
    for (int k = 0; k < e->confusion.classes; k++) {
        int at = n;
        if (isnan(e->auc[k]))
            continue;
        for (; at > 0 && e->auc[order[at - 1]] > e->auc[k]; at--)
            order[at] = order[at - 1];
        order[at] = k;
        n++;
    }
    return n;
}

static bool add_roc(chart *c, const evaluation *e, int class, figure_colour hue, nn_error *err)
{
    scored *items = nn_alloc((size_t)e->data->count, sizeof *items);
    roc_point *points = nn_alloc(ROC_POINTS, sizeof *points);
    double *xy = nn_alloc(2 * ROC_POINTS, sizeof *xy);
    bool ok = items && points && xy;
    int n = ok ? evaluation_roc(e, class, items, points) : 0;
    for (int i = 0; i < n; i++) {
        xy[i] = points[i].fpr;
        xy[ROC_POINTS + i] = points[i].tpr;
    }
    if (ok)
        chart_curve(c, xy, xy + ROC_POINTS, n, hue);
    nn_free(xy);
    nn_free(points);
    nn_free(items);
    return ok || nn_fail(err, NN_NOMEM, 0, "out of memory for a plot");
}

static bool draw_roc(const evaluation *e, const char *title, double reach, figure **out, nn_error *err)
{
    int order[NN_MAX_CLASSES], n = hardest(e, order), shown = n < FIGURE_SERIES ? n : FIGURE_SERIES;
    chart c;
    if (n == 0)
        return true;
    bool ok = chart_new(&c, title, (chart_axis){.title = "false positive rate", .max = reach, .unit = CHART_PERCENT},
                        (chart_axis){"true positive rate", 1 - reach, 1, CHART_PERCENT, NULL}, shown, err);
    if (ok && reach == 1)
        chart_reference(&c, 0, 0, 1, 1, 1, FIGURE_MUTED);
    for (int i = shown - 1; ok && i >= 0; i--)
        ok = add_roc(&c, e, order[i], FIGURE_FIRST_SERIES + (figure_colour)i, err);
    for (int i = 0; ok && i < shown; i++) {
        char label[FIGURE_LABEL], text[FIGURE_LABEL + 16];
        figure_shorten(label, e->models[0]->label[order[i]], 11, 36);
        snprintf(text, sizeof text, "%s: %.5f", label, e->auc[order[i]]);
        chart_legend(&c, text, FIGURE_FIRST_SERIES + (figure_colour)i);
    }
    *out = c.figure;
    return ok;
}

bool page_draw_roc(const page_source *source, figure **out, nn_error *err)
{
    return draw_roc(source->evaluation, "ROC curves, one class against the rest", 1, out, err);
}

/* Six times the greatest area above a curve is about where that curve turns. */
bool page_draw_roc_corner(const page_source *source, figure **out, nn_error *err)
{
    static const double reaches[] = {0.02, 0.05, 0.1, 0.2};
    const evaluation *e = source->evaluation;
    int order[NN_MAX_CLASSES], n = hardest(e, order);
    for (size_t i = 0; n > 0 && i < sizeof reaches / sizeof reaches[0]; i++)
        if (6 * (1 - e->auc[order[0]]) <= reaches[i])
            return draw_roc(e, "ROC curves, the upper left corner", reaches[i], out, err);
    return true;
}

/* ---- confidence -------------------------------------------------------------------------------------------------- */

bool page_draw_reliability(const page_source *source, figure **out, nn_error *err)
{
    const calibration *cal = &source->evaluation->calibration;
    chart c;
    if (!chart_new(&c, "Reliability", share_axis, (chart_axis){"answers that are right", 0, 1, CHART_PERCENT, NULL}, 2,
                   err))
        return false;
    chart_legend(&c, "right", FIGURE_GOOD);
    chart_legend(&c, "confidence", FIGURE_BAD);
    for (int i = 0; i < CALIBRATION_BINS; i++) {
        reliability r = calibration_bin(cal, i);
        double left = (double)i / CALIBRATION_BINS, right = (i + 1.0) / CALIBRATION_BINS;
        if (r.count == 0)
            continue;
        chart_bar(&c, left, right, 0, r.accuracy, FIGURE_GOOD, 0.85f);
        chart_reference(&c, left, r.confidence, right, r.confidence, 3, FIGURE_BAD);
    }
    chart_reference(&c, 0, 0, 1, 1, 1, FIGURE_MUTED);
    *out = c.figure;
    return true;
}

bool page_draw_confidence(const page_source *source, figure **out, nn_error *err)
{
    const calibration *cal = &source->evaluation->calibration;
    int total[VERDICTS] = {0};
    double most = 0;
    chart c;
    for (int v = 0; v < VERDICTS; v++)
        for (int i = 0; i < CALIBRATION_BINS; i++)
            total[v] += cal->count[v][i];
    for (int v = 0; v < VERDICTS; v++)
        for (int i = 0; i < CALIBRATION_BINS; i++)
            most = fmax(most, (double)cal->count[v][i] / fmax(total[v], 1));
    if (!chart_new(&c, "Confidence of right and of wrong answers", share_axis,
                   (chart_axis){"share of the right, of the wrong", 0, most, CHART_PERCENT, NULL}, 2, err))
        return false;
    chart_legend(&c, "right", FIGURE_GOOD);
    chart_legend(&c, "wrong", FIGURE_BAD);
    for (int i = 0; i < 2 * CALIBRATION_BINS; i++) {
        verdict v = i % 2 ? WRONG : RIGHT;
        double half = 0.5 / CALIBRATION_BINS;
        chart_bar(&c, i * half, (i + 1) * half, 0, (double)cal->count[v][i / 2] / fmax(total[v], 1),
                  v == RIGHT ? FIGURE_GOOD : FIGURE_BAD, 1);
    }
    *out = c.figure;
    return true;
}

/* ---- training ---------------------------------------------------------------------------------------------------- */

/* Columns of the history in the training facts (training.h). */
enum { EPOCH, TRAIN_LOSS, TRAIN_ACCURACY, VAL_LOSS, VAL_ACCURACY, COLUMNS };

typedef struct history {
    int n;
    double *column[COLUMNS]; /* (n) each, all in the first one's block; NAN where a value is missing */
} history;

static bool history_read(history *h, const page_source *source, nn_error *err)
{
    json_t *facts = models_facts(source->evaluation->models[0]), *rows = json_object_get(facts, "history");
    *h = (history){.n = (int)json_array_size(rows)};
    double *block = h->n ? nn_alloc((size_t)h->n * COLUMNS, sizeof *block) : NULL;
    for (int k = 0; block && k < COLUMNS; k++) {
        h->column[k] = block + (size_t)k * (size_t)h->n;
        for (int i = 0; i < h->n; i++) {
            const json_t *value = json_array_get(json_array_get(rows, (size_t)i), (size_t)k);
            h->column[k][i] = json_is_number(value) ? json_number_value(value) : (double)NAN;
        }
    }
    json_decref(facts);
    return !h->n || block || nn_fail(err, NN_NOMEM, 0, "out of memory for a plot");
}

static void stretch(chart_axis *a, const double *values, int n)
{
    for (int i = 0; i < n; i++)
        if (isfinite(values[i])) {
            a->min = fmin(a->min, values[i]);
            a->max = fmax(a->max, values[i]);
        }
}

static bool draw_curves(const page_source *source, const char *title, chart_axis y, int train, int val, figure **out,
                        nn_error *err)
{
    history h;
    chart c;
    if (!history_read(&h, source, err))
        return false;
    chart_axis x = {.title = "epoch", .unit = CHART_COUNT};
    if (h.n > 0) {
        stretch(&x, h.column[EPOCH], h.n);
        stretch(&y, h.column[train], h.n);
        stretch(&y, h.column[val], h.n);
    }
    bool ok = h.n == 0 || chart_new(&c, title, x, y, 2, err);
    if (ok && h.n > 0) {
        chart_legend(&c, "training", FIGURE_FIRST_SERIES);
        chart_legend(&c, "validation", FIGURE_FIRST_SERIES + 1);
        chart_curve(&c, h.column[EPOCH], h.column[train], h.n, FIGURE_FIRST_SERIES);
        chart_curve(&c, h.column[EPOCH], h.column[val], h.n, FIGURE_FIRST_SERIES + 1);
        *out = c.figure;
    }
    nn_free(h.column[0]);
    return ok;
}

bool page_draw_loss(const page_source *source, figure **out, nn_error *err)
{
    return draw_curves(source, "Loss", (chart_axis){.title = "nats", .min = 0}, TRAIN_LOSS, VAL_LOSS, out, err);
}

bool page_draw_accuracy(const page_source *source, figure **out, nn_error *err)
{
    return draw_curves(source, "Accuracy", (chart_axis){"images read right", 1, 0, CHART_PERCENT, NULL}, TRAIN_ACCURACY,
                       VAL_ACCURACY, out, err);
}

/* ---- data -------------------------------------------------------------------------------------------------------- */

static double class_share(const dataset *data, int class)
{
    int n = 0;
    for (int i = 0; i < data->count; i++)
        n += data->labels[i] == class;
    return (double)n / data->count;
}

_Static_assert((int)CHART_NAME == (int)NN_NAME, "class labels stand at an axis");

bool page_draw_classes(const page_source *source, figure **out, nn_error *err)
{
    const evaluation *e = source->evaluation;
    const dataset *sets[2] = {e->data, source->training_data};
    const char *names[2] = {source->part, "training"};
    int n = sets[1] ? 2 : 1;
    double most = 0;
    chart c;
    for (int s = 0; s < n; s++)
        for (int k = 0; k < sets[s]->classes; k++)
            most = fmax(most, class_share(sets[s], k));
    const dataset *all = sets[n - 1]; /* test images may lack classes */
    chart_axis x = {.title = "class", .max = all->classes, .label = all->label};
    if (!chart_new(&c, "How often each class occurs", x,
                   (chart_axis){"share of the images", 0, most, CHART_PERCENT, NULL}, n, err))
        return false;
    for (int s = 0; s < n; s++) {
        chart_legend(&c, names[s], FIGURE_FIRST_SERIES + (figure_colour)s);
        for (int k = 0; k < sets[s]->classes; k++)
            chart_bar(&c, k + 0.1 + 0.8 * s / n, k + 0.1 + 0.8 * (s + 1) / n, 0, class_share(sets[s], k),
                      FIGURE_FIRST_SERIES + (figure_colour)s, 1);
    }
    *out = c.figure;
    return true;
}
