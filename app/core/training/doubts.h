/* doubts.h - labels of a data set that are likely wrong, by what a network reads instead (findings_doubted): for `data` and
 * for the window, beside which they are looked for. All functions of the job are for the window's thread. */
#ifndef DOUBTS_H
#define DOUBTS_H

#include "app/core/job.h"
#include "app/core/paths.h"
#include "evaluation.h"

enum { DOUBTS_LISTED = 20 };

typedef struct doubt {
    int image, label, read; /* image; its class, and the one that the network sees, both of the data */
    float confidence;       /* in that one */
} doubt;

typedef struct doubts {
    bool known;             /* the network knows the classes; else there are none */
    bool other_side;        /* it does, but cannot read them in images of this side */
    int n_wrong, n_doubted; /* labels that it does not agree with; those of them that are likely wrong */
    int n_listed;           /* of these, the surest first */
    doubt list[DOUBTS_LISTED];
} doubts;

/* Images of another side are resized for the network. Of those that it cannot read, or classes that it does not know, it
 * says nothing. `how`: threads, watch, on_thread_start, and folder for errors. Where its watch ends it, nothing is
 * listed. */
bool doubts_find(doubts *found, const dataset *data, nn_model *model, const evaluation *how, nn_error *err);

/* ---- beside the window ------------------------------------------------------------------------------------------- */

typedef struct doubts_job doubts_job;

/* Has the default network read the images, which it takes over, also on failure; or, where it does not know the classes,
 * another one, a name or path (models.h), "": none. */
bool doubts_job_new(doubts_job **job, dataset *data, const char *other, int threads, const paths *where,
                    const job_host *host, nn_error *err);
void doubts_job_pause(doubts_job *job, bool paused);
bool doubts_job_is_done(const doubts_job *job);
void doubts_job_leave(doubts_job *job); /* at any time, without waiting (job_leave). NULL is allowed */

/* Waits until it is done: what was found, which stays the job's; NULL and err where that was impossible. */
const doubts *doubts_job_found(const doubts_job *job, nn_error *err);

/* (side, side): the image of a doubt in that list. */
const unsigned char *doubts_job_image(const doubts_job *job, int listed);

#endif
