/* train_progress.c - progress of a training on the terminal. */
#include "train_progress.h"
#include "app/core/clock.h"
#include "app/core/console/args.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/paths.h"
#include "commands.h"
#include "nn/json.h"
#include <math.h>
#include <stdio.h>

typedef struct display {
    training *training;
    int epochs;
    int resumed_at; /* epochs that were done before */
    double began;
    bool (*epoch)(void *ctx, const training_epoch *e);
    void *ctx; /* of epoch */
} display;

static bool goes_on(void *ctx)
{
    (void)ctx;
    return !interrupted();
}

/* One line on the terminal, rewritten in place at most ten times a second. */
static void show(void *ctx, const training_progress *p)
{
    enum { WIDTH = 24 };
    const display *d = ctx;
    if (!terminal_is_due())
        return;
    int done = training_epochs_done(d->training), filled = WIDTH * p->step / p->steps;
    double steps_here = (double)(done - d->resumed_at) * p->steps + p->step;
    double steps_left = (double)(d->epochs - done) * p->steps - p->step;
    char left[16], bar[WIDTH + 1] = "";
    command_duration(left, (clock_seconds() - d->began) * steps_left / steps_here);
    for (int i = 0; i < WIDTH; i++)
        bar[i] = i < filled ? '=' : i == filled ? '>' : ' ';
    terminal_show("epoch %d/%d [%s] loss %.4f  accuracy %5.1f %%  %s left", done + 1, d->epochs, bar, p->result.loss,
                  100.0 * p->result.correct / p->result.images, left);
}

static bool after_epoch(void *ctx, const training_epoch *e)
{
    const display *d = ctx;
    terminal_clear();
    return d->epoch(d->ctx, e);
}

training_end train_progress_run(training *t, int epochs, bool (*epoch)(void *ctx, const training_epoch *e), void *ctx)
{
    display d = {t, epochs, training_epochs_done(t), clock_seconds(), epoch, ctx};
    const training_watch watch = {&d, goes_on, show, after_epoch};
    interrupt_catch();
    training_end end = training_run(t, epochs, &watch);
    terminal_clear();
    return end;
}

json_t *train_epoch_json(const training_epoch *e)
{
    json_t *line = json_pack("{s:i, s:o, s:f, s:o, s:f, s:f, s:f, s:f}", "epoch", e->epoch, "train_loss",
                             nn_json_number(e->train_loss), "train_accuracy", e->train_accuracy, "val_loss",
                             nn_json_number(e->val_loss), "val_accuracy", e->val_accuracy, "lr", e->lr, "seconds",
                             e->seconds, "images_per_second", e->images_per_second);
    if (line && !isnan(e->pens_accuracy))
        json_object_set_new(line, "pens_val_accuracy", json_real(e->pens_accuracy));
    return line;
}

bool train_print_epoch(const training_epoch *e)
{
    terminal_clear();
    terminal_print("epoch %3d   training loss %.4f accuracy %.2f %%   validation loss %.4f accuracy %.2f %%", e->epoch,
                   e->train_loss, 100.0 * e->train_accuracy, e->val_loss, 100.0 * e->val_accuracy);
    if (!isnan(e->pens_accuracy))
        terminal_print(", pens %.2f %%", 100.0 * e->pens_accuracy);
    return terminal_print("%s   %.0f images/s\n", e->best ? " *" : "  ", e->images_per_second) && terminal_flush();
}

bool train_diverged(nn_error *err)
{
    return nn_fail(err, NN_USAGE, 0, "the loss is not finite: the training diverged; try a smaller --lr");
}

bool train_learned_nothing(const training *t, double lr, const char *kept, nn_error *err)
{
    enum { FEW = 500 };
    char advice[PATHS_MAX + 64] = "";
    int steps = training_epochs_done(t) * training_steps_per_epoch(t);
    if (kept)
        snprintf(advice, sizeof advice, "more --epochs with --resume, which goes on from %.200s, or ", kept);
    else if (steps < FEW)
        snprintf(advice, sizeof advice, "more --epochs, or ");
    return nn_fail(
        err, NN_USAGE, 0,
        "nothing was learned in %d step%s: %.1f %% of the validation images are right, always the same answer "
        "would give %.1f %%; try %sanother --lr than %g",
        steps, steps == 1 ? "" : "s", 100 * training_best_accuracy(t), 100 * training_chance(t), advice, lr);
}

int train_nothing_kept(const char *name)
{
    nn_error err;
    if (interrupted())
        nn_fail(&err, NN_USAGE, 0, "interrupted before the first epoch ended: nothing to save");
    else
        train_diverged(&err);
    return command_fail(name, &err);
}
