/* pieces.c - labels by flooding; then rules about size, place and shape. */
#include "pieces.h"
#include "nn/alloc.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SPECK = 30,         /* a piece with less than 1 / this of the largest one's ink is a speck */
    NEAR = 3,           /* parts of a digit are no further apart than 1 / this of its size, */
    ROW_REACH = 3,      /* digits of a row than so many sizes */
    INSIDE = 5,         /* writing inside is at least 1 / this as large as what touches the border, */
    INSIDE_CUT = 2,     /* 1 / this where that looks like a digit cut to its box */
    ALIKE = 2,          /* digits of one picture are at least 1 / this as high as each other */
    FRAMED = 4,         /* and 1 / this as large as its frame */
    PRINT_SIZE = 4,     /* print is at most 1 / this as high as the writing, */
    PRINT_ALIKE = 4,    /* the pieces of a row of it differ by 1 / this of their height, at most, */
    PRINT_LEAST = 4,    /* and are so many */
    DOT = 40,           /* dots of a paper are at most 1 / this as large as the picture, */
    DOTS_LEAST = 30,    /* and so many are alike */
    CUT_PIECES = 4,     /* of a digit that was cut to its box, at most */
    RUN_OFF = 10,       /* what runs off the picture is at least 1 / this as large as it */
    RAYS = 16,          /* to see whether a ring is around something */
    BESIDE_SLASH = 20,  /* a slash has 1 / this of its pixels beside its box's diagonal or in gaps, at most */
    FLAT = 8,           /* a line is at most 1 / this as high as it is long */
    LONG = 30,          /* a line that comes from the border is more than so many times as long as it is thick, */
    LONG_ACROSS = 20,   /* or than so many, from border to border */
    ASLANT = 3,         /* and 1 / this of its length aslant, at most, */
    LEAST_ACROSS = 100, /* across so many pixels: a fold, the edge of a table */
    SHEET_SHARE = 4,    /* a sheet takes 1 / this of the picture, at least, */
    SHEET_SIDES = 2,    /* and touches so many of its sides, at most */
    OUTLINE_DEPTH = 12  /* an outline is 1 / this of the box wide */
};
static const float box_outline = 0.8f;    /* share of the outline that makes a piece a rectangle */
static const float fills_picture = 0.8f;  /* share of one side from which on a digit was cut to its box, ... */
static const float fills_half = 0.5f;     /* and of the other */
static const float whole_outline = 0.95f; /* of a sheet that is half hidden by what is on it */
static const float most_solid = 0.8f;     /* share of such a picture that is ink, at most */
static const float cut_contact = 0.7f;    /* with the border, in widths and heights of the piece: a corner has more */
static const float all_around = 1.4f;     /* the same, of what lies all along the border */
static const float long_contact = 0.4f;   /* with the border, in sizes of the piece: a stroke's end is shorter */
static const float slash_width = 0.45f;   /* of a 0: times its height, at least, and the other way round */
static const float off_slash = 0.35f;     /* of its box, what is beside its diagonal */
static const float long_line = 1.2f;      /* a line under writing is so many times as long as that is large, at least */
static const float underlining = 1.1f; /* one that reaches out on both sides: so many times as long as that is wide */

static int most(int a, int b)
{
    return a > b ? a : b;
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

static bool add_piece(pieces *p, int *room)
{
    if (p->count == *room) {
        int more = *room > 0 ? 2 * *room : 64;
        piece *grown = nn_realloc(p->piece, (size_t)*room, (size_t)more, sizeof *grown);
        if (!grown)
            return false;
        p->piece = grown;
        *room = more;
    }
    p->piece[p->count] = (piece){.box = {p->w, p->h, 0, 0}};
    p->count++;
    return true;
}

/* Labels all ink that hangs together with the pixel `start`; its pixels come to lie in `queue`. */
static void flood(pieces *p, const unsigned char *level, int least, int strong, int start, int *queue)
{
    piece *found = &p->piece[p->count - 1];
    int end = 0;
    queue[end++] = start;
    p->label[start] = p->count;
    for (; found->area < end; found->area++) {
        int at = queue[found->area], x = at % p->w, y = at / p->w;
        pixel_box *b = &found->box;
        *b = (pixel_box){x < b->x0 ? x : b->x0, y < b->y0 ? y : b->y0, x >= b->x1 ? x + 1 : b->x1,
                         y >= b->y1 ? y + 1 : b->y1};
        found->ink += level[at];
        found->strong |= level[at] >= strong;
        found->at_border += x == 0 || y == 0 || x == p->w - 1 || y == p->h - 1;
        for (int k = 0; k < 9; k++) {
            int nx = x + k % 3 - 1, ny = y + k / 3 - 1, next = ny * p->w + nx;
            if (nx < 0 || ny < 0 || nx >= p->w || ny >= p->h || p->label[next] || level[next] < least)
                continue;
            p->label[next] = p->count;
            queue[end++] = next;
        }
    }
}

/* along: room for twice the sides of the picture. */
static float outline_share(const piece *p, const int *pixel, int picture_w, unsigned char *along)
{
    const pixel_box *b = &p->box;
    int w = pixel_box_w(b), h = pixel_box_h(b), depth = most(1, pixel_box_side(b) / OUTLINE_DEPTH), covered = 0;
    memset(along, 0, 2 * (size_t)(w + h));
    for (int i = 0; i < p->area; i++) {
        int x = pixel[i] % picture_w - b->x0, y = pixel[i] / picture_w - b->y0;
        if (y < depth)
            along[x] = 1;
        if (y >= h - depth)
            along[w + x] = 1;
        if (x < depth)
            along[2 * w + y] = 1;
        if (x >= w - depth)
            along[2 * w + h + y] = 1;
    }
    for (int i = 0; i < 2 * (w + h); i++)
        covered += along[i];
    return (float)covered / (float)(2 * (w + h));
}

static bool find_all(pieces *p, const unsigned char *level, int least, int strong, int *queue, unsigned char *along)
{
    int room = 0;
    for (int i = 0; i < p->w * p->h; i++) {
        if (level[i] < least || p->label[i])
            continue;
        if (!add_piece(p, &room))
            return false;
        flood(p, level, least, strong, i, queue);
        piece *found = &p->piece[p->count - 1];
        const pixel_box *b = &found->box;
        found->sides = (b->x0 == 0) + (b->y0 == 0) + (b->x1 == p->w) + (b->y1 == p->h);
        found->outline = outline_share(found, queue, p->w, along);
    }
    return true;
}

bool pieces_find(pieces *out, const unsigned char *level, int w, int h, int least, int strong, nn_error *err)
{
    size_t pixels = (size_t)w * (size_t)h;
    *out = (pieces){.w = w, .h = h, .label = nn_alloc(pixels, sizeof *out->label)};
    int *queue = nn_alloc(pixels, sizeof *queue);
    unsigned char *along = nn_alloc(2 * (size_t)(w + h), 1);
    bool ok = out->label && queue && along && find_all(out, level, least, strong, queue, along);
    nn_free(queue);
    nn_free(along);
    return ok || nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
}

void pieces_free(pieces *p)
{
    nn_free(p->label);
    nn_free(p->piece);
}

/* ---- choosing ---------------------------------------------------------------------------------------------------- */

static int gap(const pixel_box *a, const pixel_box *b)
{
    int x = most(a->x0 - b->x1, b->x0 - a->x1), y = most(a->y0 - b->y1, b->y0 - a->y1);
    return most(0, most(x, y));
}

bool piece_is_box(const piece *p)
{
    int w = pixel_box_w(&p->box), h = pixel_box_h(&p->box);
    return p->outline >= box_outline && 2 * w >= h && 2 * h >= w;
}

bool piece_is_sheet(const pieces *all, const piece *p)
{
    int box = pixel_box_w(&p->box) * pixel_box_h(&p->box);
    return piece_is_box(p) && SHEET_SHARE * box >= all->w * all->h &&
           (4 * p->area >= 3 * box || (2 * p->area >= box && p->outline >= whole_outline));
}

bool pieces_are_sheets(const pieces *all, const piece *sheet)
{
    for (const piece *q = all->piece; q < all->piece + all->count; q++)
        if (q != sheet && q->strong && piece_is_box(q) && ALIKE * q->area >= sheet->area &&
            ALIKE * sheet->area >= q->area)
            return true;
    return false;
}

/* Whether one meets the piece on each straight way from a place to the border. */
static bool is_around(const pieces *all, const piece *p, float x0, float y0)
{
    int label = 1 + (int)(p - all->piece), met = 0;
    for (int k = 0; k < RAYS; k++) {
        float angle = 6.2831853f * (float)k / RAYS, dx = cosf(angle), dy = sinf(angle), x = x0, y = y0;
        bool meets = false;
        for (; !meets && x >= 0 && y >= 0 && x < (float)all->w && y < (float)all->h; x += dx, y += dy)
            meets = all->label[(int)y * all->w + (int)x] == label;
        met += meets;
    }
    return met == RAYS;
}

/* A rectangle or a ring, maybe. */
static bool is_hollow(const piece *p)
{
    int w = pixel_box_w(&p->box), h = pixel_box_h(&p->box);
    return 2 * p->area < w * h && 2 * w >= h && 2 * h >= w;
}

/* A straight stroke from the lower left to the upper right, and not a steep one: in a ring it makes a 0 of that. A slim
 * 8 that leans so is hollow. */
static bool is_slash(const pieces *all, const piece *p)
{
    int label = 1 + (int)(p - all->piece), beside = 0, between = 0;
    float w = (float)pixel_box_w(&p->box), h = (float)pixel_box_h(&p->box);
    for (int y = p->box.y0; y < p->box.y1; y++) {
        int last = p->box.x1;
        for (int x = p->box.x0; x < p->box.x1; x++) {
            if (all->label[y * all->w + x] != label)
                continue;
            float along = ((float)(x - p->box.x0) + 0.5f) / w, down = ((float)(y - p->box.y0) + 0.5f) / h;
            beside += fabsf(along + down - 1) > off_slash;
            between += most(0, x - last - 1);
            last = x;
        }
    }
    return w >= slash_width * h && h >= slash_width * w && BESIDE_SLASH * (beside + between) <= p->area;
}

/* Something is inside, and that is no small part. */
static bool is_frame(const pieces *all, const piece *p)
{
    if (!is_hollow(p))
        return false;
    for (const piece *q = all->piece; q < all->piece + all->count; q++)
        if (q->strong && q->box.x0 > p->box.x0 && q->box.y0 > p->box.y0 && q->box.x1 < p->box.x1 &&
            q->box.y1 < p->box.y1 && FRAMED * pixel_box_side(&q->box) >= pixel_box_side(&p->box) &&
            (piece_is_box(p) || (!is_slash(all, q) && is_around(all, p, 0.5f * (float)(q->box.x0 + q->box.x1),
                                                                0.5f * (float)(q->box.y0 + q->box.y1)))))
            return true;
    return false;
}

static bool is_flat(const piece *p)
{
    return FLAT * pixel_box_h(&p->box) <= pixel_box_w(&p->box);
}

/* A filled rectangle that is wider than high. */
static bool is_bar(const piece *p)
{
    int w = pixel_box_w(&p->box), h = pixel_box_h(&p->box);
    return w >= 2 * h && p->outline >= whole_outline && 4 * p->area >= 3 * w * h;
}

/* Whether a flat piece underlines a part of the writing: it reaches out on both sides. */
static bool is_under(const piece *p, const piece *q)
{
    int w = pixel_box_w(&p->box);
    return p->box.y0 >= q->box.y1 && p->box.x0 < q->box.x0 && p->box.x1 > q->box.x1 &&
           2 * pixel_box_side(&q->box) >= w && (float)w >= underlining * (float)pixel_box_w(&q->box);
}

/* Flat and longer than any part of the writing above or below it, or below it and wider, or a bar far from that: a
 * button. */
static bool is_line(const pieces *all, const piece *p)
{
    int w = pixel_box_w(&p->box);
    bool flat = is_flat(p), bar = is_bar(p);
    for (const piece *q = all->piece; (flat || bar) && q < all->piece + all->count; q++) {
        int side = pixel_box_side(&q->box);
        bool is_other = q != p && q->strong && FLAT * side >= w && !is_flat(q);
        if (is_other && ((flat && ((float)w >= long_line * (float)side || is_under(p, q))) ||
                         (bar && NEAR * gap(&p->box, &q->box) > side)))
            return true;
    }
    return false;
}

static void join(pixel_box *box, const pixel_box *b)
{
    *box = (pixel_box){b->x0 < box->x0 ? b->x0 : box->x0, b->y0 < box->y0 ? b->y0 : box->y0, most(b->x1, box->x1),
                       most(b->y1, box->y1)};
}

/* As a 1 is cut out. */
static bool is_strip(const pieces *all)
{
    return 2 * all->w <= all->h;
}

/* A digit that was cut to its box: what fills the picture, but a sheet; a bar is a 1. Of one side half may be filled, by
 * what touches the border with the ends of strokes. */
static bool is_cut_to_box(const pieces *all, const piece *p)
{
    float w = (float)pixel_box_w(&p->box), h = (float)pixel_box_h(&p->box);
    float wide = w / (float)all->w, high = h / (float)all->h;
    bool fills = (fminf(wide, high) >= fills_picture && (float)p->at_border <= all_around * (w + h)) ||
                 (fmaxf(wide, high) >= fills_picture && fminf(wide, high) >= fills_half &&
                  (is_strip(all) || (float)p->at_border <= cut_contact * (w + h)));
    return fills && (2 * w <= h || (float)p->area < most_solid * (float)all->w * (float)all->h);
}

/* The same of a digit in several pieces: together they fill the picture, the largest runs into the border, and none lies
 * along it. */
static bool are_cut_to_box(const pieces *all)
{
    pixel_box box = {all->w, all->h, 0, 0};
    const piece *largest = NULL;
    double ink = 0;
    int count = 0;
    for (const piece *p = all->piece; p < all->piece + all->count; p++)
        ink = p->strong ? fmax(ink, p->ink) : ink;
    for (const piece *p = all->piece; p < all->piece + all->count; p++) {
        if (!p->strong || SPECK * p->ink < ink)
            continue;
        float outline = (float)(pixel_box_w(&p->box) + pixel_box_h(&p->box));
        if (++count > CUT_PIECES || (float)p->at_border > cut_contact * outline)
            return false;
        join(&box, &p->box);
        if (!largest || pixel_box_side(&p->box) > pixel_box_side(&largest->box))
            largest = p;
    }
    return count > 1 && largest->sides > 0 && (float)pixel_box_w(&box) >= fills_picture * (float)all->w &&
           (float)pixel_box_h(&box) >= fills_picture * (float)all->h;
}

/* What lies along the border, and is no digit that was cut to its box or stands near to the border. */
static bool is_beside(const pieces *all, const piece *p)
{
    if (all->cut_to_box)
        return false;
    int side = pixel_box_side(&p->box), across = most(1, pixel_box_w(&p->box) + pixel_box_h(&p->box) - side);
    return p->sides > 0 && !is_cut_to_box(all, p) && !(p->sides <= SHEET_SIDES && piece_is_sheet(all, p)) &&
           (p->sides > 2 || (float)p->at_border > long_contact * (float)side || RUN_OFF * side < most(all->w, all->h) ||
            side > LONG * across);
}

/* The largest, by extent and ink; NULL: none. */
static piece *largest(const pieces *all, bool at_border)
{
    piece *best = NULL;
    double most = 0;
    for (piece *p = all->piece; p < all->piece + all->count; p++) {
        double size = pixel_box_side(&p->box) * sqrt(p->ink);
        if (!p->strong || (p->sides > 0) != at_border || size <= most || is_beside(all, p))
            continue;
        most = size;
        best = p;
    }
    return best;
}

bool pieces_writing_is_inside(pieces *all)
{
    for (piece *p = all->piece; p < all->piece + all->count; p++)
        p->strong = p->strong && !is_frame(all, p) && !is_line(all, p);
    all->cut_to_box = are_cut_to_box(all);
    const piece *inner = largest(all, false), *outer = largest(all, true);
    int share = outer && is_cut_to_box(all, outer) ? INSIDE_CUT : INSIDE;
    return inner && !all->cut_to_box && (!outer || share * pixel_box_side(&inner->box) >= pixel_box_side(&outer->box));
}

/* A row of small pieces that are alike: printed words, buttons, dots of a line. */
static bool is_print(const pieces *all, const piece *main, const piece *p)
{
    int high = pixel_box_h(&p->box), apart = high / PRINT_ALIKE + 1, row = 0;
    if (PRINT_SIZE * high > pixel_box_side(&main->box))
        return false;
    for (const piece *q = all->piece; q < all->piece + all->count; q++)
        row += q->strong && q != main && abs(q->box.y0 - p->box.y0) <= apart && abs(q->box.y1 - p->box.y1) <= apart;
    return row >= PRINT_LEAST;
}

static bool is_alike(const pixel_box *a, const pixel_box *b)
{
    int ha = pixel_box_h(a), hb = pixel_box_h(b);
    return a->y0 < b->y1 && b->y0 < a->y1 && ALIKE * ha >= hb && ALIKE * hb >= ha;
}

/* Dots of a paper, or of a texture, with nothing on it that is larger. */
static bool is_dot(const pieces *all, const piece *main)
{
    int side = pixel_box_side(&main->box), alike = 0;
    for (const piece *q = all->piece; q < all->piece + all->count; q++)
        alike += q->strong && 2 * pixel_box_side(&q->box) >= side;
    return DOT * side <= most(all->w, all->h) && alike >= DOTS_LEAST;
}

/* A thin line from border to border, not much aslant, that is no 1 in a strip. */
static bool is_across(const pieces *all, const piece *p)
{
    int side = pixel_box_side(&p->box), slope = pixel_box_w(&p->box) + pixel_box_h(&p->box) - side;
    bool spans = (p->box.x0 == 0 && p->box.x1 == all->w) || (p->box.y0 == 0 && p->box.y1 == all->h && !is_strip(all));
    return spans && side >= LEAST_ACROSS && ASLANT * slope <= side && side * side > LONG_ACROSS * p->area &&
           !is_cut_to_box(all, p);
}

/* Whether a piece is as near to the writing as its parts are to each other. */
static bool is_near(const piece *main, writing_kind kind, const pixel_box *box, const piece *p)
{
    int side = pixel_box_side(&main->box), apart = gap(box, &p->box);
    if (kind == WRITING_ROW)
        return apart <= (is_alike(&main->box, &p->box) ? ROW_REACH * side : side);
    return NEAR * apart <= side;
}

/* Takes into the writing what is near to it; true if that was anything. */
static bool take_near(pieces *all, const piece *main, writing_kind kind, bool inside, pixel_box *box)
{
    bool taken = false;
    for (piece *p = all->piece; p < all->piece + all->count; p++) {
        bool beside = inside ? p->sides > 0 : is_beside(all, p);
        if (p->is_writing || !p->strong || beside || SPECK * p->ink < main->ink || !is_near(main, kind, box, p) ||
            is_print(all, main, p))
            continue;
        p->is_writing = taken = true;
        join(box, &p->box);
    }
    return taken;
}

const piece *pieces_choose(pieces *all, writing_kind kind, pixel_box *box)
{
    bool inside = pieces_writing_is_inside(all);
    piece *main = largest(all, !inside);
    if (!main || is_dot(all, main) || is_across(all, main))
        return NULL;
    main->is_writing = true;
    *box = main->box;
    while (take_near(all, main, kind, inside, box))
        continue;
    return main;
}

/* Pieces of one digit lie above each other, or are lower, or make up something that is not wide, as an open 4. */
bool pieces_are_several(const pieces *all, const piece *main, writing_kind kind, const pixel_box *box)
{
    bool inside = main->sides == 0, wide = kind == WRITING_DIGIT && pixel_box_w(box) > pixel_box_h(box);
    for (const piece *p = all->piece; p < all->piece + all->count; p++) {
        bool is_apart = wide && (p->box.x0 >= main->box.x1 || p->box.x1 <= main->box.x0),
             is_high = ALIKE * pixel_box_h(&p->box) >= pixel_box_h(box) && SPECK * p->ink >= main->ink;
        if (p != main && p->strong && is_high && (is_apart || !p->is_writing) &&
            !(inside ? p->sides > 0 : is_beside(all, p)))
            return true;
    }
    return false;
}
