/* event.h - what happens to the window, in the program's own terms: the UI never sees an SDL event, so tests make
 * them. */
#ifndef EVENT_H
#define EVENT_H

#include <stdbool.h>

typedef enum event_kind {
    EVENT_POINTER_DOWN,
    EVENT_POINTER_MOVE,
    EVENT_POINTER_UP,
    EVENT_POINTER_LEAVE, /* the pointer is no longer over the window */
    EVENT_WHEEL,         /* y: notches, up positive */
    EVENT_KEY_DOWN,
    EVENT_KEY_UP,
    EVENT_TEXT,   /* text: what was typed, UTF-8 */
    EVENT_RESIZE, /* x, y: the new size in pixels */
    EVENT_FOCUS_LOST,
    EVENT_DROP,     /* text: the path of a file, or text, dropped on the window */
    EVENT_QUIT,     /* a person wants to end the program, and can be asked */
    EVENT_TERMINATE /* the system or a command wants it to end, and nobody can be asked */
} event_kind;

enum { POINTER_LEFT = 1, POINTER_MIDDLE = 2, POINTER_RIGHT = 3 };
enum { MOD_SHIFT = 1, MOD_CTRL = 2 };

/* A key that types a character is that character, in lower case. */
enum {
    KEY_TAB = 256,
    KEY_ENTER,
    KEY_ESCAPE,
    KEY_BACKSPACE,
    KEY_DELETE,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_UP,
    KEY_DOWN,
    KEY_HOME,
    KEY_END,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_F1,
    KEY_F10,
    KEY_F11
};

typedef struct event {
    event_kind kind;
    double t;          /* ms, on the clock that app_tick gets */
    float x, y;        /* pixels from the window's top left */
    long long pointer; /* which one: 0 is the mouse, touches have their own */
    int button;        /* POINTER_...; a touch is POINTER_LEFT */
    float pressure;    /* 0..1; 1 where the device gives none */
    bool eraser;       /* the other end of a pen */
    int key, mods;
    const char *text; /* valid during the call */
} event;

#endif
