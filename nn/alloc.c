/* alloc.c - aligned, zeroed, counted memory with a hook for tests, and its hostile twin. */
#include "alloc.h"
#include "hostile.h"
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

static nn_alloc_hook hook;
static atomic_size_t live;

/* ---- the system's memory ----------------------------------------------------------------------------------------- */

#ifndef DIGITSCOPE_HOSTILE
static void *take(size_t bytes)
{
    void *memory;
    if (posix_memalign(&memory, ALIGNMENT, bytes ? bytes : 1) != 0) /* so that NULL always means failure */
        return NULL;
    return memset(memory, 0, bytes);
}

static void give_back(void *memory)
{
    free(memory);
}

size_t nn_room(size_t needed)
{
    enum { LEAST = 32 };
    return needed < LEAST ? 2 * LEAST : 2 * needed;
}

/* ---- its hostile twin -------------------------------------------------------------------------------------------- */

#else
#include <pthread.h>
#include <stdio.h>

enum { INTACT = 0xa5, SPOILT = 0xff /* floats are NaN */, QUEUE = 256, MOST_QUEUED = 1 << 20 };

/* What lies before the caller's bytes; behind them is another fence. */
typedef struct head {
    _Alignas(ALIGNMENT) size_t bytes;
    unsigned char fence[2 * NN_FENCE - sizeof(size_t)]; /* up to the caller's bytes */
} head;

/* A freed block waits here for a while, so that whoever goes on to write to it is noticed when it leaves. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static head *queue[QUEUE];
static size_t queue_at;

static void check(const void *memory, size_t bytes, int filled_with, const char *complaint)
{
    const unsigned char *byte = memory;
    for (size_t i = 0; i < bytes; i++)
        if (byte[i] != filled_with) {
            fprintf(stderr, "hostile memory: %s, %zu bytes from its beginning\n", complaint, i);
            abort();
        }
}

void nn_fence_set(void *at, size_t bytes)
{
    memset(at, INTACT, bytes);
}

void nn_fence_check(const void *at, size_t bytes)
{
    check(at, bytes, INTACT, "something was written to a fence");
}

void nn_spoil(void *memory, size_t bytes)
{
    memset(memory, SPOILT, bytes);
}

static void *take(size_t bytes)
{
    void *memory;
    if (posix_memalign(&memory, ALIGNMENT, sizeof(head) + bytes + NN_FENCE) != 0)
        return NULL;
    head *block = memory;
    block->bytes = bytes;
    nn_fence_set(block->fence, sizeof block->fence);
    unsigned char *inside = memset(block + 1, 0, bytes);
    nn_fence_set(inside + bytes, NN_FENCE);
    return inside;
}

static head *enqueue(head *block)
{
    pthread_mutex_lock(&mutex);
    head *first = queue[queue_at];
    queue[queue_at] = block;
    queue_at = (queue_at + 1) % QUEUE;
    pthread_mutex_unlock(&mutex);
    return first;
}

static void give_back(void *memory)
{
    if (!memory)
        return;
    head *block = (head *)memory - 1;
    nn_fence_check(block->fence, sizeof block->fence);
    nn_fence_check((unsigned char *)memory + block->bytes, NN_FENCE);
    nn_spoil(memory, block->bytes);
    if (block->bytes <= MOST_QUEUED)
        block = enqueue(block);
    if (block)
        check(block + 1, block->bytes, SPOILT, "something was written to freed memory");
    free(block);
}

size_t nn_room(size_t needed)
{
    enum { EXACT = 128 }; /* or tests that fail every allocation would take for ever */
    return needed < EXACT ? needed : needed + needed / 4;
}
#endif

/* ---- for everybody ----------------------------------------------------------------------------------------------- */

void *nn_alloc(size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / 2 / size)
        return NULL;
    size_t bytes = count * size;
    if (hook.allow && !hook.allow(hook.ctx, bytes))
        return NULL;
    void *memory = take(bytes);
    if (memory)
        atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
    return memory;
}

void *nn_realloc(void *old, size_t old_count, size_t new_count, size_t size)
{
    void *memory = nn_alloc(new_count, size);
    if (!memory)
        return NULL;
    if (old)
        memcpy(memory, old, (old_count < new_count ? old_count : new_count) * size);
    nn_free(old);
    return memory;
}

char *nn_strdup(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = nn_alloc(bytes, 1);
    return copy ? memcpy(copy, text, bytes) : NULL;
}

void nn_free(void *memory)
{
    if (memory)
        atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
    give_back(memory);
}

void nn_alloc_set_hook(const nn_alloc_hook *new_hook)
{
    hook = new_hook ? *new_hook : (nn_alloc_hook){0};
}

size_t nn_alloc_live(void)
{
    return atomic_load(&live);
}
