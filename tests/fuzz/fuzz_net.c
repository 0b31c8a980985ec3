/* fuzz_net.c - architecture texts: what is accepted has a sound plan and can be run, what is refused says where. */
#include "fuzz.h"
#include "nn/op.h"
#include "sound.h"
#include "tests/support/nets.h"
#include <string.h>

const char *const fuzz_words[] = {
    "input ",
    "conv ",
    "dense ",
    "maxpool ",
    "avgpool ",
    "batchnorm",
    "relu",
    "flatten",
    "reshape ",
    "permute 3 1 2",
    "pad 1",
    "crop 1",
    "softmax",
    "dropout ",
    "add ",
    "mul ",
    "concat ",
    "a: ",
    "from=",
    "stride=",
    "groups=",
    "padding=same",
    "padding=valid",
    "padding=1,0,2,0",
    "dilation=",
    ",",
    "#",
    "\n",
    " ",
    "=",
    ":",
    NULL,
};

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    add(net_small, strlen(net_small));
    for (int i = 0; nn_op_at(i); i++)
        for (const char *const *text = nn_op_at(i)->examples; *text; text++)
            add(*text, strlen(*text));
}

/* Every network that can be trained can be saved and read again. */
static void require_writable(const nn_model *model)
{
    unsigned char *data;
    size_t len;
    nn_model *again;
    nn_error err = {0};
    FUZZ_REQUIRE(nn_model_write(model, &data, &len, &err));
    FUZZ_REQUIRE(nn_model_read(&again, data, len, &err));
    nn_free(data);
    nn_model_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    nn_plan *plan, *again;
    nn_error err = {0};
    if (!nn_plan_parse(&plan, (const char *)data, len, &err)) {
        fuzz_refused(&err, len);
        return 0;
    }
    require_sound_plan(plan);
    FUZZ_REQUIRE(nn_plan_parse(&again, plan->text, strlen(plan->text), &err));
    FUZZ_REQUIRE(again->floats == plan->floats && again->n_nodes == plan->n_nodes);
    nn_plan_free(again);
    if (is_small(plan)) {
        float *weights = nn_weights_new(plan, 1);
        nn_model *model;
        FUZZ_REQUIRE(weights && nn_model_new(&model, plan, weights, &err));
        require_probabilities(model);
        require_writable(model);
        nn_model_free(model);
    } else {
        nn_plan_free(plan);
    }
    return 0;
}
