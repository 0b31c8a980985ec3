/* app.h - the application, as a window calls it.
 *
 *     app_event   what happened    -> state
 *     app_tick    time has passed  -> moving bars
 *     app_draw    state            -> draw list -> pixels that changed
 *
 * None of them needs a window or a screen: tests call them with events and memory of their own. All on one thread. */
#ifndef APP_H
#define APP_H

#include "state.h"

/* Fonts, settings, model, journal. Fails only for want of a font or memory; everything else becomes a notice, and a
 * wrong options->model also a line on stderr. */
bool app_new(app **self, const app_options *options, const app_host *host, nn_error *err);
void app_free(app *self);

void app_event(app *self, const event *e);

/* Moves what moves to time `now` (ms). Returns how many ms until it wants to be called again: 0 at the display's pace,
 * negative when nothing will happen by itself. */
double app_tick(app *self, double now);

/* Reads the drawing if it changed, and paints what changed since the last call. Returns the number of rectangles. */
int app_draw(app *self, const surface *target, rect changes[DRAW_MAX_CHANGES]);

/* After the surface lost its pixels. */
void app_forget_pixels(app *self);

typedef enum cursor { CURSOR_ARROW, CURSOR_HAND, CURSOR_TEXT, CURSOR_NONE } cursor;
cursor app_cursor(const app *self);

#endif
