/* untrained.c - weights against the bounds that they would have begun with. */
#include "untrained.h"
#include <string.h>

enum { FEW = 200 }; /* weights whose spread says nothing */

static double greatest(const foreign_tensor *t)
{
    float most = 0;
    for (size_t i = 0; i < t->count; i++)
        most = fmaxf(most, fabsf(t->values[i]));
    return (double)most;
}

/* Even spread has a standard deviation of bound / sqrt(3); training makes it narrower or wider than its bound. */
static bool is_even(const foreign_tensor *t, double bound)
{
    double squares = 0;
    for (size_t i = 0; i < t->count; i++)
        squares += pow((double)t->values[i], 2);
    double spread = sqrt(squares / (double)t->count) * sqrt(3) / bound;
    return greatest(t) <= bound * 1.00001 && (t->count < FEW || fabs(spread - 1) < 3 / sqrt((double)t->count));
}

static bool kernel_is_new(const nn_param *param, const foreign_tensor *t)
{
    double inputs = param->fan_in, outputs = (double)param->count / inputs;
    if (param->rank == 4) /* of a convolution each output is read by as many windows as it has taps */
        outputs *= (double)param->dim[0] * param->dim[1];
    return is_even(t, 1 / sqrt(inputs)) || is_even(t, sqrt(6 / (inputs + outputs))) || is_even(t, sqrt(6 / inputs));
}

static const foreign_tensor *find(const foreign_net *net, const char *name)
{
    for (int i = 0; i < net->n_tensors; i++)
        if (strcmp(net->tensor[i].name, name) == 0)
            return &net->tensor[i];
    return NULL;
}

static bool plan_is_new(const nn_plan *plan, const foreign_net *net)
{
    int kernels = 0;
    for (int i = 0; i < plan->n_params; i++) {
        const nn_param *param = &plan->param[i];
        const foreign_tensor *t = find(net, param->name);
        if (!t || t->count != param->count)
            return false;
        if (param->role == NN_KERNEL && !kernel_is_new(param, t))
            return false;
        if (param->role == NN_BIAS && greatest(t) > 1.00001 / sqrt(param->fan_in))
            return false;
        kernels += param->role == NN_KERNEL && t->count >= FEW;
    }
    return kernels > 0;
}

bool is_untrained(const foreign_net *net)
{
    nn_plan *plan;
    if (net->text.failed || !nn_plan_parse(&plan, net->text.data, net->text.len, NULL))
        return false;
    bool is_new = plan_is_new(plan, net);
    nn_plan_free(plan);
    return is_new;
}
