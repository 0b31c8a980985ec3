/* training_settings.c - settings as JSON, and whether two of them are the same. */
#include "training_settings.h"
#include <stdio.h>

/* All but the drawings. */
static json_t *image_settings(const training_config *config, training_extent extent)
{
    static const char *const optimizers[] = {[NN_ADAM] = "adam", [NN_ADAMW] = "adamw", [NN_SGD] = "sgd"};
    static const char *const schedules[] = {[NN_CONSTANT] = "constant",
                                            [NN_ONE_CYCLE] = "one-cycle",
                                            [NN_COSINE] = "cosine",
                                            [NN_PLATEAU] = "plateau",
                                            [NN_STEP] = "step"};
    const nn_train_config *c = &config->train;
    char augment[NN_AUGMENT_TEXT];
    bool timed = c->schedule == NN_ONE_CYCLE || c->schedule == NN_COSINE;
    json_t *settings = json_pack(
        "{s:i, s:I, s:s, s:s, s:f, s:f, s:i, s:f, s:f, s:f, s:f, s:f, s:s, s:f, s:i, s:i}", "batch", c->batch, "seed",
        (json_int_t)c->seed, "optimizer", optimizers[c->optimizer], "schedule", schedules[c->schedule], "lr",
        (double)c->lr, "warmup", c->warmup, "lr_every", c->lr_every, "lr_factor", (double)c->lr_factor, "momentum",
        (double)c->momentum, "weight_decay", (double)c->weight_decay, "label_smoothing", (double)c->label_smoothing,
        "ema", (double)c->ema, "augment", nn_augment_print(&config->augment, augment), "synthetic", config->synthetic,
        "data", extent.n_train, "val", extent.n_val);
    if (timed && json_object_set_new(settings, "epochs", json_integer(c->epochs)) != 0) {
        json_decref(settings);
        return NULL;
    }
    return settings;
}

json_t *training_settings(const training_config *c, training_extent extent)
{
    json_t *settings = image_settings(c, extent),
           *drawings = json_pack("{s:f, s:f, s:i, s:i, s:i, s:f, s:f, s:I}", "negatives", c->negatives, "pens_share",
                                 c->pens_share, "pens", extent.n_pens, "pens_holdout", c->fold, "cross_validate",
                                 c->folds, "mixup", c->mixup, "distill", c->distill, "teacher", extent.teacher);
    if (!settings || json_object_update(settings, drawings) != 0) {
        json_decref(settings);
        settings = NULL;
    }
    json_decref(drawings);
    return settings;
}

/* The first setting that differs, NULL if none does. Numbers went through text with all their digits, so == is
 * right. */
static const char *difference(const json_t *ours, const json_t *theirs)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)ours, key,
                        value) if (!json_equal(value, json_object_get(theirs, key))) return key;
    return NULL;
}

static bool refuse_other(const char *setting, nn_error *err)
{
    char option[NN_NAME];
    snprintf(option, sizeof option, "%s", setting);
    for (char *c = option; *c; c++)
        *c = *c == '_' ? '-' : *c;
    return nn_fail(err, NN_USAGE, 8, "the checkpoint was made with another --%s; leave --resume out to start anew",
                   option);
}

bool training_settings_agree(const json_t *settings, const json_t *checkpoint, nn_error *err)
{
    const char *key = difference(settings, checkpoint);
    return !key || refuse_other(key, err);
}
