/* foreign.c - candidates: lines of text and tensors by name. */
#include "foreign.h"
#include "nn/labels.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void foreign_free(foreign *self)
{
    for (int i = 0; i < self->n; i++) {
        foreign_net *net = &self->net[i];
        for (int j = 0; j < net->n_tensors; j++)
            nn_free(net->tensor[j].values);
        nn_free(net->tensor);
        buffer_free(&net->text);
    }
    *self = (foreign){0};
}

/* ---- what exports of ours say ------------------------------------------------------------------------------------ */

/* A number from least to most; `otherwise` where there is no text. */
static bool read_told(const char *text, double otherwise, double least, double most, float *value)
{
    json_t *json = text ? json_loads(text, JSON_DECODE_ANY, NULL) : json_real(otherwise);
    double number = json_is_number(json) ? json_number_value(json) : (double)NAN;
    json_decref(json);
    *value = (float)number;
    return number >= least && number <= most;
}

static void tell_labels(foreign *self, const char *text)
{
    json_t *labels = text ? json_loads(text, 0, NULL) : NULL;
    size_t n = json_array_size(labels);
    self->n_labels = n <= NN_MAX_CLASSES && nn_json_read_labels(labels, self->label, (int)n) ? (int)n : 0;
    json_decref(labels);
}

void foreign_tell(foreign *self, const foreign_words_told *w)
{
    const double most = 1e30;
    float binary, transposed;
    foreign_told t = {.convention = {.std = 1}};
    nn_convention *c = &t.convention;
    t.known = w->unsure_threshold && read_told(w->mean, 0, -most, most, &c->mean) &&
              read_told(w->std, 1, -most, most, &c->std) && c->std != 0 && read_told(w->binary, 0, 0, 1, &binary) &&
              read_told(w->transposed, 0, 0, 1, &transposed) &&
              read_told(w->temperature, 1, 1e-3, 1e3, &t.temperature) &&
              read_told(w->unsure_threshold, 0, 0, 1, &t.unsure_threshold);
    if (!t.known)
        return;
    c->binary = binary > 0;
    c->transposed = transposed > 0;
    self->told = t;
    tell_labels(self, w->labels);
}

/* ---- candidates -------------------------------------------------------------------------------------------------- */

foreign_net *foreign_add(foreign *self, nn_error *err)
{
    if (self->n == FOREIGN_CANDIDATES) {
        nn_fail(err, NN_LIMIT, 0, "more than %d ways to read it", FOREIGN_CANDIDATES);
        return NULL;
    }
    return &self->net[self->n++];
}

void foreign_line(foreign_net *net, const char *format, ...)
{
    char line[256];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    net->text.failed = net->text.failed || len < 0 || len >= (int)sizeof line;
    buffer_add(&net->text, line);
    buffer_add(&net->text, "\n");
}

float *foreign_tensor_new(foreign_net *net, const char *name, size_t count, nn_error *err)
{
    if (net->n_tensors == net->room) {
        int room = net->room ? 2 * net->room : 16;
        foreign_tensor *more = nn_realloc(net->tensor, (size_t)net->room, (size_t)room, sizeof *more);
        if (!more) {
            nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
            return NULL;
        }
        net->tensor = more;
        net->room = room;
    }
    foreign_tensor *tensor = &net->tensor[net->n_tensors];
    *tensor = (foreign_tensor){.values = nn_alloc(count, sizeof(float)), .count = count};
    if (!tensor->values) {
        nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
        return NULL;
    }
    snprintf(tensor->name, sizeof tensor->name, "%s", name);
    net->n_tensors++;
    return tensor->values;
}

static const foreign_tensor *find(const foreign_net *net, const char *name)
{
    for (int i = 0; i < net->n_tensors; i++)
        if (strcmp(net->tensor[i].name, name) == 0)
            return &net->tensor[i];
    return NULL;
}

static bool fill(nn_model *model, const foreign_net *net, nn_error *err)
{
    for (int i = 0; i < model->plan->n_params; i++) {
        const nn_param *param = &model->plan->param[i];
        const foreign_tensor *tensor = find(net, param->name);
        if (!tensor)
            return nn_fail(err, NN_FORMAT, 0, "the weights of %s are missing", param->name);
        if (tensor->count != param->count)
            return nn_fail(err, NN_FORMAT, 0, "%s: %zu weights where the layers before it ask for %zu", param->name,
                           tensor->count, param->count);
        if (nn_first_not_finite(tensor->values, tensor->count) < tensor->count)
            return nn_fail(err, NN_FORMAT, 0, "%s: a weight is not a finite number", param->name);
        memcpy(model->weights + param->offset, tensor->values, param->count * sizeof(float));
    }
    nn_model_changed(model);
    return true;
}

bool foreign_model(nn_model **model, const foreign *self, const foreign_net *net, nn_error *err)
{
    nn_plan *plan;
    *model = NULL;
    if (net->text.failed)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the architecture");
    if (!nn_plan_parse(&plan, net->text.data, net->text.len, err) || !nn_model_blank(model, plan, err))
        return false;
    if (!fill(*model, net, err)) {
        nn_model_free(*model);
        *model = NULL;
        return false;
    }
    if (self->n_labels == plan->classes)
        memcpy((*model)->label, self->label, sizeof self->label);
    return true;
}
