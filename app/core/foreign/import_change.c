/* import_change.c - the file is read, changed and saved. */
#include "import_change.h"
#include "app/core/model/import_facts.h"
#include "app/core/model/models.h"
#include "nn/json.h"

static bool change_facts(nn_model *model, const char *name, double accuracy, nn_error *err)
{
    json_t *facts = models_facts(model), *import = json_object_get(facts, "import");
    json_object_set_new(import, "convention", json_string(name));
    json_object_set_new(import, "check_accuracy", nn_json_number(accuracy));
    char *text = nn_json_text(facts, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(facts);
    if (!text)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    nn_free(model->training);
    model->training = text;
    return true;
}

bool import_change(const char *path, int convention, nn_error *err)
{
    nn_model *model;
    import_facts facts;
    double score[CONVENTIONS];
    char name[CONVENTION_NAME];
    if (!nn_model_load(&model, path, err))
        return false;
    model->convention = convention_at(convention);
    convention_name(name, &model->convention);
    import_scores(score, model);
    bool ok = !import_facts_of(&facts, model) || change_facts(model, name, score[convention], err);
    ok = ok && nn_model_save(model, path, err);
    nn_model_free(model);
    return ok;
}
