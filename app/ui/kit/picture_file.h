/* picture_file.h - pictures from files, told apart by content; and to files.
 *
 * PNG, JPEG and TIFF are read by the libraries named after them, BMP, GIF (the first image) and WebP by SDL2_image, HEIC
 * and AVIF by libheif. A format that this build cannot read is named in the error. No file gets more memory than a picture
 * of PICTURE_MAX_PIXELS takes, whatever size it claims. Any thread. */
#ifndef PICTURE_FILE_H
#define PICTURE_FILE_H

#include "app/core/image/pixmap.h"
#include <stdint.h>

enum { PICTURE_MAX_BYTES = 64 << 20, PICTURE_MAX_PIXELS = 64 << 20 };

/* The formats that this build reads, as "PNG, JPEG, GIF". */
const char *picture_file_formats(void);

/* Decodes a picture in memory, upright as EXIF says; large PNG and JPEG may come out smaller than they are. out->rgba is for
 * nn_free, NULL on failure. */
bool picture_file_decode(pixmap *out, const unsigned char *data, size_t len, nn_error *err);

/* The same over white: w x h pixels 0xffRRGGBB, for nn_free. */
bool picture_file_colours(uint32_t **colours, int *w, int *h, const unsigned char *data, size_t len, nn_error *err);

/* Replaces path atomically by a picture of w x h pixels 0xffRRGGBB: BMP where the name ends in .bmp, else PNG. */
bool picture_file_save(const char *path, const uint32_t *pixels, int w, int h, nn_error *err);

#endif
