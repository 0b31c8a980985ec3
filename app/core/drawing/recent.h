/* recent.h - drawings that were put away, the newest first, so that they can be brought back.
 *
 * They are kept in memory and in one file of strokes (strokes.h), a line each, that `digitscope ink` could read as
 * well. A drawing is appended the moment it comes to the front, without waiting for the disk, so the last line of
 * a drawing gives its place; the file is written anew when it has grown far beyond what is kept, or was removed. A torn
 * or foreign line costs that line only. One thread. */
#ifndef RECENT_H
#define RECENT_H

#include "app/core/paths.h"
#include "ink.h"
#include "nn/log.h"

enum {
    RECENT_MAX = 24,
    RECENT_MAX_POINTS = 1 << 15, /* a larger drawing is not kept */
    RECENT_ALL_POINTS = 1 << 16, /* of all together: the oldest make room, so that the file stays small */
    RECENT_LINES = 96            /* of a sketch */
};

/* A piece of pen centre line, in canvas units. */
typedef struct recent_line {
    float x0, y0, x1, y1;
} recent_line;

typedef struct recent_item {
    ink ink;                          /* what was to be seen; its history is not kept */
    recent_line sketch[RECENT_LINES]; /* the same, coarse enough for a small picture that is painted often */
    int n_lines;
    float box[4];  /* of these: left, top, right, bottom in units */
    char read[24]; /* what its owner makes of it, "" at first; not in the file */
} recent_item;

typedef struct recent {
    recent_item *item[RECENT_MAX]; /* the newest first */
    int count;
    nn_log *log; /* NULL: kept in memory only */
    char path[PATHS_MAX];
} recent;

void recent_init(recent *recent); /* empty, in memory only */
void recent_free(recent *recent);

/* Reads the file of the state folder and goes on writing it. Only for a process that owns that folder (journal.h).
 * False with err where that is not possible: what could be read is there, and the rest stays in memory only. */
bool recent_open(recent *recent, const paths *paths, nn_error *err);

/* Puts what is to be seen of a drawing in front; one that is there already only moves. The oldest one goes when there
 * are too many. True without doing anything for an empty or a very large drawing. False with err: out of memory,
 * nothing changed; or the file could not be written. */
bool recent_put(recent *recent, const ink *drawing, nn_error *err);

/* Moves a drawing to the front, and gives it: it stays where it is in memory for at least one more put. False with
 * err if its new place could not be written. */
bool recent_take_up(recent *recent, int index, const ink **drawing, nn_error *err);

/* Forgets all of them, the file's too. False with err where the file could not be emptied: none is forgotten. */
bool recent_forget(recent *recent, nn_error *err);

#endif
