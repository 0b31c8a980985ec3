/* raster.c - anti-aliased shapes: coverage from signed distance, exact to about 1/20 of a pixel. */
#include "raster.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

static int max_int(int a, int b)
{
    return a > b ? a : b;
}

/* fminf and fmaxf have rules for NaN that cost a call for every pixel. */
static float min_float(float a, float b)
{
    return a < b ? a : b;
}

static float max_float(float a, float b)
{
    return a > b ? a : b;
}

rect rect_intersect(rect a, rect b)
{
    int x = max_int(a.x, b.x), y = max_int(a.y, b.y);
    int right = min_int(a.x + a.w, b.x + b.w), bottom = min_int(a.y + a.h, b.y + b.h);
    return (rect){x, y, max_int(right - x, 0), max_int(bottom - y, 0)};
}

rect rect_union(rect a, rect b)
{
    if (rect_is_empty(a))
        return b;
    if (rect_is_empty(b))
        return a;
    int x = min_int(a.x, b.x), y = min_int(a.y, b.y);
    return (rect){x, y, max_int(a.x + a.w, b.x + b.w) - x, max_int(a.y + a.h, b.y + b.h) - y};
}

rect rect_inset(rect r, int by)
{
    return (rect){r.x + by, r.y + by, max_int(r.w - 2 * by, 0), max_int(r.h - 2 * by, 0)};
}

bool rect_is_empty(rect r)
{
    return r.w <= 0 || r.h <= 0;
}

bool rect_contains(rect r, float x, float y)
{
    return x >= (float)r.x && y >= (float)r.y && x < (float)(r.x + r.w) && y < (float)(r.y + r.h);
}

/* Beyond this no window reaches; it keeps the conversions to int defined for any input. */
static int to_pixel(float v)
{
    return (int)fminf(fmaxf(v, -100000.0f), 100000.0f);
}

static rect bounds(float x0, float y0, float x1, float y1)
{
    int left = to_pixel(floorf(x0)), top = to_pixel(floorf(y0));
    return (rect){left, top, to_pixel(ceilf(x1)) - left, to_pixel(ceilf(y1)) - top};
}

rect shape_box_bounds(const shape_box *box)
{
    return bounds(box->x - 0.5f, box->y - 0.5f, box->x + box->w + 0.5f, box->y + box->h + 0.5f);
}

rect shape_line_bounds(const shape_line *line)
{
    float r = 0.5f * max_float(line->width0, line->width1) + 0.5f;
    return bounds(min_float(line->x0, line->x1) - r, min_float(line->y0, line->y1) - r,
                  max_float(line->x0, line->x1) + r, max_float(line->y0, line->y1) + r);
}

/* alpha 0..256 */
static uint32_t blend(uint32_t under, colour c, unsigned alpha)
{
    uint32_t rest = 256 - alpha;
    uint32_t rb = ((c & 0xff00ff) * alpha + (under & 0xff00ff) * rest) >> 8 & 0xff00ff;
    uint32_t g = ((c & 0x00ff00) * alpha + (under & 0x00ff00) * rest) >> 8 & 0x00ff00;
    return 0xff000000 | rb | g;
}

/* The colour's own alpha times a coverage of 0..1, as 0..256. */
static unsigned alpha_of(colour c, float coverage)
{
    unsigned a = c >> 24;
    return (unsigned)((float)(a + (a >> 7)) * coverage + 0.5f);
}

static void fill_run(uint32_t *row, int from, int to, colour c, unsigned alpha)
{
    if (alpha == 0)
        return;
    if (alpha >= 256) {
        for (int x = from; x < to; x++)
            row[x] = c;
        return;
    }
    for (int x = from; x < to; x++)
        row[x] = blend(row[x], c, alpha);
}

static float clamp_unit(float v)
{
    return min_float(max_float(v, 0.0f), 1.0f);
}

/* Coverage of the pixel whose centre is (dx, dy) away from the middle of a filled box of half sizes (hw, hh). */
static float filled_coverage(float dx, float dy, float hw, float hh, float radius)
{
    if (hw <= 0 || hh <= 0)
        return 0;
    float r = min_float(radius, min_float(hw, hh));
    float qx = fabsf(dx) - (hw - r), qy = fabsf(dy) - (hh - r);
    float ox = max_float(qx, 0), oy = max_float(qy, 0), inside = min_float(max_float(qx, qy), 0);
    return clamp_unit(0.5f - (sqrtf(ox * ox + oy * oy) + inside - r)) * min_float(2 * min_float(hw, hh), 1.0f);
}

static float box_coverage(const shape_box *box, float dx, float dy)
{
    float hw = 0.5f * box->w, hh = 0.5f * box->h, t = box->thickness;
    float outer = filled_coverage(dx, dy, hw, hh, box->radius);
    if (t <= 0)
        return outer;
    return max_float(outer - filled_coverage(dx, dy, hw - t, hh - t, max_float(box->radius - t, 0)), 0);
}

void raster_box(const surface *target, rect clip, const shape_box *box, colour c)
{
    rect all = {0, 0, target->w, target->h};
    rect area = rect_intersect(rect_intersect(shape_box_bounds(box), clip), all);
    float cx = box->x + 0.5f * box->w, cy = box->y + 0.5f * box->h;
    float edge = max_float(box->radius, box->thickness) + 1;
    /* Between the two edge zones the coverage of a row does not change. */
    int left = to_pixel(ceilf(box->x + edge)), right = to_pixel(floorf(box->x + box->w - edge));
    left = min_int(max_int(left, area.x), area.x + area.w);
    right = max_int(min_int(right, area.x + area.w), left);
    for (int y = area.y; y < area.y + area.h; y++) {
        uint32_t *row = target->pixels + (ptrdiff_t)y * target->stride;
        float dy = (float)y + 0.5f - cy;
        for (int x = area.x; x < left; x++)
            row[x] = blend(row[x], c, alpha_of(c, box_coverage(box, (float)x + 0.5f - cx, dy)));
        fill_run(row, left, right, c, alpha_of(c, box_coverage(box, (float)left + 0.5f - cx, dy)));
        for (int x = right; x < area.x + area.w; x++)
            row[x] = blend(row[x], c, alpha_of(c, box_coverage(box, (float)x + 0.5f - cx, dy)));
    }
}

/* What every pixel of a line needs, worked out once. */
typedef struct line_setup {
    float x, y, dx, dy;
    float per_length2; /* 1 / length^2, 0 for a dot */
    float r0, dr;
} line_setup;

static line_setup line_prepare(const shape_line *line)
{
    line_setup s = {line->x0,
                    line->y0,
                    line->x1 - line->x0,
                    line->y1 - line->y0,
                    0,
                    0.5f * line->width0,
                    0.5f * (line->width1 - line->width0)};
    float length2 = s.dx * s.dx + s.dy * s.dy;
    if (length2 > 1e-6f)
        s.per_length2 = 1 / length2;
    return s;
}

/* A square root only where the edge passes through the pixel. */
static inline float line_coverage(const line_setup *s, float x, float y)
{
    float px = x - s->x, py = y - s->y;
    float t = clamp_unit((px * s->dx + py * s->dy) * s->per_length2);
    float qx = px - t * s->dx, qy = py - t * s->dy, r = s->r0 + t * s->dr;
    float d2 = qx * qx + qy * qy, far = r + 0.5f, near = r - 0.5f;
    if (d2 >= far * far)
        return 0;
    if (near > 0 && d2 <= near * near)
        return 1;
    return clamp_unit(far - sqrtf(d2)) * min_float(2 * r, 1.0f);
}

void raster_line(const surface *target, rect clip, const shape_line *line, colour c)
{
    rect all = {0, 0, target->w, target->h};
    rect area = rect_intersect(rect_intersect(shape_line_bounds(line), clip), all);
    line_setup s = line_prepare(line);
    for (int y = area.y; y < area.y + area.h; y++) {
        uint32_t *row = target->pixels + (ptrdiff_t)y * target->stride;
        for (int x = area.x; x < area.x + area.w; x++) {
            float coverage = line_coverage(&s, (float)x + 0.5f, (float)y + 0.5f);
            if (coverage > 0)
                row[x] = blend(row[x], c, alpha_of(c, coverage));
        }
    }
}

/* Most of a drawing is empty paper. */
static bool is_blank(const unsigned char eight[8])
{
    uint64_t bits;
    memcpy(&bits, eight, sizeof bits);
    return bits == 0;
}

static unsigned mask_alpha(unsigned v, unsigned full)
{
    return (v + (v >> 7)) * full >> 8;
}

/* A mask of the same width: one of its columns for each pixel. */
static void mask_row(uint32_t *row, const unsigned char *from, int count, colour c, unsigned full)
{
    for (int x = 0; x < count; x++) {
        if (x + 8 <= count && is_blank(from + x)) {
            x += 7;
            continue;
        }
        if (from[x])
            row[x] = blend(row[x], c, mask_alpha(from[x], full));
    }
}

/* A run of a stretched row: what it adds to the channels of its pixels and leaves of them, in 256ths and 16 bits, as vectors
 * of many; or, on a ground of its own, the pixels. The same for all rows that show the same row of the mask. */
enum { RUN = 64 };
typedef struct mask_run {
    bool blank;
    uint16_t added[4 * RUN], left[4 * RUN];
    uint32_t pixel[RUN];
} mask_run;

/* What stretching is done with; pixel x of `to` shows column x * step >> 32 of the mask. */
typedef struct mask_stretch {
    const mask_image *mask;
    rect to;
    colour c;
    unsigned full;
    uint64_t step;
} mask_stretch;

static void set_run(mask_run *run, const mask_stretch *s, int64_t line, int x, int count)
{
    const unsigned char *from = s->mask->coverage + line * s->mask->stride;
    unsigned char channel[4];
    memcpy(channel, &(colour){s->c | 0xff000000}, sizeof channel);
    run->blank = s->mask->ground == 0;
    for (int i = 0; i < count; i++) {
        unsigned alpha = mask_alpha(from[(uint64_t)(x + i) * s->step >> 32], s->full);
        if (s->mask->ground) {
            run->pixel[i] = blend(s->mask->ground, s->c, alpha);
            continue;
        }
        run->blank = run->blank && alpha == 0;
        for (int k = 0; k < 4; k++) {
            run->added[4 * i + k] = (uint16_t)(channel[k] * alpha);
            run->left[4 * i + k] = (uint16_t)(256 - alpha);
        }
    }
}

static void blend_run(unsigned char *restrict to, const mask_run *restrict run, int count)
{
    for (int i = 0; i < 4 * count; i++)
        to[i] = (unsigned char)((uint16_t)(run->added[i] + to[i] * run->left[i]) >> 8);
}

static void stretch_mask(const surface *target, rect area, const mask_stretch *s)
{
    mask_run run;
    for (int x = area.x; x < area.x + area.w; x += RUN) {
        int count = min_int(RUN, area.x + area.w - x);
        int64_t last = -1;
        for (int y = area.y; y < area.y + area.h; y++) {
            uint32_t *row = target->pixels + (ptrdiff_t)y * target->stride + x;
            int64_t line = (int64_t)(y - s->to.y) * s->mask->h / s->to.h;
            if (line != last)
                set_run(&run, s, line, x - s->to.x, count);
            last = line;
            if (s->mask->ground)
                memcpy(row, run.pixel, (size_t)count * sizeof *row);
            else if (!run.blank)
                blend_run((unsigned char *)row, &run, count);
        }
    }
}

void raster_mask(const surface *target, rect clip, const mask_image *mask, rect to, colour c)
{
    rect all = {0, 0, target->w, target->h};
    rect area = rect_intersect(rect_intersect(to, clip), all);
    mask_stretch s = {mask, to, c, alpha_of(c, 1), 0};
    if (rect_is_empty(area))
        return;
    if (to.w != mask->w || mask->ground) {
        /* Rounded up, so that (x * step) >> 32 is x * mask->w / to.w exactly, for all widths below 65,536. */
        s.step = (((uint64_t)mask->w << 32) + (uint64_t)to.w - 1) / (uint64_t)to.w;
        stretch_mask(target, area, &s);
        return;
    }
    for (int y = area.y; y < area.y + area.h; y++)
        mask_row(target->pixels + (ptrdiff_t)y * target->stride + area.x,
                 mask->coverage + (ptrdiff_t)((int64_t)(y - to.y) * mask->h / to.h) * mask->stride + (area.x - to.x),
                 area.w, c, s.full);
}

void raster_image(const surface *target, rect clip, const surface *image, int x, int y)
{
    rect all = {0, 0, target->w, target->h}, to = {x, y, image->w, image->h};
    rect area = rect_intersect(rect_intersect(to, clip), all);
    for (int row = area.y; row < area.y + area.h; row++)
        memcpy(target->pixels + (ptrdiff_t)row * target->stride + area.x,
               image->pixels + (ptrdiff_t)(row - y) * image->stride + (area.x - x),
               (size_t)area.w * sizeof *image->pixels);
}

/* Whether every byte there has this value already. Where very many strokes lie on each other that is usual. */
static bool is_all(const unsigned char *mask, int side, rect area, unsigned char value)
{
    for (int y = area.y; y < area.y + area.h; y++) {
        const unsigned char *row = mask + (ptrdiff_t)y * side;
        unsigned differs = 0;
        for (int x = area.x; x < area.x + area.w; x++)
            differs |= row[x] ^ value;
        if (differs)
            return false;
    }
    return true;
}

void raster_mask_line(unsigned char *mask, int side, const shape_line *line, mask_mode mode)
{
    rect area = rect_intersect(shape_line_bounds(line), (rect){0, 0, side, side});
    line_setup s = line_prepare(line);
    if (is_all(mask, side, area, mode == MASK_INK ? 255 : 0))
        return;
    for (int y = area.y; y < area.y + area.h; y++) {
        unsigned char *row = mask + (ptrdiff_t)y * side;
        for (int x = area.x; x < area.x + area.w; x++) {
            int v = (int)(255 * line_coverage(&s, (float)x + 0.5f, (float)y + 0.5f) + 0.5f);
            if (mode == MASK_INK && v > row[x])
                row[x] = (unsigned char)v;
            if (mode == MASK_ERASE && 255 - v < row[x])
                row[x] = (unsigned char)(255 - v);
        }
    }
}
