/* dots.c - which places promise most, and what they hold. */
#include "dots.h"
#include <string.h>

/* How much a dot of two pixels covers of the pixel in its middle, of those beside it and of those at the corners; and how
 * much an eraser of three takes away. */
static const float covers[3] = {1, 0.46f, 0.08f}, clears[3] = {1, 0.8f, 0.4f};
static const float pen_pixels = DIGIT_PEN, eraser_pixels = 3;
static const float least_gain = 0.01f; /* log-odds: less is no progress */

static bool add(dots *self, const ink_dot *d, nn_error *err)
{
    const ink_point p = {d->x, d->y, NAN, 1};
    return ink_add(&self->ink, d->kind, d->width, &p, 1) || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

/* What the drawing with its dots is read as; returns the class. */
static int read(dots *self, slope *s, const slope_nets *nets)
{
    digit_from_ink(&self->page, &self->ink, &self->how);
    return slope_read(s, nets, self->page.image);
}

/* What it shall be taken for, as things stand. */
static int aim(const dots *self, const slope *s)
{
    return self->wanted == FOOL_ANY ? slope_other(s, self->answer, 0) : self->wanted;
}

static float value_of(const dots *self, const slope *s)
{
    return slope_odds(s, aim(self, s));
}

/* The drawing was read. */
static void look(dots *self, const slope *s, int top)
{
    self->value = value_of(self, s);
    self->turned = top;
    self->probability = s->probability[top];
    if (self->value >= 0)
        self->state = FOOL_FOUND;
}

bool dots_begin(dots *self, slope *s, const slope_nets *nets, const ink *drawing, const digit_options *how, int wanted,
                nn_error *err)
{
    *self = (dots){.state = FOOL_GOING, .wanted = wanted, .how = *how, .answer = -1};
    ink_init(&self->ink);
    for (int i = ink_visible_from(drawing); i < drawing->done; i++) {
        const ink_entry *e = &drawing->entry[i];
        if (!ink_add(&self->ink, e->kind, e->width, drawing->point + e->first, e->count))
            return nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    self->answer = read(self, s, nets);
    if (s->classes > 1)
        look(self, s, self->answer);
    if (self->state == FOOL_FOUND || self->page.empty || s->classes < 2)
        self->state = FOOL_IDLE;
    return true;
}

void dots_free(dots *self)
{
    ink_free(&self->ink);
    *self = (dots){.state = FOOL_IDLE};
}

/* ---- which places ------------------------------------------------------------------------------------------------ */

/* What a dot in the middle of a pixel should win: more ink (sign 1) or less (-1) where it makes a difference. */
static float promise(const float *image, const float *gradient, int x, int y, float sign)
{
    float sum = 0;
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
            int i = (y + dy) * DIGIT_SIDE + x + dx, distance = (dx != 0) + (dy != 0);
            float room = sign > 0 ? covers[distance] * (1 - image[i]) : clears[distance] * image[i];
            sum += sign * room * gradient[i];
        }
    return sum;
}

static float pixels_a_unit(const affine *m)
{
    return sqrtf(fabsf(m->xx * m->yy - m->xy * m->yx));
}

/* Another one must not promise more within two pixels. */
static bool is_peak(const float promised[DIGIT_PIXELS], int x, int y)
{
    for (int v = y - 2; v <= y + 2; v++)
        for (int u = x - 2; u <= x + 2; u++)
            if (u >= 0 && v >= 0 && u < DIGIT_SIDE && v < DIGIT_SIDE &&
                promised[v * DIGIT_SIDE + u] > promised[y * DIGIT_SIDE + x])
                return false;
    return promised[y * DIGIT_SIDE + x] > 0;
}

static bool in_box(const digit *d, float x, float y)
{
    return x >= d->box[0] && y >= d->box[1] && x <= d->box[0] + d->box[2] && y <= d->box[1] + d->box[3];
}

/* Into the list, which is in the order of what places promise. */
static void insert(dots *self, float gain[DOTS_TRIED], ink_dot d, float promised)
{
    int at = self->n_places;
    for (; at > 0 && gain[at - 1] < promised; at--)
        if (at < DOTS_TRIED) {
            gain[at] = gain[at - 1];
            self->place[at] = self->place[at - 1];
        }
    if (at == DOTS_TRIED)
        return;
    gain[at] = promised;
    self->place[at] = d;
    self->n_places += self->n_places < DOTS_TRIED;
}

/* Those of one kind. */
static void list_places(dots *self, const float gradient[DIGIT_PIXELS], ink_kind kind, float gain[DOTS_TRIED])
{
    affine back = affine_inverse(&self->page.to_image);
    float unit = pixels_a_unit(&self->page.to_image), promised[DIGIT_PIXELS] = {0};
    for (int y = 1; y < DIGIT_SIDE - 1; y++)
        for (int x = 1; x < DIGIT_SIDE - 1; x++)
            promised[y * DIGIT_SIDE + x] = promise(self->page.image, gradient, x, y, kind == INK_PEN ? 1 : -1);
    for (int i = 0; i < DIGIT_PIXELS; i++) {
        float at[2];
        affine_apply(&back, (float)(i % DIGIT_SIDE) + 0.5f, (float)(i / DIGIT_SIDE) + 0.5f, at);
        ink_dot d = {kind, at[0], at[1], (kind == INK_PEN ? pen_pixels : eraser_pixels) / unit};
        if (is_peak(promised, i % DIGIT_SIDE, i / DIGIT_SIDE) && in_box(&self->page, at[0], at[1]))
            insert(self, gain, d, promised[i]);
    }
}

static void begin_dot(dots *self, slope *s, const slope_nets *nets)
{
    float gradient[DIGIT_PIXELS], gain[DOTS_TRIED];
    read(self, s, nets);
    slope_of_odds(s, nets, aim(self, s), gradient);
    self->n_places = self->tried = 0;
    self->best = -1;
    self->best_value = self->value + least_gain;
    list_places(self, gradient, INK_PEN, gain);
    list_places(self, gradient, INK_ERASER, gain);
}

/* ---- trying ------------------------------------------------------------------------------------------------------ */

static bool try_place(dots *self, slope *s, const slope_nets *nets, nn_error *err)
{
    if (!add(self, &self->place[self->tried], err))
        return false;
    read(self, s, nets);
    float value = value_of(self, s);
    if (!self->page.empty && value > self->best_value) {
        self->best_value = value;
        self->best = self->tried;
    }
    self->tried++;
    ink_undo(&self->ink);
    return true;
}

static bool settle(dots *self, slope *s, const slope_nets *nets, nn_error *err)
{
    if (self->best < 0 || self->count == DOTS_MAX) {
        self->state = FOOL_FAILED;
        return true;
    }
    self->dot[self->count] = self->place[self->best];
    if (!add(self, &self->dot[self->count++], err))
        return false;
    self->n_places = 0;
    look(self, s, read(self, s, nets));
    return true;
}

bool dots_step(dots *self, slope *s, const slope_nets *nets, nn_error *err)
{
    bool ok = true;
    if (self->n_places == 0) {
        begin_dot(self, s, nets);
        self->state = self->n_places == 0 ? FOOL_FAILED : FOOL_GOING;
    } else {
        ok = self->tried < self->n_places ? try_place(self, s, nets, err) : settle(self, s, nets, err);
    }
    if (!ok)
        self->state = FOOL_FAILED;
    return ok;
}
