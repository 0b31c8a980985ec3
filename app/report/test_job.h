/* test_job.h - models that are tested on images beside the window: opened, evaluated one after the other, and their
 * answers kept to be looked at; a report of one of them is written by the same worker. For the window's thread. */
#ifndef TEST_JOB_H
#define TEST_JOB_H

#include "app/core/drawing/ink.h"
#include "app/core/job.h"
#include "app/core/paths.h"
#include "app/core/training/evaluation.h"

enum { TEST_MOST_MODELS = 8 };

typedef enum test_images {
    TEST_MNIST,      /* its test part */
    TEST_VALIDATION, /* what a training with the usual settings sets aside of MNIST's training part */
    TEST_KEPT,       /* drawings that were kept: a strokes file */
    TEST_PATH,       /* any data set (data_open.h), recorded strokes as well: the test part if it has one */
    TEST_CHOICES
} test_images;

typedef struct test_request {
    int n_models;
    char model[TEST_MOST_MODELS][PATHS_MAX]; /* names or paths (models.h); ensembles are asked together */
    char name[TEST_MOST_MODELS][NN_NAME];    /* as they are called */
    test_images images;
    char path[PATHS_MAX]; /* of TEST_KEPT and TEST_PATH */
    int threads;
} test_request;

typedef struct test_news {
    long done, all;      /* images read, those of all models counted; all 0: models and images are being opened */
    double seconds_left; /* 0 while unknown */
} test_news;

typedef struct test_job test_job;

bool test_job_new(test_job **job, const test_request *request, const paths *where, const job_host *host, nn_error *err);
const test_request *test_job_request(const test_job *job);
void test_job_stop(test_job *job);  /* it ends early: no model has a result then */
void test_job_leave(test_job *job); /* at any time, without waiting. NULL is allowed */

/* Takes the newest news in. */
const test_news *test_job_look(test_job *job);

bool test_job_is_done(const test_job *job); /* or has been stopped */

/* ---- of one that is done, until test_job_leave ------------------------------------------------------------------- */

/* Of a model of the request; NULL: it could not be tested, and *problem says why. */
const evaluation *test_job_result(const test_job *job, int model, const nn_error **problem);

/* The drawing that an image was made of; NULL: it was none. */
const ink *test_job_drawing(const test_job *job, int image);

/* Writes the report of a model (page.h) into a folder. test_job_is_done tells when it is written; then test_job_saved says
 * whether it is. */
bool test_job_save(test_job *job, int model, const char *folder, nn_error *err);
bool test_job_saved(const test_job *job, const char **folder, nn_error *err);

#endif
