/* fuzz_checkpoint.c - training checkpoints: what is accepted becomes the state, what is refused leaves the old one. */
#include "fuzz.h"
#include "tests/support/nets.h"
#include <string.h>

const char *const fuzz_words[] = {
    "\"digitscope.checkpoint\":", "\"state\":", "\"note\":", "step", "lr_factor", "best_loss", "null", "-1",
    "9223372036854775807",        "1e999",      "\\\"",      "{",    "}",         NULL,
};

static const char net[] = "input 12 12 1\nflatten\ndense 4\nbatchnorm\nsoftmax\n";

static nn_plan *plan;

static nn_trainer *new_trainer(void)
{
    nn_train_config config = nn_train_defaults();
    nn_source source = toy_source(8);
    nn_trainer *trainer;
    nn_error err = {0};
    float *weights = nn_weights_new(plan, 1);
    config.batch = 4;
    FUZZ_REQUIRE(weights &&
                 nn_trainer_new(&trainer, plan, weights, &(nn_convention){.std = 1}, &config, &source, &err));
    nn_free(weights);
    return trainer;
}

static void checkpoint(const nn_trainer *trainer, const char *note, unsigned char **data, size_t *len)
{
    nn_error err = {0};
    FUZZ_REQUIRE(nn_trainer_checkpoint(trainer, note, data, len, &err));
}

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    plan = net_parse(net);
    nn_trainer *trainer = new_trainer();
    for (int i = 0; i < 3; i++) {
        unsigned char *data;
        size_t len;
        nn_step_result result;
        checkpoint(trainer, i ? "{\"epoch\": 1}" : "", &data, &len);
        add(data, len);
        nn_free(data);
        nn_trainer_step(trainer, &result);
        nn_trainer_epoch_done(trainer, 2.0 / (i + 1));
    }
    nn_trainer_free(trainer);
    nn_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    plan = net_parse(net);
    nn_trainer *trainer = new_trainer(), *second = new_trainer();
    unsigned char *before, *after;
    size_t before_len, after_len;
    char *note = NULL, *note_again = NULL;
    nn_error err = {0};
    checkpoint(trainer, "", &before, &before_len);
    if (nn_trainer_restore(trainer, data, len, &note, &err)) {
        nn_step_result result;
        nn_free(before);
        checkpoint(trainer, note, &before, &before_len);
        FUZZ_REQUIRE(nn_trainer_restore(second, before, before_len, &note_again, &err));
        checkpoint(second, note_again, &after, &after_len);
        nn_trainer_step(trainer, &result);
    } else {
        fuzz_refused(&err, len);
        FUZZ_REQUIRE(!note);
        checkpoint(trainer, "", &after, &after_len);
    }
    FUZZ_REQUIRE(before_len == after_len && memcmp(before, after, before_len) == 0);
    nn_free(note);
    nn_free(note_again);
    nn_free(before);
    nn_free(after);
    nn_trainer_free(trainer);
    nn_trainer_free(second);
    nn_plan_free(plan);
    return 0;
}
