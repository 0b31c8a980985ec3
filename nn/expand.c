/* expand.c - the architecture without what it shares, and what was stored once wherever it is used. */
#include "expand.h"
#include "op.h"
#include "symmetry.h"
#include <string.h>

bool nn_is_shared(const nn_plan *plan)
{
    return plan->expanded > plan->floats;
}

/* Takes every word that begins so, up to the next blank, out of an architecture. */
static void drop_words(char *text, const char *beginning)
{
    for (char *at; (at = strstr(text, beginning)) != NULL;) {
        char *end = at + strcspn(at, " \t\r\n#");
        memmove(at, end, strlen(end) + 1);
    }
}

static bool plan_expanded(nn_plan **expanded, const nn_plan *plan, nn_error *err)
{
    char *text = nn_strdup(plan->text);
    if (!text)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the architecture");
    drop_words(text, "symmetry=");
    drop_words(text, "weights=");
    bool ok = nn_plan_parse(expanded, text, strlen(text), err);
    nn_free(text);
    return ok;
}

/* Parameter k of a node. */
static void copy_param(nn_model *to, const nn_model *from, int node, int k)
{
    const nn_node *old = &from->plan->node[node];
    const nn_param *source = &from->plan->param[old->param[k]];
    const nn_param *target = &to->plan->param[to->plan->node[node].param[k]];
    nn_symmetry symmetry = nn_symmetry_of(old);
    for (size_t i = 0; i < target->count; i++) {
        size_t stored = symmetry.order == 1         ? i
                        : source->role == NN_KERNEL ? nn_symmetry_stored(&symmetry, i)
                                                    : (size_t)nn_symmetry_stored_channel(&symmetry, (int)i);
        to->weights[target->offset + i] = from->weights[source->offset + stored];
    }
}

bool nn_expand(nn_model **out, const nn_model *model, nn_error *err)
{
    nn_plan *plan;
    *out = NULL;
    if (!plan_expanded(&plan, model->plan, err) || !nn_model_blank(out, plan, err))
        return false;
    for (int i = 0; i < plan->n_nodes; i++)
        for (int k = 0; k < plan->node[i].n_params; k++)
            copy_param(*out, model, i, k);
    (*out)->convention = model->convention;
    memcpy((*out)->scale, model->scale, sizeof model->scale);
    nn_model_answer_as(*out, model);
    return true;
}
