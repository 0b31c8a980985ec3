/* quantize.c - `digitscope quantize`: finds the scales with which a model can compute in whole numbers, and shows
 * what it then loses and gains. */
#include "app/core/clock.h"
#include "app/core/console/args.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/model/model_input.h"
#include "app/core/model/models.h"
#include "app/core/platform.h"
#include "app/core/training/evaluation.h"
#include "app/core/training/metrics.h"
#include "app/report/report.h"
#include "commands.h"
#include "data_options.h"
#include "nn/json.h"
#include <stdio.h>
#include <string.h>

enum { ROUNDS = 20, CALLS = 50 /* of each kind in a round */ };

typedef struct options {
    arg_texts model;
    const char *out; /* the model itself unless told otherwise */
    data_request data;
    const char *state;
    int images;
    bool json;
} options;

typedef struct subject {
    nn_model *model;
    dataset data;
    float *images;          /* (o->images, values of the model's input): those to calibrate with */
    evaluation exact, int8; /* of the last tenth of the training images */
    double us[2];           /* median time for one image: floats, whole numbers */
} subject;

static bool open_all(subject *s, const options *o, nn_error *err)
{
    paths where;
    paths_find(&where, o->state);
    const char *folder = data_options_path(&o->data, &where);
    if (!models_open(&s->model, &where, o->model.text[0], err) ||
        !data_options_open(&s->data, &o->data, DATASET_TRAIN, &where, "quantize", err))
        return false;
    s->exact = s->int8 = (evaluation){.data = &s->data,
                                      .folder = folder,
                                      .models = &s->model,
                                      .names = o->model.text,
                                      .n_models = 1,
                                      .threads = platform_threads(),
                                      .watch = report_watch};
    s->int8.purpose = NN_QUANTIZED_ANSWERS;
    return evaluation_check(&s->exact, err);
}

/* As the network reads it, which is as evaluation_check allows. */
static void read_image(const subject *s, int i, float *image)
{
    const nn_plan *plan = s->model->plan;
    float from[DIGIT_PIXELS];
    if (nn_same_shape(plan->input, (nn_shape){s->data.side, s->data.side, 1})) {
        dataset_image(&s->data, i, image);
        return;
    }
    dataset_image(&s->data, i, from);
    model_input(image, plan, from, 1);
}

static bool calibrate(subject *s, const options *o, nn_error *err)
{
    nn_shape in = s->model->plan->input;
    size_t values = (size_t)in.h * (size_t)in.w * (size_t)in.c;
    int n = o->images < s->data.count ? o->images : s->data.count;
    s->images = nn_alloc((size_t)n * values, sizeof *s->images);
    if (!s->images)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    for (int i = 0; i < n; i++)
        read_image(s, i, s->images + (size_t)i * values);
    return nn_model_calibrate(s->model, s->images, n, err);
}

/* Both on images that, where there are enough, the scales do not come from. */
static bool score(subject *s, nn_error *err)
{
    dataset last = s->data;
    last.count = (last.count + 9) / 10;
    last.images += (size_t)(s->data.count - last.count) * (size_t)(last.side * last.side);
    last.labels += s->data.count - last.count;
    s->exact.data = s->int8.data = &last;
    bool ok = evaluation_run(&s->exact, err) && evaluation_run(&s->int8, err);
    s->exact.data = s->int8.data = &s->data;
    return ok;
}

/* In turn, so that what else the machine does is shared by both. */
static bool measure(subject *s, nn_error *err)
{
    static const nn_purpose purposes[] = {NN_ANSWERS, NN_QUANTIZED_ANSWERS};
    float answers[NN_MAX_CLASSES];
    double took[2][ROUNDS * CALLS];
    nn_work *work[2] = {NULL, NULL};
    bool ok = nn_work_new(&work[0], s->model->plan, 1, purposes[0], err) &&
              nn_work_new(&work[1], s->model->plan, 1, purposes[1], err);
    for (int i = 0; ok && i < 2 * ROUNDS * CALLS; i++) {
        int kind = i / CALLS % 2, call = i / (2 * CALLS) * CALLS + i % CALLS;
        double start = clock_seconds();
        nn_predict(work[kind], s->model, s->images, 1, answers);
        took[kind][call] = 1e6 * (clock_seconds() - start);
    }
    for (int kind = 0; ok && kind < 2; kind++)
        s->us[kind] = metrics_percentile(took[kind], ROUNDS * CALLS, 0.50);
    nn_work_free(work[0]);
    nn_work_free(work[1]);
    return ok;
}

static double accuracy(const evaluation *e)
{
    return (double)confusion_correct(&e->confusion) / confusion_total(&e->confusion);
}

static bool print_result(const subject *s, const options *o)
{
    double exact = accuracy(&s->exact), int8 = accuracy(&s->int8);
    if (o->json)
        return command_print_json(json_pack("{s:f, s:f, s:f, s:f, s:o}", "accuracy", exact, "int8_accuracy", int8,
                                            "single_us", s->us[0], "int8_single_us", s->us[1], "out",
                                            nn_json_string(o->out)));
    terminal_print("%s\n\n  %-10s  %9s  %s\n", o->out, "", "accuracy", "one picture, one thread");
    terminal_print("  %-10s  %7.2f %%  %8.0f us\n", "floats", 100 * exact, s->us[0]);
    terminal_print("  %-10s  %7.2f %%  %8.0f us   %.2f times as fast\n", "int8", 100 * int8, s->us[1],
                   s->us[0] / s->us[1]);
    return true;
}

static int quantize(subject *s, const options *o)
{
    nn_error err;
    if (!open_all(s, o, &err) || !calibrate(s, o, &err) || !score(s, &err) || !measure(s, &err))
        return command_fail("quantize", &err);
    interrupt_catch(); /* a file is being written */
    if (!nn_model_save(s->model, o->out, &err))
        return command_fail("quantize", &err);
    return command_finish("quantize", print_result(s, o));
}

int command_quantize(int argc, char **argv)
{
    options o = {.images = 500};
    subject s = {0};
    const arg own[] = {
        {"out", ARG_TEXT, &o.out, "FILE", "where to save the model with its scales (default: M itself)", 0, 0},
        {"images", ARG_INT, &o.images, "N", "of the first training images to calibrate with (default: 500)", 1, 60000},
        {"state", ARG_TEXT, &o.state, "DIR", "folder of own models and data, instead of the usual ones", 0, 0},
        {"json", ARG_FLAG, &o.json, NULL, "one JSON object instead of a table", 0, 0},
    };
    arg args[sizeof own / sizeof *own + DATA_OPTIONS + 1];
    data_options_args(&o.data, own, sizeof own / sizeof *own, args);
    const arg_command usage = {
        .name = "quantize",
        .synopsis = "M [--out FILE] [--data PATH] [--images N] [options]",
        .about = "Looks how large the activations of a model become on training images and saves the model with these\n"
                 "scales, so that `eval --int8` and `bench --int8` can compute with whole numbers. Scores and times\n"
                 "both kinds on the last tenth of the training images.",
        .example = "mine.safetensors --images 1000",
        .effect = "finds the scales on 1000 training images and stores them in the same file",
        .args = args,
        .positional = &o.model,
        .min_positional = 1,
        .max_positional = 1,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    if (!o.out && !models_is_path(o.model.text[0]))
        return args_refuse("quantize", "%s is no path: --out must say where to save it", o.model.text[0]);
    o.out = o.out ? o.out : o.model.text[0];
    status = command_check_model_out("quantize", o.out);
    if (status >= 0)
        return status;
    interrupt_exit();
    status = quantize(&s, &o);
    evaluation_free(&s.exact);
    evaluation_free(&s.int8);
    nn_free(s.images);
    dataset_free(&s.data);
    nn_model_free(s.model);
    return status;
}
