/* inside_steps.c - the steps from ink or a picture to 28 x 28 as small pictures. Of a picture also the writing that each
 * look at it found, and what that was read as. */
#include "app/texts/texts.h"
#include "panel.h"
#include <math.h>
#include <stdio.h>

static const colour black = 0xff000000, white = 0xffffffff;

typedef enum step { STEP_INK, STEP_WRITING, STEP_FIT, STEP_INPUT, STEP_WANTED, STEPS } step;

/* The looks at the picture that is read; NULL: no picture is, or as it is, or as a number. */
static const picture_looks *looks_of(const app *self)
{
    const app_picture *p = app_shown_picture(self);
    return p && p->found.count > 0 && app_read(self)->looks.count > 0 ? &p->found : NULL;
}

/* To an image of a data set nothing is done: it is the network's input. */
static bool is_as_it_is(const app *self)
{
    return app_shows_picture(self) && app_shown_picture(self)->exact;
}

/* Those that there are; where there is little room the picture is seen on the canvas only. */
static int list_steps(const app *self, int width, step list[STEPS])
{
    enum { FOUR = 520, FIVE = 640 /* units */ };
    bool looks = looks_of(self), wanted = self->inside->net->input_side > 0 && width >= ui_px(self->ui, FOUR);
    bool as_it_is = is_as_it_is(self), first = !looks || width >= ui_px(self->ui, wanted ? FIVE : FOUR);
    int n = 0;
    if (first && !as_it_is)
        list[n++] = STEP_INK;
    if (looks)
        list[n++] = STEP_WRITING;
    if (!as_it_is)
        list[n++] = STEP_FIT;
    list[n++] = STEP_INPUT;
    if (wanted)
        list[n++] = STEP_WANTED;
    return n;
}

/* ---- pictures ---------------------------------------------------------------------------------------------------- */

/* A picture of the frame's samples, white on black. */
static void draw_frame(const app *self, rect r, const unsigned char *samples)
{
    mask_image image = {samples, DIGIT_FRAME, DIGIT_FRAME, DIGIT_FRAME, black};
    draw_mask(self->ui->list, &image, revision_number(self->inside->read), r, white);
}

/* x, y, w, h in units of a square of `side` that fills r. */
static void outline_part(const app *self, rect r, const float part[4], float side)
{
    ui *u = self->ui;
    float unit = (float)r.w / side;
    shape_box box = {(float)r.x + part[0] * unit, (float)r.y + part[1] * unit, part[2] * unit, part[3] * unit, 0,
                     fmaxf(u->scale, 1)};
    draw_box(u->list, &box, u->colours->focus);
}

/* In the middle of r, as large as there is room for. */
static rect fitted(rect r, int w, int h)
{
    float scale = fminf((float)r.w / (float)w, (float)r.h / (float)h);
    rect to = {0, 0, (int)(scale * (float)w), (int)(scale * (float)h)};
    to.x = r.x + (r.w - to.w) / 2;
    to.y = r.y + (r.h - to.h) / 2;
    return to;
}

/* With the writing's box, which is in the picture's pixels. */
static void draw_picture(const app *self, rect r)
{
    const digit *d = &app_read(self)->digit;
    const app_picture *p = app_shown_picture(self);
    float side = (float)(p->w > p->h ? p->w : p->h);
    const float part[4] = {d->box[0] + 0.5f * (side - (float)p->w), d->box[1] + 0.5f * (side - (float)p->h), d->box[2],
                           d->box[3]};
    mask_image shown = {p->shown, p->shown_w, p->shown_h, p->shown_w, 0};
    draw_rect(self->ui->list, r, 0, white);
    draw_mask(self->ui->list, &shown, self->prepared, fitted(r, p->w, p->h), black);
    if (!d->empty)
        outline_part(self, r, part, side);
}

static void draw_ink(const app *self, rect r)
{
    const digit *d = &app_read(self)->digit;
    if (app_shows_picture(self)) {
        draw_picture(self, r);
        return;
    }
    draw_frame(self, r, self->inside->sheet);
    if (!d->empty)
        outline_part(self, r, d->box, INK_CANVAS);
}

/* What each look found, two in a row; those that do not count are pale. */
static void draw_writing(const app *self, rect r)
{
    ui *u = self->ui;
    const picture_looks *p = looks_of(self);
    int columns = p->count > 1 ? 2 : 1, w = r.w / columns, h = r.h / ((p->count + 1) / 2);
    draw_rect(u->list, r, 0, black);
    for (int i = 0; i < p->count; i++) {
        const writing *found = &p->look[i];
        mask_image map = {found->ink, found->w, found->h, found->w, 0};
        rect part = {r.x + i % columns * w, r.y + i / columns * h, w, h};
        bool chosen = i == app_read(self)->looks.chosen;
        draw_mask(u->list, &map, self->prepared, fitted(part, map.w, map.h), chosen ? white : 0xff808080);
    }
}

/* What the network gets of the digit, where it was taught otherwise than ours. */
static void draw_wanted(const app *self, rect r)
{
    const inspect *net = self->inside->net;
    mask_image image = {net->input, net->input_side, net->input_side, net->input_side, 0};
    draw_rect(self->ui->list, r, 0, black);
    if (!app_read(self)->digit.empty)
        draw_mask(self->ui->list, &image, revision_number(self->inside->read), r, white);
}

static void draw_step(const app *self, rect r, step which)
{
    const float margin = 0.5f * (DIGIT_SIDE - DIGIT_BOX), fit[4] = {margin, margin, DIGIT_BOX, DIGIT_BOX};
    rect clip = draw_clip(self->ui->list, r);
    switch (which) {
    case STEP_INK: draw_ink(self, r); break;
    case STEP_WRITING: draw_writing(self, r); break;
    case STEP_FIT:
        draw_frame(self, r, self->inside->fitted);
        outline_part(self, r, fit, DIGIT_SIDE);
        break;
    case STEP_INPUT: input_panel(self, r); break;
    case STEP_WANTED: draw_wanted(self, r); break;
    case STEPS: break;
    }
    draw_set_clip(self->ui->list, clip);
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

/* "on even ground: 3?" */
static const char *say_look(const app *self, int look)
{
    const answer *a = &app_read(self)->looks.answer[look];
    const writing *w = &looks_of(self)->look[look];
    text_id ground = w->on_sheet               ? TEXT_INSIDE_ON_SHEET
                     : w->ground == GROUND_LIT ? TEXT_INSIDE_UNEVEN_LIGHT
                                               : TEXT_INSIDE_EVEN_GROUND;
    char read[ANSWER_CLASS];
    answer_mark(read, sizeof read, a->text, a->unsure);
    return ui_say(self->ui, FORMAT_INSIDE_LOOK, texts_get(ground), read);
}

static const char *say_writing(const app *self)
{
    const char *said = say_look(self, 0);
    for (int i = 1; i < looks_of(self)->count; i++)
        said = ui_say(self->ui, FORMAT_INSIDE_LOOKS, said, say_look(self, i));
    return said;
}

/* Strokes were left as they are, as is asked for or, of a picture, as the network read them best. */
static bool has_own_width(const app *self)
{
    const looks_read *looks = &app_read(self)->looks;
    return !self->how.width || (looks_of(self) && looks->own_width[looks->chosen]);
}

static const char *say_step(const app *self, step which)
{
    const digit_options *how = &self->how;
    char name[CONVENTION_NAME];
    switch (which) {
    case STEP_INK: return texts_get(app_shows_picture(self) ? TEXT_INSIDE_PICTURE : TEXT_INSIDE_INK);
    case STEP_WRITING: return say_writing(self);
    case STEP_FIT:
        return texts_get(!how->scale           ? TEXT_INSIDE_NOT_FITTED
                         : has_own_width(self) ? TEXT_INSIDE_OWN_STROKES
                                               : TEXT_INSIDE_FITTED);
    case STEP_INPUT:
        if (!distort_is_none(&how->distort))
            return texts_get(TEXT_INSIDE_SPOILT);
        if (is_as_it_is(self))
            return texts_get(TEXT_INSIDE_AS_IT_IS);
        return texts_get(how->centre ? TEXT_INSIDE_CENTRED : TEXT_INSIDE_NOT_CENTRED);
    case STEP_WANTED:
        convention_name(name, &app_inspected(self)->convention);
        return ui_say(self->ui, FORMAT_INSIDE_WANTED, name);
    case STEPS: break;
    }
    return "";
}

static text_id tip_of(const app *self, step which)
{
    switch (which) {
    case STEP_INK: return app_shows_picture(self) ? TEXT_INSIDE_PICTURE_TIP : TEXT_INSIDE_INK_TIP;
    case STEP_WRITING: return TEXT_INSIDE_WRITING_TIP;
    case STEP_FIT:
        return !self->how.scale      ? TEXT_INSIDE_NOT_FITTED_TIP
               : has_own_width(self) ? TEXT_INSIDE_OWN_STROKES_TIP
                                     : TEXT_INSIDE_FIT_TIP;
    case STEP_WANTED: return TEXT_INSIDE_WANTED_TIP;
    case STEP_INPUT:
    case STEPS: break;
    }
    return TEXT_ANSWER_INPUT_TIP;
}

/* The input explains itself. */
static void explain_step(const app *self, rect r, step which)
{
    static const char *const names[STEPS] = {"step.ink", "step.writing", "step.fit", NULL, "step.wanted"};
    if (!names[which])
        return;
    ui_area(self->ui, r, names[which], ELEMENT_SHOWN);
    ui_explain(self->ui, texts_get(tip_of(self, which)));
}

/* ------------------------------------------------------------------------------------------------------------------ */

int inside_steps(const app *self, rect area)
{
    ui *u = self->ui;
    step list[STEPS];
    int n = list_steps(self, area.w, list), gap = ui_px(u, 10), x = area.x, most = 0;
    int wide = area.w / (n + 2), side = wide < area.h / 4 ? wide : area.h / 4;
    for (int i = 0; i < n; i++, x += side + gap) {
        rect r = {x, area.y, side, side}, below = {x, area.y + side + ui_px(u, 2), side + gap / 2, 0};
        explain_step(self, r, list[i]);
        draw_step(self, r, list[i]);
        int high = ui_paragraph(u, below, say_step(self, list[i]), panel_small_font(u), u->colours->muted, true);
        most = high > most ? high : most;
    }
    int high = side + ui_px(u, 2) + most;
    compact_panel(self, (rect){x, area.y, area.x + area.w - x, high});
    return high;
}
