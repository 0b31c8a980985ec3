/* import_facts.c - from the training facts of a model. */
#include "import_facts.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>

static void copy_text(char *to, size_t size, const json_t *from)
{
    snprintf(to, size, "%s", json_is_string(from) ? json_string_value(from) : "");
}

static json_t *facts_of(const nn_model *model)
{
    return model->training ? json_loads(model->training, 0, NULL) : NULL;
}

bool import_facts_of(import_facts *f, const nn_model *model)
{
    json_t *facts = facts_of(model);
    json_t *import = json_object_get(facts, "import");
    const json_t *accuracy = json_object_get(import, "check_accuracy");
    bool is = json_is_object(import);
    copy_text(f->from, sizeof f->from, json_object_get(import, "from"));
    copy_text(f->format, sizeof f->format, json_object_get(import, "format"));
    convention_name(f->convention, &model->convention);
    f->accuracy = json_is_number(accuracy) ? json_number_value(accuracy) : (double)NAN;
    f->permuted = json_is_true(json_object_get(import, "permuted"));
    json_decref(facts);
    return is;
}

/* Of several readings of a file only the one that was taken has all of them, and each once. */
void import_scores(double score[CONVENTIONS], const nn_model *model)
{
    json_t *facts = facts_of(model);
    const json_t *rows = json_object_get(json_object_get(facts, "import"), "scores");
    for (int i = 0; i < CONVENTIONS; i++)
        score[i] = (double)NAN;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i), *name = json_object_get(row, "convention");
        int convention = json_is_string(name) ? convention_find(json_string_value(name)) : -1;
        double accuracy = json_number_value(json_object_get(row, "accuracy"));
        if (convention >= 0 && !(accuracy < score[convention]))
            score[convention] = accuracy;
    }
    json_decref(facts);
}
