/* answer.c - no answer, answers as JSON. */
#include "answer.h"

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

void answer_leave_out_nothing(answer *a, bool several)
{
    const int enough = 8;
    if (a->classes >= enough && a->confidence * (float)a->classes < 2)
        *a = answer_none();
    a->unsure |= several;
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
