/* keras.c - finds description and weights in a file, and hands both on. */
#include "keras.h"
#include "app/core/foreign/infer.h"
#include "app/core/foreign/zip_file.h"
#include "app/core/paths.h"
#include "hdf5_file.h"
#include "keras_graph.h"
#include "keras_model.h"
#include "nn/alloc.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_JSON = 16 << 20, MOST_WEIGHTS = 256 << 20 };

/* What optimizers kept is as large as the weights and of no use. */
static const char *const skipped[] = {"optimizer_weights", "optimizer", "seed_generator", NULL};

/* A file that is open. */
typedef struct keras_file {
    hdf5_file hdf5;
    json_t *json;     /* the description; NULL: none */
    json_t *told;     /* what an export of ours says of itself; NULL: nothing */
    const char *top;  /* where the weights lie */
    char version[32]; /* "2.9.0"; "": unknown, as in Keras 1 */
    bool is_zip;
} keras_file;

static void close_file(keras_file *f)
{
    hdf5_free(&f->hdf5);
    json_decref(f->json);
    json_decref(f->told);
}

/* A text that is JSON, or a text within JSON that is. */
static json_t *parse(const char *text, size_t len, nn_error *err)
{
    json_error_t why;
    json_t *json = json_loadb(text, len, JSON_DECODE_ANY, &why);
    if (json_is_string(json)) {
        json_t *inner = json_loads(json_string_value(json), 0, &why);
        json_decref(json);
        json = inner;
    }
    if (!json)
        nn_fail(err, NN_FORMAT, 0, "its description is broken JSON, line %d: %.100s", why.line, why.text);
    return json;
}

static void set_version(keras_file *f, const char *text)
{
    if (text && !f->version[0])
        snprintf(f->version, sizeof f->version, "%.*s", (int)strspn(text, "0123456789."), text);
}

/* Groups of files that were written on Windows may have a backslash in their names. */
static void mend_paths(hdf5_file *file)
{
    for (int i = 0; i < file->n_arrays; i++)
        for (char *c = file->array[i].path; (c = strchr(c, '\\'));)
            *c = '/';
}

static bool has_below(const hdf5_file *file, const char *group)
{
    for (int i = 0; i < file->n_arrays; i++)
        if (strncmp(file->array[i].path, group, strlen(group)) == 0)
            return true;
    return false;
}

static bool open_hdf5(keras_file *f, const unsigned char *data, size_t len, nn_error *err)
{
    if (!hdf5_read(&f->hdf5, data, len, skipped, err))
        return false;
    mend_paths(&f->hdf5);
    f->top = has_below(&f->hdf5, "model_weights/") ? "model_weights" : "";
    set_version(f, hdf5_text(&f->hdf5, "", "keras_version"));
    set_version(f, hdf5_text(&f->hdf5, f->top, "keras_version"));
    if (keras_weights_numbered(&f->hdf5))
        set_version(f, "3");
    const char *text = hdf5_text(&f->hdf5, "", "model_config");
    if (text && !(f->json = parse(text, strlen(text), err)))
        return false;
    return true;
}

static bool open_zip(keras_file *f, const unsigned char *data, size_t len, nn_error *err)
{
    unsigned char *text = NULL, *weights = NULL;
    size_t text_len, weights_len;
    nn_error ignored;
    f->is_zip = true;
    if (zip_read(data, len, "metadata.json", MOST_JSON, &text, &text_len, &ignored)) {
        json_t *metadata = json_loadb((const char *)text, text_len, 0, NULL);
        set_version(f, json_string_value(json_object_get(metadata, "keras_version")));
        f->told = json_incref(json_object_get(metadata, "digitscope"));
        json_decref(metadata);
        nn_free(text);
    }
    if (!zip_read(data, len, "config.json", MOST_JSON, &text, &text_len, err))
        return false;
    f->json = parse((const char *)text, text_len, err);
    nn_free(text);
    bool ok = f->json && zip_read(data, len, "model.weights.h5", MOST_WEIGHTS, &weights, &weights_len, err) &&
              open_hdf5(f, weights, weights_len, err);
    nn_free(weights);
    return ok;
}

/* ---- candidates --------------------------------------------------------------------------------------------------------- */

static bool add_candidate(foreign *out, const keras_model *model, bool turned, const char *guessed, nn_error *err)
{
    foreign_net *net = foreign_add(out, err);
    if (!net)
        return false;
    snprintf(net->guessed, sizeof net->guessed, "%s", guessed);
    return keras_write(net, model, turned, err);
}

static bool has_kernels(const keras_model *model)
{
    for (int i = 0; i < model->n; i++)
        if (model->layer[i].weight[KERAS_KERNEL] && model->layer[i].weight[KERAS_KERNEL]->rank == 4)
            return true;
    return false;
}

/* Theano turned kernels by half; which program trained the network is said from Keras 2 on. */
static bool add_candidates(foreign *out, const keras_file *f, const keras_model *model, nn_error *err)
{
    const char *backend = hdf5_text(&f->hdf5, f->top, "backend");
    backend = backend ? backend : hdf5_text(&f->hdf5, "", "backend");
    if (backend || model->version > 1 || !has_kernels(model))
        return add_candidate(out, model, backend && strcmp(backend, "theano") == 0, "", err);
    return add_candidate(out, model, false, "trained with TensorFlow", err) &&
           add_candidate(out, model, true, "trained with Theano", err);
}

/* Whether no weight was ever moved: all biases are 0, all kernels within the bound that Keras draws them in (Glorot and
 * Bengio 2010). */
static bool is_fresh(const keras_model *model)
{
    bool biased = false;
    for (int i = 0; i < model->n; i++) {
        const hdf5_array *bias = model->layer[i].weight[KERAS_BIAS], *kernel = model->layer[i].weight[KERAS_KERNEL];
        for (size_t k = 0; bias && k < bias->count; k++)
            if (bias->values[k] != 0.0f)
                return false;
        biased = biased || bias;
        if (!kernel || kernel->rank < 2)
            continue;
        double ins = kernel->dim[kernel->rank - 2], outs = kernel->dim[kernel->rank - 1];
        double bound = sqrt(6.0 * ins * outs / ((ins + outs) * (double)kernel->count)) * 1.00001;
        for (size_t k = 0; k < kernel->count; k++)
            if (fabs((double)kernel->values[k]) > bound)
                return false;
    }
    return biased;
}

static bool write_described(foreign *out, const keras_file *f, const json_t *json, nn_error *err)
{
    keras_model *model = nn_alloc(1, sizeof *model);
    if (!model)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the layers");
    model->version = f->version[0] ? atoi(f->version) : 1;
    bool ok = keras_model_read(model, json, err) && keras_weights_assign(model, &f->hdf5, f->top, err) &&
              add_candidates(out, f, model, err);
    out->never_trained = ok && is_fresh(model);
    foreign_tell(
        out, &(foreign_words_told){.unsure_threshold = json_string_value(json_object_get(f->told, "unsure_threshold")),
                                   .labels = json_string_value(json_object_get(f->told, "labels"))});
    nn_free(model);
    return ok;
}

static void name_format(foreign *out, const keras_file *f)
{
    const char *version = f->version[0] ? f->version : "1";
    int digits = (int)strcspn(version, ".");
    digits += version[digits] ? 1 + (int)strcspn(version + digits + 1, ".") : 0;
    snprintf(out->format, sizeof out->format, "Keras %.*s%s, %s", digits, version, f->json ? "" : ", weights only",
             f->is_zip ? "zip" : "HDF5");
}

/* ---- weights only --------------------------------------------------------------------------------------------------------- */

/* The description beside the file: "mnist.json" for "mnist.h5" and "mnist.weights.h5", else "model.json". */
static json_t *read_beside(const char *path, const char *name, size_t len)
{
    char beside[PATHS_MAX];
    const char *slash = strrchr(path, '/');
    unsigned char *data;
    size_t size, folder = slash ? (size_t)(slash - path) + 1 : 0;
    nn_error ignored;
    if (snprintf(beside, sizeof beside, "%.*s%.*s.json", (int)folder, path, (int)len, name) >= (int)sizeof beside ||
        !nn_file_read(beside, MOST_JSON, &data, &size, &ignored))
        return NULL;
    json_t *json = parse((const char *)data, size, &ignored);
    nn_free(data);
    if (json_is_string(json_object_get(json, "class_name")))
        return json;
    json_decref(json);
    return NULL;
}

static json_t *find_beside(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    json_t *json = read_beside(path, name, dot ? (size_t)(dot - name) : strlen(name));
    if (!json)
        json = read_beside(path, name, strcspn(name, "."));
    return json ? json : read_beside(path, "model", strlen("model"));
}

static bool write_inferred(foreign *out, const keras_file *f, nn_error *err)
{
    state_dict weights = {0};
    bool ok = keras_weights_state(&weights, &f->hdf5, f->top, err) && infer_network(out, &weights, err);
    state_free(&weights);
    return ok;
}

static void forget(foreign *out)
{
    const char *architecture = out->architecture;
    foreign_free(out);
    out->architecture = architecture;
}

/* A description that does not fit belongs to another file. */
static bool write_undescribed(foreign *out, const keras_file *f, const char *path, nn_error *err)
{
    json_t *json = out->architecture ? NULL : find_beside(path);
    bool ok = json && write_described(out, f, json, err);
    json_decref(json);
    if (ok)
        return true;
    forget(out);
    return write_inferred(out, f, err);
}

bool keras_read(foreign *out, const char *path, const unsigned char *data, size_t len, nn_error *err)
{
    keras_file f = {.top = ""};
    bool ok = zip_is(data, len) ? open_zip(&f, data, len, err) : open_hdf5(&f, data, len, err);
    ok = ok && (f.json ? write_described(out, &f, f.json, err) : write_undescribed(out, &f, path, err));
    name_format(out, &f);
    close_file(&f);
    return ok;
}
