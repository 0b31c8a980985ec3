/* teach_job.h - a copy of a model learns a person's kept drawings (teach.h) beside the window, and is saved if the check
 * holds. For the window's thread. */
#ifndef TEACH_JOB_H
#define TEACH_JOB_H

#include "app/core/job.h"
#include "app/core/paths.h"
#include "teach.h"

enum { TEACH_MOST = 200 /* drawings, the newest ones */ };

typedef struct teach_job teach_job;

typedef struct teach_outcome {
    char path[PATHS_MAX]; /* of the tuned copy; "": the check did not hold, so there is none */
    teach_score drawings, others;
} teach_outcome;

/* model: a name or path (models.h); strokes: the file of kept drawings; base: what the copy's name begins with, in the folder of own
 * models. MNIST is rehearsed if it has been fetched. */
bool teach_job_new(teach_job **job, const char *model, const char *strokes, const char *base, const paths *where,
                   const job_host *host, nn_error *err);

bool teach_job_is_done(const teach_job *job);
float teach_job_progress(const teach_job *job); /* 0..1; the host is woken whenever it has grown by a hundredth */

/* Of one that is done, or is waited for. Frees the job. */
bool teach_job_take(teach_job *job, teach_outcome *outcome, nn_error *err);
void teach_job_leave(teach_job *job); /* at any time, without waiting. NULL is allowed */

#endif
