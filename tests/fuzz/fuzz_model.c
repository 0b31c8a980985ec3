/* fuzz_model.c - model files: what is accepted is written in the one form that nn writes, reads back as the same
 * model and gives probabilities. */
#include "fuzz.h"
#include "nn/op.h"
#include "sound.h"
#include "tests/support/nets.h"
#include <math.h>
#include <string.h>

const char *const fuzz_words[] = {
    "\"__metadata__\":",
    "\"dtype\":\"F32\"",
    "\"F16\"",
    "\"shape\":[",
    "\"data_offsets\":[0,",
    "\"architecture\":\"",
    "\\u0000",
    "{",
    "}",
    "[",
    "]",
    ",",
    "null",
    "\"",
    "\xff",
    "\xc3\xa9",
    "\\n",
    "        ",
    "conv1.kernel",
    "\"activation_scales\":",
    NULL,
};

static void add_model(void (*add)(const void *data, size_t len), const char *text, bool scales)
{
    nn_model *model = net_model(text, 1);
    unsigned char *data;
    size_t len;
    nn_error err = {0};
    for (int i = 0; scales && i < model->plan->n_nodes; i++)
        model->scale[i] = model->plan->node[i].op->quantizes ? 0.01f : 0.0f;
    FUZZ_REQUIRE(nn_model_write(model, &data, &len, &err));
    add(data, len);
    nn_free(data);
    nn_model_free(model);
}

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    add_model(add, "input 1 1 2\ndense 2\nsoftmax\n", false);
    add_model(add, net_small, false);
    for (int i = 0; nn_op_at(i); i++)
        for (const char *const *text = nn_op_at(i)->examples; *text; text++)
            add_model(add, *text, true);
}

/* Huge weights are allowed (the file may be wrong, it must not be dangerous), but then sums may overflow to
 * infinity. */
static bool is_moderate(const nn_model *model)
{
    for (size_t i = 0; i < model->plan->floats; i++)
        if (fabsf(model->weights[i]) > 100)
            return false;
    for (int i = 0; i < model->plan->n_nodes; i++)
        if (model->scale[i] > 100)
            return false;
    return fabsf(model->convention.mean) < 100 && fabsf(model->convention.std) > 0.01f && model->temperature > 0.01f;
}

/* A variance just above -epsilon is finite and passes, but its root is not a number. */
static bool has_negative_variance(const nn_model *model)
{
    for (int i = 0; i < model->plan->n_params; i++) {
        const nn_param *p = &model->plan->param[i];
        for (size_t k = p->offset; p->role == NN_VARIANCE && k < p->offset + p->count; k++)
            if (model->weights[k] < 0)
                return true;
    }
    return false;
}

/* Other writers order and space the header differently, so the bytes may differ once, but not twice. */
static void require_round_trip(const nn_model *model)
{
    unsigned char *data, *data_again;
    size_t len, len_again;
    nn_model *again;
    nn_error err = {0};
    FUZZ_REQUIRE(nn_model_write(model, &data, &len, &err));
    FUZZ_REQUIRE(nn_model_read(&again, data, len, &err));
    FUZZ_REQUIRE(strcmp(again->plan->text, model->plan->text) == 0);
    FUZZ_REQUIRE(memcmp(again->weights, model->weights, model->plan->floats * sizeof(float)) == 0);
    FUZZ_REQUIRE(memcmp(again->label, model->label, sizeof model->label) == 0);
    FUZZ_REQUIRE(memcmp(again->scale, model->scale, sizeof model->scale) == 0);
    FUZZ_REQUIRE(nn_model_write(again, &data_again, &len_again, &err));
    FUZZ_REQUIRE(len_again == len && memcmp(data_again, data, len) == 0);
    nn_free(data);
    nn_free(data_again);
    nn_model_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    nn_model *model;
    nn_error err = {0};
    if (!nn_model_read(&model, data, len, &err)) {
        fuzz_refused(&err, len);
        return 0;
    }
    require_round_trip(model);
    require_sound_plan(model->plan);
    FUZZ_REQUIRE(nn_first_not_finite(model->weights, model->plan->floats) == model->plan->floats);
    if (is_small(model->plan) && is_moderate(model) && !has_negative_variance(model))
        require_probabilities(model);
    nn_model_free(model);
    return 0;
}
