/* sweep.c - one reading after the other, and where they turn. */
#include "sweep.h"
#include <math.h>
#include <string.h>

float sweep_value(distort_kind kind, int point)
{
    const distort_range *r = &distort_ranges[kind];
    return r->min + (r->max - r->min) * (float)point / (SWEEP_POINTS - 1);
}

void sweep_init(sweep *self)
{
    self->going = false;
    for (int i = 0; i < DISTORT_KINDS; i++)
        self->curve[i].answer = -1;
}

static answer read_with(sweep *self, recogniser *reader, const digit_options *how)
{
    answer a;
    digit_from_coverage(&self->page, how);
    recogniser_read(reader, &self->page, &a);
    return a;
}

void sweep_begin(sweep *self, recogniser *reader, const digit *from, const digit_options *how)
{
    digit_options plain = *how;
    plain.distort = (distortion){0};
    self->page = *from;
    self->how = *how;
    self->kind = self->point = 0;
    self->next.answer = read_with(self, reader, &plain).digit;
    if (self->next.answer < 0)
        sweep_init(self);
    else
        self->going = true;
}

bool sweep_step(sweep *self, recogniser *reader)
{
    digit_options how = self->how;
    sweep_curve *c = &self->next;
    distort_set(&how.distort, (distort_kind)self->kind, sweep_value((distort_kind)self->kind, self->point));
    answer a = read_with(self, reader, &how);
    c->top[self->point] = a.digit;
    memcpy(c->probability[self->point], a.probability, sizeof a.probability);
    if (++self->point < SWEEP_POINTS)
        return false;
    self->curve[self->kind] = *c;
    self->point = 0;
    self->going = ++self->kind < DISTORT_KINDS;
    return !self->going;
}

/* Where the lines of classes a and b meet between point i, where a is ahead, and the next, where b is: as a share of the
 * way. */
static float meeting(const sweep_curve *c, int i, int a, int b)
{
    if (a < 0 || b < 0)
        return 0.5f;
    float ahead = c->probability[i][a] - c->probability[i][b];
    float behind = c->probability[i + 1][b] - c->probability[i + 1][a];
    return ahead + behind > 0 ? ahead / (ahead + behind) : 0.5f;
}

int sweep_spans(const sweep *self, distort_kind kind, sweep_span spans[SWEEP_POINTS])
{
    const sweep_curve *c = &self->curve[kind];
    float step = sweep_value(kind, 1) - sweep_value(kind, 0);
    int count = 0;
    for (int i = 0; i < SWEEP_POINTS && c->answer >= 0; i++) {
        float value = sweep_value(kind, i);
        if (count == 0) {
            spans[count++] = (sweep_span){c->top[i], value, value};
        } else if (spans[count - 1].top != c->top[i]) {
            sweep_span *before = &spans[count - 1];
            before->to = value + (meeting(c, i - 1, before->top, c->top[i]) - 1) * step;
            spans[count++] = (sweep_span){c->top[i], before->to, value};
        }
        spans[count - 1].to = value;
    }
    return count;
}

bool sweep_find_turn(const sweep *self, distort_kind kind, int direction, sweep_turn *turn)
{
    sweep_span spans[SWEEP_POINTS];
    int count = sweep_spans(self, kind, spans);
    for (int k = 0; k < count; k++) {
        const sweep_span *s = &spans[direction > 0 ? k : count - 1 - k];
        bool ahead = direction > 0 ? s->to >= 0 : s->from <= 0;
        if (!ahead || s->top < 0 || s->top == self->curve[kind].answer)
            continue;
        turn->value = direction > 0 ? fmaxf(s->from, 0) : fminf(s->to, 0);
        turn->until = direction > 0 ? s->to : s->from;
        turn->stays = k == count - 1;
        turn->top = s->top;
        return true;
    }
    return false;
}
