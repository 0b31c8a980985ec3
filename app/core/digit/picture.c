/* picture.c - find the ink in a picture, bring it to the frame's size and its strokes to the pen's width. */
#include "picture.h"
#include "bilinear.h"
#include "lighting.h"
#include "nn/alloc.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

/* Levels of 255 between paper and ink; an evener picture is empty. In a photo shadows have made the noise of dark paper
 * larger. */
enum { LEAST_CONTRAST = 20, LEAST_CONTRAST_OF_PHOTO = 45 };
#define MOST_MAGNIFICATION 2.0f /* of what the width correction may do to the size: blots have no centre line */

/* A picture and how much ink each of its levels means, 0..1. */
typedef struct picture {
    const unsigned char *luma;
    int w, h;
    float ink[256];
} picture;

/* ---- where the ink is ------------------------------------------------------------------------------------------- */

static void count_levels(const picture *p, int x0, int y0, int x1, int y1, uint64_t levels[256])
{
    for (int y = y0; y < y1; y++) {
        const unsigned char *row = p->luma + (size_t)y * (size_t)p->w;
        for (int x = x0; x < x1; x++)
            levels[row[x]]++;
    }
}

static double mean_level(const uint64_t levels[256], int from, int to)
{
    double sum = 0, count = 0;
    for (int i = from; i < to; i++) {
        sum += (double)levels[i] * i;
        count += (double)levels[i];
    }
    return count > 0 ? sum / count : 0;
}

/* The level that splits a histogram into two classes with the largest variance between them (Otsu 1979): the first
 * level of the upper class. */
static int split_level(const uint64_t levels[256])
{
    double total = 0, sum = 0, low = 0, low_sum = 0, best = 0;
    for (int i = 0; i < 256; i++) {
        total += (double)levels[i];
        sum += (double)levels[i] * i;
    }
    int split = 256;
    for (int i = 0; i < 255; i++) {
        low += (double)levels[i];
        low_sum += (double)levels[i] * i;
        double high = total - low;
        if (low <= 0 || high <= 0)
            continue;
        double apart = low_sum / low - (sum - low_sum) / high, variance = low * high * apart * apart;
        if (variance > best) {
            best = variance;
            split = i + 1;
        }
    }
    return split;
}

/* Which of two classes of levels is the ink: the border of a picture is paper. Fills p->ink; false for an even
 * picture. */
static bool find_ink(picture *p, int least_contrast)
{
    uint64_t all[256] = {0}, border[256] = {0};
    int rim = 1 + (p->w < p->h ? p->w : p->h) / 64;
    count_levels(p, 0, 0, p->w, p->h, all);
    count_levels(p, 0, 0, p->w, rim, border);
    count_levels(p, 0, p->h - rim, p->w, p->h, border);
    count_levels(p, 0, 0, rim, p->h, border);
    count_levels(p, p->w - rim, 0, p->w, p->h, border);

    int split = split_level(all);
    double dark = mean_level(all, 0, split), light = mean_level(all, split, 256);
    if (split == 256 || light - dark < least_contrast)
        return false;
    bool light_paper = mean_level(border, 0, 256) > 0.5 * (dark + light);
    double paper = light_paper ? light : dark, full = light_paper ? dark : light;
    for (int i = 0; i < 256; i++)
        p->ink[i] = fminf(1, fmaxf(0, (float)((i - paper) / (full - paper))));
    return true;
}

typedef struct box {
    int x0, y0, x1, y1;
} box;

/* The box of all pixels that are more ink than paper; empty (x0 >= x1) if there is none. */
static box ink_box(const picture *p)
{
    box b = {p->w, p->h, 0, 0};
    for (int y = 0; y < p->h; y++) {
        const unsigned char *row = p->luma + (size_t)y * (size_t)p->w;
        int left = 0, right = p->w;
        while (left < right && p->ink[row[left]] < 0.5f)
            left++;
        while (right > left && p->ink[row[right - 1]] < 0.5f)
            right--;
        if (left == right)
            continue;
        b.x0 = left < b.x0 ? left : b.x0;
        b.x1 = right > b.x1 ? right : b.x1;
        b.y0 = y < b.y0 ? y : b.y0;
        b.y1 = y + 1;
    }
    return b;
}

/* ---- picture -> frame ------------------------------------------------------------------------------------------- */

/* One axis of the resampling: sample i of the frame is the average of the picture's pixels around `first + i / scale`,
 * weighted by a tent that reaches one sample, or one pixel where the picture is the coarser one. */
typedef struct axis {
    float first, step, reach; /* in pixels */
    int size;                 /* pixels in the picture */
} axis;

static axis make_axis(float middle, float scale, int size)
{
    float step = 1 / scale;
    return (axis){middle + (0.5f - 0.5f * DIGIT_FRAME) * step - 0.5f, step, fmaxf(1, step), size};
}

static float tent(const axis *a, int sample, int pixel)
{
    return fmaxf(0, 1 - fabsf((float)pixel - a->first - (float)sample * a->step) / a->reach);
}

/* The pixels [*from, *to) that sample averages. */
static void pixels_of(const axis *a, int sample, int *from, int *to)
{
    float at = a->first + (float)sample * a->step;
    *from = (int)fminf((float)a->size, fmaxf(0, ceilf(at - a->reach)));
    *to = (int)fminf((float)a->size, fmaxf((float)*from, floorf(at + a->reach) + 1));
}

/* The sum of a sample's weights, pixels outside the picture included: those are paper. */
static float tent_sum(const axis *a, int sample)
{
    float at = a->first + (float)sample * a->step, sum = 0;
    for (int pixel = (int)ceilf(at - a->reach); (float)pixel <= at + a->reach; pixel++)
        sum += tent(a, sample, pixel);
    return sum;
}

static void resample_row(const picture *p, const axis *x, int y, float line[DIGIT_FRAME])
{
    const unsigned char *row = p->luma + (size_t)y * (size_t)p->w;
    for (int i = 0; i < DIGIT_FRAME; i++) {
        int from, to;
        pixels_of(x, i, &from, &to);
        line[i] = 0;
        for (int pixel = from; pixel < to; pixel++)
            line[i] += tent(x, i, pixel) * p->ink[row[pixel]];
    }
}

/* Draws the picture into the frame with (middle_x, middle_y) in the frame's middle. Row by row, so that it needs
 * no memory. */
static void resample(const picture *p, float middle_x, float middle_y, float scale, float *frame)
{
    axis x = make_axis(middle_x, scale, p->w), y = make_axis(middle_y, scale, p->h);
    int from, to, last;
    pixels_of(&y, 0, &from, &to);
    pixels_of(&y, DIGIT_FRAME - 1, &to, &last);
    for (int pixel = from; pixel < last; pixel++) {
        float line[DIGIT_FRAME];
        resample_row(p, &x, pixel, line);
        float at = ((float)pixel - y.first) / y.step, around = y.reach / y.step;
        for (int j = (int)fmaxf(0, ceilf(at - around)); j < DIGIT_FRAME && (float)j < at + around; j++) {
            float weight = tent(&y, j, pixel);
            for (int i = 0; i < DIGIT_FRAME; i++)
                frame[j * DIGIT_FRAME + i] += weight * line[i];
        }
    }
    float sum_x[DIGIT_FRAME];
    for (int i = 0; i < DIGIT_FRAME; i++)
        sum_x[i] = tent_sum(&x, i);
    for (int j = 0; j < DIGIT_FRAME; j++)
        for (int i = 0; i < DIGIT_FRAME; i++)
            frame[j * DIGIT_FRAME + i] /= sum_x[i] * tent_sum(&y, j);
}

/* ---- stroke width by the distance field ------------------------------------------------------------------------- */

#define FAR 1e9f

/* out[i] = min over k of (i - k)^2 + in[k], with a stride: the lower envelope of parabolas (Felzenszwalb and
 * Huttenlocher 2012). */
static void envelope(float *values, int stride)
{
    float in[DIGIT_FRAME], border[DIGIT_FRAME + 1];
    int lowest[DIGIT_FRAME], n = 0;
    for (int k = 0; k < DIGIT_FRAME; k++) {
        in[k] = values[k * stride];
        float meet = -FAR;
        while (n > 0) {
            int top = lowest[n - 1];
            meet = 0.5f * (in[k] - in[top] + (float)(k * k - top * top)) / (float)(k - top);
            if (meet > border[n - 1])
                break;
            n--;
        }
        border[n] = n > 0 ? meet : -FAR;
        lowest[n++] = k;
    }
    border[n] = FAR;
    for (int i = 0, part = 0; i < DIGIT_FRAME; i++) {
        while (border[part + 1] < (float)i)
            part++;
        float d = (float)(i - lowest[part]);
        values[i * stride] = d * d + in[lowest[part]];
    }
}

/* For every sample, the distance to the nearest one whose coverage is ink (or paper), 0 if it is such itself. */
static void distance_to(const float *coverage, bool ink_wanted, float *distance)
{
    for (int i = 0; i < DIGIT_FRAME * DIGIT_FRAME; i++)
        distance[i] = (coverage[i] >= 0.5f) == ink_wanted ? 0 : FAR;
    for (int i = 0; i < DIGIT_FRAME; i++)
        envelope(distance + i, DIGIT_FRAME);
    for (int i = 0; i < DIGIT_FRAME; i++)
        envelope(distance + (size_t)i * DIGIT_FRAME, 1);
    for (int i = 0; i < DIGIT_FRAME * DIGIT_FRAME; i++)
        distance[i] = sqrtf(distance[i]);
}

/* Distances of samples from the edge of the ink, positive inside. */
static void signed_distance(const float *coverage, float *depth, float *outside)
{
    distance_to(coverage, false, depth);
    distance_to(coverage, true, outside);
    for (int i = 0; i < DIGIT_FRAME * DIGIT_FRAME; i++)
        depth[i] = depth[i] > 0 ? depth[i] - 0.5f : 0.5f - outside[i];
}

/* The usual width of the strokes, in samples: twice the depth on the centre lines, where the distance field has no
 * slope. The depth that a third of them stay below, since loops that have run together are much deeper than the
 * strokes. */
static float stroke_width(const float *depth)
{
    int count[4 * DIGIT_FRAME] = {0}, total = 0, seen = 0, i = 0;
    for (int y = 1; y < DIGIT_FRAME - 1; y++)
        for (int x = 1; x < DIGIT_FRAME - 1; x++) {
            const float *d = depth + y * DIGIT_FRAME + x;
            float slope = hypotf(d[1] - d[-1], d[DIGIT_FRAME] - d[-DIGIT_FRAME]) / 2;
            if (*d <= 0 || slope > 0.6f)
                continue;
            count[(int)(4 * *d)]++;
            total++;
        }
    while (i < 4 * DIGIT_FRAME - 1 && 3 * (seen += count[i]) < total)
        i++;
    return 2 * (float)i / 4 + 0.5f; /* half a sample more: the middle of an even width lies between two samples */
}

/* As far inside the frame as there are four samples around it. */
static float inside_frame(float at)
{
    return fminf(DIGIT_FRAME - 1.001f, fmaxf(0, at));
}

/* Redraws the coverage magnified about its middle, with strokes `thinner` samples thinner on each side before
 * that. The distance field is smooth, so it can be magnified where coverage would blur. */
static void redraw(const float *depth, float magnify, float thinner, float *coverage)
{
    const float middle = 0.5f * (DIGIT_FRAME - 1);
    for (int y = 0; y < DIGIT_FRAME; y++)
        for (int x = 0; x < DIGIT_FRAME; x++) {
            float d = bilinear(depth, DIGIT_FRAME, inside_frame(middle + ((float)x - middle) / magnify),
                               inside_frame(middle + ((float)y - middle) / magnify));
            coverage[y * DIGIT_FRAME + x] = fminf(1, fmaxf(0, 0.5f + magnify * (d - thinner)));
        }
}

static bool correct_width(digit *out, float side, const digit_options *options, nn_error *err)
{
    float *coverage = out->coverage;
    const size_t samples = DIGIT_FRAME * DIGIT_FRAME;
    float *depth = nn_alloc(2 * samples, sizeof *depth);
    if (!depth)
        return nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
    signed_distance(coverage, depth, depth + samples);
    float width = stroke_width(depth), pen = options->pen * DIGIT_SUB, magnify = 1;
    if (options->scale && side > width)
        magnify = (DIGIT_BOX * DIGIT_SUB - pen) / (side - width);
    magnify = fminf(magnify, MOST_MAGNIFICATION);
    redraw(depth, magnify, 0.5f * (width - pen / magnify), coverage);
    nn_free(depth);
    const float middle = 0.5f * DIGIT_FRAME;
    affine magnified = {magnify, 0, middle - magnify * middle, 0, magnify, middle - magnify * middle};
    out->to_frame = affine_then(&out->to_frame, &magnified);
    return true;
}

/* ---- all of it -------------------------------------------------------------------------------------------------- */

static bool has_black_border(const unsigned char *luma)
{
    for (int i = 0; i < DIGIT_SIDE; i++)
        if (luma[i] || luma[DIGIT_PIXELS - 1 - i] || luma[i * DIGIT_SIDE] || luma[i * DIGIT_SIDE + DIGIT_SIDE - 1])
            return false;
    return true;
}

static void take_as_is(digit *out, const unsigned char *luma, const distortion *distort)
{
    out->to_frame = (affine){DIGIT_SUB, 0, 0, 0, DIGIT_SUB, 0};
    for (int y = 0; y < DIGIT_FRAME; y++)
        for (int x = 0; x < DIGIT_FRAME; x++)
            out->coverage[y * DIGIT_FRAME + x] = (float)luma[y / DIGIT_SUB * DIGIT_SIDE + x / DIGIT_SUB] / 255;
    digit_from_coverage(out, &(digit_options){.distort = *distort});
}

/* From where the ink is to the frame. */
static bool read_ink(digit *out, const picture *p, const digit_options *options, nn_error *err)
{
    box b = ink_box(p);
    if (b.x0 >= b.x1)
        return true;
    float x = (float)b.x0, y = (float)b.y0, wide = (float)b.x1 - x, high = (float)b.y1 - y;
    memcpy(out->box, (float[4]){x, y, wide, high}, sizeof out->box);

    float fill = DIGIT_BOX * DIGIT_SUB, scale = DIGIT_FRAME / (float)(p->w > p->h ? p->w : p->h),
          cx = 0.5f * (float)p->w, cy = 0.5f * (float)p->h;
    if (options->scale)
        scale = fill / fmaxf(wide, high), cx = x + 0.5f * wide, cy = y + 0.5f * high;
    resample(p, cx, cy, scale, out->coverage);
    const float middle = 0.5f * DIGIT_FRAME;
    out->to_frame = (affine){scale, 0, middle - scale * cx, 0, scale, middle - scale * cy};
    if (options->width && !correct_width(out, fill, options, err))
        return false;
    digit_from_coverage(out, options);
    return true;
}

/* A photo whose light was evened out; its places are then told in pixels of the photo itself. */
static bool read_photo(digit *out, picture *even, unsigned char *luma, int w, const digit_options *options,
                       nn_error *err)
{
    even->luma = luma;
    if (!find_ink(even, LEAST_CONTRAST_OF_PHOTO))
        return true;
    if (!lighting_keep_writing(luma, even->w, even->h, even->ink, err) || !read_ink(out, even, options, err))
        return false;
    float scale = (float)even->w / (float)w;
    affine shrink = {scale, 0, 0, 0, scale, 0};
    out->to_frame = affine_then(&shrink, &out->to_frame);
    for (int i = 0; i < 4; i++)
        out->box[i] /= scale;
    return true;
}

bool picture_read(digit *out, const unsigned char *luma, int w, int h, const digit_options *options, nn_error *err)
{
    memset(out, 0, sizeof *out);
    out->empty = true;
    if (w == DIGIT_SIDE && h == DIGIT_SIDE && has_black_border(luma)) {
        take_as_is(out, luma, &options->distort);
        return true;
    }
    if (w < 1 || h < 1)
        return true;
    unsigned char *even;
    picture p = {.luma = luma, .w = w, .h = h};
    if (!lighting_even_out(&even, &p.w, &p.h, luma, w, h, err))
        return false;
    bool ok = even ? read_photo(out, &p, even, w, options, err)
                   : !find_ink(&p, LEAST_CONTRAST) || read_ink(out, &p, options, err);
    nn_free(even);
    return ok;
}
