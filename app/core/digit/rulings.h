/* rulings.h - the lines of ruled and squared paper. */
#ifndef RULINGS_H
#define RULINGS_H

#include "nn/error.h"

/* Sets to 0 the levels of thin, nearly straight lines across most of the picture, where there are several in parallel;
 * what crosses them stays. least: the level from which on there is ink. closely: of a small part of a larger picture, in
 * which one line may be alone, and is thicker. False only when out of memory. Any thread. */
bool rulings_erase(unsigned char *level, int w, int h, int least, bool closely, nn_error *err);

#endif
