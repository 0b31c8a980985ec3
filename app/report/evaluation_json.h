/* evaluation_json.h - what `eval --json` prints of an evaluation. */
#ifndef EVALUATION_JSON_H
#define EVALUATION_JSON_H

#include "app/core/training/evaluation.h"
#include <jansson.h>

/* NULL when out of memory. */
json_t *evaluation_json(const evaluation *e);

#endif
