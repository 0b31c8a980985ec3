/* teach_facts.c - the facts of a lesson. */
#include "teach_facts.h"
#include "app/core/model/models.h"
#include "nn/json.h"

static json_t *describe_lesson(const nn_model *origin, const char *name, const teach_result *r)
{
    json_t *facts = models_facts(origin);
    model_scores before = model_scores_of(origin, facts);
    json_decref(facts);
    return json_pack("{s:o, s:i, s:i, s:i, s:i, s:i, s:i, s:o}", "model", nn_json_string(name), "drawings",
                     r->drawings.n, "before", r->drawings.before, "after", r->drawings.after, "others", r->others.n,
                     "others_before", r->others.before, "others_after", r->others.after, "origin",
                     model_scores_json(&before));
}

bool teach_note(nn_model *copy, const char *command, const nn_model *origin, const char *name,
                const teach_result *result, nn_error *err)
{
    json_t *facts =
        json_pack("{s:o, s:o}", "command", nn_json_string(command), "taught", describe_lesson(origin, name, result));
    copy->training = nn_json_text(facts, JSON_COMPACT);
    json_decref(facts);
    return copy->training || nn_fail(err, NN_NOMEM, 0, "out of memory for the model");
}
