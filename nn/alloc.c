/* alloc.c - aligned, zeroed, counted memory with a hook for tests. */
#include "alloc.h"
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

static nn_alloc_hook hook;
static atomic_size_t live;

void *nn_alloc(size_t count, size_t size)
{
    void *memory;
    size_t bytes;

    if (size != 0 && count > SIZE_MAX / 2 / size)
        return NULL;
    bytes = count * size;
    if (bytes == 0)
        bytes = 1; /* so that NULL always means failure */
    if (hook.allow != NULL && !hook.allow(hook.ctx, bytes))
        return NULL;
    if (posix_memalign(&memory, ALIGNMENT, bytes) != 0)
        return NULL;
    memset(memory, 0, bytes);
    atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
    return memory;
}

void *nn_realloc(void *old, size_t old_count, size_t new_count, size_t size)
{
    void *memory = nn_alloc(new_count, size);

    if (memory == NULL)
        return NULL;
    if (old != NULL)
        memcpy(memory, old, (old_count < new_count ? old_count : new_count) * size);
    nn_free(old);
    return memory;
}

char *nn_strdup(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = nn_alloc(bytes, 1);

    if (copy != NULL)
        memcpy(copy, text, bytes);
    return copy;
}

void nn_free(void *memory)
{
    if (memory != NULL)
        atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
    free(memory);
}

void nn_alloc_set_hook(const nn_alloc_hook *new_hook)
{
    hook = new_hook != NULL ? *new_hook : (nn_alloc_hook){0};
}

size_t nn_alloc_live(void)
{
    return atomic_load(&live);
}
