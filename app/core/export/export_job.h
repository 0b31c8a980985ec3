/* export_job.h - a model written for other programs beside the window. All functions are for the window's thread. */
#ifndef EXPORT_JOB_H
#define EXPORT_JOB_H

#include "app/core/job.h"
#include "export.h"

typedef struct export_job export_job;

/* One model or several, which become one network where there are several. They are taken over, also on failure. */
bool export_job_new(export_job **job, nn_model *const *model, int count, const char *path, export_format format,
                    const job_host *host, nn_error *err);
bool export_job_is_done(const export_job *job);

/* Of one that is done, or is waited for: whether the file is there, or err says why not. Frees the job. */
bool export_job_take(export_job *job, nn_error *err);
void export_job_leave(export_job *job); /* at any time, without waiting. NULL is allowed */

#endif
