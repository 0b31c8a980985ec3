/* data_open.h - a data set as it is to be used: read, with its ink light, and put upright where its images lie. */
#ifndef DATA_OPEN_H
#define DATA_OPEN_H

#include "app/core/data/dataset_load.h"
#include "app/core/data/orientation.h"
#include "app/core/paths.h"

/* What a person says of the data. Zeroed, it is found out. */
typedef struct data_request {
    const char *path; /* NULL: the fetched MNIST */
    const char *set;  /* which of several sets at the path; NULL: not said */
    int orientation;  /* 0: to be found out; else 1 + an orientation in which the images lie */
    int polarity;     /* 0: to be found out; 1: ink is light, 2: dark */
} data_request;

/* What was found, for those who want to know more than the note. */
typedef struct data_lie {
    orientation orientation;
    bool dark_on_light;
    bool known; /* by the images; false: it was said, or nothing tells */
} data_lie;

/* Loads a part and puts it upright. Digits are upright as the default network reads them best, letters as they look most
 * like printed ones; others stay as they are, and so do sets that are upright, bit by bit. A test part that is too small
 * to tell lies as the training part does. The note says what was changed. `lie` may be NULL. Where the job that reads is
 * asked to end (job.h) nothing is read any more, or what is read stays as it is. */
bool data_open(dataset *data, const data_request *request, dataset_part part, const paths *where, data_lie *lie,
               nn_error *err);

/* Whether there is a test part that is not all of the data. */
bool data_has_test(const data_request *request, const paths *where);

#endif
