/* share_job.h - `digitscope serve` for the network around, in a process of its own beside the window, whose owner's
 * functions all are for its thread. */
#ifndef SHARE_JOB_H
#define SHARE_JOB_H

#include "app/core/job.h"
#include "qr.h"

typedef enum share_stage { SHARE_STARTS, SHARE_ON, SHARE_ENDED } share_stage;

enum { SHARE_URL = 256 };

typedef struct share_news {
    share_stage stage;
    char url[SHARE_URL]; /* from SHARE_ON on: of the page, with the token */
    qr_code code;        /* of the URL; empty where there can be none */
    nn_error problem;    /* of SHARE_ENDED: why, if nobody asked for it; else code NN_OK */
} share_news;

typedef struct share_job share_job;

/* Serves on one of this machine's addresses, on a port that is free. model: a name or a file; "": the default. state:
 * folder of own models; NULL: the usual one. These are copied; language, of what goes wrong, stays the caller's. */
bool share_job_new(share_job **out, const char *address, const char *model, const char *state, const char *language,
                   const job_host *host, nn_error *err);

bool share_job_look(share_job *self); /* takes the newest news in: true when there were any */
const share_news *share_job_news(const share_job *self);

void share_job_stop(share_job *self);  /* asks it to end; returns at once */
void share_job_leave(share_job *self); /* the same, and frees it, without waiting (job_leave). NULL is allowed */

#endif
