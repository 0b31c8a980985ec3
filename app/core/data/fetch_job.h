/* fetch_job.h - MNIST fetched beside the window: a job.h that tells how far it is. All functions are for the
 * window's thread. */
#ifndef FETCH_JOB_H
#define FETCH_JOB_H

#include "app/core/job.h"
#include "mnist.h"

typedef struct fetch_news {
    bool ended;
    nn_error problem;    /* code NN_OK: all files are there, or it was stopped; then the next one goes on from there */
    size_t done, total;  /* bytes of all files */
    double seconds_left; /* 0 while unknown */
} fetch_news;

typedef struct fetch_job fetch_job;

/* Starts fetching from the folder `from` of a server (NULL: MNIST_MIRROR) into `folder`, which is made. */
bool fetch_job_new(fetch_job **job, const char *from, const char *folder, const job_host *host, nn_error *err);

/* Stops it and waits: a tenth of a second at most, whatever the server or the network says. NULL is allowed. */
void fetch_job_free(fetch_job *job);

void fetch_job_stop(fetch_job *job);
bool fetch_job_look(fetch_job *job); /* takes the newest news in: true when there were any */
const fetch_news *fetch_job_news(const fetch_job *job);

#endif
