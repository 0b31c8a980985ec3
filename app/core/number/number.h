/* number.h - reads a drawing of several digits as one number.
 *
 *     ink --parts.h--> parts of strokes, cut where one may span two digits
 *         --lattice.h--> groups of parts that may be digits --recogniser.h--> what the network says of each
 *         --> the likeliest way to put all parts together: the digits, and how probable their text is
 *
 * Answers are remembered, so that a drawing that grows costs only the groups with the stroke being drawn. */
#ifndef NUMBER_H
#define NUMBER_H

#include "app/core/model/recogniser.h"
#include "lattice.h"

enum { NUMBER_TEXT = LATTICE_MAX_DIGITS * 8 };

typedef struct number_digit {
    answer answer;
    ink_extent box; /* of its centre lines, in canvas units */
    uint64_t parts; /* which of reader.parts it is made of */
} number_digit;

typedef struct number_answer {
    int count;                              /* 0: an empty canvas, or more on it than a number has */
    number_digit digit[LATTICE_MAX_DIGITS]; /* from left to right */
    char text[NUMBER_TEXT];                 /* their labels */
    float probability;                      /* of the text */
    bool unsure, overflow;                  /* as of answers */
    bool full;                              /* more strokes, or points of them, than a number has */
    bool partial;                           /* groups were left out: the same drawing read again takes more of them */
} number_answer;

/* What a person said of strokes (parts.h): that they are one digit, or are not. */
enum { NUMBER_HINTS = 16, HINT_STROKES = GROUP_REACH };
typedef struct number_hint {
    bool together;
    int count, stroke[HINT_STROKES];
} number_hint;

/* Starts as {0}. */
typedef struct number_hints {
    int count;
    number_hint hint[NUMBER_HINTS];
} number_hints;

/* Digit i and the one behind it shall be one; digit i shall not be one. Either takes back the other. False where that
 * cannot be said. */
typedef struct number_reader number_reader;
bool number_join(number_hints *hints, const number_answer *number, const number_reader *reader, int i);
bool number_split(number_hints *hints, const number_answer *number, const number_reader *reader, int i);

/* NULL when out of memory. */
number_reader *number_reader_new(void);
void number_reader_free(number_reader *reader);

/* What was remembered came from another network. */
void number_reader_forget(number_reader *reader);

/* What the last drawing was made of; the digits' parts are those of it. */
const stroke_parts *number_reader_parts(const number_reader *reader);

/* What was weighed for it: the groups of these parts, told by the network. */
const lattice *number_reader_lattice(const number_reader *reader);

/* hints: NULL for none; those about strokes that are not there do not count. most_new: how many groups that are not
 * remembered the network reads; 0: all of them. False when out of memory. */
bool number_read(number_reader *reader, recogniser *recogniser, const ink *ink, const number_hints *hints, int most_new,
                 number_answer *out, nn_error *err);

/* The same for a drawing that was not seen growing, and whatever is on it: a single digit, or more strokes than a number
 * has, are read as a drawing is that is no number. */
bool number_read_whole(number_reader *reader, recogniser *recogniser, const ink *ink, number_answer *out,
                       nn_error *err);

/* The number that a path through a lattice of these parts spells, its groups told by that model. */
void number_spell(number_answer *out, const stroke_parts *parts, const lattice *of, const lattice_path *path,
                  const nn_model *model);

/* {text, confidence, box: [x, y, width, height]}; and {digit (null where it is not one), text, confidence, unsure, digits}.
 * NULL when out of memory. */
json_t *number_digit_json(const char *text, float confidence, ink_extent box);
json_t *number_json(const number_answer *number);

/* One digit of the number as the network gets it. False when out of memory. */
bool number_image(const number_reader *reader, const number_digit *of, const digit_options *options, digit *out);

#endif
