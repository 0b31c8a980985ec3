/* answer.c - no answer, doubt, answers as JSON. */
#include "answer.h"
#include "nn/utf8.h"
#include <stdio.h>
#include <string.h>

answer answer_none(void)
{
    return (answer){.digit = -1};
}

static json_t *probabilities_json(const answer *a)
{
    json_t *list = json_array();
    for (int k = 0; k < a->classes; k++)
        json_array_append_new(list, json_real((double)a->probability[k]));
    return list;
}

/* A network that was taught what is no digit is flat on it: it gives each of its classes about an equal share. The best is
 * less than twice that then; of fewer classes it may be less for a digit, too. */
static const float flat = 2; /* shares */
static const int enough = 8; /* classes */

void answer_leave_out_nothing(answer *a)
{
    if (a->classes >= enough && a->confidence * (float)a->classes < flat)
        *a = answer_none();
}

/* Probability of both together: in doubt, two that are less likely are no better than the others. */
static const float worth_a_name = 0.6f;

bool answer_names_none(const answer *a)
{
    if (a->digit < 0 || !a->unsure)
        return false;
    return a->probability[a->digit] + a->probability[answer_runner_up(a)] < worth_a_name;
}

void answer_mark(char *out, size_t room, const char *text, bool unsure)
{
    size_t len = strlen(text);
    snprintf(out, room, "%.*s%s", (int)nn_utf8_fit(text, len, room - 1 - unsure), text, unsure ? "?" : "");
}

void answer_class(char *out, size_t room, const answer *a)
{
    answer_mark(out, room, answer_names_none(a) ? "" : a->text, a->unsure);
}

int answer_runner_up(const answer *a)
{
    int best = -1;
    for (int i = 0; i < a->classes; i++)
        if (i != a->digit && (best < 0 || a->probability[i] > a->probability[best]))
            best = i;
    return best;
}

json_t *answer_json(const answer *a, bool probabilities)
{
    json_t *json = json_pack("{s:o, s:s, s:f, s:b}", "digit", a->digit < 0 ? json_null() : json_integer(a->digit),
                             "text", a->text, "confidence", (double)a->confidence, "unsure", a->unsure);
    if (json && probabilities && json_object_set_new(json, "probabilities", probabilities_json(a)) != 0) {
        json_decref(json);
        return NULL;
    }
    return json;
}

bool answer_overflows(const char *model, nn_error *err)
{
    return nn_fail(err, NN_FORMAT, 0, "%.100s: its numbers overflow: it answers with what is no probability", model);
}
