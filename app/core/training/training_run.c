/* training_run.c - steps, validation, and again. */
#include "training_run.h"

static training_end run_epoch(training *t, const training_watch *watch)
{
    training_progress p = {.steps = training_steps_per_epoch(t)};
    training_epoch validated;
    while (p.step < p.steps) {
        if (!watch->goes_on(watch->ctx))
            return TRAINING_STOPPED;
        p.seconds = training_step(t, &p.result);
        p.step++;
        watch->step(watch->ctx, &p);
        if (training_diverged(t))
            return TRAINING_DIVERGED;
    }
    bool counts = training_end_epoch(t, &validated) && watch->epoch(watch->ctx, &validated);
    return counts ? TRAINING_DONE : TRAINING_STOPPED;
}

training_end training_run(training *t, int epochs, const training_watch *watch)
{
    training_end end = TRAINING_DONE;
    while (end == TRAINING_DONE && training_epochs_done(t) < epochs && !training_finished(t))
        end = run_epoch(t, watch);
    return end;
}
