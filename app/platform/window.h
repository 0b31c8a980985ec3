/* window.h - `digitscope` without a command: the one window, on SDL. */
#ifndef WINDOW_H
#define WINDOW_H

#include "app/core/console/likeness.h"

/* Runs until the person quits. argv[0] is the program's name; returns the exit status. `meant` is the command that a
 * word of no meaning may stand for. Main thread only. */
int window_run(int argc, char **argv, const likeness *meant);

#endif
