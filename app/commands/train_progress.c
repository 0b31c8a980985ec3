/* train_progress.c - progress of a training on the terminal. */
#include "train_progress.h"
#include "app/core/args.h"
#include "app/core/clock.h"
#include "app/core/interrupt.h"
#include "app/core/terminal.h"
#include "commands.h"
#include "nn/json.h"
#include <stdio.h>

train_progress train_progress_begin(training *t, int epochs)
{
    return (train_progress){t, epochs, training_epochs_done(t), clock_seconds()};
}

/* One line on the terminal, rewritten in place at most ten times a second. */
static void show(const train_progress *p, const nn_step_result *result, int step, int steps)
{
    if (!terminal_is_due())
        return;
    int done = training_epochs_done(p->training), width = 24;
    double share = (double)step / steps, steps_here = (double)(done - p->resumed_at) * steps + step;
    double steps_left = (double)(p->epochs - done) * steps - step;
    char left[16], bar[32] = "";
    command_duration(left, (clock_seconds() - p->began) * steps_left / steps_here);
    for (int i = 0; i < width; i++)
        bar[i] = i < (int)(share * width) ? '=' : i == (int)(share * width) ? '>' : ' ';
    terminal_show("epoch %d/%d [%s] loss %.4f  accuracy %5.1f %%  %s left", done + 1, p->epochs, bar, result->loss,
                  100.0 * result->correct / result->images, left);
}

bool train_progress_epoch(const train_progress *p)
{
    int steps = training_steps_per_epoch(p->training);
    for (int step = 1; step <= steps; step++) {
        nn_step_result result;
        training_step(p->training, &result);
        show(p, &result, step, steps);
        if (interrupted() || training_diverged(p->training))
            return false;
    }
    return true;
}

json_t *train_epoch_json(const training_epoch *e)
{
    return json_pack("{s:i, s:o, s:f, s:o, s:f, s:f, s:f, s:f}", "epoch", e->epoch, "train_loss",
                     nn_json_number(e->train_loss), "train_accuracy", e->train_accuracy, "val_loss",
                     nn_json_number(e->val_loss), "val_accuracy", e->val_accuracy, "lr", e->lr, "seconds", e->seconds,
                     "images_per_second", e->images_per_second);
}

bool train_print_epoch(const training_epoch *e)
{
    terminal_clear();
    return terminal_print(
               "epoch %3d   training loss %.4f accuracy %.2f %%   validation loss %.4f accuracy %.2f %%%s   %.0f "
               "images/s\n",
               e->epoch, e->train_loss, 100.0 * e->train_accuracy, e->val_loss, 100.0 * e->val_accuracy,
               e->best ? " *" : "  ", e->images_per_second) &&
           terminal_flush();
}

bool train_diverged(nn_error *err)
{
    return nn_fail(err, NN_USAGE, 0, "the loss is not finite: the training diverged; try a smaller --lr");
}

int train_nothing_kept(const char *name)
{
    nn_error err;
    if (interrupted())
        nn_fail(&err, NN_USAGE, 0, "interrupted before the first epoch ended: nothing to save");
    else
        train_diverged(&err);
    int status = command_fail(name, &err);
    return interrupted() ? EXIT_INTERRUPTED : status;
}
