/* sound_foreign.c - what holds for every file of another program that was read or refused. */
#include "sound_foreign.h"
#include "fuzz.h"
#include "nn/alloc.h"

static void require_reason(const nn_error *err)
{
    FUZZ_REQUIRE(err->code != NN_OK && err->text[0]);
}

int require_sound_foreign(foreign_reader *read, const char *architecture, const unsigned char *data, size_t len)
{
    foreign *all = nn_alloc(1, sizeof *all);
    nn_error err = {0};
    FUZZ_REQUIRE(all);
    all->architecture = architecture;
    bool ok = read(all, "a file", data, len, &err);
    int n = ok ? all->n : 0;
    if (!ok)
        require_reason(&err);
    FUZZ_REQUIRE(n > 0 || !ok);
    for (int i = 0; i < n; i++) {
        nn_model *model;
        if (!foreign_model(&model, all, &all->net[i], &err))
            require_reason(&err);
        nn_model_free(model);
    }
    foreign_free(all);
    nn_free(all);
    return n;
}
