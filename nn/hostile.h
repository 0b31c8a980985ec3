/* hostile.h - what the hostile build (CMake's DIGITSCOPE_HOSTILE) does to memory, so that code which only happens to
 * work no longer does: fences around every block of nn_alloc and behind every piece of a pass, looked at when they are
 * freed; freed memory and whatever means nothing any more filled with NaN; arrays that grow get no more room than they
 * need while they are short. A broken fence ends the program. In other builds all of this is nothing. Internal to nn. */
#ifndef NN_HOSTILE_H
#define NN_HOSTILE_H

#include <stddef.h>

#ifdef DIGITSCOPE_HOSTILE
enum { NN_FENCE = 64 }; /* bytes */

/* Puts a fence there, and looks whether it still stands. */
void nn_fence_set(void *at, size_t bytes);
void nn_fence_check(const void *at, size_t bytes);

/* What lies there means nothing any more. */
void nn_spoil(void *memory, size_t bytes);
#else
enum { NN_FENCE = 0 };

static inline void nn_fence_set(void *at, size_t bytes)
{
    (void)at, (void)bytes;
}

static inline void nn_fence_check(const void *at, size_t bytes)
{
    (void)at, (void)bytes;
}

static inline void nn_spoil(void *memory, size_t bytes)
{
    (void)memory, (void)bytes;
}
#endif

#endif
