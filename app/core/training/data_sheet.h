/* data_sheet.h - what a data set looks like at a glance: how many images each class has, and the first few of them. It is
 * gathered beside the window, whose thread all functions of the job are for. */
#ifndef DATA_SHEET_H
#define DATA_SHEET_H

#include "app/core/job.h"
#include "training_data.h"

enum { DATA_SHEET_EACH = 6 /* images of each class, at most */ };

typedef struct data_sheet {
    int count, side, classes;
    int set_aside; /* of the images, to validate on */
    int repeated;  /* of them, that are there before themselves (duplicates.h) */
    int tested;    /* images of the test part */
    int leaked;    /* of those, that are among them too */
    char label[NN_MAX_CLASSES][NN_NAME];
    int of_class[NN_MAX_CLASSES];
    unsigned char *images; /* (classes, DATA_SHEET_EACH, side, side), ink = 255; blank where a class has fewer */
    char note[DATASET_NOTE];
} data_sheet;

/* test: its test part, empty where there is none. */
bool data_sheet_make(data_sheet *sheet, const dataset *data, const dataset *test, nn_error *err);
void data_sheet_free(data_sheet *sheet);

/* (side, side) */
const unsigned char *data_sheet_image(const data_sheet *sheet, int class, int i);

/* ---- beside the window ------------------------------------------------------------------------------------------- */

typedef struct data_sheet_job data_sheet_job;

bool data_sheet_job_new(data_sheet_job **job, const training_data *wanted, const paths *where, const job_host *host,
                        nn_error *err);
bool data_sheet_job_is_done(const data_sheet_job *job);

/* Of one that is done, or is waited for: the sheet and the data that it is of, the caller's to free; false and err where
 * the data cannot be read. Frees the job. */
bool data_sheet_job_take(data_sheet_job *job, data_sheet *sheet, dataset *data, nn_error *err);
void data_sheet_job_leave(data_sheet_job *job); /* at any time, without waiting (job_leave). NULL is allowed */

#endif
