/* csv.h - data sets as comma-separated text, in the form that Kaggle made usual. */
#ifndef CSV_H
#define CSV_H

#include "dataset.h"

/* One image a line: its label 0..63, then its pixels 0..255 row by row, whole numbers between commas; their count is
 * a square. A first line of names that begins with "label" may be there. Lines end with LF or CRLF. No spaces, no
 * quotes but in the names, no empty lines. data->images and labels are made (nn_free them), count and side set; the
 * classes are the caller's to name. Errors begin with the line, err->pos is the byte. */
bool csv_parse(dataset *data, const unsigned char *text, size_t len, nn_error *err);

#endif
