/* faults.h - making the n-th allocation or file operation of an operation fail, for every n. */
#ifndef FAULTS_H
#define FAULTS_H

#include "nn/error.h"

typedef enum fault_mode { FAULT_ONCE, FAULT_FOREVER } fault_mode;

/* In place of an errno: reads and writes transfer only half of what they were asked to. That is no failure. */
enum { FAULT_SHORT = -1 };

/* From now on allocation number n (from 0) of nn and app/core fails. */
void faults_alloc(long n, fault_mode mode);

/* From now on file operation number n (from 0) fails with that errno. close fails after closing, as it does on Linux;
 * unlink never fails, or a temporary file would have to stay. */
void faults_file(long n, fault_mode mode, int error);

/* Takes the countdowns off; true if they ever struck. */
bool faults_end(void);

/* An operation that must survive every fault. */
typedef struct fault_case {
    void (*prepare)(void *ctx);            /* puts the old state in place; NULL: there is none */
    bool (*run)(void *ctx, nn_error *err); /* the operation; frees all it made */
    void (*check)(void *ctx, bool ok);     /* the state afterwards, old or new; NULL: there is none */
    void *ctx;
} fault_case;

/* Fails every allocation and every file operation of it in turn, once and for ever, file operations with every usual
 * errno. Asserts after each run that nothing leaked, that a failure has a text, and that the next run without faults
 * succeeds. Prints and returns how many faults struck. */
int faults_try_all(const char *name, const fault_case *test);

/* Descriptors that are open now. */
int faults_open_files(void);

/* Files in a folder whose names end in .tmp. */
int faults_temporaries(const char *folder);

#endif
