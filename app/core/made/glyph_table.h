/* glyph_table.h - how tables of glyphs are written: for the files that hold nothing else. */
#ifndef GLYPH_TABLE_H
#define GLYPH_TABLE_H

#include "synth.h"

#define D(x, y, spread)          \
    {                            \
        x, y, spread, SYNTH_DOWN \
    }
#define M(x, y, spread)           \
    {                             \
        x, y, spread, SYNTH_MAYBE \
    }
#define S(x, y, spread)            \
    {                              \
        x, y, spread, SYNTH_SMOOTH \
    }
#define C(x, y, spread)            \
    {                              \
        x, y, spread, SYNTH_CORNER \
    }
#define GLYPH(digit, weight, ...)           \
    {                                       \
        digit, weight, (const synth_knot[]) \
        {                                   \
            __VA_ARGS__,                    \
            {                               \
                0, 0, 0, SYNTH_END          \
            }                               \
        }                                   \
    }

#endif
