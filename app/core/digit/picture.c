/* picture.c - the looks at a picture, and from the map of what one found to the frame. */
#include "picture.h"
#include "nn/alloc.h"
#include "pen.h"
#include "sheet.h"
#include <math.h>
#include <string.h>

enum {
    LEAST_SIDE = 16,   /* pixels of the longer side before it was enlarged: less is a drawing of squares */
    LEAST_WRITING = 16 /* pixels of the writing's longer side: strokes of less are not read as they are */
};
#define MOST_MAGNIFICATION 2.0f /* of what thinner strokes may add to the size: blots have no centre line */
#define MOST_LENGTH        5.0f /* of a digit's strokes, in sizes of the digit */

static bool is_needed(const picture_looks *p, ground_kind ground)
{
    return ground == GROUND_EVEN || p->count == 0 || (ground == GROUND_LIT && !p->look[0].is_clean);
}

/* Where a picture shows more than paper, its border tells nothing of the paper. Nothing is read from one in which nothing
 * else is found. */
static bool look_on_sheet(picture_looks *out, const pixmap *from, writing_kind kind, nn_error *err)
{
    writing *here = &out->look[out->count];
    pixel_box sheet;
    if (!sheet_find(&sheet, from, err) || !writing_find_in(here, from, &sheet, kind, GROUND_EVEN, err) ||
        (!here->ink && !writing_find_in(here, from, &sheet, kind, GROUND_LIT, err)))
        return false;
    here->on_sheet = true;
    out->several |= here->several;
    out->count += here->ink != NULL;
    return true;
}

static bool look(picture_looks *out, const pixmap *from, writing_kind kind, nn_error *err)
{
    for (ground_kind ground = GROUND_EVEN; ground <= GROUND_LIT; ground++) {
        writing *here = &out->look[out->count];
        if (!is_needed(out, ground))
            continue;
        if (!writing_find(here, from, kind, ground, err))
            return false;
        out->count += here->ink != NULL;
    }
    out->several = out->count > 0 && out->look[0].several;
    return out->count == 0 || out->look[0].is_clean || look_on_sheet(out, from, kind, err);
}

/* A small picture that was enlarged by pixels is looked at as it was before: stairs are no outline of strokes. */
static bool find(picture_looks *out, const pixmap *from, writing_kind kind, nn_error *err)
{
    int times = from->w > 0 && from->h > 0 ? pixmap_enlarged(from) : 1, longer = from->w > from->h ? from->w : from->h;
    pixmap before = *from;
    const pixel_box whole = {0, 0, from->w, from->h};
    *out = (picture_looks){.w = from->w, .h = from->h, .enlarged = 1};
    if (times == 1 || longer < LEAST_SIDE * times)
        return look(out, from, kind, err);
    out->enlarged = times;
    bool ok = pixmap_shrink(&before, from, &whole, longer / times, err) && look(out, &before, kind, err);
    for (int i = 0; i < out->count; i++)
        out->look[i].scale /= (float)times;
    nn_free(before.rgba);
    return ok;
}

bool picture_find(picture_looks *out, const pixmap *from, nn_error *err)
{
    return find(out, from, WRITING_DIGIT, err);
}

bool picture_find_row(picture_looks *out, const pixmap *from, nn_error *err)
{
    return find(out, from, WRITING_ROW, err);
}

void picture_free(picture_looks *p)
{
    for (int i = 0; i < p->count; i++)
        nn_free(p->look[i].ink);
    *p = (picture_looks){.count = 0};
}

/* From a map to the frame: the place (x, y) of the map in the frame's middle, and so many samples for a pixel. */
typedef struct placing {
    float x, y, scale;
} placing;

/* The box of the centre lines fitted, or the whole picture. */
static placing place(const pen_field *field, const writing *w, const picture_looks *p, const digit_options *options)
{
    if (!options->scale) {
        float longer = (float)(p->w > p->h ? p->w : p->h);
        return (placing){0.5f * (float)p->w * w->scale + w->x, 0.5f * (float)p->h * w->scale + w->y,
                         DIGIT_FRAME / (longer * w->scale)};
    }
    float wide = (float)(field->x1 - field->x0), high = (float)(field->y1 - field->y0), side = fmaxf(wide, high),
          fill = DIGIT_BOX * DIGIT_SUB, scale = fill / side;
    if (options->width)
        scale = fminf(MOST_MAGNIFICATION * scale,
                      (fill - options->pen * DIGIT_SUB) / fmaxf(side - field->width, 0.001f * side));
    return (placing){0.5f * (float)(field->x0 + field->x1), 0.5f * (float)(field->y0 + field->y1), scale};
}

/* The map's place for a sample of the frame. */
static float in_map(float middle, float scale, int sample)
{
    return middle + ((float)sample + 0.5f - 0.5f * DIGIT_FRAME) / scale - 0.5f;
}

/* Strokes become `thinner` pixels of the map thinner on each side. The distances are smooth, so they can be magnified
 * where coverage would blur. */
static void redraw(float *coverage, const pen_field *field, const placing *at, float thinner)
{
    for (int y = 0; y < DIGIT_FRAME; y++)
        for (int x = 0; x < DIGIT_FRAME; x++) {
            float depth = pen_depth(field, in_map(at->x, at->scale, x), in_map(at->y, at->scale, y)) - thinner;
            coverage[y * DIGIT_FRAME + x] = fminf(1, fmaxf(0, 0.5f + at->scale * depth));
        }
}

/* Strokes stay as they are, with what is pale in them. */
static void shrink(float *coverage, const writing *w, const placing *at)
{
    float reach = fmaxf(1, 1 / at->scale);
    for (int y = 0; y < DIGIT_FRAME; y++)
        for (int x = 0; x < DIGIT_FRAME; x++)
            coverage[y * DIGIT_FRAME + x] =
                writing_ink(w, in_map(at->x, at->scale, x), in_map(at->y, at->scale, y), reach);
}

static void note_place(digit *out, const pen_field *field, const writing *w, const placing *at)
{
    const float middle = 0.5f * DIGIT_FRAME;
    affine to_map = {w->scale, 0, w->x, 0, w->scale, w->y},
           to_frame = {at->scale, 0, middle - at->scale * at->x, 0, at->scale, middle - at->scale * at->y};
    out->to_frame = affine_then(&to_map, &to_frame);
    out->box[0] = ((float)field->x0 - w->x) / w->scale;
    out->box[1] = ((float)field->y0 - w->y) / w->scale;
    out->box[2] = (float)(field->x1 - field->x0) / w->scale;
    out->box[3] = (float)(field->y1 - field->y0) / w->scale;
}

/* What runs off the picture is a texture where its strokes, as long as their area by their width, are longer than a
 * digit's: a tangle. Inside, one is a digit whose strokes are hatched. */
static bool is_texture(const pen_field *field, const writing *w)
{
    int area = 0, wide = field->x1 - field->x0, high = field->y1 - field->y0;
    for (int i = 0; i < field->w * field->h; i++)
        area += field->depth[i] > 0;
    return w->at_border && (float)area > MOST_LENGTH * field->width * (float)(wide > high ? wide : high);
}

/* 0 where the writing has too few pixels to be anything but blurred. */
static float own_width(const pen_field *field, const writing *w, const picture_looks *p, const digit_options *options)
{
    digit_options own = *options;
    own.width = false;
    if (w->scale * (float)p->enlarged * LEAST_WRITING > WRITING_SIDE)
        return 0;
    return field->width * place(field, w, p, &own).scale / DIGIT_SUB;
}

bool picture_digit(digit *out, const picture_looks *p, int look, const digit_options *options, nn_error *err)
{
    memset(out, 0, sizeof *out);
    out->empty = true;
    if (look >= p->count)
        return true;
    const writing *w = &p->look[look];
    pen_field field;
    if (!pen_measure(&field, w->ink, w->w, w->h, err))
        return false;
    if (field.x0 < field.x1 && !is_texture(&field, w)) {
        placing at = place(&field, w, p, options);
        if (options->width)
            redraw(out->coverage, &field, &at, 0.5f * (field.width - options->pen * DIGIT_SUB / at.scale));
        else
            shrink(out->coverage, w, &at);
        out->own_width = own_width(&field, w, p, options);
        note_place(out, &field, w, &at);
        digit_from_coverage(out, options);
    }
    nn_free(field.depth);
    return true;
}

void picture_exact(digit *out, const unsigned char image[DIGIT_PIXELS], const distortion *distort)
{
    memset(out, 0, sizeof *out);
    out->box[2] = out->box[3] = DIGIT_SIDE;
    out->to_frame = (affine){DIGIT_SUB, 0, 0, 0, DIGIT_SUB, 0};
    for (int y = 0; y < DIGIT_FRAME; y++)
        for (int x = 0; x < DIGIT_FRAME; x++)
            out->coverage[y * DIGIT_FRAME + x] = (float)image[y / DIGIT_SUB * DIGIT_SIDE + x / DIGIT_SUB] / 255;
    digit_from_coverage(out, &(digit_options){.pen = DIGIT_PEN, .distort = *distort});
}

bool picture_as_is(digit *out, const pixmap *from, nn_error *err)
{
    unsigned char image[DIGIT_PIXELS];
    memset(out, 0, sizeof *out);
    if (from->w != DIGIT_SIDE || from->h != DIGIT_SIDE)
        return nn_fail(err, NN_USAGE, 0, "%d x %d pixels, not 28 x 28", from->w, from->h);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        image[i] = (unsigned char)(255 - pixmap_darkness(from->rgba + 4 * i));
    picture_exact(out, image, &(distortion){0});
    return true;
}
