/* teach.c - `digitscope teach`: a copy of a model learns a person's drawings, rehearsing other people's digits. */
#include "app/core/console/args.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/data/dataset_load.h"
#include "app/core/data/kept.h"
#include "app/core/model/models.h"
#include "app/core/platform.h"
#include "app/core/training/teach_facts.h"
#include "commands.h"
#include "nn/json.h"
#include <string.h>

typedef struct options {
    const char *model, *strokes, *out, *data, *state;
    double seconds;
    uint64_t seed;
    int threads;
    bool json;
    char command_line[COMMAND_LINE];
} options;

typedef struct lesson {
    paths where;
    nn_model *model;
    kept kept;
    teach_drawing *drawing;
    int n;
    dataset others; /* count 0: there are none at hand */
    teach_result result;
} lesson;

static bool choose_drawings(lesson *l, const options *o, nn_error *err)
{
    l->drawing = nn_alloc((size_t)l->kept.count, sizeof *l->drawing);
    if (!l->drawing)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the drawings");
    for (int i = 0; i < l->kept.count; i++) {
        int class = nn_class_called(l->model, l->kept.drawing[i].label);
        if (class >= 0)
            l->drawing[l->n++] = (teach_drawing){&l->kept.drawing[i].ink, class};
    }
    if (l->n < l->kept.count)
        terminal_complain(
            "digitscope teach: %d of %d drawings are left out: their labels are no classes of the model\n",
            l->kept.count - l->n, l->kept.count);
    return l->n > 0 || nn_fail(err, NN_USAGE, 0, "%s: no drawing shows a class of the model", o->strokes);
}

/* Images to rehearse: those that were asked for, else MNIST if it is here. */
static bool open_others(lesson *l, const options *o, nn_error *err)
{
    const char *folder = o->data ? o->data : l->where.mnist;
    if (!o->data && !dataset_has(folder, NULL, DATASET_TRAIN))
        return true;
    return dataset_load(&l->others, folder, NULL, DATASET_TRAIN, err);
}

static bool prepare(lesson *l, const options *o, nn_error *err)
{
    paths_find(&l->where, o->state);
    return models_open(&l->model, &l->where, o->model, err) && kept_load(&l->kept, o->strokes, err) &&
           choose_drawings(l, o, err) && open_others(l, o, err);
}

static bool is_interrupted(void *ctx)
{
    (void)ctx;
    return interrupted();
}

static bool learn(lesson *l, const options *o, nn_error *err)
{
    teach_config c = teach_defaults();
    c.others = l->others.count > 0 ? &l->others : NULL;
    c.threads = o->threads;
    c.seed = o->seed;
    c.seconds = o->seconds;
    c.stopped = is_interrupted;
    if (teach(&l->result, l->model, l->drawing, l->n, &c, err))
        return true;
    return err->code == NN_OK ? nn_fail(err, NN_USAGE, 0, "interrupted: nothing was learned") : false;
}

static bool save(const lesson *l, const options *o, nn_error *err)
{
    const teach_result *r = &l->result;
    char standard[NN_NAME];
    return teach_note(r->model, o->command_line, l->model, command_model_name(o->model, standard), r, err) &&
           nn_model_save(r->model, o->out, err);
}

static double share(int right, int n)
{
    return (double)right / n;
}

static bool show(const lesson *l, const options *o)
{
    const teach_score *own = &l->result.drawings, *others = &l->result.others;
    if (o->json)
        return command_print_json(json_pack(
            "{s:i, s:f, s:f, s:f, s:f, s:i, s:b, s:f, s:o}", "n", own->n, "before", share(own->before, own->n), "after",
            share(own->after, own->n), "others", share(others->after, others->n), "others_before",
            share(others->before, others->n), "n_others", others->n, "holds", teach_holds(&l->result), "seconds",
            l->result.seconds, "out", nn_json_string(o->out)));
    terminal_print("%d drawing%s: %d read right, %d before\n", own->n, own->n == 1 ? "" : "s", own->after, own->before);
    terminal_print("%d other%s: %d read right, %d before\n", others->n, others->n == 1 ? "" : "s", others->after,
                   others->before);
    if (!teach_holds(&l->result))
        terminal_print("The check does not hold: better keep the old model.\n");
    return terminal_print("%s: %.1f seconds\n", o->out, l->result.seconds);
}

static int run(lesson *l, const options *o)
{
    nn_error err;
    if (!prepare(l, o, &err) || !learn(l, o, &err) || !save(l, o, &err))
        return command_fail("teach", &err);
    return command_finish("teach", show(l, o));
}

static int parse(options *o, int argc, char **argv)
{
    const arg args[] = {
        {.name = "What and where", .kind = ARG_GROUP},
        {"model", ARG_ONE, &o->model, "M", "name or file of the model to begin with (default: the shipped one)", 0, 0},
        {"strokes", ARG_TEXT, &o->strokes, "FILE", "labelled drawings, .jsonl or .jsonl.gz (must be given)", 0, 0},
        {"out", ARG_TEXT, &o->out, "F", "the model file to write (must be given)", 0, 0},
        {"data", ARG_TEXT, &o->data, "PATH",
         "images of 28x28 to rehearse (default: the fetched MNIST, without it made-up digits)", 0, 0},
        {"state", ARG_TEXT, &o->state, "DIR", "folder of own models and data, instead of the usual ones", 0, 0},
        {.name = "How", .kind = ARG_GROUP},
        {"seconds", ARG_NUMBER, &o->seconds, "S", "learning ends after so many at the latest (default 10)", 0.1, 3600},
        {"seed", ARG_SEED, &o->seed, "N", "another one changes the drawings in other ways (default 1)", 0, 0},
        {"threads", ARG_INT, &o->threads, "N", "threads (default: one per processor)", 1, NN_MAX_THREADS},
        {"json", ARG_FLAG, &o->json, NULL, "one JSON object instead of text", 0, 0},
        {0},
    };
    const arg_command usage = {
        .name = "teach",
        .synopsis = "--strokes FILE --out F [--model M] [--seconds S] [options]",
        .about = "A copy of a model learns the labelled drawings of a person, in seconds: its last layers are trained\n"
                 "on them, changed at random, among digits of other people, so that it does not forget those.",
        .example = "--strokes mine.jsonl --out mine.safetensors",
        .effect = "teaches the default network one's own hand",
        .args = args,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    if (!o->strokes || !o->out)
        return args_refuse("teach", "--strokes and --out must be given");
    return command_check_model_out("teach", o->out);
}

int command_teach(int argc, char **argv)
{
    options o = {.seconds = 10, .seed = 1, .threads = platform_threads()};
    lesson l = {.n = 0};
    int status = parse(&o, argc, argv);
    if (status >= 0)
        return status;
    command_line_text(o.command_line, argc, argv);
    interrupt_catch();
    status = run(&l, &o);
    nn_model_free(l.result.model);
    dataset_free(&l.others);
    nn_free(l.drawing);
    kept_free(&l.kept);
    nn_model_free(l.model);
    return status;
}
