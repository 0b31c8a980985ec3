/* pictures.h - data sets as folders of pictures, one folder for each class, or with labels in names or in a table. */
#ifndef PICTURES_H
#define PICTURES_H

#include "app/core/image/pixmap.h"
#include "dataset.h"

/* Decodes a picture in memory; out->rgba is for nn_free, NULL on failure. */
typedef bool picture_decoder(pixmap *out, const unsigned char *data, size_t len, nn_error *err);

/* This room has no decoder of its own; whoever has one says so before the first thread starts. NULL: there is none. */
void pictures_decode_with(picture_decoder *decoder);

/* Whether a folder has so many folders with pictures in them, at least; files are told by their endings. */
bool pictures_are_in(const char *folder, int least);

/* Whether there are so many pictures right in a folder, at least, whose names have their labels (picture_list_names). */
bool pictures_are_labelled_in(const char *folder, int least);

/* The labels are the folders' names; where there are no such folders, they are in the pictures' names; or in a table that
 * names the pictures. Pictures that are all squares of one size up to DATASET_MAX_SIDE are taken as they are, others are
 * prepared as those that people open (picture.h). In the order of their names, or of the table. */
bool pictures_load(dataset *data, const char *folder, nn_error *err);
bool pictures_load_table(dataset *data, const char *table, nn_error *err);

#endif
