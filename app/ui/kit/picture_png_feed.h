/* picture_png_feed.h - the bytes of a PNG file for libpng's progressive reader.
 *
 * Two thirds of the time that large pictures take is inflating, by the C of zlib. With ISA-L, which is more than twice as
 * fast, the pixels are inflated before libpng has them: it gets them as blocks that are stored as they are. All else, and
 * all that a PNG can be, remains libpng's. */
#ifndef PICTURE_PNG_FEED_H
#define PICTURE_PNG_FEED_H

#include "picture_decode.h"
#include <png.h>

/* Gives libpng the whole file. *room is NULL, and what it becomes is for nn_free even where libpng leaves by a jump, as it
 * does from what is broken, or png_error says that there is no memory. */
void png_feed_file(png_structp png, png_infop info, bytes file, void **room);

/* To be called when libpng has come to the pixels. */
void png_feed_begin_pixels(png_structp png);

#endif
