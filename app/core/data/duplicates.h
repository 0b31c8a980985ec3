/* duplicates.h - images that are there more than once, pixel by pixel. */
#ifndef DUPLICATES_H
#define DUPLICATES_H

#include "dataset.h"

/* How many images of `data` are in `others` as well; with `others` NULL, how many are in `data` before themselves. -1
 * when out of memory. */
int dataset_duplicates(const dataset *data, const dataset *others);

#endif
