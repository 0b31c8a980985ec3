/* breaking.c - the pages of "Break it": reads the canvas as it would be without preparation and what the sliders would
 * make of the digit; looks for what turns the answer; dreams. */
#include "breaking.h"
#include "app/texts/texts.h"
#include "budget.h"
#include "drawing.h"
#include "notice.h"
#include <math.h>

void breaking_free(app_breaking *breaking)
{
    if (!breaking)
        return;
    dots_free(&breaking->dots);
    slope_free(breaking->slope);
    nn_free(breaking);
}

static bool make_ready(app *self)
{
    if (self->breaking)
        return true;
    self->breaking = nn_alloc(1, sizeof *self->breaking);
    if (!self->breaking)
        return false;
    self->breaking->shrunk_answer = answer_none();
    self->breaking->wanted = FOOL_ANY;
    self->breaking->dream_class = 3;
    sweep_init(&self->breaking->sweep);
    return true;
}

/* The whole canvas made small, as the network would get it without preparation. */
static void read_shrunk(app *self)
{
    nn_error err;
    app_breaking *b = self->breaking;
    const app_picture *p = app_shown_picture(self);
    const picture_looks *found = !p ? NULL : app_number(self) ? &p->row : &p->found;
    const digit_options none = {0};
    if (!p)
        digit_track(&b->track, &b->shrunk, &self->drawing, &none);
    else if (p->exact)
        picture_exact(&b->shrunk, p->shown, &none.distort);
    else if (!picture_digit(&b->shrunk, found, app_read(self)->looks.chosen, &none, &err))
        app_notice_error(self, &err);
    digit_bytes(b->shrunk28, b->shrunk.image);
    recogniser_read(app_recogniser(self), &b->shrunk, &b->shrunk_answer);
}

/* How the digit was made of its coverage: an image that is in MNIST's form is not centred. */
static digit_options how_read(const app *self)
{
    digit_options how = self->how;
    how.centre &= !app_shows_picture(self) || !app_shown_picture(self)->exact;
    return how;
}

/* A round is finished for the drawing it began with, or it would never be while somebody draws. */
static bool follow_curves(app *self, double until)
{
    app_breaking *b = self->breaking;
    const app_reading *r = app_read(self);
    if (!b->sweep.going && !revision_same(b->asked, r->of) && budget_lasts(self, until)) {
        digit_options how = how_read(self);
        sweep_begin(&b->sweep, app_recogniser(self), &r->digit, &how);
        b->asked = r->of;
    }
    while (b->sweep.going && budget_lasts(self, until))
        sweep_step(&b->sweep, app_recogniser(self));
    return b->sweep.going || !revision_same(b->asked, r->of);
}

static bool follow_sliders(app *self, double until)
{
    app_breaking *b = self->breaking;
    if (!revision_same(b->read, app_read(self)->of)) {
        b->read = app_read(self)->of;
        read_shrunk(self);
    }
    return follow_curves(self, until);
}

/* ---- fooling ----------------------------------------------------------------------------------------------------- */

/* Those that read now, with what is off and turned in them. */
static slope_nets nets_of(const app *self)
{
    slope_nets nets = {.count = app_members(self)};
    for (int i = 0; i < nets.count; i++)
        nets.model[i] = recogniser_member(app_recogniser(self), i);
    if (self->touching.net && self->touching.member < nets.count)
        nets.model[self->touching.member] = self->touching.net->model;
    return nets;
}

/* Another model may have another architecture, and other classes. */
static bool make_slope(app *self, const slope_nets *nets)
{
    nn_error err;
    app_breaking *b = self->breaking;
    const nn_model *model = nets->model[0];
    if (b->slope && slope_fits(b->slope, nets))
        return true;
    slope_free(b->slope);
    b->fool.state = FOOL_IDLE;
    dots_free(&b->dots);
    b->fooled = (revision){0};
    b->dreamt = 0;
    b->wanted = b->wanted < model->n_labels ? b->wanted : FOOL_ANY;
    b->dream_class = b->dream_class < model->n_labels ? b->dream_class : 0;
    if (!slope_new(&b->slope, nets, &err))
        app_notice_error(self, &err);
    return b->slope != NULL;
}

static unsigned char to_byte(float v)
{
    return (unsigned char)(255 * fminf(fmaxf(v, 0), 1) + 0.5f);
}

/* The largest change shows in full; the root makes the many small ones visible. */
static void draw_fool(app_breaking *b)
{
    float most = 1e-6f, image[DIGIT_PIXELS];
    fool_image(&b->fool, image);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        most = fmaxf(most, fabsf(b->fool.change[i]));
    for (int i = 0; i < DIGIT_PIXELS; i++) {
        float share = b->fool.change[i] / most;
        b->more[i] = to_byte(share > 0 ? sqrtf(share) : 0);
        b->less[i] = to_byte(share < 0 ? sqrtf(-share) : 0);
        b->changed[i] = to_byte(image[i]);
    }
    b->fool_version++;
}

static void begin_fool(app *self, const slope_nets *nets)
{
    app_breaking *b = self->breaking;
    const app_reading *r = app_read(self);
    b->fooled = r->of;
    b->fool.state = FOOL_IDLE;
    if (r->answer.digit >= 0)
        fool_begin(&b->fool, b->slope, nets, r->digit.image, b->wanted);
    else
        b->fool = (fool){.state = FOOL_IDLE, .answer = -1};
}

/* A search is finished for the drawing it began with. */
static bool follow_fool(app *self, const slope_nets *nets, double until)
{
    app_breaking *b = self->breaking;
    bool news = false;
    if (b->fool.state != FOOL_GOING && !revision_same(b->fooled, app_read(self)->of) && budget_lasts(self, until)) {
        begin_fool(self, nets);
        news = true;
    }
    for (; b->fool.state == FOOL_GOING && budget_lasts(self, until); news = true)
        fool_step(&b->fool, b->slope, nets);
    if (news)
        draw_fool(b);
    return b->fool.state == FOOL_GOING || !revision_same(b->fooled, app_read(self)->of);
}

/* ---- dots of ink ------------------------------------------------------------------------------------------------- */

static void begin_dots(app *self, int wanted)
{
    nn_error err;
    app_breaking *b = self->breaking;
    if (!app_can_answer(self) || !b->slope || app_read(self)->answer.digit < 0)
        return;
    slope_nets nets = nets_of(self);
    if (!slope_fits(b->slope, &nets))
        return;
    dots_free(&b->dots);
    b->dotted = app_drawn(self);
    if (!dots_begin(&b->dots, b->slope, &nets, &self->drawing, &self->how, wanted, &err))
        app_notice_error(self, &err);
}

/* They become strokes of the drawing. */
static void draw_dots(app *self)
{
    nn_error err;
    app_breaking *b = self->breaking;
    const dots *d = &b->dots;
    drawing_lift(self);
    for (int i = 0; i < d->count; i++) {
        const ink_point p = {d->dot[i].x, d->dot[i].y, NAN, 1};
        if (!ink_add(&self->drawing, d->dot[i].kind, d->dot[i].width, &p, 1)) {
            nn_fail(&err, NN_NOMEM, 0, "out of memory");
            app_notice_error(self, &err);
            return;
        }
        drawing_changed(self, JOURNAL_ENTRY);
    }
    b->dotted = app_drawn(self);
    app_done(self, ACTION_FOOL_UNDO, PLURAL_NOTICE_DOTS(d->count), d->count, app_model(self)->label[d->turned]);
}

static void undo_dots(app *self)
{
    const app_breaking *b = self->breaking;
    for (int i = b->dots.count; i > 0 && b->dotted == app_drawn(self); i--) {
        drawing_do(self, (action){.id = ACTION_UNDO});
        self->breaking->dotted = app_drawn(self);
    }
    app_withdraw(self, ACTION_FOOL_UNDO);
}

/* Of a drawing that has changed they are not looked for any more. */
static bool follow_dots(app *self, const slope_nets *nets, double until)
{
    nn_error err;
    app_breaking *b = self->breaking;
    if (b->dots.state == FOOL_GOING && b->dotted != app_drawn(self))
        dots_free(&b->dots);
    if (b->dots.state != FOOL_GOING)
        return false;
    while (b->dots.state == FOOL_GOING && budget_lasts(self, until))
        if (!dots_step(&b->dots, b->slope, nets, &err))
            app_notice_error(self, &err);
    if (b->dots.state == FOOL_FOUND)
        draw_dots(self);
    else if (b->dots.state == FOOL_FAILED && b->dots.wanted == FOOL_ANY && b->fool.state == FOOL_FOUND)
        begin_dots(self, b->fool.turned); /* what the pixels lead to is worth another try */
    else if (b->dots.state == FOOL_FAILED)
        app_remark(self, FORMAT_NOTICE_NO_DOTS);
    return b->dots.state == FOOL_GOING;
}

/* ---- dreaming ---------------------------------------------------------------------------------------------------- */

/* A dream under way goes on when a training changes the weights. */
static bool follow_dream(app *self, const slope_nets *nets, double until)
{
    enum { STEPS_A_FRAME = 3 }; /* so that one can watch */
    app_breaking *b = self->breaking;
    dream *d = &b->dream;
    bool stale = b->dreamt == 0 || d->class != b->dream_class || d->seed != b->dream_seed;
    if (stale || (d->step == DREAM_STEPS && b->dreamt != self->reader.revision)) {
        dream_begin(d, b->slope, nets, b->dream_class, b->dream_seed);
        b->dreamt = self->reader.revision;
    } else if (d->step == DREAM_STEPS) {
        return false;
    }
    for (int i = 0; i < STEPS_A_FRAME && d->step < DREAM_STEPS && budget_lasts(self, until); i++)
        dream_step(d, b->slope, nets);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        b->dream28[i] = to_byte(d->image[i]);
    b->dream_version++;
    return d->step < DREAM_STEPS;
}

/* ---- time and actions -------------------------------------------------------------------------------------------- */

bool breaking_tick(app *self)
{
    if (self->settings.view != VIEW_BREAK || !app_recogniser(self) || !make_ready(self))
        return false;
    double until = budget_begin(self);
    if (self->breaking->page == BREAK_SLIDERS)
        return follow_sliders(self, until);
    slope_nets nets = nets_of(self);
    if (!make_slope(self, &nets))
        return false;
    if (self->breaking->page == BREAK_DREAM)
        return follow_dream(self, &nets, until);
    return follow_dots(self, &nets, until) || follow_fool(self, &nets, until);
}

static void want(app *self, float value)
{
    app_breaking *b = self->breaking;
    int wanted = (int)lroundf(value) - 1;
    if (wanted == b->wanted)
        return;
    b->wanted = wanted;
    b->fooled = (revision){0};
    b->fool.state = FOOL_IDLE;
    dots_free(&b->dots);
}

bool breaking_do(app *self, action act)
{
    bool mine = act.id >= ACTION_BREAK_PAGE && act.id <= ACTION_DREAM_AGAIN;
    if (!mine || !make_ready(self))
        return mine;
    app_breaking *b = self->breaking;
    switch (act.id) {
    case ACTION_BREAK_PAGE: b->page = (break_page)act.index; break;
    case ACTION_FOOL_WANTED: want(self, act.value); break;
    case ACTION_FOOL_DRAW: begin_dots(self, b->wanted); break;
    case ACTION_FOOL_UNDO: undo_dots(self); break;
    case ACTION_DREAM_CLASS: b->dream_class = (int)lroundf(act.value); break;
    case ACTION_DREAM_AGAIN: b->dream_seed++; break;
    default: break;
    }
    return true;
}
