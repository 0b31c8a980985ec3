/* atlas_job.h - a map of known digits (atlas.h) is made beside the window. For the window's thread. */
#ifndef ATLAS_JOB_H
#define ATLAS_JOB_H

#include "app/core/job.h"
#include "app/core/paths.h"
#include "atlas.h"

typedef struct atlas_job atlas_job;

/* The model is copied. folder: of MNIST, "" or none of it. */
bool atlas_job_new(atlas_job **job, const nn_model *model, const char *folder, const job_host *host, nn_error *err);
bool atlas_job_is_done(const atlas_job *job);

/* Of one that is done, or is waited for: the map, the caller's to atlas_free, or NULL and err says why. Frees the job. */
atlas *atlas_job_take(atlas_job *job, nn_error *err);
void atlas_job_leave(atlas_job *job); /* at any time, without waiting. NULL is allowed */

#endif
