/* morphology.c - separable running maxima, in a number of steps that grows with the logarithm of the reach, and running
 * means. */
#include "morphology.h"
#include <string.h>

size_t morphology_room(int w, int h, int reach)
{
    return (size_t)(w + 2 * reach) * (size_t)(h + 4 * reach);
}

/* p[i] = the larger of p[i] and p[i + ahead], for n values. */
static void larger(unsigned char *p, size_t n, size_t ahead)
{
    const unsigned char *q = p + ahead;
    for (size_t i = 0; i < n; i++)
        p[i] = q[i] > p[i] ? q[i] : p[i];
}

/* Each of n values becomes the largest of `window` values, itself the first, that are `step` apart. */
static void running_max(unsigned char *p, size_t n, size_t step, int window)
{
    int done = 1;
    for (; 2 * done <= window; done *= 2)
        larger(p, n, (size_t)done * step);
    if (done < window)
        larger(p, n, (size_t)(window - done) * step);
}

/* The picture lies in a frame of zeros, so that windows may reach over its edges, and windows that end one row begin in
 * no other. Behind it are as many rows again as the last windows look at. */
void morphology_dilate(unsigned char *level, int w, int h, int reach, unsigned char *room)
{
    size_t pitch = (size_t)(w + 2 * reach), rows = (size_t)(h + 2 * reach);
    memset(room, 0, morphology_room(w, h, reach));
    for (int y = 0; y < h; y++)
        memcpy(room + (size_t)(y + reach) * pitch + reach, level + (size_t)y * (size_t)w, (size_t)w);
    running_max(room, pitch * rows, 1, 2 * reach + 1);
    running_max(room, pitch * rows, pitch, 2 * reach + 1);
    for (int y = 0; y < h; y++)
        memcpy(level + (size_t)y * (size_t)w, room + (size_t)y * pitch, (size_t)w);
}

static void invert(unsigned char *level, size_t n)
{
    for (size_t i = 0; i < n; i++)
        level[i] = (unsigned char)(255 - level[i]);
}

void morphology_close(unsigned char *level, int w, int h, int reach, unsigned char *room)
{
    size_t n = (size_t)w * (size_t)h;
    morphology_dilate(level, w, h, reach, room);
    invert(level, n);
    morphology_dilate(level, w, h, reach, room);
    invert(level, n);
}

/* One line of n values that are `step` apart. */
static void mean_line(const unsigned char *from, unsigned char *to, size_t step, int n, int reach)
{
    int sum = 0, count = 0;
    for (int i = -reach; i < n; i++) {
        if (i + reach < n) {
            sum += from[(size_t)(i + reach) * step];
            count++;
        }
        if (i - reach > 0) {
            sum -= from[(size_t)(i - reach - 1) * step];
            count--;
        }
        if (i >= 0)
            to[(size_t)i * step] = (unsigned char)(sum / count);
    }
}

void morphology_blur(unsigned char *level, int w, int h, int reach, unsigned char *room)
{
    for (int y = 0; y < h; y++)
        mean_line(level + (size_t)y * (size_t)w, room + (size_t)y * (size_t)w, 1, w, reach);
    for (int x = 0; x < w; x++)
        mean_line(room + x, level + x, (size_t)w, h, reach);
}
