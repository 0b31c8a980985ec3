/* votes.h - the features that speak loudest for the answer or against it, under "Inside", with pictures of the ink that
 * made them loud. */
#ifndef VOTES_H
#define VOTES_H

#include "state.h"

/* After the layers were read, and after every round of importance. */
void votes_follow(app *self);

/* Opens what a feature is, or switches it off. False: the action is none of these. */
bool votes_do(app *self, action act);

#endif
