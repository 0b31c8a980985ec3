/* app.h - the application: its state, and the three functions that a window calls.
 *
 *     app_event   what happened    -> state
 *     app_tick    time has passed  -> moving bars
 *     app_draw    state            -> draw list -> pixels that changed
 *
 * None of them needs a window or a screen: tests call them with events and memory of their own. All on one thread.
 * Panels (panel.h) read this state and never see each other. */
#ifndef APP_H
#define APP_H

#include "app/core/drawing/journal.h"
#include "app/core/drawing/recent.h"
#include "app/core/model/models.h"
#include "app/core/model/recogniser.h"
#include "app/core/settings.h"
#include "app/ui/kit/widget.h"
#include "lineup.h"
#include "paper.h"
#include "train.h"

/* What only the window system can do; functions may be NULL. */
typedef struct app_host {
    void *ctx;
    void (*copy)(void *ctx, const char *text);
    char *(*paste)(void *ctx); /* the clipboard's text for nn_free, or NULL */
    void (*fullscreen)(void *ctx);
    void (*wake)(void *ctx);    /* any thread: calls app_tick soon */
    void (*attract)(void *ctx); /* asks for attention when another window is in front */
} app_host;

/* From the command line; NULL, 0 and THEME_SYSTEM stand for "not given". */
typedef struct app_options {
    const char *state_dir;
    const char *model;
    const char *open;   /* a picture, model or drawing to begin with */
    const char *data;   /* folder to train on */
    const char *mirror; /* where MNIST is fetched from; NULL: the usual place */
    theme_choice theme;
    int w, h;
    float scale; /* pixels per unit of length, of the screen */
} app_options;

typedef enum popup {
    POPUP_NONE,
    POPUP_MENU,
    POPUP_MODELS,
    POPUP_HELP,
    POPUP_KEYS,
    POPUP_ABOUT,
    POPUP_OPEN,
    POPUP_SAVE,
    POPUP_RECENT,
    POPUP_SETTINGS,
    POPUP_KEEP,
    POPUP_NETS,
    POPUP_DATA,
    POPUP_FOLDER,
    POPUP_NAME,
    POPUP_LEAVE
} popup;

/* A picture that is being read instead of a drawing. It has a place in the drawing's history: strokes after it hide it,
 * and undoing them shows it again. */
typedef struct app_picture {
    unsigned char *luma; /* w x h; NULL: there is none */
    int w, h;
    unsigned char *shown; /* as the canvas shows it: shown_w x shown_h, ink = 255 */
    int shown_w, shown_h;
    int at; /* entries of the drawing in force when it came */
    unsigned version;
} app_picture;

/* The pen that is drawing now, and the one that arrow keys move. */
typedef struct app_pen {
    bool by_keys; /* a stroke is being drawn with keys; else, if ink.drawing, by `pointer` */
    long long pointer;
    float x, y;     /* of the keyboard's pen, units */
    int held;       /* arrow keys that are down: bits of their order in KEY_LEFT.. */
    double began;   /* ms, of the first point of the drawing */
    double rested;  /* ms, when the drawing last changed */
    double hovered; /* ms, when the mouse or pen last moved */
    bool turned;    /* its eraser end was down or near then */
    bool cleared;   /* the stroke being drawn took the place of the drawing before it */
} app_pen;

typedef struct app_message {
    char text[240];
    double until; /* ms, on the clock of app_tick; INFINITY: until it is dismissed */
} app_message;

enum { APP_NOTICES = 4, APP_BRUSH_MIN = 4, APP_BRUSH_MAX = 80 /* units */, APP_PAUSE_MAX = 15 /* s */ };

typedef struct app {
    app_host host;
    app_options options;
    paths paths;
    settings settings;

    ink drawing;
    unsigned redrawn; /* counts changes of the drawing other than growing */
    journal *journal; /* NULL: this run goes without */
    ink recovered;    /* what the last run left */
    bool offer;       /* the strip offers it back */
    recent recent;    /* drawings before this one */
    app_picture picture;
    app_pen pen;
    bool eraser;

    recogniser *reader; /* what reads now; NULL: no model could be loaded */
    char model_name[NN_NAME];
    model_entry *models;
    int n_models;
    unsigned read_version; /* of the drawing that `answer` is about */
    bool reread;           /* the answer is out of date for another reason */
    unsigned reads;        /* how often it was read */
    digit_options how;     /* the digit is made: not saved, so that every start reads as well as it can */
    digit digit;
    unsigned char input28[DIGIT_PIXELS]; /* digit.image for the screen */
    answer answer;
    struct inside *inside;       /* inside.h; NULL until that view is shown */
    float shown[NN_MAX_CLASSES]; /* the bars on their way to answer.probability */

    app_training training;
    lineup lineup;

    app_message notice[APP_NOTICES]; /* messages in the strip, the oldest first */
    int n_notices;
    popup popup;
    char before_popup[UI_NAME]; /* where the focus returns to */
    char problem[240];          /* what the open dialog has to say */
    char replace[UI_FIELD];     /* the existing file that saving again would replace */

    int w, h;
    double now;   /* ms, of the last tick */
    double heard; /* ms, of the last event */
    ui ui;
    rect canvas; /* where the drawing is, in pixels: square */
    paper paper;
    bool built; /* the elements and the draw list are those of this state */
    bool quit;
} app;

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

/* ---- for the parts of the application ---------------------------------------------------------------------------- */

/* A message in the strip: until it is dismissed, or for a few seconds. */
void app_notice(app *self, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
void app_remark(app *self, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
bool app_shows_picture(const app *self); /* app.c: the picture and not the drawing is on the canvas */
void app_build(app *self);               /* app.c: lays out and lists everything, unless that is done */
void app_do(app *self, action act);      /* app_action.c */
void app_show(app *self, popup which);   /* app_action.c */
/* app_file.c: reads with another one from now on; the one before is the caller's, or is freed. */
recogniser *app_set_reader(app *self, recogniser *reader, const char *name);
void app_replace_reader(app *self, recogniser *reader, const char *name);
bool app_use_model(app *self, const char *name, nn_error *err); /* app_file.c; the old model stays on failure */
/* app_file.c: opens a picture, model or drawing, by content. A model is opened beside the window, where its errors
 * become notices; app_open_first is for the start and waits. */
bool app_open(app *self, const char *path, nn_error *err);
bool app_open_first(app *self, const char *path, nn_error *err);
bool app_open_text(app *self, const char *text, nn_error *err); /* app_file.c: strokes, or a path or file:// address */

/* app_save.c: the ending of the name decides what is written. A name of the same kind that is free: app_propose_path;
 * app_save_as gives a name another ending. */
typedef enum save_kind { SAVE_PICTURE, SAVE_DIGIT, SAVE_SVG, SAVE_STROKES, SAVE_KINDS } save_kind;
save_kind app_save_kind(const char *path);
void app_save_as(char *path, size_t size, save_kind kind);
bool app_can_save(const app *self, save_kind kind);
bool app_save(app *self, const char *path, nn_error *err);
void app_propose_path(const app *self, char *path, size_t size);

void break_do(app *self, action act);  /* break_panel.c: moves its sliders and switches */
void inside_do(app *self, action act); /* inside_panel.c: which layer is large, what is shown on the ink */

/* pen.c: strokes. True when the event was for the canvas. */
bool pen_event(app *self, const event *e);
void pen_lift(app *self); /* ends the stroke that is being drawn, if any */

/* pen.c: the drawing changed by `op`: the journal follows. */
void drawing_changed(app *self, journal_op op);
void drawing_clear(app *self); /* what was there goes to the recent ones */
bool drawing_replace(app *self, const ink *with, nn_error *err);
void drawing_recall(app *self, int index); /* of the recent ones */
void drawings_forget(app *self);           /* the recent ones */
double drawing_ends(const app *self);      /* ms: a stroke after this time begins a new one; INFINITY: none will */
void drawing_undo(app *self);
void drawing_redo(app *self);
void drawing_restore(app *self);
void drawing_discard(app *self);

#endif
