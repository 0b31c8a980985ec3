/* picture_decode.h - the decoders behind picture_file.h, one per format; each refuses a size above the limits from what
 * its decoder itself was told, before it asks for memory. */
#ifndef PICTURE_DECODE_H
#define PICTURE_DECODE_H

#include "nn/error.h"
#include <stdint.h>

typedef struct bytes {
    const unsigned char *data;
    size_t len;
} bytes;

/* A number at a place, high byte first, or low byte first; 0 for bytes behind the end. */
uint32_t bytes_big(bytes b, size_t at, int count);
uint32_t bytes_little(bytes b, size_t at, int count);
bool bytes_have(bytes b, size_t at, const char *text); /* the text is there */

/* As decoded, and still to be turned. */
typedef struct decoded {
    int w, h;
    unsigned char *rgba; /* w x h x 4, for nn_free */
    int orientation;     /* EXIF's, 1..8; 1: upright */
    bool multiplied;     /* colours are times alpha already */
} decoded;

typedef bool picture_decoder(decoded *out, bytes b, nn_error *err);
picture_decoder picture_decode_jpeg, picture_decode_png, picture_decode_heif;
picture_decoder picture_decode_bmp, picture_decode_pnm, picture_decode_gif, picture_decode_tiff, picture_decode_webp;

/* Whether w x h is something, and not too much. */
bool picture_size_is_fit(uint64_t w, uint64_t h, nn_error *err);

/* The largest number by which the sides of a picture may be divided: enough remains of both to read what is written
 * there small. */
int picture_divisor(uint32_t w, uint32_t h);

/* Room for so many pixels; false where the size does not fit, or out of memory. */
bool picture_decoded_room(decoded *out, uint64_t w, uint64_t h, nn_error *err);

/* The orientation in EXIF data, which begins as a TIFF file does; 1 where there is none. */
int picture_exif_orientation(bytes exif);

#endif
