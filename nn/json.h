/* json.h - JSON as text in our own memory. */
#ifndef NN_JSON_H
#define NN_JSON_H

#include "nn.h"
#include <jansson.h>

/* json_dumps with the text in nn_alloc's memory; NULL when out of memory or value is NULL. When memory runs out,
 * jansson 2.14's own json_dumps gives back a text with holes. */
char *nn_json_text(const json_t *value, size_t flags);

/* A number that may not exist: null where it is not finite. */
json_t *nn_json_number(double value);

/* A text from outside, such as a file's name: bytes beyond ASCII become '?' where they are no UTF-8. */
json_t *nn_json_string(const char *text);

#endif
