/* import_facts.c - from the training facts of a model. */
#include "import_facts.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>

static void copy_text(char *to, size_t size, const json_t *from)
{
    snprintf(to, size, "%s", json_is_string(from) ? json_string_value(from) : "");
}

bool import_facts_of(import_facts *f, const nn_model *model)
{
    json_t *facts = model->training ? json_loads(model->training, 0, NULL) : NULL,
           *import = json_object_get(facts, "import");
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
