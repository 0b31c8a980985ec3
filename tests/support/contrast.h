/* contrast.h - how well one colour is seen on another one. */
#ifndef CONTRAST_H
#define CONTRAST_H

#include "app/ui/kit/raster.h"

/* WCAG 2's contrast of two opaque colours, 1..21. */
double contrast_of(colour a, colour b);

#endif
