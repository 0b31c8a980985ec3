/* augmentation_sheet.h - a picture to judge an augmentation by: digits as they are and as the network would see
 * them. */
#ifndef AUGMENTATION_SHEET_H
#define AUGMENTATION_SHEET_H

#include "app/core/data/dataset.h"
#include "nn/augment.h"

/* Saves (atomically) a PNG, or BMP by name: for each class, up to ten, a row with its first image, enlarged, and
 * twelve changed versions of it. */
bool augmentation_sheet_save(const char *path, const dataset *data, const nn_augment *augment, uint64_t seed,
                             nn_error *err);

#endif
