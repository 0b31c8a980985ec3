/* data_report.h - what the program understood of a data set: as JSON, as text, and as a page in the report's style. */
#ifndef DATA_REPORT_H
#define DATA_REPORT_H

#include "app/core/training/data_open.h"
#include "app/core/training/doubts.h"
#include <jansson.h>

typedef struct data_report {
    const char *path;
    const dataset *training, *test; /* test: NULL where there is none of its own */
    data_lie lie;
    int duplicates; /* images of the test part that are in the training part as well */
    int repeated;   /* images of the training part that are in it before */
    doubts doubts;
    char reader[64]; /* the network that was asked; "" where none knows the classes */
} data_report;

/* Counts, and asks the model for the training images where it knows their classes; model may be NULL. */
bool data_report_make(data_report *report, nn_model *model, const char *name, int threads, nn_error *err);

/* {path, n, n_test, classes [{label, n}], side, orientation, polarity, duplicates, repeated, reader, doubted [{index,
 * label, read, confidence}]}; NULL when out of memory. */
json_t *data_report_json(const data_report *report);

bool data_report_print(const data_report *report);

/* Samples of every class as PNG. */
bool data_report_sheet(const data_report *report, const char *path, nn_error *err);

/* data.html, data.json and samples.png in a folder, which is made. */
bool data_report_save(const data_report *report, const char *folder, nn_error *err);

#endif
