/* lighting.c - the paper behind the writing, and the writing among other dark things. */
#include "lighting.h"
#include "nn/alloc.h"
#include "shrink.h"
#include <string.h>

enum {
    STROKES_PER_SIDE = 10, /* strokes are narrower than 1 / this of the longer side */
    UNEVEN_PERCENT = 12,   /* that the light at the border differs by: less is read as it is */
    SPECK = 30             /* a piece smaller than 1 / this of the largest is a speck */
};

typedef struct grey {
    unsigned char *level;
    int w, h;
} grey;

/* ---- closing ----------------------------------------------------------------------------------------------------- */

static void lighten(unsigned char *restrict to, const unsigned char *restrict from, int n)
{
    for (int i = 0; i < n; i++)
        to[i] = from[i] > to[i] ? from[i] : to[i];
}

static void invert(grey p)
{
    for (size_t i = 0; i < (size_t)p.w * (size_t)p.h; i++)
        p.level[i] = (unsigned char)(255 - p.level[i]);
}

/* Every pixel becomes the lightest of a square around it. scratch: as large as the picture. */
static void dilate(grey p, int reach, unsigned char *scratch)
{
    size_t w = (size_t)p.w;
    for (int y = 0; y < p.h; y++) {
        const unsigned char *row = p.level + (size_t)y * w;
        unsigned char *to = scratch + (size_t)y * w;
        memcpy(to, row, w);
        for (int d = 1; d <= reach && d < p.w; d++) {
            lighten(to, row + d, p.w - d);
            lighten(to + d, row, p.w - d);
        }
    }
    for (int y = 0; y < p.h; y++) {
        int from = y > reach ? y - reach : 0, end = y + reach < p.h ? y + reach : p.h - 1;
        unsigned char *to = p.level + (size_t)y * w;
        memcpy(to, scratch + (size_t)from * w, w);
        for (int k = from + 1; k <= end; k++)
            lighten(to, scratch + (size_t)k * w, p.w);
    }
}

static void erode(grey p, int reach, unsigned char *scratch)
{
    invert(p);
    dilate(p, reach, scratch);
    invert(p);
}

/* ---- is the light uneven? ---------------------------------------------------------------------------------------- */

/* Wherever the lightest and the darkest around a pixel differ much, ink is less than its paper: whether pixels are not
 * mostly near to the darkest. At the edge of a shadow half of them are. */
static bool is_dark_on_light(grey p, grey lightest, grey darkest)
{
    long light = 0, dark = 0;
    for (size_t i = 0; i < (size_t)p.w * (size_t)p.h; i++) {
        if (3 * darkest.level[i] >= 2 * lightest.level[i]) /* light and noise alone */
            continue;
        bool is_light = 2 * p.level[i] > lightest.level[i] + darkest.level[i];
        light += is_light;
        dark += !is_light;
    }
    return 2 * light >= dark;
}

/* The level that a share of the border's pixels stays below. */
static int border_level(const grey *p, double share)
{
    int count[256] = {0}, total = 2 * (p->w + p->h), seen = 0, level = 0;
    for (int x = 0; x < p->w; x++) {
        count[p->level[x]]++;
        count[p->level[(size_t)(p->h - 1) * (size_t)p->w + (size_t)x]]++;
    }
    for (int y = 0; y < p->h; y++) {
        count[p->level[(size_t)y * (size_t)p->w]]++;
        count[p->level[(size_t)(y + 1) * (size_t)p->w - 1]]++;
    }
    while (level < 255 && (seen += count[level]) < share * total)
        level++;
    return level;
}

static bool is_uneven(const grey *paper)
{
    int dark = border_level(paper, 0.05), light = border_level(paper, 0.95);
    return 100 * (light - dark) > UNEVEN_PERCENT * light;
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

bool lighting_even_out(unsigned char **even, int *even_w, int *even_h, const unsigned char *luma, int w, int h,
                       nn_error *err)
{
    grey small;
    shrink_size(&small.w, &small.h, w, h, LIGHTING_SIDE);
    size_t pixels = (size_t)small.w * (size_t)small.h;
    unsigned char *room = nn_alloc(4, pixels);
    *even = NULL;
    if (!room)
        return nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
    small.level = room; /* first, so that it can be given away */
    unsigned char *scratch = room + 3 * pixels;
    grey paper = {room + pixels, small.w, small.h}, darkest = {room + 2 * pixels, small.w, small.h};
    int reach = (small.w > small.h ? small.w : small.h) / (2 * STROKES_PER_SIDE) + 1;
    shrink_luma(small.level, small.w, small.h, luma, w, h);
    memcpy(darkest.level, small.level, pixels);
    erode(darkest, reach, scratch);
    memcpy(paper.level, small.level, pixels);
    dilate(paper, reach, scratch);
    bool dark_on_light = is_dark_on_light(small, paper, darkest);
    erode(paper, reach, scratch);
    if (!dark_on_light || !is_uneven(&paper)) {
        nn_free(room);
        return true;
    }
    for (size_t i = 0; i < pixels; i++)
        small.level[i] = (unsigned char)(paper.level[i] ? 255 * small.level[i] / paper.level[i] : 255);
    *even = room;
    *even_w = small.w;
    *even_h = small.h;
    return true;
}

/* ---- the writing ------------------------------------------------------------------------------------------------- */

/* Pieces of ink that hang together, sideways, up, down or aslant. */
typedef struct pieces {
    bool *ink;  /* not yet taken into a piece */
    int *pixel; /* of the piece that was taken last */
    int w, h;
} pieces;

typedef struct piece {
    int area;
    bool at_border;
} piece;

static piece take_piece(pieces *p, int start)
{
    piece found = {0, false};
    int end = 0;
    p->pixel[end++] = start;
    p->ink[start] = false;
    for (; found.area < end; found.area++) {
        int at = p->pixel[found.area], x = at % p->w, y = at / p->w;
        found.at_border |= x == 0 || y == 0 || x == p->w - 1 || y == p->h - 1;
        for (int k = 0; k < 9; k++) {
            int nx = x + k % 3 - 1, ny = y + k / 3 - 1, next = ny * p->w + nx;
            if (nx < 0 || ny < 0 || nx >= p->w || ny >= p->h || !p->ink[next])
                continue;
            p->ink[next] = false;
            p->pixel[end++] = next;
        }
    }
    return found;
}

static void mark_ink(const pieces *p, const unsigned char *luma, const float amount[256])
{
    for (int i = 0; i < p->w * p->h; i++)
        p->ink[i] = amount[luma[i]] >= 0.5f;
}

static void erase_pieces(pieces *p, unsigned char *luma, const float amount[256])
{
    int inner = 0, outer = 0; /* the largest areas */
    mark_ink(p, luma, amount);
    for (int i = 0; i < p->w * p->h; i++) {
        piece found = p->ink[i] ? take_piece(p, i) : (piece){0, false};
        int *most = found.at_border ? &outer : &inner;
        *most = found.area > *most ? found.area : *most;
    }
    bool framed = inner > 0 && (long)inner * SPECK >= outer;
    mark_ink(p, luma, amount);
    for (int i = 0; i < p->w * p->h; i++) {
        if (!p->ink[i])
            continue;
        piece found = take_piece(p, i);
        bool writing = !(framed && found.at_border) && (long)found.area * SPECK >= (framed ? inner : outer);
        for (int k = 0; k < found.area && !writing; k++)
            luma[p->pixel[k]] = 255;
    }
}

bool lighting_keep_writing(unsigned char *luma, int w, int h, const float amount[256], nn_error *err)
{
    size_t pixels = (size_t)w * (size_t)h;
    pieces p = {nn_alloc(pixels, sizeof *p.ink), nn_alloc(pixels, sizeof *p.pixel), w, h};
    bool ok = p.ink && p.pixel;
    if (ok)
        erase_pieces(&p, luma, amount);
    nn_free(p.ink);
    nn_free(p.pixel);
    return ok || nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
}
