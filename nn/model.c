/* model.c - a model and its file: the plan's text and what one must know to use the weights stand in the metadata. */
#include "json.h"
#include "labels.h"
#include "op.h"
#include "safetensors.h"
#include "utf8.h"
#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

/* The weights may come later. */
static bool begin_model(nn_model **out, nn_plan *plan, float *weights, nn_error *err)
{
    nn_model *model = nn_alloc(1, sizeof *model);
    *out = model;
    if (!model) {
        nn_plan_free(plan);
        nn_free(weights);
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the model");
    }
    *model = (nn_model){
        .plan = plan,
        .weights = weights,
        .convention = {.mean = 0.0f, .std = 1.0f},
        .n_labels = plan->classes,
        .temperature = 1.0f,
        .unsure_threshold = 0.5f,
    };
    for (int i = 0; i < plan->classes; i++)
        snprintf(model->label[i], sizeof model->label[i], "%d", i);
    nn_model_changed(model);
    return true;
}

bool nn_model_new(nn_model **out, nn_plan *plan, float *weights, nn_error *err)
{
    *out = NULL;
    if (weights)
        return begin_model(out, plan, weights, err);
    nn_plan_free(plan);
    return nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
}

bool nn_model_blank(nn_model **out, nn_plan *plan, nn_error *err)
{
    return nn_model_new(out, plan, nn_alloc(plan->floats, sizeof(float)), err);
}

bool nn_model_copy(nn_model **out, const nn_plan *plan, const float *weights, nn_error *err)
{
    nn_plan *own;
    *out = NULL;
    if (!nn_plan_copy(&own, plan, err) || !nn_model_blank(out, own, err))
        return false;
    memcpy((*out)->weights, weights, own->floats * sizeof *weights);
    return true;
}

void nn_model_answer_as(nn_model *model, const nn_model *other)
{
    model->temperature = other->temperature;
    model->unsure_threshold = other->unsure_threshold;
    memcpy(model->label, other->label, sizeof model->label);
}

bool nn_model_twin(nn_model **twin, const nn_model *model, nn_error *err)
{
    if (!nn_model_copy(twin, model->plan, model->weights, err))
        return false;
    (*twin)->convention = model->convention;
    nn_model_answer_as(*twin, model);
    memcpy((*twin)->scale, model->scale, sizeof model->scale);
    return true;
}

int nn_class_called(const nn_model *model, const char *name)
{
    int found = model->n_labels - 1;
    while (found >= 0 && strcmp(model->label[found], name) != 0)
        found--;
    return found;
}

bool nn_model_has_scales(const nn_model *model)
{
    for (int i = 0; i < model->plan->n_nodes; i++)
        if (model->scale[i] > 0.0f)
            return true;
    return false;
}

void nn_model_changed(nn_model *model)
{
    static atomic_uint_least64_t versions;
    model->version = atomic_fetch_add(&versions, 1) + 1;
}

void nn_model_free(nn_model *model)
{
    if (!model)
        return;
    nn_plan_free(model->plan);
    nn_free(model->weights);
    nn_free(model->training);
    nn_free(model);
}

static int describe(const nn_plan *plan, const float *weights, nn_tensor *tensors)
{
    for (int i = 0; i < plan->n_params; i++) {
        const nn_param *param = &plan->param[i];
        tensors[i] =
            (nn_tensor){.name = param->name, .rank = param->rank, .data = weights ? weights + param->offset : NULL};
        memcpy(tensors[i].dim, param->dim, sizeof param->dim);
    }
    return plan->n_params;
}

/* ---- what a file may hold ---- */

static const double least_temperature = 1e-3, most_temperature = 1e3, most_threshold = 1.0;

static bool is_between(double value, double min, double max)
{
    return value >= min && value <= max; /* NAN is not */
}

/* Of a node's input, where some have scales. */
static bool scale_is_right(const nn_node *node, double scale)
{
    return node->op->quantizes ? is_between(scale, NN_MIN_SCALE, NN_MAX_SCALE) : scale == 0.0;
}

/* What keeps a model from being read again, by its name in the metadata; NULL if nothing does. That training facts are JSON is
 * for who made them: to parse them here would take memory. */
static const char *what_is_wrong(const nn_model *model)
{
    const nn_plan *plan = model->plan;
    bool scales = true, labels = model->n_labels == plan->classes, has_scales = nn_model_has_scales(model);
    for (int i = 0; i < plan->n_nodes; i++)
        scales = scales && (!has_scales || scale_is_right(&plan->node[i], (double)model->scale[i]));
    for (int i = 0; labels && i < plan->classes; i++)
        labels = nn_label_is_valid(model->label[i], strnlen(model->label[i], NN_NAME));
    if (!nn_convention_fits(&model->convention, plan->input))
        return "convention";
    if (!labels)
        return "labels";
    if (model->training && !nn_utf8_is_valid(model->training, strlen(model->training)))
        return "training";
    if (!scales)
        return "activation_scales";
    if (!is_between((double)model->temperature, least_temperature, most_temperature))
        return "temperature";
    return is_between((double)model->unsure_threshold, 0.0, most_threshold) ? NULL : "unsure_threshold";
}

/* ---- writing ---- */

/* A JSON value as the text of a metadata entry; takes it over. */
static json_t *as_text(json_t *value)
{
    char *text = nn_json_text(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));
    json_t *string = text ? json_string(text) : NULL;
    nn_free(text);
    json_decref(value);
    return string;
}

static json_t *scales_json(const nn_model *model)
{
    json_t *scales = json_object();
    for (int i = 0; i < model->plan->n_nodes; i++)
        if (model->scale[i] > 0.0f &&
            json_object_set_new(scales, model->plan->node[i].name, json_real((double)model->scale[i])) != 0) {
            json_decref(scales);
            return NULL;
        }
    return scales;
}

/* What is false is left out. */
static json_t *convention_json(const nn_convention *c)
{
    return json_pack("{s:s, s:s, s:f, s:f, s:o*, s:o*}", "range", "0..1", "ink", "1", "mean", (double)c->mean, "std",
                     (double)c->std, "binary", c->binary ? json_true() : NULL, "transposed",
                     c->transposed ? json_true() : NULL);
}

static json_t *metadata_json(const nn_model *model)
{
    json_t *metadata = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "digitscope.version", "1", "architecture",
                                 model->plan->text, "convention", as_text(convention_json(&model->convention)),
                                 "labels", as_text(nn_json_labels(model->label, model->n_labels)), "temperature",
                                 as_text(json_real((double)model->temperature)), "unsure_threshold",
                                 as_text(json_real((double)model->unsure_threshold)));
    if (!metadata ||
        (model->training && json_object_set_new(metadata, "training", json_string(model->training)) != 0) ||
        (nn_model_has_scales(model) &&
         json_object_set_new(metadata, "activation_scales", as_text(scales_json(model))) != 0)) {
        json_decref(metadata);
        return NULL;
    }
    return metadata;
}

bool nn_model_write(const nn_model *model, unsigned char **data, size_t *len, nn_error *err)
{
    const char *wrong = what_is_wrong(model);
    *data = NULL;
    if (wrong)
        return nn_fail(err, NN_USAGE, 0, "a file with such '%s' could not be read again", wrong);
    nn_tensor *tensors = nn_alloc(NN_MAX_PARAMS, sizeof *tensors);
    if (!tensors)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the model file");
    int count = describe(model->plan, model->weights, tensors);
    json_t *metadata = metadata_json(model);
    bool ok = nn_safetensors_write(metadata, tensors, count, data, len, err);
    json_decref(metadata);
    nn_free(tensors);
    return ok;
}

bool nn_model_save(const nn_model *model, const char *path, nn_error *err)
{
    unsigned char *data;
    size_t len;
    if (!nn_model_write(model, &data, &len, err))
        return nn_fail_in(err, path);
    bool ok = nn_file_save(path, data, len, NN_DURABLE, err);
    nn_free(data);
    return ok;
}

/* ---- reading ---- */

static json_t *parse_text(const json_t *header, const char *key)
{
    const char *text = nn_metadata_text(header, key);
    return text ? json_loads(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL) : NULL;
}

/* A number of the metadata in [min, max]. */
static bool read_number(const json_t *header, const char *key, double min, double max, float *out, nn_error *err)
{
    json_t *json = parse_text(header, key);
    double value = json_is_number(json) ? json_number_value(json) : NAN;
    json_decref(json);
    if (!is_between(value, min, max))
        return nn_metadata_wrong(err, key);
    *out = (float)value;
    return true;
}

static bool read_convention(nn_model *model, const json_t *header, nn_error *err)
{
    double mean, std;
    int binary = 0, transposed = 0;
    const char *range, *ink;
    json_t *json = parse_text(header, "convention");
    bool ok = json_unpack(json, "{s:s, s:s, s:F, s:F, s?b, s?b!}", "range", &range, "ink", &ink, "mean", &mean, "std",
                          &std, "binary", &binary, "transposed", &transposed) == 0 &&
              strcmp(range, "0..1") == 0 && strcmp(ink, "1") == 0 && fabs(mean) <= FLT_MAX && fabs(std) <= FLT_MAX;
    json_decref(json);
    if (ok)
        model->convention = (nn_convention){(float)mean, (float)std, binary, transposed};
    return (ok && nn_convention_fits(&model->convention, model->plan->input)) || nn_metadata_wrong(err, "convention");
}

static bool read_labels(nn_model *model, const json_t *header, nn_error *err)
{
    json_t *json = parse_text(header, "labels");
    bool ok = nn_json_read_labels(json, model->label, model->plan->classes);
    json_decref(json);
    return ok || nn_metadata_wrong(err, "labels");
}

static bool read_training(nn_model *model, const json_t *header, nn_error *err)
{
    const char *text = nn_metadata_text(header, "training");
    if (!text)
        return true;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    bool ok = json_is_object(json);
    json_decref(json);
    if (!ok)
        return nn_metadata_wrong(err, "training");
    model->training = nn_strdup(text);
    return model->training || nn_fail(err, NN_NOMEM, 0, "out of memory for the model");
}

/* One for every layer that can be quantized, and none for any other. */
static bool read_scales(nn_model *model, const json_t *header, nn_error *err)
{
    if (!nn_metadata_text(header, "activation_scales"))
        return true;
    json_t *json = parse_text(header, "activation_scales");
    bool ok = json_is_object(json);
    size_t count = 0;
    for (int i = 0; ok && i < model->plan->n_nodes; i++) {
        const nn_node *node = &model->plan->node[i];
        if (!node->op->quantizes)
            continue;
        double scale = json_number_value(json_object_get(json, node->name));
        ok = scale_is_right(node, scale);
        model->scale[i] = ok ? (float)scale : 0.0f;
        count++;
    }
    ok = ok && json_object_size(json) == count;
    json_decref(json);
    return ok || nn_metadata_wrong(err, "activation_scales");
}

static bool read_metadata(nn_model *model, const json_t *header, nn_error *err)
{
    return read_convention(model, header, err) && read_labels(model, header, err) &&
           read_training(model, header, err) && read_scales(model, header, err) &&
           read_number(header, "temperature", least_temperature, most_temperature, &model->temperature, err) &&
           read_number(header, "unsure_threshold", 0.0, most_threshold, &model->unsure_threshold, err);
}

/* The plan from the metadata's architecture; its own positions mean nothing in this file. */
static bool read_plan(nn_plan **plan, const json_t *header, nn_error *err)
{
    const char *version = nn_metadata_text(header, "digitscope.version"),
               *text = nn_metadata_text(header, "architecture");
    if (!version || !text)
        return nn_fail(err, NN_FORMAT, 8,
                       "a safetensors file, but no Digitscope model: its metadata has no architecture");
    if (strcmp(version, "1") != 0)
        return nn_fail(err, NN_FORMAT, 8, "format version '%.20s' is not known to this program", version);
    if (nn_plan_parse(plan, text, strlen(text), err))
        return true;
    if (err)
        err->pos = 8;
    return nn_fail_in(err, "architecture");
}

static bool read_weights(nn_model *model, const unsigned char *data, size_t len, const json_t *header, nn_error *err)
{
    const unsigned char *values;
    nn_tensor *tensors = nn_alloc(NN_MAX_PARAMS, sizeof *tensors);
    if (!tensors)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the model");
    int count = describe(model->plan, NULL, tensors);
    bool ok = nn_safetensors_check(data, len, header, tensors, count, &values, err);
    nn_free(tensors);
    if (!ok)
        return false;
    model->weights = nn_alloc(model->plan->floats, sizeof(float));
    if (!model->weights)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
    nn_floats_copy(model->weights, values, model->plan->floats);
    return true;
}

bool nn_model_read(nn_model **out, const unsigned char *data, size_t len, nn_error *err)
{
    nn_plan *plan = NULL;
    nn_model *model = NULL;
    json_t *header;
    *out = NULL;
    if (!nn_safetensors_open(data, len, &header, err))
        return false;
    bool ok = read_plan(&plan, header, err) && begin_model(&model, plan, NULL, err) &&
              read_metadata(model, header, err) && read_weights(model, data, len, header, err);
    json_decref(header);
    if (!ok) {
        nn_model_free(model);
        return false;
    }
    *out = model;
    return true;
}

bool nn_model_load(nn_model **model, const char *path, nn_error *err)
{
    unsigned char *data;
    size_t len;
    *model = NULL;
    if (!nn_file_read(path, NN_MAX_MODEL_BYTES, &data, &len, err))
        return false;
    bool ok = nn_model_read(model, data, len, err);
    nn_free(data);
    return ok || nn_fail_in(err, path);
}
