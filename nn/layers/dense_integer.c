/* dense_integer.c - y = x W + b of quantized x with weights of 8 bits, a scale for each unit. One image is read as
 * fast as the weights come from memory, so a quarter of the bytes is most of the gain. */
#include "dense.h"
#include "nn/kernels/integer.h"
#include <string.h>

enum { IMAGES = 8, MAX_INPUTS = 1 << 16 /* 127 * 127 times that is less than 2^31 */ };

static size_t padded(const nn_node *node)
{
    return ((size_t)node->in.c + 1) / 2 * 2;
}

/* Floats of the quantized inputs of IMAGES images, behind which the sums lie. */
static size_t inputs_floats(const nn_node *node)
{
    return nn_lines(IMAGES * padded(node) / 2);
}

static size_t panels_size(const nn_node *node)
{
    return nn_integers_size((int)padded(node) / 2, node->out.c, true);
}

void dense_integer_plan(nn_node *node)
{
    size_t units = (size_t)node->out.c;
    if (node->in.c > MAX_INPUTS || units % NN_LANES != 0)
        return;
    node->quantized = 2 * nn_lines(units) + panels_size(node) / sizeof(float);
    node->scratch = inputs_floats(node) + IMAGES * units;
}

/* s->prepared: bias, scales, panels. A batchnorm behind is a factor for each unit, which goes into the scales. */
void dense_integer_prepare(const nn_slice *s)
{
    int in = s->node->in.c, units = s->node->out.c;
    float *bias = s->prepared, *scale = bias + nn_lines((size_t)units), *factor = s->scratch;
    const float *kernel = nn_slice_weight(s, NN_LINEAR_KERNEL);
    nn_integer_factors(kernel, in, units, NN_QUANTUM, NN_QUANTUM, factor);
    nn_pack_integers(kernel, factor, in, units, true, scale + nn_lines((size_t)units));
    memcpy(bias, nn_slice_weight(s, NN_LINEAR_BIAS), (size_t)units * sizeof(float));
    for (int j = 0; j < units; j++)
        scale[j] = 1.0f;
    if (s->norm)
        nn_norm_fold(s, s->norm, scale, 1, bias);
    for (int j = 0; j < units; j++)
        scale[j] *= s->scale / factor[j];
}

static void finish(const nn_slice *s, const int32_t *restrict sum, float *restrict y)
{
    int units = s->node->out.c;
    const float *restrict bias = s->prepared, *restrict scale = bias + nn_lines((size_t)units);
    float least = s->relu ? 0.0f : -INFINITY;
    for (int j = 0; j < units; j++) {
        float value = (float)sum[j] * scale[j] + bias[j];
        y[j] = value > least ? value : least;
    }
}

void dense_integer_forward(const nn_slice *s)
{
    size_t in = (size_t)s->node->in.c, units = (size_t)s->node->out.c, row = padded(s->node);
    int16_t *q = (void *)s->scratch;
    int32_t *sums = (void *)(s->scratch + inputs_floats(s->node));
    nn_integer_product p = {.n = (int)units,
                            .pairs = (int)row / 2,
                            .a = q,
                            .a_row = (ptrdiff_t)row,
                            .panels = s->prepared + 2 * nn_lines(units),
                            .bytes = true,
                            .c = sums,
                            .c_row = (ptrdiff_t)units};
    for (int first = 0; first < s->images; first += IMAGES) {
        p.m = s->images - first < IMAGES ? s->images - first : IMAGES;
        for (int i = 0; i < p.m; i++) {
            q[(size_t)(i + 1) * row - 1] = 0; /* where the inputs are odd */
            nn_quantize(s->x + (size_t)(first + i) * in, 1.0f / s->scale, q + (size_t)i * row, in);
        }
        nn_integer_gemm(&p);
        for (int i = 0; i < p.m; i++)
            finish(s, sums + (size_t)i * units, s->y + (size_t)(first + i) * units);
    }
}
