/* votes.c - which features vote, and the pictures of what made them loud. */
#include "votes.h"
#include "opened.h"
#include "touching.h"
#include <math.h>

/* As much as the greatest of a feature allows. */
static void draw_gain(app_inside *in, int i)
{
    app_votes *v = &in->votes;
    float gain[DIGIT_PIXELS], most = 0;
    inspect_feature_gain(in->net, v->feature[i], gain);
    for (int k = 0; k < DIGIT_PIXELS; k++)
        most = fmaxf(most, fabsf(gain[k]));
    for (int k = 0; k < DIGIT_PIXELS; k++) {
        float share = most > 0 ? 255 * gain[k] / most : 0;
        v->plus[i][k] = (unsigned char)(fmaxf(share, 0) + 0.5f);
        v->minus[i][k] = (unsigned char)(fmaxf(-share, 0) + 0.5f);
    }
}

void votes_follow(app *self)
{
    app_inside *in = self->inside;
    app_votes *v = &in->votes;
    const answer *a = &app_read(self)->answer;
    if (v->reads == in->net->reads && v->rounds == in->net->rounds && (a->digit >= 0) == (v->count > 0))
        return;
    v->reads = in->net->reads;
    v->rounds = in->net->rounds;
    v->label = a->digit;
    v->other = answer_runner_up(a);
    v->count = a->digit >= 0 && v->other >= 0
                   ? inspect_votes(in->net, app_inspected(self), v->label, v->other, v->vote, VOTES_MOST)
                   : 0;
    for (int i = 0; i < v->count; i++) {
        v->feature[i] = v->vote[i].feature;
        draw_gain(in, i);
    }
}

bool votes_do(app *self, action act)
{
    const app_inside *in = self->inside;
    if (act.id != ACTION_VOTE && act.id != ACTION_VOTE_OFF)
        return false;
    if (!in || !in->net || !(act.value >= 0 && act.value < (float)in->net->n_features))
        return true;
    inspect_feature f = inspect_feature_of(in->net, (int)act.value);
    if (act.id == ACTION_VOTE)
        return opened_do(self, (action){.id = ACTION_MAP, .index = f.layer, .value = (float)f.channel});
    return touching_do(self, (action){.id = ACTION_SILENCE, .index = f.value.node, .value = (float)f.value.channel});
}
