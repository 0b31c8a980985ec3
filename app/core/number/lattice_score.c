/* lattice_score.c - the scores of groups and blanks, by their features and what the recogniser says. */
#include "app/core/digit/label_digit.h"
#include "app/core/least.h"
#include "lattice.h"
#include "lattice_weights.h"
#include <math.h>

float lattice_blank_score(const lattice_group *g)
{
    float score = 0;
    for (int i = 0; i < BLANK_FEATURES; i++)
        score += blank_weight[i] * g->feature[i];
    return score;
}

/* The small network: linear, and by the hidden layer. */
static float score_of(const lattice_group *g, int digit)
{
    float score = 0;
    for (int i = 0; i < GROUP_FEATURES; i++)
        score += linear_weight[i] * g->feature[i];
    for (int j = 0; j < LATTICE_HIDDEN; j++) {
        const lattice_unit *u = &hidden_unit[j];
        float sum = u->bias + (digit >= 0 ? u->guess[digit] : 0);
        for (int i = 0; i < GROUP_FEATURES; i++)
            sum += u->feature[i] * g->feature[i];
        score += u->out * tanhf(sum);
    }
    return score;
}

void lattice_tell(lattice *self, int group, const answer *said, const nn_model *model)
{
    lattice_group *g = &self->group[group];
    int second = answer_runner_up(said);
    g->answer = *said;
    g->feature[GROUP_DOUBT] = 1 - said->confidence;
    g->feature[GROUP_SURE] = -0.25f * log10f(most(1 - said->confidence, LATTICE_LEAST));
    g->feature[GROUP_NO_DIGIT] = most(0, 0.5f - said->confidence);
    g->feature[GROUP_SECOND] = second >= 0 ? said->probability[second] : 0;
    g->score = score_of(g, label_digit(said->text));
    self->classes = model->plan->classes; /* of which an answer to an empty picture has none */
    for (int k = 0; k < self->classes; k++) {
        int digit = label_digit(model->label[k]);
        g->word[k] = word_weight * logf(most(said->probability[k], LATTICE_LEAST)) +
                     (g->strokes > 1 && digit >= 0 ? several_weight[digit] : 0) +
                     (g->foot && digit == 1 ? LATTICE_FOOT : 0);
    }
}
