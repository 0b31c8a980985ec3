/* collection_job.h - what takes a disk's time with a person's own digits, done beside the window: reading them, saving them, and
 * giving them to others as strokes or as images. For the window's thread. */
#ifndef COLLECTION_JOB_H
#define COLLECTION_JOB_H

#include "app/core/job.h"
#include "collection.h"

typedef enum collection_task {
    COLLECTION_READ,    /* the file */
    COLLECTION_SAVE,    /* the text to the file, unless that is another one than when it was read; no text: no file */
    COLLECTION_STROKES, /* the text to some file */
    COLLECTION_IMAGES   /* what it shows to a folder of data (idx.h) */
} collection_task;

typedef struct collection_wish {
    collection_task task;
    const char *path;
    char *text; /* of nn_alloc, the job's from now on; NULL: there is none */
    size_t len;
    size_t bytes; /* of the file when it was read, for COLLECTION_SAVE */
} collection_wish;

typedef struct collection_job collection_job;

bool collection_job_new(collection_job **job, const collection_wish *wish, const job_host *host, nn_error *err);
bool collection_job_is_done(const collection_job *job);
const collection_wish *collection_job_wish(const collection_job *job);

/* Of one that is done, or is waited for; read: what COLLECTION_READ has read, the caller's. Frees the job. */
bool collection_job_take(collection_job *job, collection *read, nn_error *err);
void collection_job_leave(collection_job *job); /* at any time, without waiting. NULL is allowed */

#endif
