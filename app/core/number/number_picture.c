/* number_picture.c - pieces of ink as parts, and groups of them as pictures of one digit. */
#include "number_picture.h"
#include "app/core/digit/pieces.h"
#include "app/core/least.h"
#include "nn/alloc.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    INK = 77,     /* of 255: what is less is ground */
    STRONG = 140, /* every piece of ink has this much somewhere */
    SPECK = 60    /* a piece with less than 1 / this of the largest one's ink is a speck */
};

/* In heights of the piece. */
#define OWN_LEAST 0.75f /* of the writing's height: a piece that is lower counts as so high */
#define CUT_FROM  0.8f  /* only wider pieces are cut, */
#define CUT_HIGH  0.8f  /* in columns that are lower, */
#define CUT_SIDE  0.3f  /* with so much on both sides */

/* The same along slanted lines, by the ink that they cross. */
#define SLANT_FROM 0.6f
#define SLANT_INK  0.2f
#define SLANT_SIDE 0.2f
#define SLANT_STEP 0.1f /* of their shear */
enum { SLANTS = 6 /* to both sides */ };

/* All that one look is read with. */
typedef struct row_reader {
    const picture_looks *row;
    const writing *look;
    pieces all;         /* of its map */
    int *part;          /* of each pixel: 1 + the index of its part, 0 for none */
    bool slanted;       /* wide pieces are first cut where a slanted line crosses least ink */
    bool full;          /* it has more parts than a number has */
    float high;         /* the piece at hand, for its cuts */
    float shear;        /* of the columns of the piece at hand: how far they go to the right for each pixel down */
    stroke_parts parts; /* boxes and samples only */
    lattice lattice;
    int next; /* the group that is read next */
    number_answer number;
} row_reader;

/* What is read more than once goes first along columns, then along slanted lines: each look twice. */
struct number_picture {
    const picture_looks *row;
    int at;                    /* of 2 * row->count: the look at hand */
    row_reader *counts, *hand; /* the look that counts so far, and the one at hand; NULL: there is none */
    unsigned char *ink;        /* a map for one group */
    digit digit;
};

/* ---- parts ------------------------------------------------------------------------------------------------------- */

/* How far a row's pixels are right of their columns. */
static int lean(const row_reader *r, int y)
{
    return (int)floorf(r->shear * (float)(y - r->all.h / 2));
}

static bool is_ink(const row_reader *r, int label, int column, int y)
{
    int x = column + lean(r, y);
    return x >= 0 && x < r->all.w && r->all.label[y * r->all.w + x] == label;
}

/* The piece's pixels in columns from .. to - 1 become a part: of the piece as a part of a stroke is of that, with
 * columns for points. Until parts are sorted, `hash` is its name in the map. */
static void add_part(row_reader *r, int label, int from, int to, bool cut_before, bool cut_after)
{
    stroke_parts *all = &r->parts;
    int w = r->all.w, count = 0;
    r->full |= all->count == PARTS_MAX;
    if (r->full)
        return;
    stroke_part *p = &all->part[all->count];
    *p = (stroke_part){.stroke = label,
                       .first = from,
                       .count = to - from,
                       .cut = {cut_before, cut_after},
                       .hash = (uint64_t)all->count};
    p->box = (ink_extent){INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < w * r->all.h; i++) {
        int x = i % w, y = i / w, column = x - lean(r, y);
        if (r->all.label[i] != label || column < from || column >= to)
            continue;
        p->box = (ink_extent){least(p->box.x0, (float)x), least(p->box.y0, (float)y), most(p->box.x1, (float)x + 1),
                              most(p->box.y1, (float)y + 1)};
        r->part[i] = all->count + 1;
        count++;
    }
    int step = count / PART_SAMPLES + 1, seen = 0;
    for (int i = 0; i < w * r->all.h; i++)
        if (r->part[i] == all->count + 1 && seen++ % step == 0) {
            p->sample[p->samples][0] = (float)(i % w) + 0.5f;
            p->sample[p->samples++][1] = (float)(i / w) + 0.5f;
        }
    all->count += count > 0;
}

/* From the top to the bottom of a piece's ink in a column. */
static float extent_at(const row_reader *r, int label, int x)
{
    int top = r->all.h, bottom = 0;
    for (int y = 0; y < r->all.h; y++)
        if (is_ink(r, label, x, y)) {
            top = y < top ? y : top;
            bottom = y + 1;
        }
    return bottom > top ? (float)(bottom - top) : 0;
}

/* The column in which a piece is lowest, as where two bows touch, that leaves enough on both sides; -1 where it is high
 * everywhere. */
static int find_cut(const row_reader *r, int label, int from, int to)
{
    int side = (int)most(1, CUT_SIDE * r->high), best = -1;
    float lowest = CUT_HIGH * r->high;
    for (int x = from + side; x < to - side; x++) {
        float extent = extent_at(r, label, x);
        if (extent < lowest) {
            lowest = extent;
            best = x;
        }
    }
    return best;
}

/* What is wide is cut, and its sides again. */
static void add_columns(row_reader *r, int label, int from, int to, bool cut_before, bool cut_behind)
{
    int cut = -1;
    if (!r->full && (float)(to - from) > CUT_FROM * r->high)
        cut = find_cut(r, label, from, to);
    if (cut < 0) {
        add_part(r, label, from, to, cut_before, cut_behind);
        return;
    }
    add_columns(r, label, from, cut, cut_before, true);
    add_columns(r, label, cut, to, true, cut_behind);
}

static void find_columns(const row_reader *r, int label, int *from, int *to)
{
    *from = INT_MAX, *to = INT_MIN;
    for (int i = 0; i < r->all.w * r->all.h; i++)
        if (r->all.label[i] == label) {
            int column = i % r->all.w - lean(r, i / r->all.w);
            *from = column < *from ? column : *from;
            *to = column >= *to ? column + 1 : *to;
        }
}

/* The column that crosses less of the piece's ink than `*crossed` and than all others, which is *crossed then; -1: none
 * does. */
static int find_thin(const row_reader *r, int label, int *crossed)
{
    int from, to, side = (int)most(1, SLANT_SIDE * r->high), best = -1;
    find_columns(r, label, &from, &to);
    for (int x = from + side; x < to - side; x++) {
        int count = 0;
        for (int y = 0; y < r->all.h; y++)
            count += is_ink(r, label, x, y);
        if (count < *crossed) {
            *crossed = count;
            best = x;
        }
    }
    return best;
}

/* The column of the thinnest slanted cut, and with it r->shear; -1 and upright columns where there is none. */
static int find_slant(row_reader *r, int label)
{
    int cut = -1, crossed = (int)(SLANT_INK * r->high);
    float shear = 0;
    for (int i = -SLANTS; i <= SLANTS; i++) {
        r->shear = SLANT_STEP * (float)i;
        int found = find_thin(r, label, &crossed);
        if (found >= 0) {
            cut = found;
            shear = r->shear;
        }
    }
    r->shear = shear;
    return cut;
}

static void add_piece(row_reader *r, int label)
{
    const pixel_box *b = &r->all.piece[label - 1].box;
    int from, to, cut = -1;
    r->shear = 0;
    r->high = most(OWN_LEAST * r->parts.height, (float)pixel_box_h(b));
    if (r->slanted && (float)pixel_box_w(b) > SLANT_FROM * r->high)
        cut = find_slant(r, label);
    find_columns(r, label, &from, &to);
    if (cut >= 0)
        add_columns(r, label, from, cut, false, true);
    add_columns(r, label, cut >= 0 ? cut : from, to, cut >= 0, false);
}

/* None where there are too many. */
static bool find_parts(row_reader *r, nn_error *err)
{
    double largest = 0;
    if (!pieces_find(&r->all, r->look->ink, r->look->w, r->look->h, INK, STRONG, err))
        return false;
    for (int i = 0; i < r->all.count; i++) {
        largest = fmax(largest, r->all.piece[i].ink);
        r->parts.height = most(r->parts.height, (float)pixel_box_h(&r->all.piece[i].box));
    }
    for (int i = 0; i < r->all.count && !r->full; i++) {
        const piece *p = &r->all.piece[i];
        if (p->strong && SPECK * p->ink >= largest)
            add_piece(r, i + 1);
    }
    if (r->full)
        r->parts.count = 0;
    return true;
}

/* Sorted parts keep their names in the map of parts. */
static void sort_parts(row_reader *r)
{
    int place[PARTS_MAX + 1] = {0};
    parts_sort(&r->parts);
    for (int i = 0; i < r->parts.count; i++)
        place[r->parts.part[i].hash + 1] = i + 1;
    for (int i = 0; i < r->all.w * r->all.h; i++)
        r->part[i] = place[r->part[i]];
}

/* ---- groups ------------------------------------------------------------------------------------------------------ */

/* Whether a pixel belongs to a group, or is the pale rim of its strokes. */
static bool is_of(const row_reader *r, uint64_t chosen, int x, int y)
{
    int w = r->all.w, own = r->part[y * w + x];
    if (own > 0)
        return chosen >> (own - 1) & 1;
    for (int k = 0; k < 9; k++) {
        int nx = x + k % 3 - 1, ny = y + k / 3 - 1,
            near = nx < 0 || ny < 0 || nx >= w || ny >= r->all.h ? 0 : r->part[ny * w + nx];
        if (near > 0 && (chosen >> (near - 1) & 1))
            return true;
    }
    return false;
}

/* The group alone, in a map with the same margin as the whole has, where it is in the picture. */
static bool draw_group(number_picture *self, const row_reader *r, uint64_t chosen, const digit_options *options,
                       digit *out, nn_error *err)
{
    ink_extent b = parts_box(&r->parts, chosen);
    int x0 = (int)b.x0 - WRITING_MARGIN, y0 = (int)b.y0 - WRITING_MARGIN;
    picture_looks one = {.w = r->row->w, .h = r->row->h, .enlarged = r->row->enlarged, .count = 1};
    writing *w = &one.look[0];
    *w = (writing){.w = (int)(b.x1 - b.x0) + 2 * WRITING_MARGIN,
                   .h = (int)(b.y1 - b.y0) + 2 * WRITING_MARGIN,
                   .ink = self->ink,
                   .scale = r->look->scale,
                   .x = r->look->x - (float)x0,
                   .y = r->look->y - (float)y0};
    for (int y = 0; y < w->h; y++)
        for (int x = 0; x < w->w; x++) {
            int from_x = x + x0, from_y = y + y0;
            bool inside = from_x >= 0 && from_y >= 0 && from_x < r->all.w && from_y < r->all.h;
            w->ink[y * w->w + x] =
                inside && is_of(r, chosen, from_x, from_y) ? r->look->ink[from_y * r->all.w + from_x] : 0;
        }
    return picture_digit(out, &one, 0, options, err);
}

/* Of the look at hand, from where it was left. */
static bool read_groups(number_picture *self, recogniser *network, int *most_new, nn_error *err)
{
    row_reader *r = self->hand;
    for (; *most_new > 0 && !r->number.overflow && r->next < r->lattice.count; r->next++) {
        answer a;
        if (r->lattice.group[r->next].blank)
            continue;
        if (!draw_group(self, r, r->lattice.group[r->next].parts, &digit_defaults, &self->digit, err))
            return false;
        recogniser_read(network, &self->digit, &a);
        r->number.overflow = a.overflow;
        lattice_tell(&r->lattice, r->next, &a, recogniser_model(network));
        --*most_new;
    }
    return true;
}

/* ---- looks ------------------------------------------------------------------------------------------------------- */

static void free_look(row_reader *r)
{
    if (!r)
        return;
    pieces_free(&r->all);
    nn_free(r->part);
    nn_free(r);
}

/* From the map to the picture. */
static void place_boxes(number_answer *out, const writing *w)
{
    for (int i = 0; i < out->count; i++) {
        ink_extent *b = &out->digit[i].box;
        *b = (ink_extent){(b->x0 - w->x) / w->scale, (b->y0 - w->y) / w->scale, (b->x1 - w->x) / w->scale,
                          (b->y1 - w->y) / w->scale};
    }
}

static bool begin_look(number_picture *self, nn_error *err)
{
    int looks = self->row->count;
    row_reader *r = self->hand = nn_alloc(1, sizeof *r);
    if (!r)
        return nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
    r->row = self->row;
    r->look = &self->row->look[self->at % looks];
    r->slanted = self->at >= looks;
    r->part = nn_alloc((size_t)r->look->w * (size_t)r->look->h, sizeof *r->part);
    if (!r->part)
        return nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
    if (!find_parts(r, err))
        return false;
    sort_parts(r);
    lattice_build(&r->lattice, &r->parts, NULL, 0);
    return true;
}

/* A later look counts where the network is surer of it, or sure of more digits: the edge of a shadow hides some from the
 * first. One cut along slanted lines is to find what was not parted: no fewer digits, and others. */
static bool counts_more(const number_answer *later, const number_answer *first, bool slanted)
{
    if (slanted && (later->count < first->count || strcmp(later->text, first->text) == 0))
        return false;
    return first->unsure ? later->probability > first->probability : !later->unsure && later->count > first->count;
}

static void end_look(number_picture *self, const recogniser *network)
{
    row_reader *r = self->hand;
    if (r->parts.count > 0) {
        lattice_path path;
        if (!r->number.overflow) {
            lattice_best(&path, &r->lattice);
            number_spell(&r->number, &r->parts, &r->lattice, &path, recogniser_model(network));
        }
        r->number.unsure |= r->look->several;
        place_boxes(&r->number, r->look);
    }
    bool more = !self->counts || counts_more(&r->number, &self->counts->number, r->slanted);
    free_look(more ? self->counts : r);
    if (more)
        self->counts = r;
    self->hand = NULL;
    self->at++;
}

/* ---- for others -------------------------------------------------------------------------------------------------- */

number_picture *number_picture_new(const picture_looks *row)
{
    number_picture *self = nn_alloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->row = row;
    self->ink = nn_alloc(4 * (size_t)WRITING_MAP * WRITING_MAP, 1);
    if (self->ink)
        return self;
    nn_free(self);
    return NULL;
}

void number_picture_free(number_picture *self)
{
    if (!self)
        return;
    free_look(self->counts);
    free_look(self->hand);
    nn_free(self->ink);
    nn_free(self);
}

static bool is_over(const number_picture *self)
{
    int looks = self->row->count;
    return self->at >= 2 * looks || (self->at >= looks && !self->counts->number.unsure);
}

bool number_picture_read(number_picture *self, recogniser *network, int most_new, number_answer *out, nn_error *err)
{
    int left = most_new > 0 ? most_new : INT_MAX;
    memset(out, 0, sizeof *out);
    while (left > 0 && !is_over(self)) {
        if (!self->hand) {
            if (!begin_look(self, err))
                return false;
            left = most_new > 0 ? 0 : left; /* its parts take as long as many groups */
            continue;
        }
        if (!read_groups(self, network, &left, err))
            return false;
        if (left > 0)
            end_look(self, network);
    }
    if (self->counts)
        *out = self->counts->number;
    out->partial = !is_over(self);
    return true;
}

bool number_picture_image(number_picture *self, const number_digit *of, const digit_options *options, digit *out,
                          nn_error *err)
{
    return draw_group(self, self->counts, of->parts, options, out, err);
}

static bool read_digit(recogniser *network, const picture_looks *found, digit *image, answer *out, nn_error *err)
{
    looks_read looks;
    if (!recogniser_read_picture(network, found, &digit_defaults, image, out, &looks, err))
        return false;
    answer_leave_out_nothing(out);
    return true;
}

/* A picture that shows one digit, none, or far more pieces than a number has, is read as where no number is looked for. */
static bool read_as_digit(recogniser *network, const pixmap *picture, number_answer *out, nn_error *err)
{
    picture_looks found = {.count = 0};
    digit *image = nn_alloc(1, sizeof *image);
    answer *a = &out->digit[0].answer;
    bool ok = (image || nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture")) &&
              picture_find(&found, picture, err) && read_digit(network, &found, image, a, err);
    if (ok) {
        const float *b = image->box;
        *out = (number_answer){
            .digit[0] = {.answer = *a, .box = {b[0], b[1], b[0] + b[2], b[1] + b[3]}},
            .overflow = a->overflow,
            .count = a->digit >= 0,
            .probability = a->confidence,
            .unsure = a->unsure,
        };
        snprintf(out->text, sizeof out->text, "%s", a->text);
    }
    picture_free(&found);
    nn_free(image);
    return ok;
}

/* As a row of digits; count 0: there is none. */
static bool read_row(recogniser *network, const pixmap *picture, number_answer *out, nn_error *err)
{
    picture_looks found;
    memset(out, 0, sizeof *out);
    if (!picture_find_row(&found, picture, err))
        return false;
    number_picture *row = number_picture_new(&found);
    bool ok = row ? number_picture_read(row, network, 0, out, err)
                  : nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
    number_picture_free(row);
    picture_free(&found);
    return ok;
}

bool number_read_picture(recogniser *network, const pixmap *picture, number_answer *out, nn_error *err)
{
    return read_row(network, picture, out, err) &&
           (out->count > 1 || out->overflow || read_as_digit(network, picture, out, err));
}

/* Whether the pieces of a row are digits. found: pieces lie as those of several digits do; so do those of a texture. */
static bool is_row_of_digits(const number_answer *row, bool found)
{
    const float enough = 0.5f;
    float sum = 0;
    for (int i = 0; i < row->count; i++)
        sum += row->digit[i].answer.confidence;
    return row->count > 1 && (found ? sum >= enough * (float)row->count : !row->unsure);
}

bool number_read_one(recogniser *network, const pixmap *picture, const picture_looks *found, digit *image, answer *out,
                     bool *several, nn_error *err)
{
    *several = false;
    if (!read_digit(network, found, image, out, err))
        return false;
    if (found->count > 0 && !out->overflow && (out->digit < 0 || out->unsure)) {
        number_answer *row = nn_alloc(1, sizeof *row);
        bool ok = row ? read_row(network, picture, row, err) : nn_fail(err, NN_NOMEM, 0, "out of memory");
        *several = ok && is_row_of_digits(row, found->several);
        nn_free(row);
        if (!ok)
            return false;
    }
    out->unsure |= *several;
    return true;
}
