/* cut.h - the last layers of a trained network as a network of their own, to be trained on by themselves: what the
 * layers before them give is computed once for every image, so that teaching a few new images takes seconds. */
#ifndef NN_CUT_H
#define NN_CUT_H

#include "nn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The node whose values a head reads that has the last `layers` convolutions and dense layers, or as many as stand in a
 * chain in which each layer reads the one before it; -1: the image, as the head is the whole network. */
int nn_cut_place(const nn_plan *plan, int layers);

/* *head: the layers behind node `at` of nn_cut_place. A batch normalisation is a `scale` in it, with the running statistics
 * folded in, so that a few images of one kind do not move them. Labels and calibration are the model's; the convention
 * too where the head reads the image. Scales of activations are not: a head is there to be trained. */
bool nn_cut_head(nn_model **head, const nn_model *model, int at, nn_error *err);

/* Puts weights of such a head back where they came from. */
void nn_cut_put_back(nn_model *model, int at, const nn_plan *head, const float *weights);

#ifdef __cplusplus
}
#endif

#endif
