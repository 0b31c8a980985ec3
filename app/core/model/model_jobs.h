/* model_jobs.h - models are opened and surveyed beside the window, which goes on reading with the one it has. All
 * functions are for the window's thread. */
#ifndef MODEL_JOBS_H
#define MODEL_JOBS_H

#include "app/core/job.h"
#include "models.h"
#include "recogniser.h"

/* ---- opening ----------------------------------------------------------------------------------------------------- */

typedef struct model_load model_load;

/* Opens the models and ensembles of 1..RECOGNISER_MAX_MODELS values (models.h), which are copied, and has them read
 * a digit together, so that what comes out is known to work. */
bool model_load_new(model_load **load, const paths *where, const char *const *values, int count, const job_host *host,
                    nn_error *err);

bool model_load_is_done(const model_load *load);

/* Of one that is done, or is waited for: the result, the caller's to recogniser_free, or NULL and err says why. Frees the load. */
recogniser *model_load_take(model_load *load, nn_error *err);
void model_load_leave(model_load *load); /* at any time, without waiting (job_leave). NULL is allowed */

/* ---- surveying --------------------------------------------------------------------------------------------------- */

typedef struct model_survey model_survey;

/* models_list, with the time that each takes to read a digit, and behind them the file `loose` wherever it lies; "":
 * there is none. */
bool model_survey_new(model_survey **survey, const paths *where, const char *loose, const job_host *host,
                      nn_error *err);
bool model_survey_is_done(const model_survey *survey);

/* Of one that is done: the list, the caller's to nn_free. Frees the survey. */
bool model_survey_take(model_survey *survey, model_entry **list, int *count, nn_error *err);
void model_survey_leave(model_survey *survey); /* as above */

#endif
