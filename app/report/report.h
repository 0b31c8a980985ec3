/* report.h - the parts that the scores of eval and ink have in common, as JSON and as tables for people. */
#ifndef REPORT_H
#define REPORT_H

#include "app/core/training/evaluation.h"
#include <jansson.h>

/* [{label, precision, recall, f1, support}]; NULL when out of memory. */
json_t *report_classes_json(const confusion *c, const nn_model *model);

/* [true][predicted]; NULL when out of memory. */
json_t *report_confusion_json(const confusion *c);

/* The classes as a table on stdout, with a column of areas under the ROC curve where `auc` is not NULL, and below it
 * the most frequent mistakes. */
void report_classes(const confusion *c, const nn_model *model, const double *auc);

/* A line of progress; ends when the command is interrupted. */
extern const evaluation_watch report_watch;

/* "1,234,567" in one of a few static buffers. */
const char *report_count(long n);

#endif
