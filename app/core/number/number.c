/* number.c - from a drawing to the number it shows, with a memory of what was read. */
#include "number.h"
#include "app/core/least.h"
#include "nn/alloc.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* In heights of the writing: a narrower stroke is one digit's, a wider one may span two however sure the network is. */
#define CUT_FROM   0.35f
#define CUT_SURELY 0.95f
#define CUT_ALONE  0.7f /* from this width on a stroke that is a digit by itself may also be two */
#define SURE       0.9f /* what is a digit */
#define BELIEVED   0.8f /* a text that is as probable at least */
#define DOUBTED    0.7f /* one that is less gives way to a digit that the network is sure of */
enum { REMEMBERED = 4 * LATTICE_MAX_GROUPS, PLACES = 2 * REMEMBERED };

/* Groups that were read, by the points they are made of. When it is full, what the last drawing did not need goes. */
typedef struct memory {
    int count;
    struct remembered {
        uint64_t key; /* 0: free */
        unsigned used;
        answer answer;
    } place[PLACES];
} memory;

struct number_reader {
    unsigned now; /* counts the drawings */
    stroke_parts parts;
    lattice lattice;
    digit digit;
    number_answer one; /* the drawing as a digit */
    memory memory;
};

number_reader *number_reader_new(void)
{
    return nn_alloc(1, sizeof(number_reader));
}

void number_reader_free(number_reader *self)
{
    if (self)
        parts_free(&self->parts);
    nn_free(self);
}

void number_reader_forget(number_reader *self)
{
    memset(&self->memory, 0, sizeof self->memory);
}

const stroke_parts *number_reader_parts(const number_reader *self)
{
    return &self->parts;
}

const lattice *number_reader_lattice(const number_reader *self)
{
    return &self->lattice;
}

/* ---- the memory -------------------------------------------------------------------------------------------------- */

static uint64_t key_of(const stroke_parts *p, uint64_t chosen)
{
    uint64_t key = 0;
    for (int i = 0; i < p->count; i++)
        if (chosen >> i & 1)
            key += p->part[i].hash * 0x9e3779b97f4a7c15u;
    return key ? key : 1;
}

/* Where it is, or would be. */
static struct remembered *place_of(memory *m, uint64_t key)
{
    int i = (int)(key >> 40) % PLACES;
    while (m->place[i].key && m->place[i].key != key)
        i = (i + 1) % PLACES;
    return &m->place[i];
}

/* Keeps what drawings from `since` on used, as far as that is less than half. */
static bool make_room(memory *m, unsigned since)
{
    memory *fresh = nn_alloc(1, sizeof *fresh);
    if (!fresh)
        return false;
    for (int i = 0; i < PLACES && fresh->count < REMEMBERED / 2; i++)
        if (m->place[i].key && m->place[i].used >= since) {
            *place_of(fresh, m->place[i].key) = m->place[i];
            fresh->count++;
        }
    *m = *fresh;
    nn_free(fresh);
    return true;
}

/* What the network says of some of the parts. NULL when out of memory. */
static const answer *ask(number_reader *self, recogniser *network, uint64_t chosen)
{
    uint64_t key = key_of(&self->parts, chosen);
    struct remembered *r = place_of(&self->memory, key);
    if (!r->key) {
        ink group;
        if (self->memory.count == REMEMBERED && !make_room(&self->memory, self->now))
            return NULL;
        bool ok = parts_ink(&group, &self->parts, chosen);
        if (ok)
            digit_from_ink(&self->digit, &group, &digit_defaults);
        ink_free(&group);
        if (!ok)
            return NULL;
        r = place_of(&self->memory, key);
        r->key = key;
        self->memory.count++;
        recogniser_read(network, &self->digit, &r->answer);
    }
    r->used = self->now;
    return &r->answer;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static bool names(const number_hint *hint, int stroke)
{
    for (int i = 0; i < hint->count; i++)
        if (hint->stroke[i] == stroke)
            return true;
    return false;
}

/* Whether a person said that a digit with this stroke is none. */
static bool is_split(const number_hints *hints, int stroke)
{
    for (int i = 0; hints && i < hints->count; i++)
        if (!hints->hint[i].together && names(&hints->hint[i], stroke))
            return true;
    return false;
}

/* The hints as rules about parts, as far as they can be kept. */
static int make_rules(lattice_rule rules[NUMBER_HINTS], const number_hints *hints, const stroke_parts *p)
{
    int n = 0;
    for (int i = 0; hints && i < hints->count; i++) {
        lattice_rule r = {.together = hints->hint[i].together};
        for (int k = 0; k < p->count; k++)
            if (names(&hints->hint[i], p->part[k].stroke))
                r.parts |= (uint64_t)1 << k;
        bool several = r.parts & (r.parts - 1);
        if (several && r.parts >> __builtin_ctzll(r.parts) < (uint64_t)1 << GROUP_REACH)
            rules[n++] = r;
    }
    return n;
}

/* Whether a stroke that was put into a digit may go on into the next one. */
static bool may_span(const stroke_parts *p, int i, const lattice_group *of, const number_hints *hints)
{
    float wide = (p->part[i].box.x1 - p->part[i].box.x0) / p->height;
    if (is_split(hints, p->part[i].stroke) || wide >= CUT_SURELY)
        return true;
    return wide >= CUT_FROM && (of->answer.confidence < SURE || (of->strokes == 1 && wide >= CUT_ALONE));
}

/* Cuts strokes of the digits that whole strokes come to, from the last to the first, so that the others keep their
 * places. *cut: whether there are more parts now. False when out of memory. */
static bool cut_strokes(number_reader *self, const lattice_path *path, const number_hints *hints, bool *cut)
{
    stroke_parts *p = &self->parts;
    int count = p->count;
    for (int i = count - 1; i >= 0; i--)
        for (int k = 0; k < path->count; k++) {
            const lattice_group *of = &self->lattice.group[path->group[k]];
            if ((of->parts >> i & 1) && may_span(p, i, of, hints) &&
                !parts_cut(p, i, is_split(hints, p->part[i].stroke)))
                return false;
        }
    *cut = p->count > count;
    return true;
}

/* Whether two digits are of different lines: one stands above the other. */
static bool is_above(const ink_extent *a, const ink_extent *b)
{
    float over = fminf(a->x1, b->x1) - fmaxf(a->x0, b->x0), narrower = fminf(a->x1 - a->x0, b->x1 - b->x0);
    return 2 * over > narrower && (a->y1 < b->y0 || b->y1 < a->y0);
}

/* Digits are put in order from the left, as those of one line are. */
static bool has_lines(const number_answer *a)
{
    for (int i = 0; i < a->count; i++)
        for (int k = 0; k < i; k++)
            if (is_above(&a->digit[i].box, &a->digit[k].box))
                return true;
    return false;
}

void number_spell(number_answer *out, const stroke_parts *parts, const lattice *of, const lattice_path *path,
                  const nn_model *model)
{
    size_t len = 0;
    out->count = path->count;
    out->probability = path->probability;
    out->unsure = path->probability < BELIEVED;
    for (int i = 0; i < path->count; i++) {
        const lattice_group *g = &of->group[path->group[i]];
        number_digit *d = &out->digit[i];
        *d = (number_digit){.answer = g->answer, .box = parts_box(parts, g->parts), .parts = g->parts};
        d->answer.digit = path->class[i];
        memcpy(d->answer.text, model->label[path->class[i]], sizeof d->answer.text);
        d->answer.confidence = g->answer.probability[path->class[i]];
        len += (size_t)snprintf(out->text + len, sizeof out->text - len, "%s", d->answer.text);
        if (len >= sizeof out->text)
            len = sizeof out->text - 1;
    }
    out->unsure |= has_lines(out);
}

/* A group that there is no time for is no digit, this time. *most_new: how many more are read, 0 none, -1 all. */
static bool read_groups(number_reader *self, recogniser *network, int *most_new, number_answer *out)
{
    const nn_model *model = recogniser_model(network);
    answer unread = answer_none();
    unread.classes = model->plan->classes;
    for (int i = 0; i < self->lattice.count; i++) {
        uint64_t chosen = self->lattice.group[i].parts;
        if (self->lattice.group[i].blank)
            continue;
        bool known = place_of(&self->memory, key_of(&self->parts, chosen))->key != 0, leave = !known && *most_new == 0;
        const answer *a = leave ? &unread : ask(self, network, chosen);
        if (!a)
            return false;
        *most_new -= !known && *most_new > 0;
        out->partial |= leave;
        out->overflow |= a->overflow;
        lattice_tell(&self->lattice, i, a, model);
    }
    return true;
}

/* The likeliest path, none where the network's answers run over. */
static bool find_path(number_reader *self, recogniser *network, const number_hints *hints, int *most_new,
                      lattice_path *path, number_answer *out)
{
    lattice_rule rules[NUMBER_HINTS];
    path->count = 0;
    parts_sort(&self->parts);
    lattice_build(&self->lattice, &self->parts, rules, make_rules(rules, hints, &self->parts));
    if (!read_groups(self, network, most_new, out))
        return false;
    if (!out->overflow)
        lattice_best(path, &self->lattice);
    return true;
}

/* First of whole strokes; where a digit of these is doubtful, its strokes are cut. */
static bool read_parts(number_reader *self, recogniser *network, const number_hints *hints, int most_new,
                       lattice_path *path, number_answer *out)
{
    bool cut = false;
    if (!find_path(self, network, hints, &most_new, path, out))
        return false;
    if (!out->partial && !cut_strokes(self, path, hints, &cut))
        return false;
    return !cut || find_path(self, network, hints, &most_new, path, out);
}

/* ---- as one digit ------------------------------------------------------------------------------------------------ */

static void widen(void *ctx, float x0, float y0, float x1, float y1, float width)
{
    (void)width;
    ink_extent *b = ctx;
    *b = (ink_extent){least(b->x0, least(x0, x1)), least(b->y0, least(y0, y1)), most(b->x1, most(x0, x1)),
                      most(b->y1, most(y0, y1))};
}

/* As a drawing is read that is no number. What is wider than high is hardly one digit: then it is unsure whatever the network
 * says. */
static void read_as_digit(number_reader *self, recogniser *network, const ink *drawing, number_answer *out)
{
    number_digit *d = &out->digit[0];
    *out = (number_answer){.full = out->full};
    digit_from_ink(&self->digit, drawing, &digit_defaults);
    recogniser_read(network, &self->digit, &d->answer);
    out->overflow = d->answer.overflow;
    if (d->answer.digit < 0)
        return;
    d->box = (ink_extent){INFINITY, INFINITY, -INFINITY, -INFINITY};
    ink_visit(drawing, widen, &d->box);
    d->parts = self->parts.count > 0 ? UINT64_MAX >> (PARTS_MAX - self->parts.count) : 0;
    out->count = 1;
    out->probability = d->answer.confidence;
    out->unsure = d->answer.unsure || d->box.x1 - d->box.x0 > d->box.y1 - d->box.y0;
    snprintf(out->text, sizeof out->text, "%s", d->answer.text);
}

/* A digit of several strokes may look like a number that is not sure of itself. */
static void prefer_digit(number_reader *self, recogniser *network, const ink *drawing, number_answer *out)
{
    if (out->count < 2 || out->probability >= DOUBTED || out->partial)
        return;
    read_as_digit(self, network, drawing, &self->one);
    if (self->one.count == 1 && !self->one.unsure)
        *out = self->one;
}

/* ---- whatever was drawn ------------------------------------------------------------------------------------------ */

static bool read_text(number_reader *self, recogniser *network, const ink *drawing, const number_hints *hints,
                      int most_new, number_answer *out, nn_error *err)
{
    bool fits;
    lattice_path path;
    memset(out, 0, sizeof *out);
    self->now++;
    if (!parts_find(&self->parts, drawing, &fits) ||
        (self->parts.count > 0 && !read_parts(self, network, hints, most_new > 0 ? most_new : -1, &path, out)))
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    out->full = !fits;
    if (self->parts.count > 0 && !out->overflow)
        number_spell(out, &self->parts, &self->lattice, &path, recogniser_model(network));
    return true;
}

bool number_read(number_reader *self, recogniser *network, const ink *drawing, const number_hints *hints, int most_new,
                 number_answer *out, nn_error *err)
{
    if (!read_text(self, network, drawing, hints, most_new, out, err))
        return false;
    if (!hints || hints->count == 0)
        prefer_digit(self, network, drawing, out);
    return true;
}

bool number_read_whole(number_reader *self, recogniser *network, const ink *drawing, number_answer *out, nn_error *err)
{
    number_reader_forget(self);
    if (!read_text(self, network, drawing, NULL, 0, out, err))
        return false;
    if (self->parts.count == 0 || out->count == 1)
        read_as_digit(self, network, drawing, out);
    else
        prefer_digit(self, network, drawing, out);
    return true;
}

/* ---- for others -------------------------------------------------------------------------------------------------- */

/* To a millionth of a pixel: what comes from computing with floats is no part of it. */
static double rounded(double value)
{
    return round(1e6 * value) / 1e6 + 0.0; /* no -0 */
}

json_t *number_digit_json(const char *text, float confidence, ink_extent box)
{
    return json_pack("{s:s, s:f, s:[f,f,f,f]}", "text", text, "confidence", (double)confidence, "box",
                     rounded((double)box.x0), rounded((double)box.y0), rounded((double)(box.x1 - box.x0)),
                     rounded((double)(box.y1 - box.y0)));
}

json_t *number_json(const number_answer *n)
{
    json_t *digits = json_array();
    for (int i = 0; i < n->count; i++) {
        const number_digit *d = &n->digit[i];
        json_array_append_new(digits, number_digit_json(d->answer.text, d->answer.confidence, d->box));
    }
    json_t *class = n->count == 1 ? json_integer(n->digit[0].answer.digit) : json_null();
    return json_pack("{s:o, s:s, s:f, s:b, s:o}", "digit", class, "text", n->text, "confidence", (double)n->probability,
                     "unsure", n->unsure, "digits", digits);
}

bool number_image(const number_reader *self, const number_digit *of, const digit_options *options, digit *out)
{
    ink group;
    bool ok = parts_ink(&group, &self->parts, of->parts);
    if (ok)
        digit_from_ink(out, &group, options);
    ink_free(&group);
    return ok;
}

/* ---- by hand ----------------------------------------------------------------------------------------------------- */

/* Adds the strokes of some parts. False where they are too many. */
static bool add_strokes(number_hint *hint, const stroke_parts *p, uint64_t chosen)
{
    for (int i = 0; i < p->count; i++)
        if ((chosen >> i & 1) && !names(hint, p->part[i].stroke)) {
            if (hint->count == HINT_STROKES)
                return false;
            hint->stroke[hint->count++] = p->part[i].stroke;
        }
    return true;
}

/* Takes out the hints of one kind that share strokes with another one. Returns how many. */
static int drop_hints(number_hints *hints, const number_hint *about, bool together)
{
    int kept = 0, count = hints->count;
    for (int i = 0; i < count; i++) {
        bool shares = false;
        for (int k = 0; k < about->count; k++)
            shares |= names(&hints->hint[i], about->stroke[k]);
        if (!shares || hints->hint[i].together != together)
            hints->hint[kept++] = hints->hint[i];
    }
    hints->count = kept;
    return count - kept;
}

static bool add_hint(number_hints *hints, const number_hint *h)
{
    if (hints->count == NUMBER_HINTS)
        return false;
    hints->hint[hints->count++] = *h;
    return true;
}

bool number_join(number_hints *hints, const number_answer *n, const number_reader *self, int i)
{
    number_hint h = {.together = true};
    if (i < 0 || i + 1 >= n->count || !add_strokes(&h, &self->parts, n->digit[i].parts | n->digit[i + 1].parts))
        return false;
    drop_hints(hints, &h, false);
    drop_hints(hints, &h, true); /* what was joined before is part of this */
    return add_hint(hints, &h);
}

bool number_split(number_hints *hints, const number_answer *n, const number_reader *self, int i)
{
    number_hint h = {.together = false};
    if (i < 0 || i >= n->count || !add_strokes(&h, &self->parts, n->digit[i].parts))
        return false;
    return drop_hints(hints, &h, true) > 0 || add_hint(hints, &h);
}
