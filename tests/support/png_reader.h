/* png_reader.h - reads back the PNG files that the program writes, chunk by chunk and strictly. */
#ifndef PNG_READER_H
#define PNG_READER_H

#include <stddef.h>
#include <stdint.h>

/* Pixels 0xffRRGGBB of a PNG of colour type RGB with 8 bits, or grey with 4 bits, without filters; nn_free them.
 * Fails the test where anything is wrong, checksums included. */
uint32_t *png_read(const unsigned char *data, size_t len, int *w, int *h);

#endif
