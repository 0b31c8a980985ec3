/* training_settings.c - settings as JSON, and whether two of them are the same. */
#include "training_settings.h"
#include <stdio.h>
#include <string.h>

static const char data_key[] = "data_fingerprint", pens_key[] = "pens_fingerprint", parts_key[] = "parts";

/* All but recorded drawings, blends and the teacher. */
static json_t *basic_settings(const training_config *config, training_extent extent)
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
    json_t *settings =
        json_pack("{s:i, s:i, s:I, s:s, s:s, s:f, s:f, s:i, s:f, s:f, s:f, s:f, s:f, s:s, s:f, s:i, s:i}", "batch",
                  c->batch, parts_key, c->parts, "seed", (json_int_t)c->seed, "optimizer", optimizers[c->optimizer],
                  "schedule", schedules[c->schedule], "lr", (double)c->lr, "warmup", c->warmup, "lr_every", c->lr_every,
                  "lr_factor", (double)c->lr_factor, "momentum", (double)c->momentum, "weight_decay",
                  (double)c->weight_decay, "label_smoothing", (double)c->label_smoothing, "ema", (double)c->ema,
                  "augment", nn_augment_print(&config->augment, augment), "synthetic", config->synthetic, "val",
                  extent.n_val, "data", extent.n_train);
    if ((timed && json_object_set_new(settings, "epochs", json_integer(c->epochs)) != 0) ||
        (c->bfloat16 && json_object_set_new(settings, "bf16", json_true()) != 0)) {
        json_decref(settings);
        return NULL;
    }
    return settings;
}

json_t *training_settings(const training_config *c, training_extent extent)
{
    json_t *settings = basic_settings(c, extent),
           *others = json_pack("{s:i, s:i, s:i, s:f, s:f, s:f, s:I, s:f, s:I, s:I}", "pens_holdout", c->fold,
                               "cross_validate", c->folds, "pens", extent.n_pens, "pens_share", c->pens_share,
                               "negatives", c->negatives, "mixup", c->mixup, "teacher", extent.teacher, "distill",
                               c->distill, data_key, extent.data, pens_key, extent.pens);
    if (!settings || json_object_update(settings, others) != 0) {
        json_decref(settings);
        settings = NULL;
    }
    json_decref(others);
    return settings;
}

int training_settings_parts(const json_t *checkpoint)
{
    json_int_t parts = json_integer_value(json_object_get(checkpoint, parts_key));
    return parts >= 1 && parts <= NN_MAX_THREADS ? (int)parts : 0;
}

/* Checkpoints of older versions do not tell their parts. */
static bool differs(const char *key, const json_t *value, const json_t *theirs)
{
    const json_t *other = json_object_get(theirs, key);
    return !json_equal(value, other) && (other || strcmp(key, parts_key) != 0);
}

/* The first setting that differs, NULL if none does. Numbers went through text with all their digits, so == is
 * right. */
static const char *difference(const json_t *ours, const json_t *theirs)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)ours, key, value) if (differs(key, value, theirs)) return key;
    return NULL;
}

/* What a setting is called on the command line. */
static void name_option(char option[NN_NAME], const char *setting)
{
    bool fold = strcmp(setting, "pens_holdout") == 0 || strcmp(setting, "cross_validate") == 0;
    const char *suffix = strstr(setting, "_fingerprint");
    int len = (int)(suffix ? (size_t)(suffix - setting) : strlen(setting));
    if (fold)
        snprintf(option, NN_NAME, "pens-holdout or --cross-validate");
    else
        snprintf(option, NN_NAME, "%.*s", len, setting);
    for (char *c = option; *c && !fold; c++)
        *c = *c == '_' ? '-' : *c;
}

bool training_settings_agree(const json_t *settings, const json_t *checkpoint, nn_error *err)
{
    char option[NN_NAME];
    const char *key = difference(settings, checkpoint);
    if (!key)
        key = difference(checkpoint, settings); /* what only the checkpoint has */
    if (!key)
        return true;
    if (strcmp(key, data_key) == 0 && !json_object_get(checkpoint, key))
        return nn_fail(err, NN_USAGE, 8,
                       "the checkpoint is of an older version and does not say on which data it was made; "
                       "leave --resume out to start anew");
    name_option(option, key);
    return nn_fail(err, NN_USAGE, 8, "the checkpoint was made with another --%s; leave --resume out to start anew",
                   option);
}
