/* nets.c - see nets.h. */
#include "nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

const char net_oblong[] = "input 28 30 1\nmaxpool 4\nflatten\ndense 10\nsoftmax\n";

const char net_small[] = "input 12 12 1\n"
                         "conv 4 3\n"
                         "batchnorm\n"
                         "trunk: relu\n"
                         "conv 4 3 groups=2\n"
                         "add trunk\n"
                         "concat trunk\n"
                         "leakyrelu\n"
                         "maxpool 2\n"
                         "dropout 0.2\n"
                         "conv 6 3 padding=1,0,0,1 stride=2\n"
                         "elu\n"
                         "conv 6 2 dilation=2\n"
                         "gate: avgpool 3\n"
                         "mul gate from=conv4\n"
                         "avgpool 2\n"
                         "flatten\n"
                         "dense 8\n"
                         "relu\n"
                         "dense 4\n"
                         "softmax\n";

uint64_t random_bits(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

double random_between(uint64_t *state, double low, double high)
{
    return low + (high - low) * (double)(random_bits(state) >> 11) * 0x1p-53;
}

void random_fill(uint64_t *state, float *values, size_t count, double low, double high)
{
    for (size_t i = 0; i < count; i++)
        values[i] = (float)random_between(state, low, high);
}

nn_plan *net_parse(const char *text)
{
    nn_plan *plan = NULL;
    nn_error err = {0};
    if (!nn_plan_parse(&plan, text, strlen(text), &err))
        fail_msg("byte %zu: %s\n%s", err.pos, err.text, text);
    return plan;
}

float *net_weights(const nn_plan *plan, uint64_t seed)
{
    float *weights = nn_weights_new(plan, seed);
    assert_non_null(weights);
    for (int i = 0; i < plan->n_params; i++) {
        const nn_param *p = &plan->param[i];
        if (p->role == NN_GAIN || p->role == NN_VARIANCE)
            random_fill(&seed, weights + p->offset, p->count, 0.5, 1.5);
        else if (p->role != NN_KERNEL)
            random_fill(&seed, weights + p->offset, p->count, -0.3, 0.3);
    }
    return weights;
}

nn_model *net_model(const char *text, uint64_t seed)
{
    nn_plan *plan = net_parse(text);
    nn_model *model = NULL;
    nn_error err = {0};
    if (!nn_model_new(&model, plan, net_weights(plan, seed), &err))
        fail_msg("%s", err.text);
    model->convention = (nn_convention){.mean = 0.1307f, .std = 0.3081f};
    model->temperature = 1.25f;
    model->unsure_threshold = 0.5f;
    model->training = nn_strdup("{\"command\": \"digitscope train\", \"seed\": 7}");
    assert_non_null(model->training);
    return model;
}

void net_save(const char *text, uint64_t seed, const char *path)
{
    nn_error err;
    nn_model *model = net_model(text, seed);
    if (!nn_model_save(model, path, &err))
        fail_msg("%s", err.text);
    nn_model_free(model);
}

/* A bar of the class's direction at a random place, on noise. */
static void toy_sample(const void *ctx, int thread, uint64_t epoch, int index, float *image, float *target)
{
    (void)ctx, (void)thread, (void)epoch;
    static const double direction[TOY_CLASSES][2] = {{1, 0}, {0, 1}, {0.707, 0.707}, {0.707, -0.707}};
    uint64_t state = (uint64_t)index;
    int label = index % TOY_CLASSES;
    target[label] = 1;
    double nx = direction[label][0], ny = direction[label][1];
    double middle = nx * random_between(&state, 4, 8) + ny * random_between(&state, 4, 8);
    for (int i = 0; i < TOY_PIXELS; i++) {
        double distance = fabs(nx * (i % TOY_SIDE) + ny * (i / TOY_SIDE) - middle);
        image[i] = (float)(0.8 * fmax(0, 1 - distance / 2) + random_between(&state, 0, 0.2));
    }
}

nn_source toy_source(int count)
{
    return (nn_source){.count = count, .sample = toy_sample};
}

void net_predict(const nn_model *model, float answers[TOY_ANSWERS])
{
    nn_work *work;
    nn_error err = {0};
    uint64_t seed = 5;
    float images[TOY_IMAGES * TOY_PIXELS];
    random_fill(&seed, images, TOY_IMAGES * TOY_PIXELS, 0, 1);
    if (!nn_work_new(&work, model->plan, TOY_IMAGES, NN_ANSWERS, &err))
        fail_msg("%s", err.text);
    nn_predict(work, model, images, TOY_IMAGES, answers);
    nn_work_free(work);
}
