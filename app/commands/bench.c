/* bench.c - `digitscope bench`: how fast this machine reads and learns. */
#include "app/core/console/args.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/model/answer.h"
#include "app/core/model/models.h"
#include "app/core/platform.h"
#include "app/core/training/metrics.h"
#include "app/report/report.h"
#include "commands.h"
#include "nn/nn.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    SINGLES = 3000, /* calls at most, of one picture */
    ROUNDS = 20,    /* of these, where two kinds take turns */
    CALLS = 60000,  /* at most, of anything */
    WARM_UP = 20,
    BATCH = 256,
    IMAGES = 2048 /* made up, for training */
};

enum { FLOATS, INT8, KINDS }; /* what pictures are read with */
static const nn_purpose purposes[KINDS] = {NN_ANSWERS, NN_QUANTIZED_ANSWERS};

/* How fast that is. */
typedef struct speed {
    double p50, p99; /* us, one picture */
    double batch_rate;
} speed;

typedef struct bench {
    const char *model_name, *net_name, *state;
    int threads, batch; /* batch: of training */
    double seconds;     /* for each measurement */
    bool json, int8, bfloat16;
    nn_model *model[MODELS_MAX_MEMBERS]; /* those that are asked together */
    int members;
    size_t pixels; /* of one picture */
    float *images; /* (IMAGES, pixels) */
    double *us;    /* (CALLS) times of the measurement in progress */
    speed speed[KINDS];
    double train_rate;
    char cpu[128];
} bench;

static void sample(const void *ctx, int thread, uint64_t epoch, int index, float *image, float *target)
{
    const bench *b = ctx;
    (void)thread, (void)epoch;
    memcpy(image, b->images + (size_t)index * b->pixels, b->pixels * sizeof *image);
    target[index % b->model[0]->plan->classes] = 1;
}

/* Noise with about as much ink as a digit has. */
static bool make_images(bench *b, nn_error *err)
{
    nn_shape in = b->model[0]->plan->input;
    for (int i = 1; i < b->members; i++)
        if (memcmp(&in, &b->model[i]->plan->input, sizeof in) != 0)
            return nn_fail(err, NN_USAGE, 0, "%.100s: its members do not read the same pictures", b->model_name);
    b->pixels = (size_t)in.h * (size_t)in.w * (size_t)in.c;
    b->images = nn_alloc(IMAGES * b->pixels, sizeof *b->images);
    b->us = nn_alloc(CALLS, sizeof *b->us);
    if (!b->images || !b->us)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    uint32_t state = 1;
    for (size_t i = 0; i < IMAGES * b->pixels; i++) {
        state = state * 1664525u + 1013904223u;
        float value = (float)(state >> 8) / 16777216.0f;
        b->images[i] = value > 0.8f ? value : 0;
    }
    return true;
}

/* Calls `once` for so long, at most `most` times, and times each call in us; returns how many there were. */
static int time_calls(const char *what, void (*once)(void *ctx), void *ctx, double seconds, int most, double *us)
{
    double longest = 1e3 * seconds, spent = 0.0;
    int n = 0;
    for (int i = 0; i < WARM_UP && i < most; i++) {
        double start = platform_now_ms();
        once(ctx);
        if (platform_now_ms() - start > longest / WARM_UP)
            break;
    }
    for (; n < most && spent < longest; n++) {
        double start = platform_now_ms();
        once(ctx);
        double took = platform_now_ms() - start;
        us[n] = 1e3 * took;
        spent += took;
        terminal_progress(what, lrint(spent), lrint(longest));
    }
    terminal_progress(what, lrint(longest), lrint(longest));
    return n;
}

/* Items a second, from the median of the calls. */
static double time_rate(bench *b, const char *what, void (*once)(void *ctx), void *ctx, int items)
{
    int calls = time_calls(what, once, ctx, b->seconds, CALLS, b->us);
    return calls > 0 ? 1e6 * items / metrics_percentile(b->us, calls, 0.50) : 0.0;
}

static int kinds_of(const bench *b)
{
    return b->int8 ? KINDS : 1;
}

/* ---- one picture at a time --------------------------------------------------------------------------------------- */

typedef struct reader {
    const bench *bench;
    nn_work *work[MODELS_MAX_MEMBERS];
    int next;
    float probabilities[NN_MAX_CLASSES];
} reader;

static void read_one(void *ctx)
{
    reader *r = ctx;
    const float *image = r->bench->images + (size_t)(r->next++ % IMAGES) * r->bench->pixels;
    for (int i = 0; i < r->bench->members; i++)
        nn_predict(r->work[i], r->bench->model[i], image, 1, r->probabilities);
}

static bool open_reader(reader *r, nn_purpose purpose, nn_error *err)
{
    const bench *b = r->bench;
    for (int i = 0; i < b->members; i++)
        if (!nn_work_new(&r->work[i], b->model[i]->plan, 1, purpose, err))
            return false;
    return true;
}

/* Two kinds take turns, so that what else the machine does meanwhile is shared by both. */
static bool time_singles(bench *b, nn_error *err)
{
    int kinds = kinds_of(b), rounds = kinds == 1 ? 1 : ROUNDS, n[KINDS] = {0};
    reader r[KINDS] = {{.bench = b}, {.bench = b}};
    bool ok = true;
    for (int k = 0; ok && k < kinds; k++)
        ok = open_reader(&r[k], purposes[k], err);
    for (int i = 0; ok && i < rounds * kinds; i++) {
        int k = i % kinds;
        n[k] += time_calls("single pictures, ms", read_one, &r[k], b->seconds / rounds, SINGLES / rounds,
                           b->us + k * SINGLES + n[k]);
    }
    for (int k = 0; k < kinds; k++) {
        if (n[k] > 0) {
            b->speed[k].p50 = metrics_percentile(b->us + k * SINGLES, n[k], 0.50);
            b->speed[k].p99 = metrics_percentile(b->us + k * SINGLES, n[k], 0.99);
        }
        size_t classes = (size_t)b->model[b->members - 1]->plan->classes;
        if (ok && nn_first_not_finite(r[k].probabilities, classes) < classes)
            ok = answer_overflows(b->model_name, err);
        nn_works_free(r[k].work, b->members);
    }
    return ok;
}

/* ---- batches ----------------------------------------------------------------------------------------------------- */

typedef struct team {
    const bench *bench;
    nn_pool *pool;
    nn_work *work[MODELS_MAX_MEMBERS][NN_MAX_THREADS];
    float probabilities[BATCH * NN_MAX_CLASSES];
} team;

static void predict_share(void *ctx, int thread)
{
    team *t = ctx;
    const bench *b = t->bench;
    int begin, end;
    nn_pool_share(t->pool, thread, BATCH, &begin, &end);
    for (int i = 0; i < b->members && begin < end; i++)
        nn_predict(t->work[i][thread], b->model[i], b->images + (size_t)begin * b->pixels, end - begin,
                   t->probabilities + begin * b->model[i]->plan->classes);
}

static void read_batch(void *ctx)
{
    team *t = ctx;
    nn_pool_run(t->pool, predict_share, t);
}

static bool time_batches(bench *b, int kind, nn_error *err)
{
    team *t = nn_alloc(1, sizeof *t);
    bool ok = t ? nn_pool_new(&t->pool, b->threads, NULL, err) : nn_fail(err, NN_NOMEM, 0, "out of memory");
    int share = (BATCH + b->threads - 1) / b->threads;
    for (int i = 0; ok && i < b->members; i++)
        ok = nn_works_new(t->work[i], b->threads, b->model[i]->plan, share, purposes[kind], err);
    if (ok) {
        t->bench = b;
        b->speed[kind].batch_rate = time_rate(b, "batches, ms", read_batch, t, BATCH);
    }
    for (int i = 0; t && i < b->members; i++)
        nn_works_free(t->work[i], b->threads);
    if (t)
        nn_pool_free(t->pool);
    nn_free(t);
    return ok;
}

/* ---- training ---------------------------------------------------------------------------------------------------- */

static void train_once(void *ctx)
{
    nn_step_result result;
    nn_trainer_step(ctx, &result);
}

/* Pictures a second that the model with this number learns; 0: it could not be measured. */
static bool time_learner(bench *b, int i, double *rate, nn_error *err)
{
    nn_train_config config = nn_train_defaults();
    nn_source source = {.ctx = b, .count = IMAGES / b->batch * b->batch, .sample = sample};
    nn_trainer *trainer;
    config.batch = b->batch;
    config.threads = b->threads;
    config.bfloat16 = b->bfloat16;
    const nn_model *m = b->model[i];
    if (!nn_trainer_new(&trainer, m->plan, m->weights, &m->convention, &config, &source, err))
        return false;
    *rate = time_rate(b, "training, ms", train_once, trainer, b->batch);
    nn_trainer_free(trainer);
    return true;
}

/* Members learn one after the other. */
static bool time_training(bench *b, nn_error *err)
{
    double each = 0, rate;
    for (int i = 0; i < b->members; i++) {
        if (!time_learner(b, i, &rate, err))
            return false;
        each += rate > 0 ? 1 / rate : INFINITY;
    }
    b->train_rate = 1 / each;
    return true;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static json_t *bench_json(const bench *b)
{
    const speed *floats = &b->speed[FLOATS], *int8 = &b->speed[INT8];
    json_t *json = json_pack("{s:{s:f, s:f}, s:f, s:f, s:i, s:s, s:s}", "single_us", "p50", floats->p50, "p99",
                             floats->p99, "batch256_images_per_s", floats->batch_rate, "train_images_per_s",
                             b->train_rate, "threads", b->threads, "cpu", b->cpu, "kernels", nn_kernels_name());
    if (b->int8)
        json_object_update_new(json, json_pack("{s:{s:f, s:f}, s:f}", "int8_single_us", "p50", int8->p50, "p99",
                                               int8->p99, "int8_batch256_images_per_s", int8->batch_rate));
    return json;
}

static void print_speed(const speed *s, const char *with)
{
    terminal_print("  one picture, one thread%-6s  %8.0f us   half of the calls, %.0f us for 99 %%\n", with, s->p50,
                   s->p99);
    terminal_print("  batches of 256%-15s  %8s      pictures a second\n", with, report_count(lrint(s->batch_rate)));
}

static void print_bench(const bench *b)
{
    terminal_print("%s, %d thread%s, %s\n\n", b->cpu, b->threads, b->threads == 1 ? "" : "s", nn_kernels_name());
    print_speed(&b->speed[FLOATS], "");
    if (b->int8)
        print_speed(&b->speed[INT8], ", int8");
    terminal_print("  %-29s  %8s      pictures a second, in batches of %d\n", "training",
                   report_count(lrint(b->train_rate)), b->batch);
}

/* The model, all members of an ensemble, or fresh weights for an architecture: the time does not depend on them. */
static bool open_model(bench *b, const paths *where, nn_error *err)
{
    nn_plan *plan;
    if (!b->net_name)
        return models_open_all(b->model, MODELS_MAX_MEMBERS, &b->members, where, b->model_name, err);
    if (!models_net(&plan, where, b->net_name, err))
        return false;
    float *weights = nn_weights_new(plan, 1);
    if (!weights) {
        nn_plan_free(plan);
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    b->members = 1;
    return nn_model_new(&b->model[0], plan, weights, err);
}

/* An architecture without a model gets scales from the made-up pictures. */
static bool prepare_int8(bench *b, nn_error *err)
{
    for (int i = 0; i < b->members; i++)
        if (b->net_name ? !nn_model_calibrate(b->model[i], b->images, WARM_UP, err)
                        : !command_check_int8(b->model[i], b->model_name, err))
            return false;
    return true;
}

static bool time_all(bench *b, nn_error *err)
{
    if (!time_singles(b, err))
        return false;
    for (int k = 0; k < kinds_of(b); k++)
        if (!time_batches(b, k, err))
            return false;
    return time_training(b, err);
}

static int measure(bench *b)
{
    paths where;
    nn_error err;
    char standard[NN_NAME];
    b->model_name = b->net_name ? b->net_name : command_model_name(b->model_name, standard);
    paths_find(&where, b->state);
    platform_cpu_name(b->cpu, sizeof b->cpu);
    if (!open_model(b, &where, &err) || !make_images(b, &err) || (b->int8 && !prepare_int8(b, &err)) ||
        !time_all(b, &err))
        return command_fail("bench", &err);
    if (b->json)
        return command_finish("bench", command_print_json(bench_json(b)));
    print_bench(b);
    return command_finish("bench", true);
}

int command_bench(int argc, char **argv)
{
    bench b = {.threads = platform_threads(), .batch = nn_train_defaults().batch, .seconds = 6};
    const arg args[] = {
        {"model", ARG_ONE, &b.model_name, "M", "name or file; of an ensemble all members (default: the shipped one)",
         0, 0},
        {"net", ARG_TEXT, &b.net_name, "NET", "an architecture instead of a model, by name or file", 0, 0},
        {"seconds", ARG_NUMBER, &b.seconds, "S", "for each measurement (default: 6)", 0.1, 3600},
        {"threads", ARG_INT, &b.threads, "N", "threads for batches and training (default: one per processor)", 1,
         NN_MAX_THREADS},
        {"batch", ARG_INT, &b.batch, "N", "pictures in a training step (default: 128)", 1, IMAGES},
        {"int8", ARG_FLAG, &b.int8, NULL, "also read with whole numbers; the model comes from `digitscope quantize`", 0,
         0},
        {"bf16", ARG_FLAG, &b.bfloat16, NULL, "train as `digitscope train --bf16` does", 0, 0},
        {"state", ARG_TEXT, &b.state, "DIR", "folder of own models, instead of the usual one", 0, 0},
        {"json", ARG_FLAG, &b.json, NULL, "one JSON object instead of a table", 0, 0},
        {0},
    };
    const arg_command usage = {
        .name = "bench",
        .synopsis = "[--model M | --net NET] [options]",
        .about = "Measures, on made-up pictures, how fast this machine reads one picture, reads batches of 256, and\n"
                 "trains. All figures are medians.",
        .example = "--net lenet5 --seconds 2",
        .effect = "measures that architecture, two seconds for each figure",
        .args = args,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    if (b.model_name && b.net_name)
        return args_refuse("bench", "--net stands instead of a model: leave --model out");
    interrupt_exit();
    status = measure(&b);
    nn_free(b.images);
    nn_free(b.us);
    while (b.members > 0)
        nn_model_free(b.model[--b.members]);
    return status;
}
