/* fence.c - whole pages with a page before and one behind that cannot be touched; values lie at the end. Pages that
 * were given back are used again, as a test asks for thousands. */
#include "fence.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { PLOTS = 128, POISON = 0xff };

/* Pages between two fences, and the values that lie at their end, NULL if they are free. */
typedef struct plot {
    unsigned char *pages;
    size_t bytes;
    unsigned char *values;
} plot;

static plot plots[PLOTS];

static unsigned char *fenced_pages(size_t bytes, size_t page)
{
    unsigned char *map = mmap(NULL, bytes + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(map != MAP_FAILED);
    assert_int_equal(mprotect(map + page, bytes, PROT_READ | PROT_WRITE), 0);
    return map + page;
}

/* A free plot of that size, a new one, or another one made anew. */
static plot *take_plot(size_t bytes, size_t page)
{
    plot *other = NULL;
    for (plot *p = plots; p < plots + PLOTS; p++) {
        if (p->values)
            continue;
        if (p->bytes == bytes)
            return p;
        if (!other || !p->pages)
            other = p;
    }
    assert_non_null(other);
    if (other->pages)
        munmap(other->pages - page, other->bytes + 2 * page);
    *other = (plot){.pages = fenced_pages(bytes, page), .bytes = bytes};
    return other;
}

void *fence_alloc(size_t count, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), wanted = count * size;
    plot *p = take_plot((wanted / page + 1) * page, page);
    memset(p->pages, POISON, p->bytes);
    return p->values = p->pages + p->bytes - wanted;
}

float *fence_floats(size_t count)
{
    return fence_alloc(count, sizeof(float));
}

void fence_free(void *values)
{
    if (!values)
        return;
    plot *p = plots;
    while (p < plots + PLOTS && p->values != values)
        p++;
    assert_true(p < plots + PLOTS);
    for (const unsigned char *before = p->pages; before < p->values; before++)
        if (*before != POISON)
            fail_msg("something was written %zu bytes before an array of %zu", (size_t)(p->values - before),
                     (size_t)(p->pages + p->bytes - p->values));
    p->values = NULL;
}
