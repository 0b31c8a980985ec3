/* import_facts.h - what a model remembers of the file that it was imported from. */
#ifndef IMPORT_FACTS_H
#define IMPORT_FACTS_H

#include "convention.h"

typedef struct import_facts {
    char from[NN_NAME], format[NN_NAME];
    char convention[CONVENTION_NAME]; /* the one that it is read with */
    double accuracy;                  /* on the check set with that; NAN: its classes are not the digits */
    bool permuted;                    /* its classes were in another order */
} import_facts;

/* False where it was not imported. */
bool import_facts_of(import_facts *facts, const nn_model *model);

/* What every convention (convention.h) reads of the check set; NAN where nobody knows. */
void import_scores(double score[CONVENTIONS], const nn_model *model);

#endif
