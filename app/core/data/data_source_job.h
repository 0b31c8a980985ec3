/* data_source_job.h - whether there is a data set at a path, found out beside the window: it may lie on a slow disk, and names
 * do not tell all. For the window's thread. */
#ifndef DATA_SOURCE_JOB_H
#define DATA_SOURCE_JOB_H

#include "app/core/job.h"
#include "data_source.h"

typedef struct data_source_job data_source_job;

bool data_source_job_new(data_source_job **job, const char *path, dataset_part part, const job_host *host,
                         nn_error *err);
bool data_source_job_is_done(const data_source_job *job);

/* Of one that is done, or is waited for: whether there is one, else err says what is missing; and its path. Frees the job. */
bool data_source_job_take(data_source_job *job, char path[PATHS_MAX], nn_error *err);
void data_source_job_leave(data_source_job *job); /* at any time, without waiting. NULL is allowed */

#endif
