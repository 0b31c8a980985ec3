/* pictures.h - data sets as folders of pictures, one folder for each class. */
#ifndef PICTURES_H
#define PICTURES_H

#include "app/core/pixmap.h"
#include "dataset.h"

/* Decodes a picture in memory; out->rgba is for nn_free, NULL on failure. */
typedef bool picture_decoder(pixmap *out, const unsigned char *data, size_t len, nn_error *err);

/* This room has no decoder of its own; whoever has one says so before the first thread starts. NULL: there is none. */
void pictures_decode_with(picture_decoder *decoder);

/* Whether a folder has folders with pictures in them; files are told by their endings. */
bool pictures_are_in(const char *folder);

/* The folders' names are the labels. Pictures that are all squares of one size up to DATASET_MAX_SIDE are taken as they
 * are, others are prepared as those that people open (picture.h). In the order of their names. */
bool pictures_load(dataset *data, const char *folder, nn_error *err);

#endif
