/* c_header.c - a model as one self-contained header in C99: weights, and a function that reads an image without
 * allocating. The layers' functions are those of assets/predict.h, each only where it is used. */
#include "app/core/embedded.h"
#include "export.h"
#include "layout.h"
#include "nn/op.h"
#include "scratch.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct header {
    const nn_model *model;
    buffer *out;
    buffer calls; /* the lines of predict */
    scratch_place place[NN_MAX_NODES + 1];
    size_t scratch;
} header;

/* ---- weights ----------------------------------------------------------------------------------------------------- */

/* As many digits as bring the same float back; a whole number needs no suffix. */
static void add_number(buffer *out, float value)
{
    char text[32];
    snprintf(text, sizeof text, "%.9g", (double)value);
    buffer_format(out, "%s%s", text, strpbrk(text, ".e") ? "f" : "");
}

static void add_array(buffer *out, const char *node, const char *what, const float *values, size_t count)
{
    enum { A_LINE = 10 };
    buffer_format(out, "static const float net_%s_%s[%zu] = {", node, what, count);
    for (size_t i = 0; i < count; i++) {
        buffer_add(out, i % A_LINE ? ", " : i > 0 ? ",\n    " : "\n    ");
        add_number(out, values[i]);
    }
    buffer_add(out, "\n};\n");
}

static const float *values_of(const header *h, const nn_node *node, int k)
{
    return h->model->weights + h->model->plan->param[node->param[k]].offset;
}

/* A parameter as it is. */
static void add_param(header *h, const nn_node *node, int k)
{
    const nn_param *param = &h->model->plan->param[node->param[k]];
    add_array(h->out, node->name, strchr(param->name, '.') + 1, values_of(h, node, k), param->count);
}

/* ---- the kinds of layers ------------------------------------------------------------------------------------------ */

/* Where a value lies, as C says it: "s + 784". */
static const char *place_text(const header *h, int value, char text[32])
{
    const scratch_place *place = &h->place[value];
    if (place->outside)
        return value == h->model->plan->n_nodes ? "probabilities" : "image";
    snprintf(text, 32, "s + %zu", place->at);
    return text;
}

/* "x, y);": from the node's first input to its output. */
static void end_call(header *h, const nn_node *node)
{
    char x[32], y[32];
    int i = (int)(node - h->model->plan->node);
    buffer_format(&h->calls, "%s, %s);\n", place_text(h, node->input[0] + 1, x), place_text(h, i + 1, y));
}

static int pixels_of(const nn_node *node)
{
    return node->in.h * node->in.w;
}

/* A window as a literal of C99. */
static void add_window(header *h, const nn_node *node)
{
    nn_window w = node->op->window(node);
    buffer_format(&h->calls, "&(const net_window){%d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %d}, ", node->in.h,
                  node->in.w, node->in.c, w.out_h, w.out_w, node->out.c, w.kh, w.kw, w.stride, w.dilation_h,
                  w.dilation_w, w.top, w.left);
}

static void conv(header *h, const nn_node *node)
{
    add_param(h, node, 0);
    add_param(h, node, 1);
    buffer_add(&h->calls, "    net_convolve(");
    add_window(h, node);
    buffer_format(&h->calls, "%d, net_%s_kernel, net_%s_bias, ", (int)nn_node_setting(node, "groups"), node->name,
                  node->name);
    end_call(h, node);
}

static void maxpool(header *h, const nn_node *node)
{
    buffer_add(&h->calls, "    net_pool_max(");
    add_window(h, node);
    end_call(h, node);
}

static void avgpool(header *h, const nn_node *node)
{
    buffer_add(&h->calls, "    net_pool_mean(");
    add_window(h, node);
    buffer_format(&h->calls, "%d, ", (int)nn_node_setting(node, "count_padding"));
    end_call(h, node);
}

static void dense(header *h, const nn_node *node)
{
    add_param(h, node, 0);
    add_param(h, node, 1);
    buffer_format(&h->calls, "    net_multiply(%d, %d, net_%s_kernel, net_%s_bias, ", node->in.c, node->out.c,
                  node->name, node->name);
    end_call(h, node);
}

static void call_affine(header *h, const nn_node *node)
{
    buffer_format(&h->calls, "    net_affine(%d, %d, net_%s_gain, net_%s_bias, ", pixels_of(node), node->in.c,
                  node->name, node->name);
    end_call(h, node);
}

static void scale(header *h, const nn_node *node)
{
    add_param(h, node, 0);
    add_param(h, node, 1);
    call_affine(h, node);
}

/* gain (x - mean) / sqrt(variance + epsilon) + bias, with what does not depend on x computed here. */
static void batchnorm(header *h, const nn_node *node)
{
    size_t c = (size_t)node->in.c;
    float *gain = nn_alloc(2 * c, sizeof *gain), *bias = gain ? gain + c : NULL;
    h->out->failed = h->out->failed || !gain;
    for (size_t i = 0; gain && i < c; i++) {
        double deviation = sqrt((double)values_of(h, node, 3)[i] + nn_node_setting(node, "epsilon"));
        double factor = (double)values_of(h, node, 0)[i] / deviation;
        gain[i] = (float)factor;
        bias[i] = (float)((double)values_of(h, node, 1)[i] - (double)values_of(h, node, 2)[i] * factor);
    }
    if (gain) {
        add_array(h->out, node->name, "gain", gain, c);
        add_array(h->out, node->name, "bias", bias, c);
    }
    nn_free(gain);
    call_affine(h, node);
}

static void prelu(header *h, const nn_node *node)
{
    add_param(h, node, 0);
    buffer_format(&h->calls, "    net_leak(%d, %d, net_%s_slope, ", pixels_of(node), node->in.c, node->name);
    end_call(h, node);
}

static void softmax(header *h, const nn_node *node)
{
    bool last = node == &h->model->plan->node[h->model->plan->n_nodes - 1];
    buffer_format(&h->calls, "    net_softmax(%d, %d, ", pixels_of(node), node->in.c);
    add_number(&h->calls, last ? h->model->temperature : 1.0f);
    buffer_add(&h->calls, ", ");
    end_call(h, node);
}

/* y[i] = BEFORE setting AFTER for each x = x[i]. */
static void each(header *h, const nn_node *node, const char *before, const char *after)
{
    char x[32], y[32];
    int i = (int)(node - h->model->plan->node);
    buffer_format(&h->calls, "    NET_EACH(%zu, %s, %s, %s", nn_shape_count(node->out),
                  place_text(h, node->input[0] + 1, x), place_text(h, i + 1, y), before);
    if (*after)
        add_number(&h->calls, (float)node->attr[0]);
    buffer_format(&h->calls, "%s);\n", after);
}

/* Nothing, or a copy where others still read what it was. */
static void pass(header *h, const nn_node *node)
{
    char x[32], y[32];
    int i = (int)(node - h->model->plan->node);
    if (strcmp(place_text(h, node->input[0] + 1, x), place_text(h, i + 1, y)) != 0)
        each(h, node, "x", "");
}

/* The second input at the same place, or its one value for each channel. */
static void with_second(header *h, const nn_node *node, char sign)
{
    char text[32], expression[96];
    const char *second = place_text(h, node->input[1] + 1, text);
    if (nn_same_shape(node->in, node->in2))
        snprintf(expression, sizeof expression, "x %c (%s)[i]", sign, second);
    else
        snprintf(expression, sizeof expression, "x %c (%s)[i %% %d]", sign, second, node->in.c);
    each(h, node, expression, "");
}

static void add(header *h, const nn_node *node)
{
    with_second(h, node, '+');
}

static void mul(header *h, const nn_node *node)
{
    with_second(h, node, '*');
}

static void concat(header *h, const nn_node *node)
{
    char a[32], b[32], y[32];
    int i = (int)(node - h->model->plan->node);
    buffer_format(&h->calls, "    net_concat(%d, %d, %d, %s, %s, %s);\n", pixels_of(node), node->in.c, node->in2.c,
                  place_text(h, node->input[0] + 1, a), place_text(h, node->input[1] + 1, b), place_text(h, i + 1, y));
}

static void part(header *h, const nn_node *node, const char *function, int first)
{
    nn_window w = node->op->window(node);
    buffer_format(&h->calls, "    %s(%d, %d, %d, %d, %d, %d, ", function, node->in.h, node->in.w, node->in.c,
                  node->out.h, node->out.w, node->out.c);
    buffer_format(&h->calls, "%d, %d, %d, ", abs(w.top), abs(w.left), first);
    end_call(h, node);
}

static void pad(header *h, const nn_node *node)
{
    part(h, node, "net_pad", 0);
}

static void crop(header *h, const nn_node *node)
{
    part(h, node, "net_crop", (int)nn_node_setting(node, "first"));
}

static void permute(header *h, const nn_node *node)
{
    const int step[] = {0, node->in.w * node->in.c, node->in.c, 1};
    buffer_format(&h->calls, "    net_permute(%d, %d, %d, %d, %d, %d, ", node->out.h, node->out.w, node->out.c,
                  step[(int)node->attr[0]], step[(int)node->attr[1]], step[(int)node->attr[2]]);
    end_call(h, node);
}

static const struct kind {
    const char *name;
    void (*write)(header *h, const nn_node *node);
    const char *before, *after; /* where `write` is NULL: the expression of one value x, around the layer's setting */
} kinds[] = {
    {"conv", conv, "", ""},
    {"maxpool", maxpool, "", ""},
    {"avgpool", avgpool, "", ""},
    {"dense", dense, "", ""},
    {"flatten", pass, "", ""},
    {"dropout", pass, "", ""},
    {"batchnorm", batchnorm, "", ""},
    {"scale", scale, "", ""},
    {"relu", NULL, "x > 0.0f ? x : 0.0f", ""},
    {"relu6", NULL, "fminf(fmaxf(x, 0.0f), 6.0f)", ""},
    {"leakyrelu", NULL, "x > 0.0f ? x : ", " * x"},
    {"elu", NULL, "x > 0.0f ? x : ", " * expm1f(x)"},
    {"selu", NULL, "1.05070099f * (x > 0.0f ? x : 1.67326324f * expm1f(x))", ""},
    {"prelu", prelu, "", ""},
    {"sigmoid", NULL, "1.0f / (1.0f + expf(-x))", ""},
    {"tanh", NULL, "tanhf(x)", ""},
    {"softplus", NULL, "fmaxf(x, 0.0f) + log1pf(expf(-fabsf(x)))", ""},
    {"hardsigmoid", NULL, "fminf(fmaxf(", " * x + 0.5f, 0.0f), 1.0f)"},
    {"silu", NULL, "x / (1.0f + expf(-x))", ""},
    {"hardswish", NULL, "x * fminf(fmaxf(x / 6.0f + 0.5f, 0.0f), 1.0f)", ""},
    {"gelu", NULL, "0.5f * x * (1.0f + erff(x * 0.70710678f))", ""},
    {"log", NULL, "logf(fmaxf(x, 1.17549435e-38f))", ""},
    {"softmax", softmax, "", ""},
    {"pad", pad, "", ""},
    {"crop", crop, "", ""},
    {"permute", permute, "", ""},
    {"reshape", pass, "", ""},
    {"add", add, "", ""},
    {"mul", mul, "", ""},
    {"concat", concat, "", ""},
    {NULL, NULL, NULL, NULL},
};

static bool write_node(header *h, const nn_node *node, nn_error *err)
{
    const struct kind *kind = kinds;
    while (kind->name && strcmp(kind->name, node->op->name) != 0)
        kind++;
    if (!kind->name)
        return export_refuse(node, "C", err);
    if (kind->write)
        kind->write(h, node);
    else
        each(h, node, kind->before, kind->after);
    return true;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

/* The parts of assets/predict.h whose name is called; each begins with a comment that names it. */
static void add_functions(buffer *out, const buffer *calls)
{
    const embedded_file *file = embedded_find("predict.h");
    const char *end = (const char *)file->end, *next;
    for (const char *part = (const char *)file->data; part < end; part = next) {
        char name[NN_NAME];
        next = strstr(part + 1, "\n/* ");
        next = next ? next + 1 : end;
        if (sscanf(part, "/* %47[^:]", name) == 1 && calls->data && strstr(calls->data, name))
            buffer_add_bytes(out, part, (size_t)(next - part));
    }
}

/* A text of any bytes as a literal. */
static void add_literal(buffer *out, const char *text)
{
    buffer_add(out, "\"");
    for (; *text; text++) {
        if (isprint((unsigned char)*text) && !strchr("\"\\?", *text))
            buffer_add_bytes(out, text, 1);
        else
            buffer_format(out, "\\%03o", (unsigned)(unsigned char)*text);
    }
    buffer_add(out, "\"");
}

static void add_labels(buffer *out, const nn_model *model)
{
    buffer_format(out, "static const char *const net_labels[%d] = {", model->n_labels);
    for (int i = 0; i < model->n_labels; i++) {
        buffer_add(out, i > 0 ? ", " : "");
        add_literal(out, model->label[i]);
    }
    buffer_add(out, "};\n\n");
}

/* What nn_convention_apply does. */
static void add_convention(header *h)
{
    char y[32];
    const nn_convention *convention = &h->model->convention;
    const char *from = "image", *to = place_text(h, 0, y);
    nn_shape in = h->model->plan->input;
    if (convention->transposed) {
        buffer_format(&h->calls, "    net_transpose(%d, %d, image, %s);\n", in.h, in.c, to);
        from = to;
    }
    buffer_format(&h->calls, "    NET_EACH(%zu, %s, %s, (%s - (", nn_shape_count(in), from, to,
                  convention->binary ? "(x > 0.5f ? 1.0f : 0.0f)" : "x");
    add_number(&h->calls, convention->mean);
    buffer_add(&h->calls, ")) / (");
    add_number(&h->calls, convention->std);
    buffer_add(&h->calls, "));\n");
}

static void add_predict(header *h)
{
    const nn_plan *plan = h->model->plan;
    nn_shape in = plan->input;
    buffer_format(
        h->out,
        "\n/* Reads an image of %d x %d x %d values, row by row, ink = 1 in 0..1; gives the likeliest class and the\n"
        " * probability of each. Not for two threads at once: the %zu bytes it computes in are static. */\n"
        "static inline int predict(const float image[%zu], float probabilities[%d])\n{\n"
        "    static float s[%zu];\n    int best = 0, k;\n",
        in.h, in.w, in.c, h->scratch * sizeof(float), nn_shape_count(in), plan->classes, h->scratch);
    buffer_add(h->out, h->calls.data ? h->calls.data : "");
    buffer_format(h->out,
                  "    for (k = 1; k < %d; k++)\n        best = probabilities[k] > probabilities[best] ? k : best;\n"
                  "    return best;\n}\n\n#endif\n",
                  plan->classes);
}

bool export_c(buffer *out, const nn_model *model, nn_error *err)
{
    buffer weights = {0};
    header h = {.model = model, .out = &weights};
    const nn_plan *plan = model->plan;
    bool ok = true, copied = !nn_same_convention(&model->convention, &(nn_convention){.std = 1.0f});
    h.scratch = scratch_plan(plan, copied, h.place);
    if (copied)
        add_convention(&h);
    for (int i = 0; ok && i < plan->n_nodes; i++)
        ok = write_node(&h, &plan->node[i], err);
    buffer_format(out,
                  "/* Made by Digitscope " DIGITSCOPE_VERSION
                  ": a network of %zu weights that reads images. C99; link with -lm. */\n"
                  "#ifndef NET_PREDICT_H\n#define NET_PREDICT_H\n\n#include <math.h>\n\n",
                  plan->floats);
    add_functions(out, &h.calls);
    buffer_add(out, "\n");
    add_labels(out, model);
    add_predict(&h);
    buffer_add(out, weights.data ? weights.data : "");
    out->failed = out->failed || weights.failed || h.calls.failed;
    buffer_free(&h.calls);
    buffer_free(&weights);
    return ok;
}
