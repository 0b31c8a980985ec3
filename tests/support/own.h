/* own.h - what is one's own in an application's folder: kept digits, a network, and what trainings leave. All of it lies
 * under the current temp_make folder; what cannot be made ends the test. */
#ifndef OWN_H
#define OWN_H

#include "support/screen.h"

/* Keeps the made-up digits 0, 1, 2 and on. */
void own_digits(int count);

/* Saves an architecture that learns in a moment, for ten classes, under a name. */
void own_net(const char *name);

/* Whether a file of a model of one's own is there, and whether its weights are. */
bool own_has(const char *name, const char *ending);
bool own_has_model(const char *name);

/* A screen at the form of a training: of the network "own", by a hundred kept digits, for two epochs. One training to
 * its end, which then waits for its decision; until it has learned from a number of batches; and one that is kept with
 * its history. */
void own_training_open(screen *s);
void own_training_run(screen *s);
void own_training_wait(screen *s, int batches);
void own_training_keep(screen *s);

#endif
