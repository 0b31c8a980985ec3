/* readers.c - models opened once, shared by a stack of readers. */
#include "readers.h"
#include "app/core/model/models.h"
#include "nn/alloc.h"
#include "nn/json.h"
#include "nn/labels.h"
#include <pthread.h>
#include <string.h>

struct readers {
    int models, threads;
    model_entry entry[READERS_MAX_MODELS];
    reader *reader; /* threads; the first one's recognisers own the models */
    reader *idle;
    pthread_mutex_t lock; /* of idle */
    pthread_cond_t given;
};

static bool open_model(readers *all, const paths *where, const char *value, nn_error *err)
{
    nn_model *members[MODELS_MAX_MEMBERS];
    int count = 0, i = all->models;
    model_entry *entry = &all->entry[i];
    models_short_name(entry->name, value);
    if (readers_find(all, entry->name) >= 0)
        return nn_fail(err, NN_USAGE, 0, "two models are called \"%s\"", entry->name);
    models_members named;
    if (!models_members_of(&named, where, value, err))
        return false;
    double together = named.tested;
    models_members_free(&named);
    if (!models_open_all(members, MODELS_MAX_MEMBERS, &count, where, value, err))
        return false;
    models_describe(entry, members, count);
    if (count > 1)
        entry->scores.tested = together;
    if (!recogniser_new_ensemble(&all->reader[0].of[i], members, count, err))
        return nn_fail_in(err, entry->name);
    all->models++;
    return true;
}

static bool open_all(readers *all, const paths *where, const char *const *values, int count, nn_error *err)
{
    for (int i = 0; i < count; i++)
        if (!open_model(all, where, values[i], err))
            return false;
    for (int t = 0; t < all->threads; t++) {
        reader *r = &all->reader[t];
        r->all = all;
        r->next = t + 1 < all->threads ? r + 1 : NULL;
        for (int i = 0; t > 0 && i < all->models; i++)
            if (!recogniser_share(&r->of[i], all->reader[0].of[i], err))
                return false;
    }
    all->idle = all->reader;
    return true;
}

bool readers_open(readers **out, const paths *where, const char *const *values, int count, int threads, nn_error *err)
{
    static const char *const standard[] = {""};
    readers *all = *out = nn_alloc(1, sizeof *all);
    if (!all)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    pthread_mutex_init(&all->lock, NULL);
    pthread_cond_init(&all->given, NULL);
    all->threads = threads;
    all->reader = nn_alloc((size_t)threads, sizeof *all->reader);
    bool ok = all->reader ? open_all(all, where, count ? values : standard, count ? count : 1, err)
                          : nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (!ok) {
        readers_close(all);
        *out = NULL;
    }
    return ok;
}

void readers_close(readers *all)
{
    if (!all)
        return;
    for (int t = all->threads - 1; all->reader && t >= 0; t--) {
        for (int i = 0; i < all->models; i++)
            recogniser_free(all->reader[t].of[i]);
        number_reader_free(all->reader[t].numbers);
    }
    nn_free(all->reader);
    pthread_cond_destroy(&all->given);
    pthread_mutex_destroy(&all->lock);
    nn_free(all);
}

int readers_models(const readers *all)
{
    return all->models;
}

const char *readers_name(const readers *all, int model)
{
    return all->entry[model].name;
}

int readers_find(const readers *all, const char *name)
{
    for (int i = 0; i < all->models; i++)
        if (strcmp(all->entry[i].name, name) == 0)
            return i;
    return -1;
}

json_t *readers_json(const readers *all)
{
    json_t *list = json_array();
    for (int i = 0; list && i < all->models; i++) {
        const model_entry *e = &all->entry[i];
        const nn_model *model = recogniser_model(all->reader[0].of[i]);
        json_t *row =
            json_pack("{s:o, s:I, s:o, s:b}", "name", nn_json_string(e->name), "parameters", (json_int_t)e->parameters,
                      "labels", nn_json_labels(model->label, model->n_labels), "default", i == 0);
        model_scores_add(row, &e->scores);
        if (json_array_append_new(list, row) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}

reader *readers_take(readers *all)
{
    pthread_mutex_lock(&all->lock);
    while (!all->idle)
        pthread_cond_wait(&all->given, &all->lock);
    reader *r = all->idle;
    all->idle = r->next;
    pthread_mutex_unlock(&all->lock);
    return r;
}

void readers_give(readers *all, reader *r)
{
    pthread_mutex_lock(&all->lock);
    r->next = all->idle;
    all->idle = r;
    pthread_cond_signal(&all->given);
    pthread_mutex_unlock(&all->lock);
}
