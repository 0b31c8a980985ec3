/* net_cost.h - what a network costs: its weights, its multiplications, and the time that an epoch takes on this machine,
 * which is measured and not guessed. */
#ifndef NET_COST_H
#define NET_COST_H

#include "app/core/job.h"
#include "app/core/paths.h"
#include "training.h"

/* How it would be trained. */
typedef struct net_cost_request {
    char net[PATHS_MAX];      /* architecture: a name or a path */
    int count, side, classes; /* of the images */
    int batch, threads;
    bool augment;
} net_cost_request;

/* The seconds of one epoch with so many images: the steps, of which a few are done with noise, and the validation. False
 * where it cannot be trained. `stopped`, asked between steps, may be NULL; who stops it gets 0 seconds. */
bool net_cost_measure(double *seconds, const nn_plan *plan, const net_cost_request *request,
                      void (*on_thread_start)(void), bool (*stopped)(void *ctx), void *ctx, nn_error *err);

/* ---- beside the window, whose thread all of these are for ---------------------------------------------------------- */

typedef struct net_cost_job net_cost_job;

bool net_cost_job_new(net_cost_job **job, const net_cost_request *request, const paths *where, const job_host *host,
                      nn_error *err);
bool net_cost_job_is_done(const net_cost_job *job);

/* Whether it is known what the network is, or that there is none; net_cost_job_plan waits until it is. NULL: there is
 * none. The plan, as it is fitted to the images, stays the job's. */
bool net_cost_job_has_read(const net_cost_job *job);
const nn_plan *net_cost_job_plan(const net_cost_job *job);

/* Waits until it is done: the seconds of an epoch; false and err where there is no network that can be trained. */
bool net_cost_job_seconds(const net_cost_job *job, double *seconds, nn_error *err);
void net_cost_job_leave(net_cost_job *job); /* at any time, without waiting (job_leave). NULL is allowed */

#endif
