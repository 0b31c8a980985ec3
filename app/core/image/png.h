/* png.h - writing PNG pictures (ISO/IEC 15948), with zlib alone. */
#ifndef CORE_PNG_H /* PNG_H is libpng's */
#define CORE_PNG_H

#include "nn/error.h"
#include <stdint.h>

/* w x h pixels 0xffRRGGBB, row by row. *data is the caller's to nn_free. Any thread. */
bool png_encode(const uint32_t *pixels, int w, int h, unsigned char **data, size_t *len, nn_error *err);

/* Bytes from 0, black, to 255, white, kept to 16 levels of grey: half the size, and enough for small pictures of
 * ink. */
bool png_encode_grey(const unsigned char *bytes, int w, int h, unsigned char **data, size_t *len, nn_error *err);

#endif
