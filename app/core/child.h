/* child.h - a part of the work in a process of its own: this program once more, with other words. Whatever happens to it,
 * the drawing goes on. */
#ifndef CHILD_H
#define CHILD_H

#include "nn/error.h"

#define CHILD_SPEAKS "speaking" /* the word before a language and all others, with which main takes that for errors */

typedef struct child_watch {
    double seconds;                            /* after which it is killed; INFINITY: never */
    size_t most;                               /* bytes of output after which it is */
    void (*line)(void *ctx, const char *line); /* each line on its standard error, in our own thread */
    void (*said)(void *ctx, const char *line); /* each on its standard output, none of which is kept then; or NULL */
    bool (*stopped)(void *ctx);                /* asked all along: true kills it. NULL: never */
    void *ctx;
    const char *language; /* of what it says that is wrong; NULL: English */
    bool keeps_input;     /* its standard input is ours; else nothing comes on it, and it ends with this process */
} child_watch;

typedef enum child_end {
    CHILD_DONE,   /* exit status 0 */
    CHILD_FAILED, /* another one; its lines say why */
    CHILD_BROKE,  /* ended by a signal of its own making */
    CHILD_TOO_LONG,
    CHILD_TOO_MUCH,
    CHILD_STOPPED,
    CHILD_NOT_STARTED /* no process or no memory can be had */
} child_end;

/* Runs this program with the words, which end with NULL and do not include its name, until it ends. *data, what it wrote
 * to standard output, is the caller's to nn_free; NULL unless CHILD_DONE. Any thread. SIGCHLD must not be ignored, or
 * all is CHILD_BROKE. */
child_end child_run(const char *const *words, const child_watch *watch, unsigned char **data, size_t *len);

/* For tests: another program. NULL: this one. */
void child_set_program(const char *path);

#endif
