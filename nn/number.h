/* number.h - decimal numbers in texts, whatever the locale: strtod would want a comma where LC_NUMERIC says so. */
#ifndef NN_NUMBER_H
#define NN_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* Reads all of the len characters as [-]digits[.digits] of at most 15 digits; one side of the point may be empty.
 * False where they are something else. */
bool nn_number_parse(const char *text, size_t len, double *value);

#endif
