/* window_args.h - the command line of the window. */
#ifndef WINDOW_ARGS_H
#define WINDOW_ARGS_H

#include "app/core/console/likeness.h"
#include "app/ui/app.h"

enum { WINDOW_MIN_W = 480, WINDOW_MIN_H = 360 }; /* the least that --window takes and a window can be made */

typedef struct window_args {
    app_options app;    /* but its scale */
    double scale;       /* 0: the desktop's */
    const char *trace;  /* NULL: none */
    const char *record; /* the session is written there; NULL: it is not */
    const char *replay; /* this session is played instead of opening a window; NULL: none */
} window_args;

/* Returns -1 to go on, else the exit status, with a line on stderr for bad usage. The texts point into argv. */
int window_args_parse(window_args *out, int argc, char **argv, const likeness *meant);

#endif
