/* confidence.c - temperature scaling. */
#include "confidence.h"
#include <math.h>

/* The logits but for a constant are the logarithms of softmax(logits). */
double confidence_log(const float *p, int classes, int class, double temperature)
{
    const double least = 1e-37; /* what float probabilities cannot show any more */
    double sum = 0;
    for (int c = 0; c < classes; c++)
        sum += pow(fmax((double)p[c], least), 1 / temperature);
    return log(fmax((double)p[class], least)) / temperature - log(sum);
}

float confidence_top(const float *p, int classes, float temperature)
{
    int top = 0;
    for (int c = 1; c < classes; c++)
        top = p[c] > p[top] ? c : top;
    return (float)exp(confidence_log(p, classes, top, (double)temperature));
}

static double loss(const float *p, const unsigned char *label, int n, int classes, double temperature)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum -= confidence_log(p + (long)i * classes, classes, label[i], temperature);
    return sum;
}

/* The loss is convex in 1/T, so it has one minimum: golden section, on the logarithm of T. */
float confidence_temperature(const float *p, const unsigned char *label, int n, int classes)
{
    const double golden = 0.6180339887498949;
    double low = log(0.2), high = log(5), a = high - golden * (high - low), b = low + golden * (high - low);
    double at_a = loss(p, label, n, classes, exp(a)), at_b = loss(p, label, n, classes, exp(b));
    for (int i = 0; i < 20; i++) {
        if (at_a < at_b) {
            high = b, b = a, at_b = at_a;
            a = high - golden * (high - low);
            at_a = loss(p, label, n, classes, exp(a));
        } else {
            low = a, a = b, at_a = at_b;
            b = low + golden * (high - low);
            at_b = loss(p, label, n, classes, exp(b));
        }
    }
    return (float)exp(0.5 * (low + high));
}
