/* label_digit.h - which of the ten digits a label is, in whatever order a model or data have their classes. */
#ifndef LABEL_DIGIT_H
#define LABEL_DIGIT_H

#include <stdbool.h>

/* "3", and what people call it in folders and tables: "three", "Three", "digit_3", "class3", "3 - three". -1: none. */
int label_digit(const char *label);

/* Whether two labels are one class: the same text, or the same digit. */
bool label_same(const char *a, const char *b);

#endif
