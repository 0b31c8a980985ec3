/* recogniser.h - a model, or several that are asked together, ready to read digits: networks, work memory, and the
 * answer in the contract's terms. */
#ifndef RECOGNISER_H
#define RECOGNISER_H

#include "answer.h"
#include "app/core/digit/picture.h"
#include "app/core/paths.h"
#include "nn/nn.h"

typedef struct recogniser recogniser;

/* Takes the model over (frees it with itself, also on failure). NN_USAGE when it reads no digits (model_input.h). */
bool recogniser_new(recogniser **recogniser, nn_model *model, nn_error *err);

/* An ensemble: probabilities are the means of 1..RECOGNISER_MAX_MODELS models, which must have the same labels, in
 * any order: the first one's counts. Takes all of them over, also on failure. */
enum { RECOGNISER_MAX_MODELS = 32 };
bool recogniser_new_ensemble(recogniser **recogniser, nn_model *const *models, int count, nn_error *err);

/* What reads for a name or path (models.h): a model, or all members of an ensemble. */
bool recogniser_open(recogniser **recogniser, const paths *where, const char *value, nn_error *err);

/* Another reader of the same models for another thread, with work memory of its own. For as long as `first` is there and
 * its weights stay as they are. */
bool recogniser_share(recogniser **other, const recogniser *first, nn_error *err);

void recogniser_free(recogniser *recogniser);
const nn_model *recogniser_model(const recogniser *recogniser); /* the first */
int recogniser_members(const recogniser *recogniser);           /* how many models it asks */
const nn_model *recogniser_member(const recogniser *recogniser, int i);
size_t recogniser_parameters(const recogniser *recogniser); /* of all of them */

/* A model of the same architecture and labels answers in the place of member i, with work for one image; NULL: the member
 * itself does again. Both are the caller's. */
void recogniser_stand_in(recogniser *recogniser, int i, const nn_model *model, nn_work *work);

/* Other weights for the same, single network, as many as its plan has; copied. */
void recogniser_set_weights(recogniser *recogniser, const float *weights);

/* One inference on the calling thread; no inference for an empty digit. Never allocates, never fails. */
void recogniser_read(recogniser *recogniser, const digit *digit, answer *answer);

/* What each look at a picture was read as, and which of them counts. */
typedef struct looks_read {
    int count; /* of looks at the picture; 0: none was read by them */
    int chosen;
    answer answer[PICTURE_LOOKS];
    bool own_width[PICTURE_LOOKS]; /* read with strokes as wide as they are, not as the pen */
} looks_read;

/* One inference for each look at a picture, two where its strokes are about as wide as those of MNIST: they are read as they
 * are first. The first look that the network is sure of counts, but for one that found a part of what another, sure one
 * found; where sure ones differ else, it is unsure. Where none is sure, the surest counts, with some favour for the first.
 * Unsure where there are several digits. What is distorted on purpose is so after that: the look that counts is read once
 * more. *digit is the one that was read. False only when out of memory. */
bool recogniser_read_picture(recogniser *recogniser, const picture_looks *picture, const digit_options *options,
                             digit *digit, answer *answer, looks_read *looks, nn_error *err);

#endif
