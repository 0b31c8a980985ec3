/* job.h - work that takes longer than a frame, done by a thread of its own beside the window.
 *
 * The worker asks job_goes_on between pieces of work and calls job_tell when its mailbox (mailbox.h) holds something
 * new for the owner. All memory that it needs later should exist before it starts, so that a failure appears where
 * the person asked for the work. */
#ifndef JOB_H
#define JOB_H

#include "nn/error.h"

typedef struct job job;

/* What a job needs from the program around it; functions may be NULL. */
typedef struct job_host {
    void *ctx;
    void (*wake)(void *ctx);       /* any thread: the owner shall look at its jobs */
    void (*on_thread_start)(void); /* in every new thread: lowers its priority */
} job_host;

/* ---- for the owner, one thread ----------------------------------------------------------------------------------- */

/* Runs work(ctx, job) in a new thread. ctx must outlive job_end. */
bool job_start(job **job, void (*work)(void *ctx, struct job *job), void *ctx, const job_host *host, nn_error *err);

void job_pause(job *job, bool paused);
void job_pass(job *job);                  /* lets one that is paused do one more piece of its work */
void job_set_rest(job *job, double rest); /* seconds that it rests before every piece; 0: it does not */
void job_stop(job *job);                  /* asks it to end; returns at once */
bool job_has_ended(const job *job);       /* work has returned: job_end will not wait */
void job_wait(job *job);                  /* until work has returned by itself; NULL is allowed */
void job_finish(job *job);                /* waits like that, and frees it; NULL is allowed */
void job_end(job *job);                   /* stops it, waits for it, frees it; NULL is allowed */

/* Stops it without waiting: whoever is later, this call or the worker, frees ctx by free_ctx, and the job. */
void job_leave(job *job, void (*free_ctx)(void *ctx));
void job_await_left(void); /* until all of these are gone; any thread */

/* ---- for the worker, and threads that help it -------------------------------------------------------------------- */

bool job_goes_on(job *job);          /* false when it shall end; waits while it is paused or rests */
bool job_is_stopped(const job *job); /* the same without waiting; any thread */
bool job_stops(void *job);           /* the same, for what asks by a function and a ctx */
bool job_is_unwanted(void);          /* the same of the job whose worker calls; false for other threads */
bool job_wants_more(nn_error *err);  /* false, with an error, where it is unwanted: for what reads, between parts */
void job_tell(job *job);             /* wakes the owner */

#endif
