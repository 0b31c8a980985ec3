/* slide.h - a window that slides over an image with zeros around it: what two of the ways to compute a convolution do. */
#ifndef NN_SLIDE_H
#define NN_SLIDE_H

#include "conv.h"
#include <string.h>

/* A sliding product: from an image of h x w with `border` zeros around it to one of out_h x out_w. */
typedef struct slide {
    int kh, kw, stride, dilation_h, dilation_w;
    int groups, in_c, out_c; /* channels of one group */
    int h, w, top, left, out_h, out_w;
} slide;

/* Where windows are single pixels, all rows are one. */
static inline slide in_one_row(slide s)
{
    if (s.kh > 1 || s.kw > 1 || s.stride > 1 || s.h != s.out_h || s.w != s.out_w)
        return s;
    s.w = s.out_w = s.h * s.w;
    s.h = s.out_h = 1;
    return s;
}

static inline slide slide_forward(const nn_node *node, const conv_geometry *g)
{
    const nn_window *w = &g->window;
    return in_one_row((slide){w->kh, w->kw, w->stride, w->dilation_h, w->dilation_w, g->groups, g->in_c, g->out_c,
                              node->in.h, node->in.w, w->top, w->left, w->out_h, w->out_w});
}

/* From the gradient of y to that of x, for stride 1, with the turned kernel. */
static inline slide slide_backward(const nn_node *node, const conv_geometry *g)
{
    const nn_window *w = &g->window;
    int top = nn_span_h(w) - 1 - w->top, left = nn_span_w(w) - 1 - w->left;
    return in_one_row((slide){w->kh, w->kw, 1, w->dilation_h, w->dilation_w, g->groups, g->out_c, g->in_c, w->out_h,
                              w->out_w, top, left, node->in.h, node->in.w});
}

/* The image with its border, as far as windows reach. */
static inline int bordered_h(const slide *s)
{
    return (s->out_h - 1) * s->stride + (s->kh - 1) * s->dilation_h + 1;
}

static inline int bordered_w(const slide *s)
{
    return (s->out_w - 1) * s->stride + (s->kw - 1) * s->dilation_w + 1;
}

static inline size_t bordered_count(const slide *s)
{
    return (size_t)bordered_h(s) * (size_t)bordered_w(s) * (size_t)(s->groups * s->in_c);
}

/* The columns [from, to) of the bordered image that are of the image. */
static inline void inside(const slide *s, int *from, int *to)
{
    int columns = bordered_w(s);
    *from = s->left < columns ? s->left : columns;
    *to = s->left + s->w < columns ? s->left + s->w : columns;
}

/* Copies what windows reach of an image (h, w, c) and puts zeros around it. */
static inline void enter_border(const slide *s, const float *image, float *bordered)
{
    int rows = bordered_h(s), columns = bordered_w(s), c = s->groups * s->in_c, from, to;
    inside(s, &from, &to);
    for (int y = 0; y < rows; y++, bordered += columns * c) {
        if (y < s->top || y >= s->top + s->h) {
            memset(bordered, 0, (size_t)(columns * c) * sizeof(float));
            continue;
        }
        memset(bordered, 0, (size_t)(from * c) * sizeof(float));
        memcpy(bordered + from * c, image + (ptrdiff_t)(y - s->top) * s->w * c,
               (size_t)((to - from) * c) * sizeof(float));
        memset(bordered + to * c, 0, (size_t)((columns - to) * c) * sizeof(float));
    }
}

/* The image with its border: itself where it needs none, else a copy in `room`. */
static inline const float *with_border(const slide *s, const float *image, float *room)
{
    if (s->top == 0 && s->left == 0 && bordered_h(s) == s->h && bordered_w(s) == s->w)
        return image;
    enter_border(s, image, room);
    return room;
}

/* The way back; what no window reaches becomes zero. */
static inline void leave_border(const slide *s, const float *bordered, float *image)
{
    int rows = bordered_h(s), columns = bordered_w(s), c = s->groups * s->in_c, from, to;
    inside(s, &from, &to);
    memset(image, 0, (size_t)(s->h * s->w * c) * sizeof(float));
    for (int y = s->top; y < rows && y < s->top + s->h; y++)
        memcpy(image + (ptrdiff_t)(y - s->top) * s->w * c, bordered + ((ptrdiff_t)y * columns + from) * c,
               (size_t)((to - from) * c) * sizeof(float));
}

#endif
