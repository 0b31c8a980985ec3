/* numbers.c - reads the drawing or picture as a number and follows which of its digits is looked at. */
#include "numbers.h"
#include "app/texts/texts.h"
#include "notice.h"
#include <string.h>

enum { NEW_GROUPS = 14, PICTURE_GROUPS = 4 }; /* that are read in a frame: about 2 ms of a drawing, 5 of a picture */

/* The digit with the stroke that was drawn last. */
static int drawn_last(const app_numbers *n)
{
    const stroke_parts *p = number_reader_parts(n->reader);
    int last = 0, found = 0;
    for (int i = 0; i < n->found.count; i++)
        for (int k = 0; k < p->count; k++)
            if ((n->found.digit[i].parts >> k & 1) && p->part[k].stroke >= last) {
                last = p->part[k].stroke;
                found = i;
            }
    return found;
}

void numbers_follow_undo(app *self)
{
    number_hints *h = &self->numbers.hints;
    int kept = 0;
    for (int i = 0; i < h->count; i++) {
        bool stands = true;
        for (int k = 0; k < h->hint[i].count; k++)
            stands &= h->hint[i].stroke[k] < ink_position(&self->drawing);
        if (stands)
            h->hint[kept++] = h->hint[i];
    }
    h->count = kept;
    app_numbers *n = &self->numbers;
    if (n->steps_done > 0 && n->step[n->steps_done - 1].at > ink_position(&self->drawing))
        n->steps = n->steps_done = 0; /* undone while numbers are off */
}

void numbers_forget_undone(app *self)
{
    self->numbers.steps = self->numbers.steps_done;
}

static void keep_step(app *self, const number_hints *before)
{
    app_numbers *n = &self->numbers;
    if (n->steps_done == NUMBER_STEPS)
        memmove(n->step, n->step + 1, (size_t)--n->steps_done * sizeof n->step[0]);
    n->step[n->steps_done++] = (number_step){ink_position(&self->drawing), *before};
    n->steps = n->steps_done;
}

static void swap_hints(app *self, number_step *step)
{
    number_hints now = self->numbers.hints;
    self->numbers.hints = step->hints;
    step->hints = now;
    self->prepared++;
}

bool numbers_undo(app *self)
{
    app_numbers *n = &self->numbers;
    if (!self->settings.numbers || n->steps_done == 0 || n->step[n->steps_done - 1].at != ink_position(&self->drawing))
        return false;
    swap_hints(self, &n->step[--n->steps_done]);
    return true;
}

bool numbers_redo(app *self)
{
    app_numbers *n = &self->numbers;
    if (!app_redoes_number(self))
        return false;
    swap_hints(self, &n->step[n->steps_done++]);
    return true;
}

/* A reader whose memory is of the network that reads now. */
static bool prepare(const app *self, number_reader **reader, unsigned *asked, nn_error *err)
{
    if (!*reader)
        *reader = number_reader_new();
    if (!*reader)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (*asked != self->reader.revision)
        number_reader_forget(*reader);
    *asked = self->reader.revision;
    return true;
}

/* The narrowest digit whose box is there, -1 for none. */
static int digit_at(const number_answer *n, float x, float y)
{
    int best = -1;
    for (int i = 0; i < n->count; i++) {
        ink_extent b = n->digit[i].box, least = best < 0 ? b : n->digit[best].box;
        if (x >= b.x0 && x <= b.x1 && y >= b.y0 && y <= b.y1 && b.x1 - b.x0 <= least.x1 - least.x0)
            best = i;
    }
    return best;
}

static void choose(app *self)
{
    app_numbers *n = &self->numbers;
    int tapped = n->tap_of == app_canvas_shows(self) ? digit_at(&n->found, n->tap_x, n->tap_y) : -1;
    n->tap_of = 0;
    if (tapped >= 0) {
        n->chosen = tapped;
        n->chosen_of = app_canvas_shows(self);
        n->by_hand = true;
    }
    n->by_hand = n->by_hand && n->chosen_of == app_canvas_shows(self) && n->chosen < n->found.count;
    if (!n->by_hand)
        n->chosen = app_shows_picture(self) ? 0 : drawn_last(n);
}

static bool find_in_drawing(app *self, nn_error *err)
{
    app_numbers *n = &self->numbers;
    return prepare(self, &n->reader, &n->asked, err) &&
           number_read(n->reader, app_recogniser(self), &self->drawing, &n->hints, NEW_GROUPS, &n->found, err);
}

/* From the picture's pixels to canvas units. */
static void place_boxes(const app *self, number_answer *found)
{
    affine to_picture = app_picture_map(self), to_canvas = affine_inverse(&to_picture);
    for (int i = 0; i < found->count; i++) {
        ink_extent *b = &found->digit[i].box;
        float from[2], to[2];
        affine_apply(&to_canvas, b->x0, b->y0, from);
        affine_apply(&to_canvas, b->x1, b->y1, to);
        *b = (ink_extent){from[0], from[1], to[0], to[1]};
    }
}

static bool find_in_picture(app *self, nn_error *err)
{
    app_numbers *n = &self->numbers;
    revision now = {app_shown_number(self), self->reader.revision};
    if (!n->row || !revision_same(n->row_of, now)) {
        number_picture_free(n->row);
        n->row = number_picture_new(&app_shown_picture(self)->row);
        n->row_of = now;
    }
    if (!n->row)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (!number_picture_read(n->row, app_recogniser(self), PICTURE_GROUPS, &n->found, err))
        return false;
    place_boxes(self, &n->found);
    return true;
}

/* For the few frames until a picture is certainly no number what was read of it before stands; of a new one nothing does. */
static void wait_for_number(app *self, bool anew)
{
    if (!anew)
        return;
    self->reading.digit = (digit){.empty = true};
    self->reading.answer = answer_none();
    self->reading.looks = (looks_read){0};
}

/* The class that the number has there, which may be none of the network's favourites: its strokes speak, too. Of a digit that
 * is broken on purpose the network's word stands. */
static void take_class(app *self, const answer *found)
{
    answer *a = &self->reading.answer;
    if (a->digit < 0 || a->overflow || digit_is_distorted(&self->how))
        return;
    a->digit = found->digit;
    memcpy(a->text, found->text, sizeof a->text);
    a->confidence = a->probability[a->digit];
    a->unsure = found->unsure;
}

/* A digit is doubted only in a number that is: all of them were weighed together. */
static void share_doubt(number_answer *found)
{
    for (int i = 0; i < found->count; i++)
        found->digit[i].answer.unsure &= found->unsure;
}

bool numbers_read(app *self, nn_error *err)
{
    app_numbers *n = &self->numbers;
    app_reading *r = &self->reading;
    bool anew = n->read_of != app_canvas_shows(self);
    n->read_of = app_canvas_shows(self);
    *err = (nn_error){0};
    n->found.count = 0;
    n->found.partial = n->found.full = false;
    if (!self->settings.numbers || !app_recogniser(self))
        return false;
    bool picture = app_shows_picture(self);
    if (!(picture ? find_in_picture(self, err) : find_in_drawing(self, err)))
        return false;
    if (n->found.count <= 1) {
        bool waits = picture && n->found.partial;
        if (waits)
            wait_for_number(self, anew);
        return waits;
    }
    share_doubt(&n->found);
    choose(self);
    const number_digit *chosen = &n->found.digit[n->chosen];
    if (picture ? !number_picture_image(n->row, chosen, &self->how, &r->digit, err)
                : !number_image(n->reader, chosen, &self->how, &r->digit)) {
        n->found.count = 0;
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    r->looks = (looks_read){0};
    recogniser_read(app_recogniser(self), &r->digit, &r->answer);
    take_class(self, &chosen->answer);
    return true;
}

bool numbers_read_earlier(app *self, const ink *drawing, number_answer *out, nn_error *err)
{
    app_numbers *n = &self->numbers;
    return prepare(self, &n->earlier, &n->earlier_asked, err) &&
           number_read(n->earlier, app_recogniser(self), drawing, NULL, NEW_GROUPS, out, err);
}

void numbers_tap(app *self, float x, float y)
{
    app_numbers *n = &self->numbers;
    n->tap_of = app_canvas_shows(self);
    n->tap_x = x;
    n->tap_y = y;
    self->prepared++;
}

/* ---- actions ----------------------------------------------------------------------------------------------------- */

static void look_at(app *self, int i)
{
    app_numbers *n = &self->numbers;
    if (!app_number(self))
        return;
    n->chosen = (i + n->found.count) % n->found.count;
    n->chosen_of = app_canvas_shows(self);
    n->by_hand = true;
    self->prepared++;
}

static void join(app *self)
{
    app_numbers *n = &self->numbers;
    number_hints before = n->hints;
    if (!app_number(self) || app_shows_picture(self) || !number_join(&n->hints, &n->found, n->reader, n->chosen))
        return;
    keep_step(self, &before);
    look_at(self, n->chosen);
}

static void split(app *self)
{
    app_numbers *n = &self->numbers;
    number_hints before = n->hints;
    if (n->found.count == 0 || app_shows_picture(self) ||
        !number_split(&n->hints, &n->found, n->reader, app_number(self) ? n->chosen : 0))
        return;
    keep_step(self, &before);
    self->prepared++;
}

static void switch_numbers(app *self)
{
    self->settings.numbers = !self->settings.numbers;
    self->prepared++;
    for (int i = 0; i < self->recent.count; i++)
        self->recent.item[i]->read[0] = '\0';
    app_remark_over(self, FORMAT_NOTICE_SEVERAL_DIGITS);
}

bool numbers_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_NUMBERS: switch_numbers(self); return true;
    case ACTION_DIGIT: look_at(self, act.index); return true;
    case ACTION_DIGIT_BEFORE: look_at(self, self->numbers.chosen - 1); return true;
    case ACTION_DIGIT_NEXT: look_at(self, self->numbers.chosen + 1); return true;
    case ACTION_JOIN: join(self); return true;
    case ACTION_SPLIT: split(self); return true;
    default: return false;
    }
}

void numbers_free(app *self)
{
    number_picture_free(self->numbers.row);
    number_reader_free(self->numbers.reader);
    number_reader_free(self->numbers.earlier);
}
