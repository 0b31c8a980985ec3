/* settings.h - the few things the program remembers between runs.
 *
 * A text file of `key value` lines. A table gives each key its range and default; a bad line costs that line only;
 * unknown keys are kept, so an older version does not lose a newer one's settings. Numbers are read in the C locale. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "paths.h"

typedef enum theme_choice { THEME_SYSTEM, THEME_LIGHT, THEME_DARK } theme_choice;

/* What stands beside the canvas. */
typedef enum view_choice { VIEW_READ, VIEW_BREAK, VIEW_INSIDE, VIEW_TRAIN, VIEW_MODELS, VIEW_COUNT } view_choice;

/* What to train on. */
typedef enum train_choice { TRAIN_SYNTHETIC, TRAIN_MNIST, TRAIN_KEPT, TRAIN_PATH, TRAIN_CHOICES } train_choice;

typedef struct settings {
    int window_x, window_y; /* -1: let the window system choose */
    int window_w, window_h;
    bool maximised;
    theme_choice theme;
    char language[256]; /* its code, "" = the environment's */
    view_choice view;
    float brush;     /* units of the canvas */
    float smoothing; /* of strokes on the canvas, 0..1 */
    float pause;     /* seconds after which the next stroke begins a new drawing; 0: never */
    bool taps;       /* a short tap leaves a dot */
    bool numbers;    /* what is drawn is read as a number of several digits */
    bool pressure;   /* makes strokes thinner and thicker */
    float zoom;      /* the user's Ctrl+plus factor on top of the screen's scale */
    char model[256]; /* name or path, "" = default */

    /* The last training. */
    char train_net[256];  /* name or path */
    char guest[256];      /* whose drawings are kept, "" = nobody is named */
    char train_path[256]; /* of the folder or file that was chosen, "" = none */
    train_choice train_data;
    int train_epochs;
    float train_rate; /* exponent: the learning rate is 10 to this */
    bool train_augment;
    bool train_history; /* the past of a training is kept with its model */

    char *unknown; /* lines kept as they are, each with its newline; nn_free; NULL if there are none */
    bool unread;   /* there is a file, of which nothing is known: it is not saved over */
} settings;

enum { SETTINGS_MAX_BYTES = 1 << 16 };

void settings_defaults(settings *settings); /* owns nothing yet */
void settings_free(settings *settings);

/* Reads folder/settings into settings, whatever was in it before, and removes temporary files that killed saves left
 * beside it. A missing file, or no place for one, gives the defaults and true. A file that is no text at all (a zero
 * byte, more than SETTINGS_MAX_BYTES) is renamed to settings.bad, so that it is reported once: false with err, and the
 * defaults. Where it could not be read, that too, but the file stays. `warnings` counts bad lines. */
bool settings_load(settings *settings, const paths *paths, int *warnings, nn_error *err);

/* Replaces the file as a whole, but one that is `unread`: false with err. Waits for the disk. */
bool settings_save(const settings *settings, const paths *paths, nn_error *err);

/* The parser alone: defaults where text says nothing valid. False only when there is no memory for the unknown
 * lines. */
bool settings_parse(settings *settings, const char *text, size_t len, int *warnings);

/* The text that settings_parse reads; *text is the caller's to nn_free. */
bool settings_print(const settings *settings, char **text, size_t *len, nn_error *err);

#endif
