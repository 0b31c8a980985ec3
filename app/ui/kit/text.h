/* text.h - fonts and lines of text: found through fontconfig, measured and drawn as a whole by SDL2_ttf, kept as masks.
 *
 * Text is UTF-8, one line, in one direction. A broken byte or a glyph that the font lacks shows as a box. One thread. */
#ifndef TEXT_H
#define TEXT_H

#include "nn/error.h"
#include "raster.h"
#include <stdint.h>

typedef enum font_weight { FONT_REGULAR, FONT_BOLD, FONT_MONO /* regular, all characters of one width */ } font_weight;

typedef struct font {
    int px; /* height of the em */
    font_weight weight;
} font;

typedef struct text_engine text_engine;

/* Finds the first of a list of well-known families that is installed. NN_IO, with the package to install, when there is
 * none. */
bool text_new(text_engine **engine, nn_error *err);
void text_free(text_engine *engine);

/* Shapes lines as the language wants: "ar", "Arab", true. Where the font lacks its letters another one is taken, if
 * there is one that has them. */
void text_set_language(text_engine *engine, const char *language, const char *script, bool right_to_left);

int text_width(text_engine *engine, font f, const char *text);
int text_height(text_engine *engine, font f); /* of a line */
int text_ascent(text_engine *engine, font f); /* from the top of the line to the baseline */

/* Where the ink of the widest digits lies: rows from the top of the line, for centring a number by what one sees. */
int text_cap_height(text_engine *engine, font f);

/* Copies text, cut with an ellipsis where it is wider than `width` pixels. */
void text_fit(text_engine *engine, font f, const char *text, int width, char *out, size_t size);

/* How many bytes of text go on a line of `width` pixels, broken at a space or '\n' where there is one; *next is
 * where the following line begins. At least one character. */
size_t text_break(text_engine *engine, font f, const char *text, int width, size_t *next);

/* Draws with the top left of the line at (x, y). A line for which memory lacks is left out. */
void text_draw(text_engine *engine, const surface *target, rect clip, font f, int x, int y, const char *text, colour c);

#endif
