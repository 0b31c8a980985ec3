/* breaking.c - reads the canvas as it would be without preparation, and what the sliders would make of the digit. */
#include "breaking.h"
#include "budget.h"
#include "notice.h"

void breaking_free(app_breaking *breaking)
{
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
    sweep_init(&self->breaking->sweep);
    return true;
}

/* The whole canvas made small, as the network would get it without preparation. */
static void read_shrunk(app *self)
{
    nn_error err;
    app_breaking *b = self->breaking;
    const digit_options none = {0};
    if (!app_shows_picture(self))
        digit_track(&b->track, &b->shrunk, &self->drawing, &none);
    else if (!picture_digit(&b->shrunk, &self->picture.found, app_read(self)->look, &none, &err))
        app_notice_error(self, &err);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        b->shrunk28[i] = (unsigned char)(255 * b->shrunk.image[i] + 0.5f);
    recogniser_read(app_recogniser(self), &b->shrunk, &b->shrunk_answer);
}

/* A round is finished for the drawing it began with, or it would never be while somebody draws. */
static bool follow_curves(app *self, double until)
{
    app_breaking *b = self->breaking;
    const app_reading *r = app_read(self);
    if (!b->sweep.going && !revision_same(b->asked, r->of) && budget_lasts(self, until)) {
        sweep_begin(&b->sweep, app_recogniser(self), &r->digit, &self->how);
        b->asked = r->of;
    }
    while (b->sweep.going && budget_lasts(self, until))
        sweep_step(&b->sweep, app_recogniser(self));
    return b->sweep.going || !revision_same(b->asked, r->of);
}

bool breaking_tick(app *self)
{
    if (self->settings.view != VIEW_BREAK || !app_recogniser(self) || !make_ready(self))
        return false;
    app_breaking *b = self->breaking;
    double until = budget_begin(self);
    if (!revision_same(b->read, app_read(self)->of)) {
        b->read = app_read(self)->of;
        read_shrunk(self);
    }
    return follow_curves(self, until);
}
