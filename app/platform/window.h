/* window.h - `digitscope` without a command: the one window, on SDL. */
#ifndef WINDOW_H
#define WINDOW_H

/* Runs until the person quits. argv[0] is the program's name; returns the exit status. Main thread only. */
int window_run(int argc, char **argv);

#endif
