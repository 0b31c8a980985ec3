/* number.c - a sign, digits and a point; no exponents. */
#include "number.h"

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
