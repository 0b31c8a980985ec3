/* sheet.h - a sheet of paper that is held up or lies somewhere in a picture: all that is lighter than what is around it,
 * in the shape of a rectangle. */
#ifndef SHEET_H
#define SHEET_H

#include "app/core/image/pixmap.h"

/* *inside: the part of the picture that is the sheet, without its rim; empty where there is none, or all of it is one. False
 * only when out of memory. Any thread. */
bool sheet_find(pixel_box *inside, const pixmap *picture, nn_error *err);

#endif
