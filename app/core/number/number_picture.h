/* number_picture.h - reads a picture of several digits as one number: the lattice of number.h, over ink that hangs
 * together instead of strokes, cut in columns with little ink where it may be two digits. */
#ifndef NUMBER_PICTURE_H
#define NUMBER_PICTURE_H

#include "app/core/digit/picture.h"
#include "number.h"

/* Boxes are in the picture's pixels. Where they are no row, or one of more pieces than a number has, it is
 * read as one digit; count is 0 where there is nothing. False only when out of memory. */
bool number_read_picture(recogniser *recogniser, const pixmap *picture, number_answer *out, nn_error *err);

/* Reads the one digit of a picture in which picture_find found what is in `found`: *image is what the network got; no digit
 * where it sees none. *several: the picture shows more of them, as the row that it may be is read; that is asked only where
 * no digit is seen surely, as it takes long. False only when out of memory. */
bool number_read_one(recogniser *recogniser, const pixmap *picture, const picture_looks *found, digit *image,
                     answer *out, bool *several, nn_error *err);

/* What number_read_picture does, a little at a time, with one network. row: of picture_find_row, which stays as long as
 * this. NULL when out of memory; free may get NULL. */
typedef struct number_picture number_picture;
number_picture *number_picture_new(const picture_looks *row);
void number_picture_free(number_picture *self);

/* Goes on. most_new: how many groups the network reads, or a look's parts are found instead; 0: all. out->partial while
 * there is more, and out is the likeliest so far; count 0: there is none. False only when out of memory. */
bool number_picture_read(number_picture *self, recogniser *recogniser, int most_new, number_answer *out, nn_error *err);

/* One digit of what was read last, as the network gets it. False only when out of memory. */
bool number_picture_image(number_picture *self, const number_digit *of, const digit_options *options, digit *out,
                          nn_error *err);

#endif
