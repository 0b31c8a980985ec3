/* own.c - see own.h */
#include "support/own.h"
#include "app/core/data/samples.h"
#include "app/core/made/synth.h"
#include "app/core/platform.h"
#include "nn/file.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

void own_digits(int count)
{
    static sketch drawing;
    nn_error err;
    assert_true(nn_file_mkdirs(temp_path("state"), &err));
    for (int i = 0, kept = 0; i < count; i++) {
        char label[2] = {(char)('0' + i % 10), '\0'};
        synth_digit(&drawing, i % 10, (uint64_t)i);
        assert_true(samples_keep(temp_path("state/digits.jsonl"), &drawing.ink, label, "", &kept, NULL, &err));
    }
}

static const char *path_of(const char *name, const char *ending)
{
    char file[128];
    snprintf(file, sizeof file, "state/models/%s%s", name, ending);
    return temp_path(file);
}

void own_net(const char *name)
{
    static const char text[] = "input 28 28 1\nflatten\ndense 10\nsoftmax\n";
    nn_error err;
    assert_true(nn_file_mkdirs(temp_path("state/models"), &err));
    assert_true(nn_file_save(path_of(name, ".net"), text, strlen(text), NN_CONSISTENT, &err));
}

bool own_has(const char *name, const char *ending)
{
    return platform_exists(path_of(name, ending));
}

bool own_has_model(const char *name)
{
    return own_has(name, ".safetensors");
}

void own_training_open(screen *s)
{
    own_net("own");
    own_digits(100);
    screen_open(s, 1000, 700);
    s->app->settings.train_data = TRAIN_KEPT;
    s->app->settings.train_epochs = 2;
    s->app->settings.train_rate = -2; /* four steps are all there is to learn by */
    snprintf(s->app->settings.train_net, sizeof s->app->settings.train_net, "own");
    screen_key(s, '4', MOD_CTRL);
    screen_frame(s);
}

void own_training_run(screen *s)
{
    screen_click(s, "train.start");
    screen_await(s, "train.keep");
}

void own_training_wait(screen *s, int batches)
{
    while (!s->app->training.job || train_job_news(s->app->training.job)->n_trained < batches)
        screen_step(s);
}

void own_training_keep(screen *s)
{
    s->app->settings.train_history = true;
    own_training_run(s);
    screen_click(s, "train.keep");
    screen_await(s, "train.start");
    screen_wait(s);
}
