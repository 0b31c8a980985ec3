/* tflite_files.c - FlatBuffers written from front to back: a table, then what it names. Each field has 4 bytes. */
#include "tflite_files.h"
#include "nn/safetensors.h"
#include <math.h>
#include <string.h>

enum { FIELD = 4 };
enum { FLOAT32 = 0, INT32 = 2, INT8 = 9 };
enum { CONV_2D, MAX_POOL_2D, RESHAPE, FULLY_CONNECTED, SOFTMAX, CODES };
enum { PICTURE, KERNEL, KERNEL_BIAS, MAPS, POOLED, SHAPE, FLAT, WEIGHTS, WEIGHTS_BIAS, LOGITS, ANSWER, TENSORS };

static void put(buffer *b, uint32_t value, int bytes)
{
    char little[FIELD];
    for (int i = 0; i < bytes; i++)
        little[i] = (char)(value >> 8 * i);
    buffer_add_bytes(b, little, (size_t)bytes);
}

static void set(buffer *b, size_t at, uint32_t value)
{
    for (int i = 0; i < FIELD; i++)
        b->data[at + (size_t)i] = (char)(value >> 8 * i);
}

/* What comes next is what is named there. */
static void lead(buffer *b, size_t at)
{
    set(b, at, (uint32_t)(b->len - at));
}

/* A table with the fields of which the bits are set; returns where its field 0 is or would be. */
static size_t put_table(buffer *b, int fields, unsigned there)
{
    uint32_t places = (uint32_t)(4 + 2 * fields);
    put(b, places, 2);
    put(b, (uint32_t)(FIELD + FIELD * fields), 2);
    for (int i = 0; i < fields; i++)
        put(b, there >> i & 1 ? (uint32_t)(FIELD + FIELD * i) : 0, 2);
    put(b, places, FIELD);
    for (int i = 0; i < fields; i++)
        put(b, 0, FIELD);
    return b->len - (size_t)(FIELD * fields);
}

/* The table that a field or an element names, which comes next: its list of fields is in front of it. */
static size_t put_named(buffer *b, size_t at, int fields, unsigned there)
{
    size_t first = put_table(b, fields, there);
    set(b, at, (uint32_t)(first - FIELD - at));
    return first;
}

/* A list of n elements that a field names; returns where the first is. */
static size_t put_list(buffer *b, size_t at, uint32_t n)
{
    lead(b, at);
    put(b, n, FIELD);
    size_t first = b->len;
    for (uint32_t i = 0; i < n; i++)
        put(b, 0, FIELD);
    return first;
}

static void put_wholes(buffer *b, size_t at, int n, const int *value)
{
    size_t first = put_list(b, at, (uint32_t)n);
    for (int i = 0; i < n; i++)
        set(b, first + (size_t)(FIELD * i), (uint32_t)value[i]);
}

static void put_bytes(buffer *b, size_t at, const void *data, size_t len)
{
    lead(b, at);
    put(b, (uint32_t)len, FIELD);
    buffer_add_bytes(b, data, len);
}

/* ---- the network -------------------------------------------------------------------------------------------------- */

typedef struct tensor {
    int type, rank, shape[4];
    buffer data;
    float scale; /* of whole numbers; 0: none */
} tensor;

enum { CONV_BIAS, CONV_KERNEL, DENSE_BIAS, DENSE_KERNEL }; /* in the order of their names */

static const nn_param *param(const nn_model *model, int i)
{
    return &model->plan->param[i];
}

static void add_reals(tensor *t, const float *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char bytes[sizeof *values];
        nn_floats_copy(bytes, values + i, 1);
        buffer_add_bytes(&t->data, bytes, sizeof bytes);
    }
}

/* (h, w, in, out) -> (out, h, w, in), and (in, out) -> (out, in) */
static void add_turned(tensor *t, const nn_model *model, const nn_param *p, size_t outputs, bool whole)
{
    const float *values = model->weights + p->offset;
    size_t rows = p->count / outputs;
    float most = 0;
    for (size_t i = 0; i < p->count; i++)
        most = fmaxf(most, fabsf(values[i]));
    t->scale = whole ? most / 127 : 0;
    for (size_t o = 0; o < outputs; o++)
        for (size_t i = 0; i < rows; i++) {
            float value = values[i * outputs + o];
            char byte = (char)(signed char)lrintf(whole ? value / t->scale : 0);
            if (whole)
                buffer_add_bytes(&t->data, &byte, 1);
            else
                add_reals(t, &value, 1);
        }
}

static void describe(tensor t[TENSORS], const nn_model *model, bool whole)
{
    nn_shape in = model->plan->input;
    int filters = (int)param(model, CONV_BIAS)->count, classes = model->plan->classes, h = in.h / 2, w = in.w / 2,
        flat = h * w * filters;
    t[PICTURE] = (tensor){FLOAT32, 4, {1, in.h, in.w, 1}, {0}, 0};
    t[KERNEL] = (tensor){FLOAT32, 4, {filters, 3, 3, 1}, {0}, 0};
    t[KERNEL_BIAS] = (tensor){FLOAT32, 1, {filters}, {0}, 0};
    t[MAPS] = (tensor){FLOAT32, 4, {1, in.h, in.w, filters}, {0}, 0};
    t[POOLED] = (tensor){FLOAT32, 4, {1, h, w, filters}, {0}, 0};
    t[SHAPE] = (tensor){INT32, 1, {2}, {0}, 0};
    t[FLAT] = (tensor){FLOAT32, 2, {1, flat}, {0}, 0};
    t[WEIGHTS] = (tensor){whole ? INT8 : FLOAT32, 2, {classes, flat}, {0}, 0};
    t[WEIGHTS_BIAS] = (tensor){FLOAT32, 1, {classes}, {0}, 0};
    t[LOGITS] = t[ANSWER] = (tensor){FLOAT32, 2, {1, classes}, {0}, 0};
    add_turned(&t[KERNEL], model, param(model, CONV_KERNEL), (size_t)filters, false);
    add_reals(&t[KERNEL_BIAS], model->weights + param(model, CONV_BIAS)->offset, (size_t)filters);
    for (int i = 0; i < 2; i++)
        put(&t[SHAPE].data, (uint32_t)t[FLAT].shape[i], FIELD);
    add_turned(&t[WEIGHTS], model, param(model, DENSE_KERNEL), (size_t)classes, whole);
    add_reals(&t[WEIGHTS_BIAS], model->weights + param(model, DENSE_BIAS)->offset, (size_t)classes);
}

static const struct {
    int code, n, input[3], output, options[6], n_options;
} operators[] = {
    {CONV_2D, 3, {PICTURE, KERNEL, KERNEL_BIAS}, MAPS, {0, 1, 1, 1, 1, 1}, 6},
    {MAX_POOL_2D, 1, {MAPS}, POOLED, {1, 2, 2, 2, 2}, 5},
    {RESHAPE, 2, {POOLED, SHAPE}, FLAT, {0}, 0},
    {FULLY_CONNECTED, 3, {FLAT, WEIGHTS, WEIGHTS_BIAS}, LOGITS, {0}, 1},
    {SOFTMAX, 1, {LOGITS}, ANSWER, {0x3f800000}, 1}, /* 1.0 */
};
enum { OPERATORS = sizeof operators / sizeof *operators };

static void put_tensors(buffer *b, size_t at, const tensor t[TENSORS])
{
    size_t first = put_list(b, at, TENSORS);
    for (int i = 0; i < TENSORS; i++) {
        int scale; /* as bits */
        size_t table = put_named(b, first + (size_t)(FIELD * i), 5, t[i].scale != 0 ? 037 : 017);
        set(b, table + FIELD, (uint32_t)t[i].type);
        set(b, table + 2 * FIELD, t[i].data.len ? (uint32_t)i + 1 : 0);
        put_wholes(b, table, t[i].rank, t[i].shape);
        put_bytes(b, table + 3 * FIELD, "name", 4);
        memcpy(&scale, &t[i].scale, sizeof scale);
        if (scale) { /* and the axis, of which one step for all has no use */
            size_t steps = put_named(b, table + 4 * FIELD, 7, 1 << 2 | 1 << 6);
            set(b, steps + 6 * FIELD, (uint32_t)-1000);
            put_wholes(b, steps + 2 * FIELD, 1, &scale);
        }
    }
}

static void put_operators(buffer *b, size_t at)
{
    size_t first = put_list(b, at, OPERATORS);
    for (int i = 0; i < OPERATORS; i++) {
        int n = operators[i].n_options;
        size_t table = put_named(b, first + (size_t)(FIELD * i), 5, n ? 037 : 07);
        set(b, table, (uint32_t)operators[i].code);
        put_wholes(b, table + FIELD, operators[i].n, operators[i].input);
        put_wholes(b, table + 2 * FIELD, 1, &operators[i].output);
        size_t options = n ? put_named(b, table + 4 * FIELD, n, (1u << n) - 1) : 0;
        for (int k = 0; k < n; k++)
            set(b, options + (size_t)(FIELD * k), (uint32_t)operators[i].options[k]);
    }
}

static void put_codes(buffer *b, size_t at)
{
    static const uint32_t number[CODES] = {3, 17, 22, 9, 25};
    size_t first = put_list(b, at, CODES);
    for (int i = 0; i < CODES; i++)
        set(b, put_named(b, first + (size_t)(FIELD * i), 1, 1), number[i]);
}

void tflite_file(buffer *out, const nn_model *model, bool whole)
{
    tensor t[TENSORS];
    describe(t, model, whole);
    put(out, 0, FIELD);
    buffer_add(out, "TFL3");
    size_t file = put_named(out, 0, 5, 1 << 1 | 1 << 2 | 1 << 4);
    put_codes(out, file + FIELD);
    size_t graph = put_named(out, put_list(out, file + 2 * FIELD, 1), 4, 017);
    put_tensors(out, graph, t);
    put_wholes(out, graph + FIELD, 1, (const int[]){PICTURE});
    put_wholes(out, graph + 2 * FIELD, 1, (const int[]){ANSWER});
    put_operators(out, graph + 3 * FIELD);
    size_t buffers = put_list(out, file + 4 * FIELD, TENSORS + 1);
    put_named(out, buffers, 1, 0);
    for (int i = 0; i < TENSORS; i++) {
        size_t data = put_named(out, buffers + (size_t)(FIELD * (i + 1)), 1, t[i].data.len ? 1 : 0);
        if (t[i].data.len)
            put_bytes(out, data, t[i].data.data, t[i].data.len);
        buffer_free(&t[i].data);
    }
}
