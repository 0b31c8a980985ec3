/* page.h - the report that `eval --report` and `train --report` write: report.html, which needs no other file and no
 * network, report.json, and every plot as SVG and PNG.
 *
 * report.json holds what `eval --json` prints, and: model, data, part, made, version, cpu, kernels, threads, seconds,
 * training_seconds (null: not known), training (the model's facts), bins [{from, to, right, wrong, confidence,
 * accuracy}] of the confidence, roc [{label, points [[false positive rate, true positive rate]]}], wrong [{image,
 * true, top [{digit, text, probability}]}]. */
#ifndef PAGE_H
#define PAGE_H

#include "app/core/training/evaluation.h"

enum { PAGE_TOP = 3 }; /* most likely classes that are named for an image */

typedef struct page_source {
    const evaluation *evaluation; /* done */
    const char *name;             /* of the model, or its path, of which the last part is shown */
    const char *part;             /* of the data: "test", "validation" */
    const char *folder;           /* of the data */
    const dataset *training_data; /* NULL: not at hand */
    double training_seconds;      /* NAN: not known */

    char when[32], cpu[128]; /* filled by page_write */
} page_source;

/* Whether a report can be written into a folder, or into one that can be made: what cannot shows before an hour of training. */
bool page_may_save(const char *folder, nn_error *err);

typedef struct page_file {
    char name[32];
    unsigned char *data; /* NULL: there is none this time, and one of an earlier report is removed */
    size_t len;
} page_file;

/* Replaces files in a folder, made if missing, each as a whole, until the command is interrupted. Where one cannot be
 * saved nothing is left of a folder that was not there before. Errors name the path. */
bool page_save(const char *folder, const page_file *file, int count, nn_error *err);

/* Writes the report into a folder. All of it is made first, then saved by page_save, the page last; files that the report before had and this one has not are removed. Errors name the path. Ends early when
 * the command is interrupted. */
bool page_write(const page_source *source, const char *folder, nn_error *err);

#endif
