/* data.c - `digitscope data`: what the program understands of a data set. */
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/model/models.h"
#include "app/core/platform.h"
#include "app/report/data_report.h"
#include "app/report/page.h"
#include "commands.h"
#include "data_options.h"

typedef struct options {
    arg_texts path;
    data_request data;
    const char *model, *sheet, *report, *state;
    int threads;
    bool json;
} options;

typedef struct subject {
    dataset training, test;
    nn_model *model;
    data_report report;
} subject;

/* The default network may be missing; one that was asked for may not. */
static bool open_model(subject *s, const options *o, const paths *where, nn_error *err)
{
    return models_open(&s->model, where, o->model, err) || !o->model;
}

/* A test part need not be there, nor have labels. */
static bool open_data(subject *s, const options *o, const paths *where, nn_error *err)
{
    if (!data_open(&s->training, &o->data, DATASET_TRAIN, where, &s->report.lie, err))
        return false;
    bool has_test = data_has_test(&o->data, where) && data_open(&s->test, &o->data, DATASET_TEST, where, NULL, err);
    s->report.training = &s->training;
    s->report.test = has_test && dataset_order(&s->test, (const char(*)[NN_NAME])s->training.label, s->training.classes)
                         ? &s->test
                         : NULL;
    return true;
}

static int look(subject *s, const options *o)
{
    nn_error err;
    paths where;
    char standard[NN_NAME];
    paths_find(&where, o->state);
    s->report.path = data_options_path(&o->data, &where);
    if ((o->report && !page_may_save(o->report, &err)) || !open_model(s, o, &where, &err) ||
        !open_data(s, o, &where, &err) ||
        !data_report_make(&s->report, s->model, command_model_name(o->model, standard), o->threads, &err))
        return command_fail("data", &err);
    if (interrupted())
        return EXIT_INTERRUPTED;
    if ((o->sheet && !data_report_sheet(&s->report, o->sheet, &err)) ||
        (o->report && !data_report_save(&s->report, o->report, &err)))
        return command_fail("data", &err);
    if (o->json)
        return command_finish("data", command_print_json(data_report_json(&s->report)));
    if (*s->training.note)
        terminal_complain("digitscope data: %s: %s\n", s->report.path, s->training.note);
    return command_finish("data", data_report_print(&s->report));
}

int command_data(int argc, char **argv)
{
    options o = {.threads = platform_threads()};
    subject s = {0};
    const arg own[] = {
        {"model", ARG_ONE, &o.model, "M", "the network that doubts labels (default: the shipped one)", 0, 0},
        {"sheet", ARG_TEXT, &o.sheet, "PNG", "write samples of every class as one picture", 0, 0},
        {"report", ARG_TEXT, &o.report, "DIR", "write a page with samples, counts and doubted labels (data.html)", 0,
         0},
        {"threads", ARG_INT, &o.threads, "N", "threads (default: one per processor)", 1, NN_MAX_THREADS},
        {"state", ARG_TEXT, &o.state, "DIR", "folder of own models and data, instead of the usual ones", 0, 0},
        {"json", ARG_FLAG, &o.json, NULL, "one JSON object instead of text", 0, 0},
    };
    arg args[sizeof own / sizeof *own + DATA_OPTIONS + 1];
    data_options_args(&o.data, own, sizeof own / sizeof *own, args);
    const arg_command usage = {
        .name = "data",
        .synopsis = "[PATH] [--part NAME] [--sheet PNG] [--report DIR] [options]",
        .about = "Says what was understood of a data set: how many images of each class, how they lie and which ink\n"
                 "they have, images that are in both parts, and the labels that a network doubts most.",
        .example = "emnist --part letters --report letters-data",
        .effect = "counts EMNIST's letters and writes a page with samples and doubted labels",
        .args = args,
        .positional = &o.path,
        .min_positional = 0,
        .max_positional = 1,
    };
    int status = args_parse(&usage, argc, argv);
    if (status < 0)
        status = command_check_png("data", "sheet", o.sheet);
    if (status >= 0)
        return status;
    if (o.path.count > 0)
        o.data.path = o.path.text[0];
    interrupt_catch();
    status = look(&s, &o);
    dataset_free(&s.training);
    dataset_free(&s.test);
    nn_model_free(s.model);
    return status;
}
