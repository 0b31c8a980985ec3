/* ink.h - a drawing as data: strokes of points, with undo, redo, clear and erasing.
 *
 * The list of entries is the history itself: undo and redo only move `done`, so the journal, the screen and the
 * network's digit (visible.h, paper.h, digit.h) are all functions of the same list. A clear is an entry too; it forgets
 * the oldest of the drawings before it, so that a day of drawing needs no more room than an hour. Coordinates are
 * canvas units, y down; points may lie outside. No SDL here. One thread at a time. */
#ifndef INK_H
#define INK_H

#include "app/core/canvas.h"
#include "ink_grid.h"
#include "nn/error.h"

enum {
    INK_MAX_POINTS = 1 << 18, /* of the drawing on the canvas, all of it read within two frames: then no more */
    INK_MAX_PAST = 1 << 18, /* of the cleared drawings that undo still reaches, unless the last one alone is larger, */
    INK_MAX_CLEARED = 1 << 10 /* and the number of these, of which any may be empty */
};
#define INK_REACH 1e6f /* units: points further out, or that are no numbers, are refused */

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
    int since;        /* the first entry behind the last clear; of a clear: the one behind it */
} ink_entry;

typedef struct ink {
    ink_point *point;
    int n_points, max_points;
    ink_entry *entry;
    int n_entries, max_entries;
    int done;            /* entries in force; those behind can be redone */
    int forgotten;       /* how many entries stood before entry[0] */
    ink_grid erasers;    /* the pieces of eraser strokes, each by its first point */
    bool drawing;        /* the last entry is still being drawn */
    unsigned version;    /* changes with every change, for caches */
    unsigned taken_back; /* changes whenever an entry in force goes or gets another place; all else adds to the end */
} ink;

void ink_init(ink *ink); /* an empty drawing; owns nothing yet */
void ink_free(ink *ink);
void ink_move(ink *to, ink *from); /* `to` becomes what `from` was, which is then empty */

/* How many points still fit in the drawing on the canvas. */
int ink_room(const ink *ink);

/* A stroke is begin, any number of extends, end. False when out of memory or room, or the point or width is refused:
 * what was drawn stays. Whatever adds an entry ends the stroke being drawn and forgets what could be redone. */
bool ink_begin(ink *ink, ink_kind kind, float width, ink_point p);
bool ink_extend(ink *ink, ink_point p);
void ink_end(ink *ink);
void ink_cancel(ink *ink); /* drops the stroke being drawn */

/* Adds a whole entry at once, as the journal and files do (points ignored for INK_CLEAR). A clear forgets the oldest
 * drawings before it while those but the last have more than INK_MAX_PAST points, together with the last one, and while
 * they are more than INK_MAX_CLEARED. */
bool ink_add(ink *ink, ink_kind kind, float width, const ink_point *points, int count);

/* Gives back the room that growing has left over: for drawings that are kept by the thousand. False, and unchanged,
 * when out of memory. */
bool ink_trim(ink *ink);

/* An entry like a stroke, so it can be undone; also where there is nothing, as a step behind which something else stands.
 * False when out of memory. */
bool ink_clear(ink *ink);
bool ink_can_clear(const ink *ink); /* there is something since the last one */

bool ink_undo(ink *ink); /* false where there is nothing to undo, or a stroke is being drawn */
bool ink_redo(ink *ink);
bool ink_can_undo(const ink *ink);
bool ink_can_redo(const ink *ink);

/* The place in the history, entries that were forgotten included: a clear does not move the numbers before it. */
int ink_position(const ink *ink);

/* The entries on the canvas now: entry[ink_visible_from() .. done). */
int ink_visible_from(const ink *ink);
bool ink_is_empty(const ink *ink); /* no pen stroke on the canvas */

/* The piece of an eraser stroke from its i-th point to the next, or the dot at its end. */
typedef struct ink_rub {
    const ink_point *from, *to;
    float radius;
} ink_rub;
ink_rub ink_rub_at(const ink *ink, const ink_entry *eraser, int i);

/* The share of the brush's width at a pressure: 1/2 at 0, 1 at 1. */
float ink_pressure_width(float pressure);

#endif
