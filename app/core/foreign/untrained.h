/* untrained.h - whether a network is as it was made, before any training: exports of such ones are common. */
#ifndef UNTRAINED_H
#define UNTRAINED_H

#include "foreign.h"

/* Every kernel is spread evenly within the bound that PyTorch (1 / sqrt(inputs)) or Keras (Glorot's or He's) begins
 * with, and every bias is 0 or within it. */
bool is_untrained(const foreign_net *net);

#endif
