/* convention.h - the conventions by which networks in the wild read images, and what they are called. */
#ifndef CONVENTION_H
#define CONVENTION_H

#include "nn/nn.h"

enum { CONVENTION_KINDS = 6, CONVENTIONS = 4 * CONVENTION_KINDS, CONVENTION_NAME = 64 };

/* Convention i of 0..CONVENTIONS-1, the plainest first: each of the kinds, then all of them inverted, transposed, and
 * both. */
nn_convention convention_at(int i);

/* "x/255", "0..255", "(x-mean)/std", "x/127.5-1", "binary" or "x/255/255" of pixels 0..255 with ink = 255, then
 * ", inverted" and ", transposed"; of any other the formula. */
void convention_name(char name[CONVENTION_NAME], const nn_convention *convention);

/* The convention of that name, blanks left out or not; -1: there is none. */
int convention_find(const char *name);

#endif
