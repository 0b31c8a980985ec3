/* import_file.h - a foreign file read in a child process with walls around it (child.h, platform_confine), so that a
 * crash, a bomb or a hang there is a message here. */
#ifndef IMPORT_FILE_H
#define IMPORT_FILE_H

#include "import.h"

#define IMPORT_WORD "import-child" /* the word after the program's name with which main runs import_child */

typedef struct import_watch {
    void (*progress)(void *ctx, double done); /* 0..1, in the calling thread; NULL: nobody asks */
    bool (*stopped)(void *ctx);               /* true makes it end early; NULL: never */
    void *ctx;
} import_watch;

/* The model is checked like any file of ours, for what the child writes is not believed either. Blocks; any thread. */
bool import_file(nn_model **model, const import_request *request, const import_watch *watch, nn_error *err);

/* What the child does with the words that import_file gave it; returns its exit status. */
int import_child(int argc, char **argv);

/* For tests: seconds after which a child is killed. */
void import_set_patience(double seconds);

#endif
