/* model_scores.c - which of a model's training facts says what. */
#include "model_scores.h"
#include "import_facts.h"
#include "nn/json.h"
#include <string.h>

static bool read_share(const json_t *facts, const char *key, double *share)
{
    const json_t *value = json_object_get(facts, key);
    *share = json_is_number(value) ? json_number_value(value) : (double)NAN;
    return json_is_number(value);
}

/* What was set aside, where the window noted it. */
static score_of aside_of(const json_t *facts)
{
    const char *images = json_string_value(json_object_get(facts, "learned_from"));
    if (images && strcmp(images, "made-up digits") == 0)
        return SCORE_MADE_UP;
    return images && strcmp(images, "kept drawings") == 0 ? SCORE_KEPT : SCORE_ASIDE;
}

/* As model_scores_json wrote them. */
static model_scores read_scores(const json_t *noted)
{
    model_scores s = {.other = (double)NAN};
    const char *images = json_string_value(json_object_get(noted, "other_images"));
    read_share(noted, "test_accuracy", &s.tested);
    for (int of = SCORE_NOTHING + 1; images && of < SCORE_KINDS; of++)
        if (strcmp(images, model_score_name((score_of)of)) == 0 && read_share(noted, "other_accuracy", &s.other))
            s.of = (score_of)of;
    return s;
}

model_scores model_scores_of(const nn_model *model, const json_t *facts)
{
    model_scores s = {.other = (double)NAN};
    import_facts import;
    const json_t *origin = json_object_get(json_object_get(facts, "taught"), "origin");
    if (json_is_object(origin)) {
        s = read_scores(origin);
        s.of_origin = true;
        return s;
    }
    read_share(facts, "test_accuracy", &s.tested);
    if (read_share(facts, "pens_val_accuracy", &s.other))
        s.of = SCORE_PENS;
    else if (read_share(facts, "val_accuracy", &s.other))
        s.of = aside_of(facts);
    else if (import_facts_of(&import, model) && !isnan(import.accuracy))
        s.other = import.accuracy, s.of = SCORE_CHECK;
    return s;
}

json_t *model_scores_json(const model_scores *s)
{
    return json_pack("{s:o, s:o, s:o}", "test_accuracy", nn_json_number(s->tested), "other_accuracy",
                     nn_json_number(s->other), "other_images",
                     s->of ? json_string(model_score_name(s->of)) : json_null());
}

void model_scores_add(json_t *object, const model_scores *s)
{
    json_object_set_new(object, "accuracy", nn_json_number(isnan(s->tested) ? s->other : s->tested));
    json_object_update_new(object, model_scores_json(s));
}

const char *model_score_name(score_of of)
{
    static const char *const names[SCORE_KINDS] = {
        [SCORE_NOTHING] = "",           [SCORE_PENS] = "people's pens",     [SCORE_MADE_UP] = "made-up digits",
        [SCORE_KEPT] = "kept drawings", [SCORE_ASIDE] = "images set aside", [SCORE_CHECK] = "check digits"};
    return names[of];
}
