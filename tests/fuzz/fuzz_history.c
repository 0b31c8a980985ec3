/* fuzz_history.c - the past of a training: what is accepted is written in the one form, and reads back the same. */
#include "fuzz.h"
#include "nn/half.h"
#include "tests/support/pasts.h"
#include <string.h>

const char *const fuzz_words[] = {
    "\"__metadata__\":",
    "\"dtype\":\"F16\"",
    "\"shape\":[",
    "\"data_offsets\":[0,",
    "\"architecture\":\"",
    "digitscope.history",
    "\\\"moments\\\":[[",
    "\\\"trained\\\":[[",
    "\\\"steps\\\":",
    "\\\"epochs\\\":",
    "moment.00",
    "confusion",
    "null",
    "-1",
    "1e999",
    "2147483647",
    "[",
    "]",
    "{",
    "}",
    NULL,
};

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    for (uint64_t seed = 1; seed <= 2; seed++) {
        train_past past;
        unsigned char *data;
        size_t len;
        nn_error err = {0};
        past_make(&past, seed);
        FUZZ_REQUIRE(train_past_write(&past, &data, &len, &err));
        add(data, len);
        nn_free(data);
        train_past_free(&past);
    }
}

/* What the window reads without asking again. */
static void require_sound(const train_past *past)
{
    const train_news *n = &past->news;
    confusion c, first;
    FUZZ_REQUIRE(n->moments >= 1 && n->moments <= WEIGHT_MOMENTS && n->moments == past->weights.count);
    FUZZ_REQUIRE(n->n_trained >= 0 && n->n_trained <= TRAIN_CURVE);
    FUZZ_REQUIRE(n->n_validated >= 0 && n->n_validated <= TRAIN_MAX_EPOCHS + 1);
    FUZZ_REQUIRE(past->request.epochs >= 1 && past->request.epochs <= TRAIN_MAX_EPOCHS && n->steps >= 1);
    FUZZ_REQUIRE(memchr(past->request.net, '\0', sizeof past->request.net));
    moment_check_get(&past->check, 0, &first);
    for (int i = 0; i < n->moments; i++) {
        moment_check_get(&past->check, i, &c);
        FUZZ_REQUIRE(confusion_total(&c) == confusion_total(&first) && confusion_total(&c) > 0);
        FUZZ_REQUIRE(past->weights.step[i] >= 0 && past->weights.step[i] <= n->steps * past->request.epochs);
    }
    FUZZ_REQUIRE(nn_first_not_finite(past->kept, past->plan->floats) == past->plan->floats);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    train_past past, again;
    nn_error err = {0};
    unsigned char *first, *second;
    size_t first_len, second_len;
    if (!train_past_read(&past, data, len, &err)) {
        fuzz_refused(&err, len);
        return 0;
    }
    require_sound(&past);
    FUZZ_REQUIRE(train_past_write(&past, &first, &first_len, &err));
    FUZZ_REQUIRE(train_past_read(&again, first, first_len, &err));
    FUZZ_REQUIRE(train_past_write(&again, &second, &second_len, &err));
    FUZZ_REQUIRE(first_len == second_len && memcmp(first, second, first_len) == 0);
    nn_free(first);
    nn_free(second);
    train_past_free(&past);
    train_past_free(&again);
    return 0;
}
