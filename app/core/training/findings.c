/* findings.c - lists of images, by what was read. */
#include "findings.h"
#include "nn/json.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_weight(const void *a, const void *b)
{
    const finding *left = a, *right = b;
    if (left->weight != right->weight)
        return left->weight > right->weight ? -1 : 1;
    return left->image - right->image;
}

static int in_order(finding *list, int n)
{
    if (n > 0)
        qsort(list, (size_t)n, sizeof *list, by_weight);
    return n;
}

static bool is_right(const evaluation *e, int image)
{
    return evaluation_read(e, image) == evaluation_truth(e, image);
}

static float confidence(const evaluation *e, int image)
{
    return evaluation_answer(e, image)[evaluation_read(e, image)];
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

int findings_cell(const evaluation *e, int truth, int read, float sure, finding *out)
{
    int n = 0;
    for (int i = 0; i < e->data->count; i++) {
        float p = evaluation_answer(e, i)[read];
        if (evaluation_truth(e, i) == truth && evaluation_read(e, i) == read && p >= sure)
            out[n++] = (finding){i, p};
    }
    return in_order(out, n);
}

int findings_answers(const evaluation *e, verdict v, finding *out)
{
    int n = 0;
    for (int i = 0; i < e->data->count; i++)
        if (is_right(e, i) == (v == RIGHT))
            out[n++] = (finding){i, confidence(e, i)};
    return in_order(out, n);
}

int findings_hardest(const evaluation *e, finding *out)
{
    for (int i = 0; i < e->data->count; i++)
        out[i] = (finding){i, -evaluation_answer(e, i)[evaluation_truth(e, i)]};
    return in_order(out, e->data->count);
}

/* A network that is nearly always surer than this need not be so sure to doubt a label. */
static const double sure_enough = 0.95;

/* How sure the network is on average that an image with a label shows it. */
static void expect(const evaluation *e, double expected[NN_MAX_CLASSES])
{
    int count[NN_MAX_CLASSES] = {0};
    for (int k = 0; k < e->confusion.classes; k++)
        expected[k] = 0;
    for (int i = 0; i < e->data->count; i++) {
        int truth = evaluation_truth(e, i);
        expected[truth] += (double)evaluation_answer(e, i)[truth];
        count[truth]++;
    }
    for (int k = 0; k < e->confusion.classes; k++)
        expected[k] = count[k] > 0 ? fmin(expected[k] / count[k], sure_enough) : sure_enough;
}

int findings_doubted(const evaluation *e, finding *out)
{
    double expected[NN_MAX_CLASSES];
    int n = 0;
    expect(e, expected);
    for (int i = 0; i < e->data->count; i++)
        if (!is_right(e, i) && (double)confidence(e, i) >= expected[evaluation_read(e, i)])
            out[n++] = (finding){i, confidence(e, i)};
    return in_order(out, n);
}

int findings_only(const evaluation *right, const evaluation *wrong, finding *out)
{
    int n = 0;
    for (int i = 0; i < right->data->count; i++)
        if (is_right(right, i) && !is_right(wrong, i))
            out[n++] = (finding){i, confidence(wrong, i)};
    return in_order(out, n);
}

void findings_compare(const evaluation *first, const evaluation *second, int n[2][2])
{
    memset(n, 0, 4 * sizeof(int));
    for (int i = 0; i < first->data->count; i++)
        n[is_right(first, i)][is_right(second, i)]++;
}

/* ---- answering only when sure ------------------------------------------------------------------------------------ */

sure_score findings_when_sure(const evaluation *e, float sure, confusion *c)
{
    sure_score s = {0};
    if (c)
        *c = (confusion){.classes = e->confusion.classes};
    for (int i = 0; i < e->data->count; i++) {
        bool answers = confidence(e, i) >= sure;
        s.answered += answers;
        s.wrong += answers && !is_right(e, i);
        if (c)
            confusion_add(c, evaluation_truth(e, i), answers ? evaluation_read(e, i) : -1);
    }
    return s;
}

/* ---- as JSON ----------------------------------------------------------------------------------------------------- */

json_t *findings_sure_json(const evaluation *e)
{
    static const double levels[] = {0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        sure_score s = findings_when_sure(e, (float)levels[i], NULL);
        double wrong = s.answered > 0 ? (double)s.wrong / s.answered : (double)NAN;
        json_array_append_new(list, json_pack("{s:f, s:f, s:o}", "sure", levels[i], "withheld",
                                              1 - (double)s.answered / e->data->count, "wrong", nn_json_number(wrong)));
    }
    return list;
}

/* What a row says of an image. */
typedef json_t *row_json(const evaluation *e, int image);

static json_t *hard_row(const evaluation *e, int image)
{
    int truth = evaluation_truth(e, image);
    return json_pack("{s:i, s:i, s:i, s:f, s:f}", "image", image, "true", truth, "predicted", evaluation_read(e, image),
                     "confidence", (double)confidence(e, image), "probability",
                     (double)evaluation_answer(e, image)[truth]);
}

static json_t *doubted_row(const evaluation *e, int image)
{
    const nn_model *model = e->models[0];
    return json_pack("{s:i, s:s, s:s, s:f}", "index", image, "label", model->label[evaluation_truth(e, image)], "read",
                     model->label[evaluation_read(e, image)], "confidence", (double)confidence(e, image));
}

static json_t *list_json(const evaluation *e, int (*find)(const evaluation *e, finding *out), row_json *row)
{
    finding *found = nn_alloc((size_t)e->data->count, sizeof *found);
    json_t *list = found ? json_array() : NULL;
    int n = found ? find(e, found) : 0;
    for (int i = 0; i < n && i < FINDINGS_SHOWN; i++)
        json_array_append_new(list, row(e, found[i].image));
    nn_free(found);
    return list;
}

json_t *findings_hardest_json(const evaluation *e)
{
    return list_json(e, findings_hardest, hard_row);
}

json_t *findings_doubted_json(const evaluation *e)
{
    return list_json(e, findings_doubted, doubted_row);
}

json_t *findings_compared_json(const evaluation *first, const evaluation *second)
{
    int n[2][2];
    findings_compare(first, second, n);
    return json_pack("{s:i, s:i, s:i, s:i}", "both_right", n[1][1], "first_only", n[1][0], "second_only", n[0][1],
                     "both_wrong", n[0][0]);
}
