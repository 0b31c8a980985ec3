/* touching.c - the copy that a person changes reads in the place of the model in use. */
#include "touching.h"
#include "notice.h"
#include "reader.h"
#include "reading.h"
#include <math.h>
#include <string.h>

/* Reads at once; the bars need no way to the answer. */
static void read_now(app *self)
{
    app_reading *r = &self->reading;
    reader_changed(self);
    self->touching.of = self->reader.revision;
    reading_follow(self);
    memcpy(r->shown, r->answer.probability, sizeof r->shown);
}

static void let_go(app *self)
{
    touched *t = self->touching.net;
    self->touching.net = NULL;
    if (t && self->reader.used)
        recogniser_stand_in(self->reader.used, self->touching.member, NULL, NULL);
    touched_free(t);
}

/* False where that cannot be, which has been said. */
static bool take_hold(app *self)
{
    nn_error err;
    app_touching *t = &self->touching;
    if (t->net)
        return true;
    if (!self->reader.used)
        return false;
    if (self->reader.guest) {
        app_remark(self, FORMAT_NOTICE_TOUCH_GUEST);
        return false;
    }
    if (!touched_new(&t->net, app_inspected(self), &err)) {
        app_notice_error(self, &err);
        return false;
    }
    t->member = self->reader.member;
    recogniser_stand_in(self->reader.used, t->member, t->net->model, t->net->work);
    return true;
}

/* An index that fits nothing changes nothing. */
static bool fits(const nn_plan *plan, action act)
{
    if (act.id == ACTION_TURN)
        return act.index >= 0 && (size_t)act.index < plan->floats && isfinite(act.value);
    return act.index >= 0 && act.index < plan->n_nodes && act.value >= 0 &&
           act.value < (float)plan->node[act.index].out.c;
}

static void restore(app *self)
{
    if (!self->touching.net)
        return;
    let_go(self);
    read_now(self);
}

static void change(app *self, action act)
{
    touched *t = self->touching.net;
    nn_channel channel = {act.index, (int)act.value};
    bool ok = act.id == ACTION_SILENCE ? touched_switch(t, channel) : touched_turn(t, (size_t)act.index, act.value);
    if (!ok)
        app_remark(self, FORMAT_NOTICE_TOUCH_MOST, TOUCHED_MAX);
    if (touched_is_none(t))
        let_go(self);
    read_now(self);
}

/* Another one of the models that are asked together; what was touched is as it was before. */
static void look_into(app *self, int member)
{
    if (member < 0 || member >= app_members(self) || member == self->reader.member)
        return;
    let_go(self);
    self->reader.member = member;
    self->reader.network++;
    if (self->inside)
        self->inside->shown_of = app_drawn(self) - 1; /* its strongest maps are others */
    reader_changed(self);
}

void touching_follow(app *self)
{
    if (self->touching.net && self->touching.of != self->reader.revision)
        let_go(self);
}

bool touching_do(app *self, action act)
{
    switch (act.id) {
    case ACTION_UNTOUCH: restore(self); return true;
    case ACTION_MEMBER: look_into(self, act.index); return true;
    case ACTION_SILENCE:
    case ACTION_TURN:
        if (app_inspected(self) && fits(app_inspected(self)->plan, act) && take_hold(self))
            change(self, act);
        return true;
    default: return false;
    }
}

void touching_free(app *self)
{
    let_go(self);
}
