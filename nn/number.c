/* number.c - a sign, digits and a point; no exponents. */
#include "number.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

bool nn_number_parse(const char *text, size_t len, double *value)
{
    double sum = 0.0, scale = 1.0;
    bool negative = len > 0 && text[0] == '-', fraction = false;
    int digits = 0;
    for (size_t i = negative; i < len; i++) {
        if (text[i] == '.' && !fraction) {
            fraction = true;
        } else if (text[i] >= '0' && text[i] <= '9' && digits < 15) {
            sum = sum * 10.0 + (text[i] - '0');
            scale *= fraction ? 10.0 : 1.0;
            digits++;
        } else {
            return false;
        }
    }
    *value = (negative ? -sum : sum) / scale;
    return digits > 0;
}

size_t nn_number_print(char *text, size_t room, double value, int digits)
{
    enum { MOST = 12 };
    char number[64];
    double size = fabs(value);
    int after = digits - 1 - (size > 0.0 ? (int)floor(log10(size)) : 0);
    after = after < 0 ? 0 : after > MOST ? MOST : after;
    size_t len = (size_t)snprintf(number, sizeof number, "%.*f", after, value);
    if (after > 0) {
        size_t point = strspn(number, "-0123456789");
        memmove(number + point + 1, number + len - (size_t)after, (size_t)after);
        number[point] = '.';
        len = point + 1 + (size_t)after;
        while (number[len - 1] == '0')
            len--;
        len -= number[len - 1] == '.';
    }
    return (size_t)snprintf(text, room, "%.*s", (int)len, number);
}
