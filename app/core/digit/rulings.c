/* rulings.c - long runs of ink, and which of them make up a line across the picture. */
#include "rulings.h"
#include "nn/alloc.h"
#include <string.h>

enum {
    LEAST_SIDE = 60,    /* pixels: in a smaller picture nothing is thin */
    RUNS_PER_SIDE = 20, /* a line is made of runs longer than 1 / this of the picture's side */
    THIN = 40,          /* and thinner than 1 / this of the other side, */
    THIN_CLOSELY = 12,  /* or 1 / this of a part that is looked at closely, */
    LEAST_LINES = 3     /* and not alone: a digit has long strokes too, which do not cross such a part */
};
static const float whole_length = 0.8f;   /* of the side, of a line */
static const float margin_length = 0.95f; /* of a paper's margin, which may be alone across its lines */

/* Lines along x, or along y when the steps are exchanged. */
typedef struct sheet {
    unsigned char *level;
    int w, h;                /* along and across the lines */
    ptrdiff_t along, across; /* steps from pixel to pixel */
    int least;
    int thin;             /* pixels across a line, at most */
    unsigned char *state; /* w x h: 0, or RUN.. below */
    int *queue;           /* w x h */
    int *thickness;       /* w: of the line, where it is thinnest */
} sheet;

enum { RUN = 1, TAKEN, LINE };

static bool is_ink(const sheet *s, int x, int y)
{
    return y >= 0 && y < s->h && s->level[x * s->along + y * s->across] >= s->least;
}

static void mark_runs(const sheet *s)
{
    int least = s->w / RUNS_PER_SIDE;
    memset(s->state, 0, (size_t)s->w * (size_t)s->h);
    for (int y = 0; y < s->h; y++)
        for (int x = 0, end; x < s->w; x = end + 1) {
            for (end = x; end < s->w && is_ink(s, end, y);)
                end++;
            if (end - x >= least)
                memset(s->state + (ptrdiff_t)y * s->w + x, RUN, (size_t)(end - x));
        }
}

/* Runs that touch, or leave out one pixel; returns how many pixels came into the queue. */
static int take_runs(const sheet *s, int start, int *length)
{
    int end = 0, x0 = s->w, x1 = 0;
    s->queue[end++] = start;
    s->state[start] = TAKEN;
    for (int i = 0; i < end; i++) {
        int x = s->queue[i] % s->w, y = s->queue[i] / s->w;
        x0 = x < x0 ? x : x0;
        x1 = x > x1 ? x : x1;
        for (int k = 0; k < 15; k++) {
            int nx = x + k % 5 - 2, ny = y + k / 5 - 1, next = ny * s->w + nx;
            if (nx < 0 || ny < 0 || nx >= s->w || ny >= s->h || s->state[next] != RUN)
                continue;
            s->state[next] = TAKEN;
            s->queue[end++] = next;
        }
    }
    *length = x1 - x0 + 1;
    return end;
}

/* Of the ink through a pixel, across the line; of what is thick for a line, some number above. */
static int thickness_at(const sheet *s, int pixel)
{
    int x = pixel % s->w, y = pixel / s->w, from = y, end = y, enough = s->thin + 2;
    while (y - from < enough && is_ink(s, x, from - 1))
        from--;
    while (end - y < enough && is_ink(s, x, end))
        end++;
    return end - from;
}

/* The median along the line of where it is thinnest: strokes that run into it do not count. */
static int usual_thickness(const sheet *s, int pixels)
{
    int reached = 0, columns = 0;
    memset(s->thickness, 0, (size_t)s->w * sizeof *s->thickness);
    for (int i = 0; i < pixels; i++) {
        int *least = &s->thickness[s->queue[i] % s->w], here = thickness_at(s, s->queue[i]);
        *least = *least == 0 || here < *least ? here : *least;
    }
    for (int x = 0; x < s->w; x++)
        columns += s->thickness[x] > 0;
    for (int t = 1; t <= s->thin; t++) {
        for (int x = 0; x < s->w; x++)
            reached += s->thickness[x] == t;
        if (2 * reached >= columns)
            return t;
    }
    return 0;
}

/* Marks the pixels of lines of this length, a share of the side; returns how many lines there are. */
static int mark_lines(const sheet *s, float least)
{
    int lines = 0;
    mark_runs(s);
    for (int i = 0; i < s->w * s->h; i++) {
        int length, pixels = s->state[i] == RUN ? take_runs(s, i, &length) : 0;
        if (pixels == 0 || (float)length < least * (float)s->w)
            continue;
        int thickness = usual_thickness(s, pixels);
        lines += thickness > 0;
        for (int k = 0; k < pixels && thickness > 0; k++)
            if (thickness_at(s, s->queue[k]) <= thickness + 1)
                s->state[s->queue[k]] = LINE;
    }
    return lines;
}

/* With the paler rim of a line, one pixel on each side. */
static void erase_lines(const sheet *s)
{
    for (int y = 0; y < s->h; y++)
        for (int x = 0; x < s->w; x++)
            for (int ny = y - 1; ny <= y + 1; ny++)
                if (s->state[(ptrdiff_t)y * s->w + x] == LINE && ny >= 0 && ny < s->h)
                    s->level[x * s->along + ny * s->across] = 0;
}

/* Along becomes across. */
static sheet turned(const sheet *s)
{
    sheet other = *s;
    other.w = s->h, other.h = s->w, other.along = s->across, other.across = s->along;
    return other;
}

/* First the lines in one direction: what is left of the others are the lines' crossings. The first direction comes once
 * more: only now it may be known that the paper is ruled. */
bool rulings_erase(unsigned char *level, int w, int h, int least, bool closely, nn_error *err)
{
    if (w < LEAST_SIDE || h < LEAST_SIDE)
        return true;
    size_t pixels = (size_t)w * (size_t)h;
    sheet s = {.level = level, .w = w, .h = h, .along = 1, .across = w, .least = least};
    s.state = nn_alloc(pixels, 1);
    s.queue = nn_alloc(pixels, sizeof *s.queue);
    s.thickness = nn_alloc((size_t)(w > h ? w : h), sizeof *s.thickness);
    bool ok = s.state && s.queue && s.thickness;
    bool ruled = false;
    for (int turn = 0; ok && turn < 3; turn++) {
        int thin = s.h / (closely ? THIN_CLOSELY : THIN);
        s.thin = thin > 2 ? thin : 2;
        bool enough = mark_lines(&s, whole_length) >= (closely ? 1 : LEAST_LINES);
        if (enough || (ruled && mark_lines(&s, margin_length) > 0))
            erase_lines(&s);
        ruled |= enough;
        s = turned(&s);
    }
    nn_free(s.state);
    nn_free(s.queue);
    nn_free(s.thickness);
    return ok || nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
}
