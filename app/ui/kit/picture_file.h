/* picture_file.h - pictures from files, PNG, JPEG, BMP and PNM through SDL2_image, told apart by content; and to files.
 *
 * The size is read from the header before anything is decoded, so a small file cannot ask for much memory. Built
 * without SDL2_image, reading fails with a text that says so. Any thread. */
#ifndef PICTURE_FILE_H
#define PICTURE_FILE_H

#include "nn/error.h"
#include <stdint.h>

enum { PICTURE_MAX_BYTES = 64 << 20, PICTURE_MAX_PIXELS = 64 << 20 };

/* Decodes a picture in memory. *luma gets w x h bytes, 0 black; transparent parts count as white. nn_free it. */
bool picture_file_decode(unsigned char **luma, int *w, int *h, const unsigned char *data, size_t len, nn_error *err);

/* The same in colours: w x h pixels 0xffRRGGBB, transparent parts over white. nn_free them. */
bool picture_file_colours(uint32_t **pixels, int *w, int *h, const unsigned char *data, size_t len, nn_error *err);

/* Replaces path atomically by a picture of w x h pixels 0xffRRGGBB: BMP where the name ends in .bmp, else PNG. */
bool picture_file_save(const char *path, const uint32_t *pixels, int w, int h, nn_error *err);

#endif
