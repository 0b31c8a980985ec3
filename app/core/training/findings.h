/* findings.h - which images an evaluation is about: those of a cell of the confusion matrix, the hardest ones, those with a
 * label that is likely wrong, those that one model reads and another does not. For `eval` and for the window. */
#ifndef FINDINGS_H
#define FINDINGS_H

#include "evaluation.h"
#include <jansson.h>

typedef struct finding {
    int image;
    float weight; /* what the list is ordered by, the greatest first */
} finding;

enum { FINDINGS_SHOWN = 20 /* of a list in JSON */ };

/* ---- lists: each has room for data->count, and returns how many there are ---------------------------------------- */

/* Of one class that were read as another, or as itself; only answers of at least this confidence. The surest first. */
int findings_cell(const evaluation *e, int truth, int read, float sure, finding *out);

/* All that were read right, or wrong. The surest first. */
int findings_answers(const evaluation *e, verdict v, finding *out);

/* Those whose class the network finds least likely. */
int findings_hardest(const evaluation *e, finding *out);

/* Whose label is likely wrong: the network reads another class, and is at least as sure of it as it is on average of
 * images that bear that label, or surer than 95 % (confident learning, Northcutt, Jiang and Chuang 2021). The surest
 * first. */
int findings_doubted(const evaluation *e, finding *out);

/* Read right by one and wrong by the other; both are of the same images. The surest mistakes first. */
int findings_only(const evaluation *right, const evaluation *wrong, finding *out);

/* How many images the two read: [the first is right][the second is right]. */
void findings_compare(const evaluation *first, const evaluation *second, int n[2][2]);

/* ---- answering only when sure ------------------------------------------------------------------------------------ */

typedef struct sure_score {
    int answered, wrong; /* of all images; of those that are answered */
} sure_score;

/* Of at least this confidence; what is withheld counts as unanswered. `c` may be NULL. */
sure_score findings_when_sure(const evaluation *e, float sure, confusion *c);

/* ---- as JSON; NULL when out of memory ---------------------------------------------------------------------------- */

json_t *findings_sure_json(const evaluation *e);    /* [{sure, withheld, wrong}]: shares, wrong of what is answered */
json_t *findings_hardest_json(const evaluation *e); /* [{image, true, predicted, confidence, probability}] */
json_t *findings_doubted_json(const evaluation *e); /* [{index, label, read, confidence}] */

/* {both_right, first_only, second_only, both_wrong}: numbers of images. */
json_t *findings_compared_json(const evaluation *first, const evaluation *second);

#endif
