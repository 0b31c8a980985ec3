/* info_history.c - the course of a training and its moments, as a table or as JSON. */
#include "info_history.h"
#include "app/core/console/terminal.h"
#include "app/core/platform.h"
#include "app/core/training/train_past.h"
#include "app/report/report.h"
#include "commands.h"
#include "nn/json.h"
#include "nn/labels.h"
#include <string.h>

bool info_is_history(const char *name)
{
    return paths_has_ending(name, train_past_ending);
}

/* Epochs that had passed by then. */
static double epochs_at(const train_past *past, int moment)
{
    return (double)past->weights.step[moment] / past->news.steps;
}

static json_t *moments_json(const train_past *past)
{
    json_t *rows = json_array();
    for (int i = 0; i < past->news.moments; i++) {
        confusion c;
        moment_check_get(&past->check, i, &c);
        json_array_append_new(rows, json_pack("{s:i, s:f, s:f, s:i, s:i}", "step", past->weights.step[i], "epochs",
                                              epochs_at(past, i), "loss", (double)past->check.loss[i], "right",
                                              confusion_correct(&c), "images", confusion_total(&c)));
    }
    return rows;
}

static json_t *past_json(const train_past *past)
{
    const train_news *n = &past->news;
    return json_pack("{s:s, s:s, s:I, s:o, s:i, s:i, s:i, s:i, s:f, s:o, s:o}", "history", past->request.net,
                     "architecture", past->plan->text, "parameters", (json_int_t)past->plan->floats, "labels",
                     nn_json_labels(past->label, past->plan->classes), "images", n->images, "epochs",
                     past->request.epochs, "steps", n->steps, "best_epoch", n->best_epoch, "val_accuracy",
                     n->best_accuracy, "test_accuracy", nn_json_number(n->test_accuracy), "moments",
                     moments_json(past));
}

static void print_past(const train_past *past)
{
    const train_news *n = &past->news;
    terminal_print("The history of a training, to go back in time with in the window: open it under Learn.\n\n");
    terminal_print("  %-18s  %s, %s parameters\n", "network", past->request.net,
                   report_count((long)past->plan->floats));
    terminal_print("  %-18s  %s\n", "images", report_count(n->images));
    terminal_print("  %-18s  %d of %d batches\n", "epochs", past->request.epochs, n->steps);
    terminal_print("  %-18s  %.2f %% right of those set aside, after epoch %d\n", "best", 100 * n->best_accuracy,
                   n->best_epoch);
    if (!isnan(n->test_accuracy))
        terminal_print("  %-18s  %.2f %% right of MNIST's test images\n", "tested", 100 * n->test_accuracy);
    terminal_print("\n  %8s  %8s  %8s  %8s\n", "batch", "epochs", "loss", "right");
    for (int i = 0; i < n->moments; i++) {
        confusion c;
        moment_check_get(&past->check, i, &c);
        terminal_print("  %8d  %8.2f  %8.3f  %6.1f %%\n", past->weights.step[i], epochs_at(past, i),
                       (double)past->check.loss[i], 100.0 * confusion_correct(&c) / confusion_total(&c));
    }
}

int info_history(const char *name, const paths *where, bool json)
{
    train_past past;
    nn_error err;
    char own[PATHS_MAX];
    bool written = true, beside = strchr(name, '/') || platform_exists(name);
    const char *path = !beside && paths_join(own, where->models, name) ? own : name;
    if (!train_past_load(&past, path, &err))
        return command_fail("info", &err);
    if (json)
        written = command_print_json(past_json(&past));
    else
        print_past(&past);
    train_past_free(&past);
    return command_finish("info", written);
}
