/* alloc.h - the one allocator of nn and app/core.
 *
 * All memory of both comes from here, so a test can make the n-th allocation fail and see that nothing
 * crashes or leaks. Memory is aligned to 64 bytes (a cache line, the widest vector) and zeroed. */
#ifndef NN_ALLOC_H
#define NN_ALLOC_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Room for count items of size bytes, zeroed; NULL when it cannot be had or count * size overflows. Any thread. */
void *nn_alloc(size_t count, size_t size);

/* Grows or shrinks to new_count items and keeps the first min(old, new) of them; new items are zero.
 * On failure returns NULL and the old block stays valid. */
void *nn_realloc(void *old, size_t old_count, size_t new_count, size_t size);

/* How many items an array that grows shall get room for when `needed` are: about twice as many, so that growing costs
 * little. (In the hostile build, hostile.h, not one more while they are few.) */
size_t nn_room(size_t needed);

/* A copy of text up to its terminating zero; NULL when out of memory. */
char *nn_strdup(const char *text);

/* Frees what the functions above gave; NULL is allowed. */
void nn_free(void *memory);

/* For tests: called before every allocation with its size in bytes; false makes that allocation fail.
 * NULL removes it. Set it before any thread starts. */
typedef struct nn_alloc_hook {
    int (*allow)(void *ctx, size_t bytes);
    void *ctx;
} nn_alloc_hook;
void nn_alloc_set_hook(const nn_alloc_hook *hook);

/* Blocks allocated and not yet freed, for leak tests. */
size_t nn_alloc_live(void);

#ifdef __cplusplus
}
#endif

#endif
