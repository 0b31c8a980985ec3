/* plan_params.c - the tensors of a plan: layers declare them, then they are laid out. */
#include "op.h"
#include "symmetry.h"
#include <stdio.h>
#include <string.h>

/* What is derived from weights grows with their uses. */
static bool count_uses(nn_plan *plan, const nn_node *node, size_t count, nn_error *err)
{
    plan->expanded += count * (size_t)nn_symmetry_of(node).order;
    return plan->expanded <= NN_MAX_FLOATS || nn_fail(err, NN_LIMIT, 0, "more than %d weights", NN_MAX_FLOATS);
}

/* The same parameter of the node whose weights these are. */
static bool take_param(nn_plan *plan, nn_node *node, int rank, const int *dim, nn_error *err)
{
    const nn_node *owner = &plan->node[node->weights_of];
    if (!nn_same_op(owner->op, node->op) || owner->op->kind != NN_LINEAR)
        return nn_fail(err, NN_FORMAT, 0, "only convolutions and dense layers can have another one's weights");
    int index = owner->param[node->n_params];
    const nn_param *param = &plan->param[index];
    bool same = param->rank == rank;
    for (int i = 0; same && i < rank; i++)
        same = param->dim[i] == dim[i];
    if (!same)
        return nn_fail(err, NN_FORMAT, 0, "the weights of %s have another shape", owner->name);
    node->param[node->n_params++] = index;
    return count_uses(plan, node, param->count, err);
}

bool nn_plan_add_param(nn_plan *plan, nn_node *node, const char *name, nn_role role, int fan_in, int rank,
                       const int *dim, nn_error *err)
{
    if (node->weights_of >= 0)
        return take_param(plan, node, rank, dim, err);
    if (plan->n_params == NN_MAX_PARAMS)
        return nn_fail(err, NN_LIMIT, 0, "more than %d tensors", NN_MAX_PARAMS);
    nn_param *param = &plan->param[plan->n_params];
    *param = (nn_param){.role = role, .rank = rank, .fan_in = fan_in, .count = 1};
    snprintf(param->name, sizeof param->name, "%.24s.%s", node->name, name);
    for (int i = 0; i < rank; i++) {
        if (dim[i] < 1 || !nn_size_mul(param->count, (size_t)dim[i], &param->count))
            return nn_fail(err, NN_LIMIT, 0, "%s is too large", param->name);
        param->dim[i] = dim[i];
    }
    if (param->count > NN_MAX_FLOATS)
        return nn_fail(err, NN_LIMIT, 0, "more than %d weights", NN_MAX_FLOATS);
    plan->floats += param->count;
    node->param[node->n_params++] = plan->n_params++;
    return count_uses(plan, node, param->count, err);
}

size_t nn_node_floats(const nn_plan *plan, const nn_node *node)
{
    size_t count = 0;
    for (int i = 0; node->weights_of < 0 && i < node->n_params; i++)
        count += plan->param[node->param[i]].count;
    return count;
}

bool nn_shares_weights(const nn_plan *plan, int node)
{
    bool shares = plan->node[node].weights_of >= 0;
    for (int i = node + 1; i < plan->n_nodes; i++)
        shares = shares || plan->node[i].weights_of == node;
    return shares;
}

void nn_plan_sort_params(nn_plan *plan)
{
    int order[NN_MAX_PARAMS], place[NN_MAX_PARAMS];
    for (int i = 0; i < plan->n_params; i++) {
        int at = i;
        while (at > 0 && strcmp(plan->param[order[at - 1]].name, plan->param[i].name) > 0) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    for (int i = 0; i < plan->n_params; i++)
        place[order[i]] = i;
    for (int i = 0; i < plan->n_nodes; i++)
        for (int j = 0; j < plan->node[i].n_params; j++)
            plan->node[i].param[j] = place[plan->node[i].param[j]];
    for (int i = 0; i < plan->n_params; i++) /* follow the cycles */
        while (place[i] != i) {
            int to = place[i];
            nn_param moved = plan->param[to];
            plan->param[to] = plan->param[i];
            plan->param[i] = moved;
            place[i] = place[to];
            place[to] = to;
        }
    size_t offset = 0;
    for (int i = 0; i < plan->n_params; i++) {
        plan->param[i].offset = offset;
        offset += plan->param[i].count;
    }
}
