/* bench.c - `digitscope bench`: how fast this machine reads and learns. */
#include "../../nn/gemm.h"
#include "../../nn/nn.h"
#include "../core/args.h"
#include "../core/metrics.h"
#include "../core/models.h"
#include "../platform/platform.h"
#include "commands.h"
#include "report.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    SINGLES = 3000, /* calls that are timed one by one */
    WARM_UP = 20,
    BATCH = 256,
    IMAGES = 2048 /* made up, for training */
};

/* The three measurements together stay below 30 s even where SINGLES calls take their longest. */
static const double longest_singles = 15e3, batch_time = 4e3, train_time = 8e3; /* ms */

typedef struct bench {
    const char *model_name, *state;
    int threads, batch; /* batch: of training */
    bool json;
    nn_model *model;
    size_t pixels; /* of one picture */
    float *images; /* (IMAGES, pixels) */
    double p50, p99, batch_rate, train_rate;
    char cpu[128];
} bench;

static void sample(const void *ctx, uint64_t epoch, int index, float *image, int *label)
{
    const bench *b = ctx;
    (void)epoch;
    memcpy(image, b->images + (size_t)index * b->pixels, b->pixels * sizeof *image);
    *label = index % b->model->plan->classes;
}

/* Noise with about as much ink as a digit has. */
static bool make_images(bench *b, nn_error *err)
{
    nn_shape in = b->model->plan->input;
    b->pixels = (size_t)in.h * (size_t)in.w * (size_t)in.c;
    b->images = nn_alloc(IMAGES * b->pixels, sizeof *b->images);
    if (!b->images)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    uint32_t state = 1;
    for (size_t i = 0; i < IMAGES * b->pixels; i++) {
        state = state * 1664525u + 1013904223u;
        float value = (float)(state >> 8) / 16777216.0f;
        b->images[i] = value > 0.8f ? value : 0;
    }
    return true;
}

/* ---- one picture at a time --------------------------------------------------------------------------------------- */

/* The time of each call; returns how many there were. */
static int time_calls(const bench *b, nn_work *work, double *us)
{
    float probabilities[NN_MAX_CLASSES];
    int n = 0;
    for (int i = 0; i < WARM_UP; i++)
        nn_predict(work, b->model, b->images, 1, probabilities);
    for (double begin = platform_now_ms(), end = begin;
         n < SINGLES && end - begin < longest_singles && !command_interrupted(); n++) {
        double start = platform_now_ms();
        nn_predict(work, b->model, b->images + (size_t)(n % IMAGES) * b->pixels, 1, probabilities);
        end = platform_now_ms();
        us[n] = 1e3 * (end - start);
        command_progress("single pictures", n, SINGLES);
    }
    command_progress("single pictures", SINGLES, SINGLES);
    return n;
}

static bool time_singles(bench *b, nn_error *err)
{
    nn_work *work = NULL;
    double *us = nn_alloc(SINGLES, sizeof *us);
    bool ok = us ? nn_work_new(&work, b->model->plan, 1, err) : nn_fail(err, NN_NOMEM, 0, "out of memory");
    int n = ok ? time_calls(b, work, us) : 0;
    if (n > 0) {
        b->p50 = metrics_percentile(us, n, 0.50);
        b->p99 = metrics_percentile(us, n, 0.99);
    }
    nn_work_free(work);
    nn_free(us);
    return ok;
}

/* ---- batches ----------------------------------------------------------------------------------------------------- */

typedef struct team {
    const bench *bench;
    nn_pool *pool;
    nn_work *work[NN_MAX_THREADS];
    float probabilities[BATCH * NN_MAX_CLASSES];
} team;

static void predict_share(void *ctx, int thread)
{
    team *t = ctx;
    const nn_model *model = t->bench->model;
    int begin, end;
    nn_pool_share(t->pool, thread, BATCH, &begin, &end);
    if (begin < end)
        nn_predict(t->work[thread], model, t->bench->images + (size_t)begin * t->bench->pixels, end - begin,
                   t->probabilities + begin * model->plan->classes);
}

static bool time_batches(bench *b, nn_error *err)
{
    team *t = nn_alloc(1, sizeof *t);
    bool ok = t ? nn_pool_new(&t->pool, b->threads, NULL, err) : nn_fail(err, NN_NOMEM, 0, "out of memory");
    int share = (BATCH + b->threads - 1) / b->threads;
    for (int i = 0; ok && i < b->threads; i++)
        ok = nn_work_new(&t->work[i], b->model->plan, share, err);
    if (ok) {
        t->bench = b;
        nn_pool_run(t->pool, predict_share, t);
        double begin = platform_now_ms(), spent = 0;
        int batches = 0;
        while (spent < batch_time && !command_interrupted()) {
            nn_pool_run(t->pool, predict_share, t);
            batches++;
            spent = platform_now_ms() - begin;
            command_progress("batches, ms", lrint(spent), lrint(batch_time));
        }
        b->batch_rate = 1e3 * batches * BATCH / spent;
    }
    for (int i = 0; t && i < b->threads; i++)
        nn_work_free(t->work[i]);
    if (t)
        nn_pool_free(t->pool);
    nn_free(t);
    return ok;
}

/* ---- training ---------------------------------------------------------------------------------------------------- */

static bool time_training(bench *b, nn_error *err)
{
    nn_train_config config = nn_train_defaults();
    nn_source source = {.ctx = b, .count = IMAGES, .sample = sample};
    nn_trainer *trainer;
    nn_step_result result;
    config.batch = b->batch;
    config.threads = b->threads;
    if (!nn_trainer_new(&trainer, b->model->plan, b->model->weights, &b->model->convention, &config, &source, err))
        return false;
    nn_trainer_step(trainer, &result);
    double begin = platform_now_ms(), spent = 0;
    long images = 0;
    while (spent < train_time && !command_interrupted()) {
        nn_trainer_step(trainer, &result);
        images += result.images;
        spent = platform_now_ms() - begin;
        command_progress("training, ms", lrint(spent), lrint(train_time));
    }
    b->train_rate = 1e3 * (double)images / spent;
    nn_trainer_free(trainer);
    return true;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static json_t *bench_json(const bench *b)
{
    return json_pack("{s:{s:f, s:f}, s:f, s:f, s:i, s:s, s:s}", "single_us", "p50", b->p50, "p99", b->p99,
                     "batch256_images_per_s", b->batch_rate, "train_images_per_s", b->train_rate, "threads", b->threads,
                     "cpu", b->cpu, "kernels", nn_gemm_name());
}

static void print_bench(const bench *b)
{
    printf("%s, %d thread%s, %s\n\n", b->cpu, b->threads, b->threads == 1 ? "" : "s", nn_gemm_name());
    printf("  %-26s  %8.0f us   half of the calls, %.0f us for 99 %%\n", "one picture, one thread", b->p50, b->p99);
    printf("  %-26s  %8s      pictures a second\n", "batches of 256", report_count(lrint(b->batch_rate)));
    printf("  %-26s  %8s      pictures a second, in batches of %d\n", "training", report_count(lrint(b->train_rate)),
           b->batch);
}

static int measure(bench *b)
{
    paths where;
    nn_error err;
    paths_find(&where, b->state);
    platform_cpu_name(b->cpu, sizeof b->cpu);
    if (!models_open(&b->model, &where, b->model_name, &err) || !make_images(b, &err) || !time_singles(b, &err) ||
        !time_batches(b, &err) || !time_training(b, &err))
        return command_fail("bench", &err);
    if (command_interrupted())
        return EXIT_INTERRUPTED;
    if (b->json)
        return command_finish("bench", command_print_json(bench_json(b)));
    print_bench(b);
    return command_finish("bench", true);
}

int command_bench(int argc, char **argv)
{
    bench b = {.threads = command_threads(), .batch = nn_train_defaults().batch};
    const arg args[] = {
        {"model", ARG_TEXT, &b.model_name, "M", "name or file (default: the shipped one)", 0, 0},
        {"threads", ARG_INT, &b.threads, "N", "threads for batches and training (default: one per processor)", 1,
         NN_MAX_THREADS},
        {"batch", ARG_INT, &b.batch, "N", "pictures in a training step (default: 128)", 1, IMAGES},
        {"state", ARG_TEXT, &b.state, "DIR", "folder of own models, instead of the usual one", 0, 0},
        {"json", ARG_FLAG, &b.json, NULL, "one JSON object instead of a table", 0, 0},
        {0},
    };
    const arg_command usage = {
        .name = "bench",
        .synopsis = "[--model M] [--threads N] [--batch N] [--json]",
        .about = "Measures, in less than 30 s and on made-up pictures, how fast this machine reads one picture, reads\n"
                 "batches of 256, and trains.",
        .args = args,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    command_catch_interrupt();
    status = measure(&b);
    nn_free(b.images);
    nn_model_free(b.model);
    return status;
}
