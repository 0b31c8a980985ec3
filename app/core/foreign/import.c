/* import.c - the table of readers, and what is done before and after them. */
#include "import.h"
#include "app/core/data/class_names.h"
#include "app/core/foreign/keras/keras.h"
#include "app/core/foreign/onnx/onnx.h"
#include "app/core/foreign/tflite/tflite.h"
#include "app/core/foreign/torch/torch.h"
#include "app/core/model/foreign_kind.h"
#include "app/core/model/models.h"
#include "calibrate.h"
#include "convention_search.h"
#include "nn/json.h"
#include "tensors.h"
#include <math.h>
#include <string.h>

typedef bool (*reader)(foreign *out, const char *path, const unsigned char *data, size_t len, nn_error *err);

/* Those that this program was built with; the others are refused with the library that is missing. */
static const struct {
    foreign_kind kind;
    reader read;
} readers[] = {
    {FOREIGN_SAFETENSORS, tensors_read},
#ifdef DIGITSCOPE_KERAS
    {FOREIGN_HDF5, keras_read},          {FOREIGN_KERAS, keras_read},   {FOREIGN_TORCH, torch_read},
#endif
    {FOREIGN_TORCH_OLD, torch_read},     {FOREIGN_TFLITE, tflite_read},
#ifdef DIGITSCOPE_ONNX
    {FOREIGN_ONNX, onnx_read},
#endif
};

typedef struct import {
    const import_request *request;
    foreign foreign;
    nn_plan *net;
    check_set set;
    convention_search search;
    int convention; /* that is wanted, -1: none */
    void (*progress)(void *ctx, double done);
    void *ctx;
} import;

bool import_check(const import_request *r, nn_error *err)
{
    return !r->convention || convention_find(r->convention) >= 0 ||
           nn_fail(err, NN_USAGE, 0, "no convention is called \"%.47s\"", r->convention);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* One of our own is no foreign model, unless something is wrong with it. */
static bool refuse_own(const unsigned char *data, size_t len, nn_error *err)
{
    nn_model *model;
    if (!nn_model_read(&model, data, len, err))
        return false;
    nn_model_free(model);
    return foreign_refuse(FOREIGN_OURS, err);
}

static bool read_as(foreign *out, foreign_kind kind, const char *path, const unsigned char *data, size_t len,
                    nn_error *err)
{
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (readers[i].read && readers[i].kind == kind)
            return readers[i].read(out, path, data, len, err);
    return kind == FOREIGN_OURS ? refuse_own(data, len, err) : foreign_refuse(kind, err);
}

static bool read_file(import *self, nn_error *err)
{
    unsigned char *data;
    size_t len;
    const char *path = self->request->path;
    if (!nn_file_read(path, IMPORT_MAX_BYTES, &data, &len, err))
        return false;
    bool ok =
        read_as(&self->foreign, foreign_recognise_file(path, data, len), path, data, len, err) || nn_fail_in(err, path);
    nn_free(data);
    return ok;
}

/* EMNIST's names for what cannot be but one of its sets. */
static bool name_classes(import *self, nn_error *err)
{
    foreign *f = &self->foreign;
    const char *path = self->request->labels;
    return !path || class_names_read(f->label, &f->n_labels, path, err);
}

static bool open_net(import *self, nn_error *err)
{
    const char *net = self->request->net;
    if (!net)
        return true;
    if (!models_net(&self->net, self->request->where, net, err))
        return false;
    self->foreign.architecture = self->net->text;
    return true;
}

/* ---- what came of it --------------------------------------------------------------------------------------------- */

/* Whether the file says how it wants to be read, and nobody wants it otherwise. */
static bool is_told(const import *self)
{
    return self->foreign.told.known && self->convention < 0;
}

static nn_convention convention_of(const import *self, const convention_score *score)
{
    return is_told(self) ? self->foreign.told.convention : convention_at(score->convention);
}

static json_t *score_json(const import *self, const convention_score *score)
{
    char name[CONVENTION_NAME];
    nn_convention c = convention_of(self, score);
    convention_name(name, &c);
    json_t *row =
        json_pack("{s:s, s:f, s:i}", "convention", name, "accuracy", convention_accuracy(score), "images", score->seen);
    if (self->foreign.net[score->net].guessed[0])
        json_object_set_new(row, "guessed", nn_json_string(self->foreign.net[score->net].guessed));
    return row;
}

/* All of the one that is taken, and the best of every other candidate. */
static json_t *scores_json(const import *self)
{
    bool shown[FOREIGN_CANDIDATES] = {false};
    int taken = self->search.score[self->search.best].net;
    json_t *rows = json_array();
    for (int i = 0; self->search.scored && i < self->search.count; i++) {
        const convention_score *score = &self->search.score[i];
        if (score->net == taken || !shown[score->net])
            json_array_append_new(rows, score_json(self, score));
        shown[score->net] = true;
    }
    return rows;
}

static json_t *facts_json(const import *self)
{
    const convention_score *best = &self->search.score[self->search.best];
    const char *slash = strrchr(self->request->path, '/');
    json_t *facts = score_json(self, best);
    json_object_del(facts, "accuracy");
    json_object_del(facts, "images");
    json_object_set_new(facts, "from", nn_json_string(slash ? slash + 1 : self->request->path));
    json_object_set_new(facts, "format", nn_json_string(self->foreign.format));
    json_object_set_new(facts, "check_accuracy",
                        nn_json_number(self->search.scored ? convention_accuracy(best) : (double)NAN));
    json_object_set_new(facts, "check_images", json_integer(best->seen));
    json_object_set_new(facts, "check_mnist", json_boolean(self->set.mnist));
    json_object_set_new(facts, "permuted", json_boolean(self->search.permuted));
    json_object_set_new(facts, "scores", scores_json(self));
    return json_pack("{s:o}", "import", facts);
}

static bool keep_facts(const import *self, nn_model *model, nn_error *err)
{
    json_t *facts = facts_json(self);
    model->training = nn_json_text(facts, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(facts);
    return model->training || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

/* Classes that stand for digits in another order are called by what they stand for; of those that have numbers only,
 * EMNIST's sets are known by how many there are. */
static void label_classes(const import *self, nn_model *model)
{
    const char *letters = class_names_emnist(model->n_labels);
    for (int k = 0; k < model->n_labels; k++) {
        int meant = self->search.class_digit[k];
        if (self->search.permuted && meant >= 0)
            snprintf(model->label[k], NN_NAME, "%d", meant);
        else if (!self->search.permuted && self->foreign.n_labels == 0 && letters)
            snprintf(model->label[k], NN_NAME, "%c", letters[k]);
    }
}

static bool check_labels(const import *self, const nn_model *model, nn_error *err)
{
    return !self->request->labels || self->foreign.n_labels == model->n_labels ||
           nn_fail(err, NN_USAGE, 0, "%.120s names %d classes, but the network answers with %d", self->request->labels,
                   self->foreign.n_labels, model->n_labels);
}

/* The candidate that was chosen, with its convention. */
static bool make_model(const import *self, nn_model **model, nn_error *err)
{
    const convention_score *best = &self->search.score[self->search.best];
    if (self->foreign.never_trained && self->search.scored && convention_accuracy(best) < IMPORT_POOR)
        return nn_fail(err, NN_FORMAT, 0,
                       "this network was never trained: its weights are still the random ones of its start");
    if (!foreign_model(model, &self->foreign, &self->foreign.net[best->net], err))
        return false;
    (*model)->convention = convention_of(self, best);
    label_classes(self, *model);
    if (is_told(self)) {
        (*model)->temperature = self->foreign.told.temperature;
        (*model)->unsure_threshold = self->foreign.told.unsure_threshold;
    }
    bool fits = !is_told(self) && self->search.scored && convention_accuracy(best) >= IMPORT_POOR;
    if (check_labels(self, *model, err) && keep_facts(self, *model, err) &&
        (!fits || foreign_calibrate(*model, &self->set, self->search.class_digit, err)))
        return true;
    nn_model_free(*model);
    *model = NULL;
    return false;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static bool run(import *self, nn_model **model, nn_error *err)
{
    if (!import_check(self->request, err) || !open_net(self, err) || !read_file(self, err) ||
        !name_classes(self, err) || !check_set_make(&self->set, self->request->where->mnist, err))
        return false;
    return (convention_search_run(&self->search, &self->foreign, &self->set, self->convention, self->progress,
                                  self->ctx, err) &&
            make_model(self, model, err)) ||
           nn_fail_in(err, self->request->path);
}

bool import_read(nn_model **model, const import_request *request, void (*progress)(void *ctx, double done), void *ctx,
                 nn_error *err)
{
    *model = NULL;
    import *self = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    *self = (import){.request = request, .progress = progress, .ctx = ctx, .convention = -1};
    self->convention = request->convention ? convention_find(request->convention) : -1;
    bool ok = run(self, model, err);
    convention_search_free(&self->search);
    check_set_free(&self->set);
    foreign_free(&self->foreign);
    nn_plan_free(self->net);
    nn_free(self);
    return ok;
}
