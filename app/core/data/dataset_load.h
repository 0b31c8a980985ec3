/* dataset_load.h - data sets from files, as people keep them. */
#ifndef DATASET_LOAD_H
#define DATASET_LOAD_H

#include "dataset.h"

/* Reads one part of the data set at a path: a folder or a file, as data_source_find finds it. `set` is a word of the
 * name of the one that is meant where there are several; NULL: not said. What is not divided into parts is as a whole
 * either of them. Images are as the source has them; the note says what was done with labels. Errors name the file, and
 * what is there instead. */
bool dataset_load(dataset *data, const char *path, const char *set, dataset_part part, nn_error *err);

/* Whether a path has a part that it does not share with the other one; reads as little as it can, but may read. */
bool dataset_has(const char *path, const char *set, dataset_part part);

#endif
