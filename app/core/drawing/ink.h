/* ink.h - a drawing as data: strokes of points, with undo, redo, clear and erasing.
 *
 * The list of entries is the history itself: undo and redo only move `done`, so the journal, the screen and the
 * network's digit are all functions of the same list. Coordinates are canvas units: the canvas is INK_CANVAS units
 * wide and high whatever its size on the screen, y down; points may lie outside. No SDL here. One thread at a
 * time. */
#ifndef INK_H
#define INK_H

#include "nn/error.h"

enum {
    INK_CANVAS = 600,        /* units */
    INK_MAX_POINTS = 1 << 20 /* of one drawing: then further points are refused */
};
#define INK_DEFAULT_BRUSH 30.0f /* units, diameter at full pressure */
#define INK_REACH         1e6f  /* units: points further out, or that are no numbers, are refused */

static inline bool ink_in_reach(float v)
{
    return v >= -INK_REACH && v <= INK_REACH; /* false for NAN */
}

typedef struct ink_point {
    float x, y;
    float t;        /* ms since the drawing began, NAN if unknown */
    float pressure; /* 0..1; 1 where the device gives none */
} ink_point;

typedef enum ink_kind { INK_PEN, INK_ERASER, INK_CLEAR } ink_kind;

typedef struct ink_entry {
    ink_kind kind;
    float width;      /* diameter in units, for pen and eraser */
    int first, count; /* its points: ink.point[first .. first + count) */
} ink_entry;

typedef struct ink {
    ink_point *point;
    int n_points, max_points;
    ink_entry *entry;
    int n_entries, max_entries;
    int done;            /* entries in force; those behind can be redone */
    bool drawing;        /* the last entry is still being drawn */
    unsigned version;    /* changes with every change, for caches */
    unsigned taken_back; /* changes whenever an entry in force goes or gets another place; all else adds to the end */
} ink;

void ink_init(ink *ink); /* an empty drawing; owns nothing yet */
void ink_free(ink *ink);
void ink_move(ink *to, ink *from); /* `to` becomes what `from` was, which is then empty */

/* A stroke is begin, any number of extends, end. False when out of memory, over INK_MAX_POINTS, or the point or
 * width is refused: what was drawn stays. Whatever adds an entry ends the stroke being drawn and forgets what
 * could be redone. */
bool ink_begin(ink *ink, ink_kind kind, float width, ink_point p);
bool ink_extend(ink *ink, ink_point p);
void ink_end(ink *ink);
void ink_cancel(ink *ink); /* drops the stroke being drawn */

/* Adds a whole entry at once, as the journal and files do (points ignored for INK_CLEAR). */
bool ink_add(ink *ink, ink_kind kind, float width, const ink_point *points, int count);

/* Gives back the room that growing has left over: for drawings that are kept by the thousand. False, and unchanged,
 * when out of memory. */
bool ink_trim(ink *ink);

/* An entry like a stroke, so it can be undone. False when the canvas is empty already or out of memory. */
bool ink_clear(ink *ink);

bool ink_undo(ink *ink); /* false where there is nothing to undo, or a stroke is being drawn */
bool ink_redo(ink *ink);
bool ink_can_undo(const ink *ink);
bool ink_can_redo(const ink *ink);

/* The entries on the canvas now: entry[ink_visible_from() .. done). */
int ink_visible_from(const ink *ink);
bool ink_is_empty(const ink *ink); /* no pen stroke on the canvas */

/* Calls segment for every piece of pen centre line that no later eraser stroke covers, in order of drawing; a dot is a
 * segment of length 0. width is the pen's diameter there, pressure included. Never allocates. */
typedef void ink_segment(void *ctx, float x0, float y0, float x1, float y1, float width);
void ink_visit(const ink *ink, ink_segment *segment, void *ctx);

/* The share of the brush's width at a pressure: 1/2 at 0, 1 at 1. */
float ink_pressure_width(float pressure);

#endif
