/* csv.h - data sets as a table in text: an image a line, its label and its pixels row by row. */
#ifndef CSV_H
#define CSV_H

#include "dataset.h"
#include "nn/stream.h"

/* Understood is what spreadsheets, pandas and NumPy write (text_lines.h for encodings and ends of lines):
 * - columns between commas, semicolons, tabs, bars or blanks; blanks around them; quotes around any of them
 * - a first line of names, or of the columns' numbers; "#" before it
 * - the label first or last, or wherever a name says so; a number or a word
 * - a first column that numbers the lines; a separator at the end of each line; blank lines
 * - whole or decimal numbers (with a comma where that does not separate), 0 to 255, 0 to 1 and so on (pixel_range)
 * A table without labels is refused, and says that. Errors begin with line and column, and say what was expected. */
bool csv_read(dataset *data, nn_stream *stream, nn_error *err);

#endif
