/* describe_job.h - a line of text about a model is written into its file, beside the window. For the window's thread. */
#ifndef DESCRIBE_JOB_H
#define DESCRIBE_JOB_H

#include "app/core/job.h"
#include "models.h"

/* Puts the text among the facts of the model's file, in place of the one there was; "" takes it out. All else in the file
 * stays as it is. */
bool model_describe(const char *path, const char *text, nn_error *err);

typedef struct describe_job describe_job;

bool describe_job_new(describe_job **job, const char *path, const char *text, const job_host *host, nn_error *err);
bool describe_job_is_done(const describe_job *job);

/* Of one that is done, or is waited for: whether it succeeded, else err says why. Frees the job. */
bool describe_job_take(describe_job *job, nn_error *err);

/* Waits until it is written, as it would be lost otherwise. NULL is allowed. */
void describe_job_free(describe_job *job);

#endif
