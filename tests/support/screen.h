/* screen.h - the application without a window: events by hand, pixels in memory. */
#ifndef SCREEN_H
#define SCREEN_H

#include "app/ui/app.h"
#include "app/ui/record.h"

/* What the events come from. A pen is the mouse's pointer with a pressure; a finger is never over anything. */
typedef enum hand { HAND_MOUSE, HAND_PEN, HAND_FINGER, HANDS } hand;

typedef struct screen {
    app *app;
    surface pixels;
    hand hand;
    double now; /* ms; every event and frame moves it on */
    char *clipboard;
    int fullscreen; /* how often it was asked for */
    recorder *record;
} screen;

/* An application of w x h pixels with a small model of its own, all its files under the current temp_make folder. */
void screen_open(screen *s, int w, int h);
void screen_open_recorded(screen *s, int w, int h, const char *recording); /* and what happens is written there */
void screen_close(screen *s);

/* As if the process had been killed: nothing is saved, but the journal is as it was. */
void screen_kill(screen *s);

/* Has the model of a path or name read, as --model does, and waits until it does. */
void screen_use(screen *s, const char *value);

/* Frames until nothing is being opened any more, and until an element is there, which fails after two minutes; a step gives
 * workers a moment before its frame. */
void screen_wait(screen *s);
void screen_await(screen *s, const char *name);
void screen_step(screen *s);

/* Skips the test where this build opens no pictures. */
void screen_needs_pictures(void);

/* The row of that model on the page of models; ends the test where there is none. */
const comparison_row *screen_row(const screen *s, const char *name);

/* Whether one of the messages in the strip has these words. */
bool screen_says(const screen *s, const char *words);

/* Whether the last frame has words that were put together for it. */
bool screen_shows(const screen *s, const char *words);

int screen_frame(screen *s);   /* app_tick and app_draw; returns the changed rectangles */
void screen_settle(screen *s); /* frames until nothing moves */

void screen_pointer(screen *s, event_kind kind, float x, float y, int which);
void screen_key(screen *s, int key, int mods); /* down and up */
void screen_type(screen *s, const char *text);
void screen_event(screen *s, event_kind kind);
void screen_resize(screen *s, int w, int h);

/* Where an element of the last frame is; fails the test if there is none. */
rect screen_find(screen *s, const char *name);
bool screen_has(screen *s, const char *name);
int screen_lines(screen *s, const char *name); /* how many lines of text stand in it */
void screen_click(screen *s, const char *name);

/* From one place in an element to another, as shares of its width and height. */
void screen_drag(screen *s, const char *name, float x0, float y0, float x1, float y1);

/* Scrolls the list on top until one of its elements is in sight, as far as it is needed to be pressed: by the
 * wheel, or dragged by what has none. */
void screen_scroll_to(screen *s, const char *name);

/* A stroke from one canvas position to another (units), in `steps` samples. */
void screen_stroke(screen *s, float x0, float y0, float x1, float y1, int steps, int which);

/* A hash of all pixels. */
uint64_t screen_hash(const screen *s);

#endif
