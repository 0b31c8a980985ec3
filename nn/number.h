/* number.h - decimal numbers in texts, whatever the locale: strtod and printf have a comma where LC_NUMERIC says so. */
#ifndef NN_NUMBER_H
#define NN_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* Reads all of the len characters as [-]digits[.digits] of at most 15 digits; one side of the point may be empty.
 * False where they are something else. */
bool nn_number_parse(const char *text, size_t len, double *value);

/* Writes a number below 10^15 so that nn_number_parse reads it: rounded to so many significant digits, at most 15, and 12
 * behind the point, without zeros at their end. Returns the length, as snprintf does. */
size_t nn_number_print(char *text, size_t room, double value, int digits);

#endif
