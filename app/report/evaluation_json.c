/* evaluation_json.c - scores and lists as JSON. */
#include "evaluation_json.h"
#include "app/core/training/findings.h"
#include "nn/json.h"
#include "report.h"

static json_t *mistakes_json(const confusion *c)
{
    mistake worst[10];
    int n = confusion_worst(c, worst, 10);
    json_t *list = json_array();
    for (int i = 0; i < n; i++) {
        const mistake *m = &worst[i];
        json_array_append_new(list,
                              json_pack("{s:i, s:i, s:i}", "true", m->truth, "predicted", m->predicted, "n", m->n));
    }
    return list;
}

static json_t *auc_json(const evaluation *e)
{
    json_t *list = json_array();
    for (int k = 0; k < e->confusion.classes; k++)
        json_array_append_new(
            list, json_pack("{s:s, s:o}", "label", e->models[0]->label[k], "auc", nn_json_number(e->auc[k])));
    return list;
}

json_t *evaluation_json(const evaluation *e)
{
    const confusion *c = &e->confusion;
    int errors = evaluation_errors(e);
    return json_pack("{s:i, s:i, s:f, s:f, s:f, s:o, s:o, s:f, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "n",
                     e->data->count, "errors", errors, "accuracy", 1 - (double)errors / e->data->count, "loss", e->loss,
                     "ece", calibration_error(&e->calibration), "confidence_right",
                     nn_json_number(calibration_mean(&e->calibration, RIGHT)), "confidence_wrong",
                     nn_json_number(calibration_mean(&e->calibration, WRONG)), "unsure",
                     (double)e->unsure / e->data->count, "accuracy_when_sure",
                     nn_json_number(evaluation_accuracy_when_sure(e)), "parameters", (json_int_t)e->parameters,
                     "per_class", report_classes_json(c, e->models[0]), "confusion", report_confusion_json(c),
                     "top_confusions", mistakes_json(c), "auc", auc_json(e), "when_sure", findings_sure_json(e),
                     "hardest", findings_hardest_json(e), "doubted", findings_doubted_json(e));
}
