/* net_cost.c - trains a few steps on noise, which take as long as any. */
#include "net_cost.h"
#include "app/core/clock.h"
#include "app/core/data/split.h"
#include "app/core/model/fit_net.h"
#include "app/core/model/models.h"
#include "app/core/platform.h"
#include "nn/rng.h"
#include <stdatomic.h>

enum { BATCHES = 3, VALIDATED = 64, MOST_STEPS = 12 };
static const double long_enough = 0.4; /* seconds of steps */

/* ---- measuring --------------------------------------------------------------------------------------------------- */

static bool make_noise(dataset *data, const net_cost_request *r, nn_error *err)
{
    size_t pixels = (size_t)r->side * (size_t)r->side;
    const dataset like = {.side = r->side, .classes = r->classes};
    if (!dataset_room(data, &like, BATCHES * r->batch + VALIDATED, err))
        return false;
    for (size_t i = 0; i < (size_t)data->count * pixels; i++)
        data->images[i] = (unsigned char)nn_bits(1, i);
    for (int i = 0; i < data->count; i++)
        data->labels[i] = (unsigned char)(i % r->classes);
    return true;
}

/* Of one step, the first of which only warms up. */
static double time_steps(training *t, bool (*stopped)(void *ctx), void *ctx)
{
    double seconds = 0;
    int steps = 0;
    nn_step_result result;
    training_step(t, &result);
    while (seconds < long_enough && steps < MOST_STEPS && !(stopped && stopped(ctx))) {
        seconds += training_step(t, &result);
        steps++;
    }
    return steps > 0 ? seconds / steps : 0;
}

/* Of one image. */
static double time_validation(training *t)
{
    double loss, began = clock_seconds();
    training_validate(t, &loss);
    return (clock_seconds() - began) / VALIDATED;
}

bool net_cost_measure(double *seconds, const nn_plan *plan, const net_cost_request *r, void (*on_thread_start)(void),
                      bool (*stopped)(void *ctx), void *ctx, nn_error *err)
{
    training_config config = {.train = nn_train_defaults(), .val = VALIDATED};
    training *t = NULL;
    dataset data;
    config.train.batch = r->batch;
    config.train.threads = r->threads;
    config.train.on_thread_start = on_thread_start;
    bool ok = make_noise(&data, r, err) && (!r->augment || nn_augment_parse(&config.augment, "default", err)) &&
              training_new(&t, plan, &data, &config, err);
    if (ok) {
        int validated = (int)dataset_sensible_part(&(dataset){.count = r->count, .classes = r->classes});
        int steps = (r->count - validated + r->batch - 1) / r->batch;
        double step = time_steps(t, stopped, ctx);
        *seconds = step > 0 ? step * steps + time_validation(t) * validated : 0;
    }
    training_free(t);
    dataset_free(&data);
    return ok;
}

/* ---- beside the window ------------------------------------------------------------------------------------------- */

struct net_cost_job {
    job *job;
    net_cost_request request;
    paths where;
    void (*on_thread_start)(void);
    nn_plan *plan;
    atomic_bool planned; /* the plan is there, and stays as it is */
    double seconds;
    bool ok;
    nn_error err;
};

static void work(void *ctx, job *worker)
{
    net_cost_job *self = ctx;
    const net_cost_request *r = &self->request;
    int margin;
    if (!models_net(&self->plan, &self->where, r->net, &self->err) ||
        !fit_net(&self->plan, r->side, r->classes, &margin, &self->err))
        return;
    atomic_store(&self->planned, true);
    job_tell(worker);
    self->ok = net_cost_measure(&self->seconds, self->plan, r, self->on_thread_start, job_stops, worker, &self->err);
}

static void free_job(void *ctx)
{
    net_cost_job *self = ctx;
    nn_plan_free(self->plan);
    nn_free(self);
}

bool net_cost_job_new(net_cost_job **out, const net_cost_request *request, const paths *where, const job_host *host,
                      nn_error *err)
{
    net_cost_job *self = *out = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
    self->request = *request;
    self->where = *where;
    self->on_thread_start = host->on_thread_start;
    atomic_init(&self->planned, false);
    if (job_start(&self->job, work, self, host, err))
        return true;
    free_job(self);
    *out = NULL;
    return false;
}

bool net_cost_job_is_done(const net_cost_job *self)
{
    return job_has_ended(self->job);
}

bool net_cost_job_has_read(const net_cost_job *self)
{
    return atomic_load(&self->planned) || net_cost_job_is_done(self);
}

const nn_plan *net_cost_job_plan(const net_cost_job *self)
{
    while (!net_cost_job_has_read(self))
        platform_sleep_ms(1);
    return atomic_load(&self->planned) ? self->plan : NULL;
}

bool net_cost_job_seconds(const net_cost_job *self, double *seconds, nn_error *err)
{
    job_wait(self->job);
    *seconds = self->seconds;
    *err = self->err;
    return self->ok;
}

void net_cost_job_leave(net_cost_job *self)
{
    if (self)
        job_leave(self->job, free_job);
}
