/* array.c - types, axes and ranges of numbers. */
#include "array.h"
#include "app/core/job.h"
#include "nn/alloc.h"
#include "nn/half.h"
#include "nn/utf8.h"
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { QMNIST_COLUMNS = 8, MAX_ONE_HOT = 64 };

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

bool array_is_text(const array *a)
{
    return a->type == ARRAY_BYTES || a->type == ARRAY_WIDE;
}

size_t array_item_bytes(const array *a)
{
    static const unsigned char bytes[] = {1, 1, 2, 2, 4, 4, 8, 8, 2, 4, 8, 1, 4};
    return bytes[a->type] * (array_is_text(a) ? (size_t)a->letters : 1);
}

bool array_count(const array *a, size_t *count, nn_error *err)
{
    size_t room = ARRAY_MAX_BYTES / array_item_bytes(a);
    *count = 1;
    for (int i = 0; i < a->rank; i++) {
        if (a->dim[i] < 1)
            return nn_fail(err, NN_FORMAT, 0, "dimension %d of the header is %d", i + 1, a->dim[i]);
        if (*count > room / (size_t)a->dim[i])
            return nn_fail(err, NN_LIMIT, 0, "the header promises more than %d bytes", ARRAY_MAX_BYTES);
        *count *= (size_t)a->dim[i];
    }
    return true;
}

bool array_take(array *a, nn_stream *stream, size_t bytes, size_t *got, nn_error *err)
{
    enum { PART = 1 << 20 };
    *got = 0;
    a->values = nn_alloc(bytes, 1);
    bool more = true, ok = a->values || nn_fail(err, NN_NOMEM, 0, "out of memory for %zu bytes", bytes);
    while (ok && more) {
        size_t left = bytes - *got, n = 0;
        ok = job_wants_more(err) && nn_stream_read(stream, a->values + *got, left < PART ? left : PART, &n, err);
        *got += n;
        more = n > 0;
    }
    if (!ok) {
        nn_free(a->values);
        a->values = NULL;
    }
    return ok;
}

static bool must_swap(const array *a)
{
    static const union {
        uint16_t word;
        unsigned char first;
    } probe = {1};
    return a->big_endian == (probe.first == 1);
}

/* Of a number. */
static double value_at(const array *a, size_t i)
{
    union {
        unsigned char bytes[8];
        int8_t i8;
        uint16_t u16;
        int16_t i16;
        uint32_t u32;
        int32_t i32;
        uint64_t u64;
        int64_t i64;
        float f32;
        double f64;
    } v;
    size_t n = array_item_bytes(a);
    const unsigned char *from = a->values + i * n;
    bool swap = must_swap(a);
    for (size_t k = 0; k < n; k++)
        v.bytes[k] = from[swap ? n - 1 - k : k];
    switch (a->type) {
    case ARRAY_U8: return v.bytes[0];
    case ARRAY_I8: return v.i8;
    case ARRAY_U16: return v.u16;
    case ARRAY_I16: return v.i16;
    case ARRAY_U32: return v.u32;
    case ARRAY_I32: return v.i32;
    case ARRAY_U64: return (double)v.u64;
    case ARRAY_I64: return (double)v.i64;
    case ARRAY_F16: return (double)nn_half_to(v.u16);
    case ARRAY_F32: return (double)v.f32;
    case ARRAY_F64: return v.f64;
    case ARRAY_BYTES:
    case ARRAY_WIDE: break;
    }
    return 0;
}

/* ---- axes -------------------------------------------------------------------------------------------------------- */

/* The axis that counts, and then those longer than 1, each with the distance of its neighbours. */
typedef struct axes {
    int rank, dim[ARRAY_MAX_RANK];
    size_t stride[ARRAY_MAX_RANK];
    int channels; /* of images with colours, whose axis is not among the others */
    size_t channel_stride;
} axes;

static axes counted_along(const array *a, int first)
{
    axes all = {.rank = 1, .channels = 1};
    size_t stride = 1;
    size_t strides[ARRAY_MAX_RANK] = {0};
    for (int i = 0; i < a->rank; i++) {
        int axis = a->columns_first ? i : a->rank - 1 - i;
        strides[axis] = stride;
        stride *= (size_t)a->dim[axis];
    }
    all.dim[0] = a->dim[first];
    all.stride[0] = strides[first];
    for (int i = 0; i < a->rank; i++)
        if (i != first && a->dim[i] > 1) {
            all.dim[all.rank] = a->dim[i];
            all.stride[all.rank++] = strides[i];
        }
    return all;
}

static bool is_channels(int n)
{
    return n >= 2 && n <= 4;
}

/* Sets the axis of the colours apart: the last or the first of three, of which the others make a square. */
static void set_channels_apart(axes *all)
{
    if (all->rank != 4)
        return;
    int axis = all->dim[1] == all->dim[2] && is_channels(all->dim[3])   ? 3
               : all->dim[2] == all->dim[3] && is_channels(all->dim[1]) ? 1
                                                                        : 0;
    if (axis == 0)
        return;
    all->channels = all->dim[axis];
    all->channel_stride = all->stride[axis];
    for (all->rank = 3; axis < all->rank; axis++) {
        all->dim[axis] = all->dim[axis + 1];
        all->stride[axis] = all->stride[axis + 1];
    }
}

/* The side of the images that the axes behind the first make; 0 if they are not square. */
static int side_of(const axes *all)
{
    if (all->rank == 3)
        return all->dim[1] == all->dim[2] && all->dim[1] <= DATASET_MAX_SIDE ? all->dim[1] : 0;
    int pixels = all->rank == 2 ? all->dim[1] : all->rank == 1, side = (int)lround(sqrt(pixels));
    return side * side == pixels && side <= DATASET_MAX_SIDE ? side : 0;
}

/* Matlab counts images along the last of three axes. */
static bool find_image_axes(const array *a, int n, axes *all)
{
    bool last_first = a->columns_first && a->rank > 2;
    for (int i = 0; i < 2 && a->rank > 1 && !array_is_text(a); i++) {
        *all = counted_along(a, (i == 1) != last_first ? a->rank - 1 : 0);
        set_channels_apart(all);
        if (all->dim[0] == n && side_of(all) > 0)
            return true;
    }
    return false;
}

int array_side(const array *a, int n)
{
    axes all;
    return find_image_axes(a, n, &all) ? side_of(&all) : 0;
}

static bool find_label_axes(const array *a, int n, axes *all)
{
    for (int i = 0; i < 2 && a->rank > 0; i++) {
        *all = counted_along(a, i == 0 ? 0 : a->rank - 1);
        if (all->dim[0] == n && (all->rank == 1 || (all->rank == 2 && all->dim[1] <= MAX_ONE_HOT && !array_is_text(a))))
            return true;
    }
    return false;
}

bool array_can_label(const array *a, int n)
{
    axes all;
    return find_label_axes(a, n, &all);
}

/* ---- images ------------------------------------------------------------------------------------------------------ */

bool pixel_range_of(pixel_range *range, double least, double greatest, int side, nn_error *err)
{
    static const pixel_range ranges[] = {
        {0, 1, false}, {-1, 1, false}, {0, 16, false}, {0, 255, false}, {0, 65535, false}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        *range = ranges[i];
        bool likely = range->high == 16      ? side == 8
                      : range->high == 65535 ? greatest >= 4096 /* not 255 and a mistake */
                                             : true;
        if (least >= range->low && greatest <= range->high && likely)
            return true;
    }
    return nn_fail(err, NN_FORMAT, 0, "pixels from %g to %g; 0 to 255, 0 to 1 or -1 to 1 are understood", least,
                   greatest);
}

unsigned char pixel_of(pixel_range range, double value)
{
    if (range.low == 0 && range.high == 255)
        return (unsigned char)(value + 0.5);
    return (unsigned char)(255 * (value - range.low) / (range.high - range.low) + 0.5);
}

bool pixels_are_moved(double least, double greatest)
{
    const double reach = 1000; /* what is further off is a mistake, and may not be finite */
    return least > -reach && greatest < reach && least < 0 && (least > -0.9 || least < -1 || greatest > 1);
}

bool pixels_are_faint(double least, double greatest, int side)
{
    return least >= 0 && greatest > fmax(least, 1) && greatest < 128 && (side != 8 || greatest > 16);
}

/* Numbers that were moved and scaled, or have other steps than 255. Whole numbers are not moved. */
static bool are_normalised(const array *a, double least, double greatest, int side)
{
    bool fraction = a->type == ARRAY_F16 || a->type == ARRAY_F32 || a->type == ARRAY_F64;
    return (fraction && greatest > least && pixels_are_moved(least, greatest)) ||
           pixels_are_faint(least, greatest, side);
}

static bool range_of(const array *a, size_t count, int side, pixel_range *range, nn_error *err)
{
    double least = INFINITY, greatest = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        double value = a->type == ARRAY_U8 ? a->values[i] : value_at(a, i);
        if (!isfinite(value))
            return nn_fail(err, NN_FORMAT, 0, "a pixel is not a finite number");
        least = value < least ? value : least;
        greatest = value > greatest ? value : greatest;
    }
    if (are_normalised(a, least, greatest, side)) {
        *range = (pixel_range){least, greatest, true};
        return true;
    }
    if (greatest == 0 && least == 0) /* nothing is drawn, in any range */
        greatest = 255;
    return pixel_range_of(range, least, greatest, side, err);
}

/* A pixel's grey, and how much of it is there, of 255. */
static int grey_at(const array *a, const axes *all, size_t at, pixel_range range, int *alpha)
{
    int c[4] = {0};
    bool colours = all->channels > 2;
    for (int k = 0; k < all->channels; k++)
        c[k] = pixel_of(range, value_at(a, at + (size_t)k * all->channel_stride));
    *alpha = all->channels % 2 == 0 ? c[all->channels - 1] : 255;
    return colours ? (299 * c[0] + 587 * c[1] + 114 * c[2] + 500) / 1000 : c[0];
}

/* Where the pixels of images of this side are in an array. */
typedef struct pixels {
    const array *a;
    axes all;
    int side;
    size_t row, column;
} pixels;

static size_t place_of(const pixels *p, int i)
{
    int k = i % (p->side * p->side);
    return (size_t)(i / (p->side * p->side)) * p->all.stride[0] + (size_t)(k / p->side) * p->row +
           (size_t)(k % p->side) * p->column;
}

/* What is behind transparent images: the contrary of what is drawn. */
static int ground_of(const pixels *p, int count, pixel_range range)
{
    double light = 0, there = 0;
    for (int i = 0; i < count && p->all.channels % 2 == 0; i++) {
        int alpha, grey = grey_at(p->a, &p->all, place_of(p, i), range, &alpha);
        light += grey * alpha;
        there += alpha;
    }
    return light > 127.5 * there ? 0 : 255;
}

static void copy_pixels(const pixels *p, int count, pixel_range range, unsigned char *to)
{
    int ground = ground_of(p, count, range);
    for (int i = 0; i < count; i++) {
        int alpha, grey = grey_at(p->a, &p->all, place_of(p, i), range, &alpha);
        to[i] = (unsigned char)((grey * alpha + ground * (255 - alpha) + 127) / 255);
    }
}

static pixels pixels_of(const array *a, axes all)
{
    pixels p = {.a = a, .all = all, .side = side_of(&all)};
    p.column = all.rank > 1 ? all.stride[all.rank - 1] : 0;
    p.row = all.rank == 3 ? all.stride[1] : (size_t)p.side * p.column;
    return p;
}

bool array_images(const array *a, int n, unsigned char **images, pixel_range *range, nn_error *err)
{
    axes all;
    *images = NULL;
    if (!find_image_axes(a, n, &all))
        return nn_fail(err, NN_FORMAT, 0, "there are no %d square images in it", n);
    pixels p = pixels_of(a, all);
    size_t count = (size_t)n * (size_t)(p.side * p.side);
    if (!range_of(a, count * (size_t)all.channels, p.side, range, err))
        return false;
    *images = nn_alloc(count, 1);
    if (!*images)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for %d images", n);
    if (a->type == ARRAY_U8 && !a->columns_first && all.stride[0] > 1 && range->high == 255 && all.channels == 1)
        memcpy(*images, a->values, count);
    else
        copy_pixels(&p, (int)count, *range, *images);
    return true;
}

/* ---- labels ------------------------------------------------------------------------------------------------------ */

/* The only 1 in a row of 0s; -1 where that is not what it is. */
static int one_hot(const array *a, size_t begin, size_t stride, int columns)
{
    int found = -1;
    for (int k = 0; k < columns; k++) {
        double value = value_at(a, begin + (size_t)k * stride);
        if (value != 0 && (value != 1 || found >= 0))
            return -1;
        found = value != 0 ? k : found;
    }
    return found;
}

/* A row of eight may be of either kind: some rows of QMNIST's look like the other. */
static bool are_qmnist(const array *a, const axes *all, int n)
{
    bool hot = all->rank != 2 || all->dim[1] != QMNIST_COLUMNS;
    for (int i = 0; !hot && i < n; i++)
        if (one_hot(a, (size_t)i * all->stride[0], all->stride[1], QMNIST_COLUMNS) < 0)
            return true;
    return false;
}

static bool label_at(const array *a, const axes *all, int i, bool row, int *label, nn_error *err)
{
    size_t begin = (size_t)i * all->stride[0];
    *label = row ? one_hot(a, begin, all->stride[1], all->dim[1]) : -1;
    if (*label >= 0)
        return true;
    double value = value_at(a, begin);
    if (row || !(value == floor(value) && fabs(value) < INT_MAX / 2))
        return nn_fail(err, NN_FORMAT, 0, "label %d is %g%s, no class number", i + 1, value, row ? ", ..." : "");
    *label = (int)value;
    return true;
}

bool array_labels(const array *a, int n, int **labels, nn_error *err)
{
    axes all;
    *labels = NULL;
    if (array_is_text(a) || !find_label_axes(a, n, &all))
        return nn_fail(err, NN_FORMAT, 0, "there are no %d labels in it", n);
    *labels = nn_alloc((size_t)n, sizeof **labels);
    if (!*labels)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for %d labels", n);
    bool rows = all.rank == 2 && !are_qmnist(a, &all, n);
    for (int i = 0; i < n; i++)
        if (!label_at(a, &all, i, rows, &(*labels)[i], err)) {
            nn_free(*labels);
            *labels = NULL;
            return false;
        }
    return true;
}

/* Letter k of text i. */
static uint32_t letter_at(const array *a, int i, int k)
{
    size_t n = a->type == ARRAY_WIDE ? 4 : 1;
    const unsigned char *from = a->values + (size_t)i * array_item_bytes(a) + (size_t)k * n;
    uint32_t letter = 0;
    for (size_t b = 0; b < n; b++)
        letter = letter << 8 | from[a->big_endian ? b : n - 1 - b];
    return letter;
}

void array_word(const array *a, int i, char *word, size_t room)
{
    size_t len = 0;
    for (int k = 0; k < a->letters && len + 4 < room; k++) {
        uint32_t letter = letter_at(a, i, k);
        if (letter == 0)
            break;
        if (letter > 0x10ffff || a->type == ARRAY_BYTES) /* bytes are text already */
            word[len++] = letter > 0xff ? '?' : (char)letter;
        else
            len += nn_utf8_put(word + len, letter);
    }
    word[len] = 0;
}

bool array_row(const array *a, int i, double *first, double *second)
{
    axes all = counted_along(a, 0);
    if (a->rank != 2 || array_is_text(a) || all.rank != 2 || i >= all.dim[0] || !a->values)
        return false;
    *first = value_at(a, (size_t)i * all.stride[0]);
    *second = value_at(a, (size_t)i * all.stride[0] + all.stride[1]);
    return true;
}
