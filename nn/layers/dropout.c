/* dropout.c - while training, y = x / (1 - rate) with probability 1 - rate, else 0; otherwise y = x (inverted dropout,
 * Srivastava et al. 2014). The mask is a pure function of (step's key, node, image, element), so backward makes it
 * again. */
#include "nn/kernels/kernels.h"
#include "nn/op.h"
#include "nn/rng.h"
#include <string.h>

static bool plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    (void)plan, (void)err;
    node->out = node->in;
    return true;
}

/* 32 well-mixed bits per element; short, because it runs for every activation (Mueller's integer hash). */
static inline uint32_t mask_bits(uint32_t key, uint32_t i)
{
    uint32_t x = (i ^ key) * 0x9e3779b1u;
    x = (x ^ (x >> 16)) * 0x45d9f3bu;
    x = (x ^ (x >> 16)) * 0x45d9f3bu;
    return x ^ (x >> 16);
}

static void apply(const nn_slice *s, const float *from, float *to)
{
    uint32_t count = (uint32_t)nn_shape_count(s->node->in);
    float rate = (float)s->node->attr[0];
    if (to != from)
        memcpy(to, from, (size_t)s->images * count * sizeof(float));
    if (!s->training || rate <= 0.0f)
        return;
    uint32_t threshold = (uint32_t)(rate * 0x1p32f);
    float scale = 1.0f / (1.0f - rate);
    uint64_t node_key = nn_key(s->key, (uint64_t)(s->node - s->plan->node));
    for (int image = 0; image < s->images; image++, to += count) {
        uint32_t key = (uint32_t)nn_key(node_key, (uint64_t)(s->first + image));
        for (uint32_t i = 0; i < count; i++)
            to[i] = mask_bits(key, i) < threshold ? 0.0f : scale * to[i];
    }
}

static void forward(const nn_slice *s)
{
    apply(s, s->x, s->y);
}

static void backward(const nn_slice *s)
{
    if (s->dx)
        apply(s, s->dy, s->dx);
}

static const char *const examples[] = {"input 3 3 2\nconv 4 2\ndropout 0.4\nflatten\ndense 3\nsoftmax\n", NULL};

extern const nn_op NN_VARIANT(nn_op_dropout);
const nn_op NN_VARIANT(nn_op_dropout) = {
    .name = "dropout",
    .kind = NN_DROPOUT,
    .summary = "while training: y = x / (1 - rate), or 0 with probability rate",
    .attrs = {{.name = "rate", .min = 0.0, .max = 0.95, .fallback = 0.5}},
    .positional = 1,
    .inputs = 1,
    .place = NN_IN_PLACE,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .examples = examples,
};
