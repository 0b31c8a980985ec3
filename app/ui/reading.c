/* reading.c - from the drawing or picture to the digit, its answer and the bars. */
#include "reading.h"
#include "app/texts/texts.h"
#include "notice.h"
#include "numbers.h"
#include <math.h>
#include <stdio.h>

static const double ease_ms = 55; /* in this time a bar goes 63 % of its way */

static bool read_picture(app *self, nn_error *err)
{
    app_reading *r = &self->reading;
    const app_picture *p = app_shown_picture(self);
    if (p->exact) {
        picture_exact(&r->digit, p->shown, &self->how.distort);
        if (app_recogniser(self))
            recogniser_read(app_recogniser(self), &r->digit, &r->answer);
        return true;
    }
    if (app_recogniser(self))
        return recogniser_read_picture(app_recogniser(self), &p->found, &self->how, &r->digit, &r->answer, &r->looks,
                                       err);
    return picture_digit(&r->digit, &p->found, 0, &self->how, err);
}

static bool read_canvas(app *self, nn_error *err)
{
    app_reading *r = &self->reading;
    if (numbers_read(self, err))
        return true;
    if (err->code != NN_OK)
        return false;
    r->looks = (looks_read){0};
    if (app_shows_picture(self))
        return read_picture(self, err);
    digit_track(&r->track, &r->digit, &self->drawing, &self->how);
    if (app_recogniser(self))
        recogniser_read(app_recogniser(self), &r->digit, &r->answer);
    return true;
}

void reading_follow(app *self)
{
    nn_error err;
    app_reading *r = &self->reading;
    if (self->numbers.found.partial) /* then the same drawing may be another digit by now */
        self->prepared++;
    revision now = {app_drawn(self), self->reader.revision};
    if (revision_same(r->of, now))
        return;
    r->of = now;
    bool said = r->answer.overflow;
    if (!read_canvas(self, &err))
        app_notice_error(self, &err);
    digit_bytes(r->input28, r->digit.image);
    r->answer.infer_us = app_told(self, "infer", r->answer.infer_us);
    if (r->answer.overflow && !said && !answer_overflows(app_reader_name(self), &err))
        app_notice_error(self, &err);
}

/* As the canvas is read just now: as a number or as one digit. */
static void label(app *self, recent_item *item)
{
    nn_error err;
    number_answer number = {.count = 0};
    digit page;
    answer a;
    if (self->settings.numbers && numbers_read_earlier(self, &item->ink, &number, &err) && number.partial)
        return;
    if (number.count > 1) {
        answer_mark(item->read, sizeof item->read, number.text, number.unsure);
        return;
    }
    digit_from_ink(&page, &item->ink, &digit_defaults);
    recogniser_read(app_recogniser(self), &page, &a);
    if (a.digit < 0)
        answer_mark(item->read, sizeof item->read, "", true);
    else
        answer_class(item->read, sizeof item->read, &a);
}

bool reading_label_earlier(app *self)
{
    bool reads = app_recogniser(self) && !self->drawing.drawing && !self->touching.net && !self->numbers.found.partial;
    for (int i = 0; reads && i < self->recent.count; i++)
        if (!*self->recent.item[i]->read) {
            label(self, self->recent.item[i]);
            return true;
        }
    return false;
}

bool reading_ease(app *self, double ms)
{
    app_reading *r = &self->reading;
    float share = (float)(1 - exp(-fmin(ms, 34) / ease_ms));
    bool moving = false;
    for (int i = 0; i < NN_MAX_CLASSES; i++) {
        float target = i < r->answer.classes ? r->answer.probability[i] : 0, left = target - r->shown[i];
        if (left == 0)
            continue;
        bool arrived = fabsf(left) < 0.002f;
        r->shown[i] = arrived ? target : r->shown[i] + share * left;
        if (!arrived)
            moving = true;
    }
    return moving;
}
