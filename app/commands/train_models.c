/* train_models.c - opens the models that a training builds on, and keeps what they know of their own making. */
#include "train_models.h"
#include "app/core/console/terminal.h"
#include "app/core/model/models.h"
#include "commands.h"
#include "nn/join.h"
#include "nn/json.h"
#include <string.h>

bool train_start_fits(const nn_model *model, const char *name, const dataset *data, const char *folder, nn_error *err)
{
    if (model->n_labels != data->classes)
        return nn_fail(err, NN_USAGE, 0, "%.80s answers with %d classes, %.80s has %d", name, model->n_labels, folder,
                       data->classes);
    for (int k = 0; k < data->classes; k++)
        if (strcmp(model->label[k], data->label[k]) != 0)
            return nn_fail(err, NN_USAGE, 0, "class %d is \"%.32s\" to %.80s, but \"%.32s\" in %.80s", k + 1,
                           model->label[k], name, data->label[k], folder);
    return true;
}

/* The validation images are those of the same seed and count; otherwise the model may have learned some of them. */
void train_start_warn(const char *by, const nn_model *model, const char *name, const training_config *config)
{
    json_t *facts = models_facts(model);
    const json_t *seed = json_object_get(facts, "seed");
    if (json_is_integer(seed) && (uint64_t)json_integer_value(seed) != config->train.seed)
        terminal_complain(
            "digitscope %s: %s was trained with --seed %lld and may know the validation images of another\n", by, name,
            (long long)json_integer_value(seed));
    if (config->folds > 0 && json_number_value(json_object_get(facts, "pens_share")) > 0.0)
        terminal_complain("digitscope %s: %s has learned from recorded pens and may know the writers left out\n", by,
                          name);
    json_decref(facts);
}

/* Its facts without the long history, behind those of the others. */
static bool add_origin(json_t *origins, const nn_model *model, const char *name)
{
    json_t *facts = model->training ? models_facts(model) : json_object();
    json_object_del(facts, "history");
    bool named = json_object_set_new(facts, "model", nn_json_string(name)) == 0;
    return json_array_append_new(origins, facts) == 0 && named;
}

typedef struct opened {
    nn_model *model[NN_MAX_JOINED];
    const char *name[NN_MAX_JOINED]; /* under which each was asked for */
    int count;
} opened;

static bool open_all(opened *all, const arg_texts *names, const paths *where, nn_error *err)
{
    for (int i = 0; i < names->count; i++) {
        int before = all->count;
        if (!models_open_all(all->model, NN_MAX_JOINED, &all->count, where, names->text[i], err))
            return false;
        for (int k = before; k < all->count; k++)
            all->name[k] = names->text[i];
    }
    return true;
}

static void close_all(opened *all)
{
    for (int i = 0; i < all->count; i++)
        nn_model_free(all->model[i]);
}

/* The only one, or all joined. */
static bool make_one(nn_model **model, opened *all, nn_error *err)
{
    if (all->count > 1)
        return nn_join(model, (const nn_model *const *)all->model, all->count, err);
    *model = all->model[0];
    all->count = 0;
    return true;
}

bool train_start_open(nn_model **start, json_t **origins, const arg_texts *names, const paths *where,
                      const training_config *config, nn_error *err)
{
    opened all = {.count = 0};
    *start = NULL;
    *origins = json_array();
    bool ok = open_all(&all, names, where, err);
    for (int i = 0; ok && i < all.count; i++) {
        ok = add_origin(*origins, all.model[i], all.name[i]) || nn_fail(err, NN_NOMEM, 0, "out of memory");
        if (ok)
            train_start_warn("train", all.model[i], all.name[i], config);
    }
    ok = ok && make_one(start, &all, err);
    close_all(&all);
    return ok || nn_fail_in(err, "--start");
}

bool train_teacher_open(nn_model **teacher, const arg_texts *names, const paths *where, nn_error *err)
{
    opened all = {.count = 0};
    *teacher = NULL;
    bool ok = names->count == 0 || (open_all(&all, names, where, err) && make_one(teacher, &all, err));
    close_all(&all);
    return ok || nn_fail_in(err, "--teacher");
}
