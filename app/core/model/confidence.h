/* confidence.h - what turns a network's answers into honest ones, fitted on images that it was not trained on. */
#ifndef CONFIDENCE_H
#define CONFIDENCE_H

/* The temperature T for which softmax(logits / T) gives the labels the greatest likelihood (Guo et al. 2017, "On
 * Calibration of Modern Neural Networks"), within 1/5 .. 5. probabilities (n, classes): softmax(logits), which says
 * as much about T as the logits do. Never allocates. */
float confidence_temperature(const float *probabilities, const unsigned char *label, int n, int classes);

/* log softmax(logits / temperature) of one class. What is no number counts as nearly 0. */
double confidence_log(const float *probabilities, int classes, int class, double temperature);

/* The greatest probability of an image when logits are divided by the temperature. */
float confidence_top(const float *probabilities, int classes, float temperature);

#endif
