/* nets.h - small networks, random numbers and data for the tests of nn. */
#ifndef NETS_H
#define NETS_H

#include "nn/nn.h"

/* The next number of a splitmix64 stream; evenly spread over all 64 bits, over low..high. */
uint64_t random_bits(uint64_t *state);
double random_between(uint64_t *state, double low, double high);
void random_fill(uint64_t *state, float *values, size_t count, double low, double high);

/* An architecture with every kind of layer, about 1,000 weights, reading TOY_SIDE x TOY_SIDE x 1. */
extern const char net_small[];
extern const char net_oblong[]; /* of images that are no squares, as every digit is */

/* Parses an architecture that must be right; ends the test with the error's text otherwise. */
nn_plan *net_parse(const char *text);

/* Fresh weights whose gains, biases and running statistics are away from their starting values, as after training. */
float *net_weights(const nn_plan *plan, uint64_t seed);

/* A model of both, with a convention, a temperature and training facts of its own. */
nn_model *net_model(const char *text, uint64_t seed);

/* The same as a file; ends the test where that cannot be. */
void net_save(const char *text, uint64_t seed, const char *path);

/* Made-up images of TOY_CLASSES kinds of bars in noise, a function of epoch and index only: learnable in a few
 * epochs. */
enum { TOY_SIDE = 12, TOY_PIXELS = TOY_SIDE * TOY_SIDE, TOY_CLASSES = 4 };
nn_source toy_source(int count);

/* What a model for images of that size and number of classes answers to a few made-up ones: always the same. */
enum { TOY_IMAGES = 8, TOY_ANSWERS = TOY_IMAGES * TOY_CLASSES };
void net_predict(const nn_model *model, float answers[TOY_ANSWERS]);

#endif
