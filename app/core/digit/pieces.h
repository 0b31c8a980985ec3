/* pieces.h - ink that hangs together, and which of it is the writing.
 *
 * Left out are frames and rings around the writing, long lines under it, what lies at the picture's border while writing
 * stands inside (bars, a table, a finger), specks, and what stands far away. A digit in several pieces stays whole. */
#ifndef PIECES_H
#define PIECES_H

#include "app/core/image/pixmap.h"

typedef struct piece {
    pixel_box box;
    int area;      /* pixels */
    double ink;    /* the sum of their levels */
    int at_border; /* of them, at the picture's border */
    int sides;     /* of the picture that it touches, 0..4 */
    float outline; /* share of the box's outline along which there is ink */
    bool strong;   /* it reaches the level that ink must have somewhere */
    bool is_writing;
} piece;

typedef struct pieces {
    int w, h;
    int *label; /* w x h: 0 where there is no ink, else 1 + the index of a piece */
    int count;
    piece *piece;
    bool cut_to_box; /* they are a digit's, and the picture is its box */
} pieces;

/* Pieces of levels from `least` on, joined sideways, up, down and aslant. False only when out of memory; free in any
 * case. Any thread. */
bool pieces_find(pieces *out, const unsigned char *level, int w, int h, int least, int strong, nn_error *err);
void pieces_free(pieces *pieces);

/* Among pieces that touch the border and those that do not, the writing is with the latter. Weak pieces and frames do
 * not count, and are made weak. */
bool pieces_writing_is_inside(pieces *pieces);

/* One digit, or a row of them. */
typedef enum writing_kind { WRITING_DIGIT, WRITING_ROW } writing_kind;

/* Marks the writing. Returns its largest piece, NULL where there is none; *box: of all of it. */
const piece *pieces_choose(pieces *pieces, writing_kind kind, pixel_box *box);

/* Whether there are more digits than one, or than those of the row, once the writing, in `box`, is chosen: something about
 * as high beside it or, of one digit, near its largest piece. */
bool pieces_are_several(const pieces *pieces, const piece *main, writing_kind kind, const pixel_box *box);

/* Its outline is a rectangle's: a frame, or a sheet of paper. */
bool piece_is_box(const piece *piece);

/* It is a sheet of paper that takes a part of the picture. */
bool piece_is_sheet(const pieces *pieces, const piece *piece);

/* There is another one, about as large: tiles, each with a digit. */
bool pieces_are_sheets(const pieces *pieces, const piece *sheet);

#endif
