/* label_digit.h - which of the ten digits a label is, in whatever order a model or data have their classes. */
#ifndef LABEL_DIGIT_H
#define LABEL_DIGIT_H

/* -1: none. */
static inline int label_digit(const char *label)
{
    return label[0] >= '0' && label[0] <= '9' && !label[1] ? label[0] - '0' : -1;
}

#endif
