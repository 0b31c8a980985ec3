/* record.h - a session as a file: what the window told the application, so that it can be played again (replay.h).
 *
 * JSON lines, each written at once: a session that crashes is in the file up to the call that did it. The first line
 * is the beginning (options, settings, language), then one line a step:
 *
 *     {"event": "down", "t": 1200.5, "x": 310, "y": 200, "button": 1, "pressure": 1}    what is 0 is left out
 *     {"size": [1200, 760], "scale": 1}      of the surface, from here on
 *     {"forget": true}                       the surface lost its pixels
 *     {"tick": 1216.7}
 *     {"draw": true}
 *     {"told": "infer", "value": 0.00021}    what only this run could tell: how long something took, whether a worker
 *                                            is done (app_told)
 *     {"paste": "text"}                      the clipboard, when it was asked for; null: nothing was in it
 *     {"frame": "8c736521a9e4c1d2"}          the draw before painted something; a hash of all pixels
 */
#ifndef RECORD_H
#define RECORD_H

#include "state.h"
#include <jansson.h>

typedef enum record_kind {
    RECORD_BEGIN,
    RECORD_EVENT,
    RECORD_SIZE,
    RECORD_FORGET,
    RECORD_TICK,
    RECORD_DRAW,
    RECORD_TOLD,
    RECORD_PASTE,
    RECORD_FRAME
} record_kind;

enum { RECORD_FORMAT = 1, RECORD_MAX_SIDE = 1 << 13 /* pixels */ };

typedef struct record_step {
    record_kind kind;
    event event;
    app_options begin;    /* but the state's folder */
    const char *settings; /* of RECORD_BEGIN: the file's text */
    int w, h;             /* of RECORD_SIZE */
    double value;         /* of RECORD_TICK and RECORD_TOLD, scale of RECORD_SIZE */
    const char *text;     /* of RECORD_TOLD: what; of RECORD_PASTE, may be NULL */
    uint64_t hash;
    json_t *line; /* owns the texts of a parsed step */
} record_step;

/* One line of a recording, without its newline, strictly. record_free afterwards. */
bool record_parse(record_step *step, const char *line, size_t len, nn_error *err);
void record_free(record_step *step);

/* The line of a step, with its newline; *text is the caller's to nn_free. */
bool record_print(const record_step *step, char **text, size_t *len, nn_error *err);

uint64_t record_hash(const surface *pixels); /* of what is to be seen: red, green, blue */

/* ---- recording --------------------------------------------------------------------------------------------------- */

typedef struct recorder recorder;

/* Truncates path, which is a new file where a person names it (window_args.c). NULL path: *out is NULL, and every other
 * function does nothing. */
bool recorder_open(recorder **out, const char *path, nn_error *err);
void recorder_close(recorder *self);

/* Puts the recorder between an application to come and its host. */
void recorder_wrap(recorder *self, app_host *host);

void recorder_begin(recorder *self, const app *state); /* after app_new */
void recorder_event(recorder *self, const event *e);
void recorder_size(recorder *self, int w, int h, float scale);
void recorder_forget(recorder *self);
void recorder_tick(recorder *self, double now);
void recorder_draw(recorder *self); /* before app_draw */
void recorder_frame(recorder *self, const surface *pixels);

#endif
