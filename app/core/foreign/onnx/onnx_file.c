/* onnx_file.c - from the bytes of an ONNX file to a graph: names become indices, constants are read. */
#include "onnx_file.h"

#ifndef DIGITSCOPE_ONNX

static bool lacks(nn_error *err)
{
    return nn_fail(err, NN_USAGE, 0, "this program was built without protobuf-c, which reads ONNX");
}

bool onnx_graph_read(onnx_graph *g, const char *path, const unsigned char *data, size_t len, nn_error *err)
{
    (void)path, (void)data, (void)len;
    *g = (onnx_graph){0};
    return lacks(err);
}

bool onnx_tensor_read(onnx_tensor *t, const unsigned char *data, size_t len, nn_error *err)
{
    (void)data, (void)len;
    *t = (onnx_tensor){0};
    return lacks(err);
}

#else

#include "app/core/paths.h"
#include "nn/file.h"
#include "onnx.pb-c.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A file of weights beside the model: the one that was read last, as all tensors of a model lie in one mostly. */
typedef struct beside {
    const char *model; /* path */
    char path[PATHS_MAX];
    unsigned char *data; /* NULL: none was read */
    size_t len;
} beside;

/* What is known while a graph is read. */
typedef struct reader {
    onnx_graph *g;
    beside *beside;
    nn_error *err;
} reader;

static void *take(void *ctx, size_t size)
{
    (void)ctx;
    return nn_alloc(size, 1);
}

static void give(void *ctx, void *memory)
{
    (void)ctx;
    nn_free(memory);
}

static ProtobufCAllocator memory = {take, give, NULL};

static bool no_memory(nn_error *err)
{
    return nn_fail(err, NN_NOMEM, 0, "out of memory for the graph");
}

/* ---- tensors ------------------------------------------------------------------------------------------------------ */

static bool read_sizes(const int64_t *from, size_t n, int dim[ONNX_RANK], nn_error *err)
{
    if (n > ONNX_RANK)
        return nn_fail(err, NN_LIMIT, 0, "a tensor of %zu axes, at most %d", n, ONNX_RANK);
    for (size_t i = 0; i < n; i++) {
        if (from[i] < 0 || from[i] > INT_MAX)
            return nn_fail(err, NN_FORMAT, 0, "a tensor with an axis of %lld values", (long long)from[i]);
        dim[i] = (int)from[i];
    }
    return true;
}

/* The values in fields of their own type: one of these lists has them all. */
static bool read_typed(onnx_tensor *t, const Pb__Tensor *from)
{
    size_t n = from->n_float_data + from->n_int32_data + from->n_int64_data + from->n_double_data + from->n_uint64_data;
    if (n != t->count)
        return false;
    for (size_t i = 0; i < from->n_float_data; i++)
        t->value[i] = (double)from->float_data[i];
    for (size_t i = 0; i < from->n_int32_data; i++)
        t->value[i] = onnx_value_of_bits(t->type, (uint64_t)(int64_t)from->int32_data[i]);
    for (size_t i = 0; i < from->n_int64_data; i++)
        t->value[i] = (double)from->int64_data[i];
    for (size_t i = 0; i < from->n_double_data; i++)
        t->value[i] = from->double_data[i];
    for (size_t i = 0; i < from->n_uint64_data; i++)
        t->value[i] = (double)from->uint64_data[i];
    return from->n_float_data == t->count || from->n_int32_data == t->count || from->n_int64_data == t->count ||
           from->n_double_data == t->count || from->n_uint64_data == t->count;
}

static const char *entry_of(const Pb__Tensor *from, const char *key)
{
    for (size_t i = 0; i < from->n_external_data; i++)
        if (from->external_data[i]->key && from->external_data[i]->value &&
            strcmp(from->external_data[i]->key, key) == 0)
            return from->external_data[i]->value;
    return "";
}

/* PATH's folder with NAME in it, if NAME is plain and what lies there is a file of its own. */
static bool find_sibling(char *out, size_t room, const char *path, const char *name, nn_error *err)
{
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) + 1 : 0;
    struct stat info;
    if (!name[0] || strchr(name, '/') || strchr(name, '\\') || strcmp(name, "..") == 0 || strcmp(name, ".") == 0)
        return nn_fail(err, NN_FORMAT, 0, "its weights are said to lie in '%.100s', which is no plain name of a file",
                       name);
    if (snprintf(out, room, "%.*s%s", folder, path, name) >= (int)room || lstat(out, &info) != 0)
        return nn_fail(err, NN_IO, 0, "its weights lie in a second file, %.100s, which must be in the same folder",
                       name);
    if (!S_ISREG(info.st_mode))
        return nn_fail(err, NN_FORMAT, 0,
                       "%.100s, where its weights are said to lie, is no file but a link or a folder", name);
    return true;
}

static bool open_sibling(beside *b, const char *name, nn_error *err)
{
    char path[sizeof b->path];
    if (!find_sibling(path, sizeof path, b->model, name, err))
        return false;
    if (b->data && strcmp(path, b->path) == 0)
        return true;
    nn_free(b->data);
    b->data = NULL;
    memcpy(b->path, path, sizeof path);
    return nn_file_read(path, ONNX_MOST_BYTES, &b->data, &b->len, err);
}

static bool read_external(onnx_tensor *t, const Pb__Tensor *from, beside *b, nn_error *err)
{
    size_t bytes = t->count * onnx_type_bytes(t->type);
    if (!open_sibling(b, entry_of(from, "location"), err))
        return false;
    unsigned long long offset = strtoull(entry_of(from, "offset"), NULL, 10);
    if (offset > b->len || bytes > b->len - offset)
        return nn_fail(err, NN_FORMAT, 0, "%.100s, where its weights lie, is cut off or another model's",
                       entry_of(from, "location"));
    onnx_tensor_decode(t, b->data + offset);
    return true;
}

static bool read_tensor(onnx_tensor *t, const Pb__Tensor *from, beside *b, nn_error *err)
{
    int dim[ONNX_RANK];
    const char *name = from->name ? from->name : "";
    *t = (onnx_tensor){0};
    if (!read_sizes(from->dims, from->n_dims, dim, err) ||
        !onnx_tensor_new(t, (onnx_type)from->data_type, (int)from->n_dims, dim, err))
        return nn_fail_in(err, name);
    if (from->data_location == 1 && b->model)
        return read_external(t, from, b, err);
    if (!from->has_raw_data)
        return read_typed(t, from) ||
               nn_fail(err, NN_FORMAT, 0, "%.60s has not as many values as its shape says", name);
    if (from->raw_data.len != t->count * onnx_type_bytes(t->type))
        return nn_fail(err, NN_FORMAT, 0, "%.60s has not as many values as its shape says", name);
    onnx_tensor_decode(t, from->raw_data.data);
    return true;
}

bool onnx_tensor_read(onnx_tensor *t, const unsigned char *data, size_t len, nn_error *err)
{
    *t = (onnx_tensor){0};
    Pb__Tensor *from = pb__tensor__unpack(&memory, len, data);
    if (!from)
        return nn_fail(err, NN_FORMAT, 0, "no tensor of ONNX");
    beside *b = nn_alloc(1, sizeof *b);
    bool ok = b ? read_tensor(t, from, b, err) : no_memory(err);
    nn_free(b);
    pb__tensor__free_unpacked(from, &memory);
    return ok;
}

/* ---- values by name ----------------------------------------------------------------------------------------------- */

static int find_value(const onnx_graph *g, const char *name)
{
    for (int i = g->n_values - 1; i >= 0; i--)
        if (strcmp(g->value[i].name, name) == 0)
            return i;
    return -1;
}

static int add_value(onnx_graph *g, const char *name, bool given)
{
    int i = find_value(g, name);
    if (i < 0) {
        i = g->n_values++;
        g->value[i] = (onnx_value){.name = name, .producer = -1};
    }
    g->value[i].given = g->value[i].given || given;
    return i;
}

static bool read_constants(reader *r, const Pb__Graph *from)
{
    for (size_t i = 0; i < from->n_initializer; i++) {
        const char *name = from->initializer[i]->name;
        int v = add_value(r->g, name ? name : "", true);
        if (r->g->value[v].constant.value)
            return nn_fail(r->err, NN_FORMAT, 0, "two tensors are called %.60s", r->g->value[v].name);
        if (!read_tensor(&r->g->value[v].constant, from->initializer[i], r->beside, r->err))
            return false;
    }
    return true;
}

static void read_shape(onnx_input *input, const Pb__ValueInfo *from)
{
    const Pb__TensorType *type = from->type ? from->type->tensor_type : NULL;
    input->type = type ? (onnx_type)type->elem_type : ONNX_NO_TYPE;
    input->rank = type && type->shape && type->shape->n_dim <= ONNX_RANK ? (int)type->shape->n_dim : -1;
    for (int i = 0; i < input->rank; i++) {
        int64_t size = type->shape->dim[i]->dim_value;
        input->dim[i] = size > 0 && size <= NN_MAX_FLOATS ? (int)size : -1;
    }
}

/* Older files list their constants among the inputs. */
static void read_inputs(reader *r, const Pb__Graph *from)
{
    for (size_t i = 0; i < from->n_input; i++) {
        int v = add_value(r->g, from->input[i]->name ? from->input[i]->name : "", true);
        if (r->g->value[v].constant.value)
            continue;
        onnx_input *input = &r->g->input[r->g->n_inputs++];
        input->value = v;
        read_shape(input, from->input[i]);
    }
}

/* ---- nodes -------------------------------------------------------------------------------------------------------- */

static bool read_attr(reader *r, onnx_attr *attr, const Pb__Attribute *from)
{
    *attr = (onnx_attr){.name = from->name ? from->name : "",
                        .text = (const char *)from->s.data,
                        .len = from->has_s ? from->s.len : 0,
                        .real = from->f,
                        .whole = from->i,
                        .wholes = from->ints,
                        .reals = from->floats,
                        .n_wholes = from->n_ints,
                        .n_reals = from->n_floats};
    return !from->t || read_tensor(&attr->tensor, from->t, r->beside, r->err);
}

static bool is_own_domain(const char *domain)
{
    return !domain || !domain[0] || strcmp(domain, "ai.onnx") == 0;
}

static bool read_node(reader *r, onnx_node *node, const Pb__Node *from)
{
    if (!onnx_node_room(node, from->n_input, from->n_output, from->n_attribute, r->err))
        return false;
    bool own = is_own_domain(from->domain);
    snprintf(node->type, sizeof node->type, "%s%s%s", own ? "" : from->domain, own ? "" : ".",
             from->op_type ? from->op_type : "");
    for (size_t i = 0; i < from->n_input; i++)
        node->input[node->n_inputs++] = from->input[i][0] ? add_value(r->g, from->input[i], false) : -1;
    for (size_t i = 0; i < from->n_output; i++)
        node->output[node->n_outputs++] = from->output[i][0] ? add_value(r->g, from->output[i], false) : -1;
    for (size_t i = 0; i < from->n_attribute; i++)
        if (!read_attr(r, &node->attr[node->n_attrs++], from->attribute[i]))
            return nn_fail_in(r->err, node->type);
    return true;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

/* Room for all names there can be. */
static bool make_room(reader *r, const Pb__Graph *from)
{
    size_t values = from->n_initializer + from->n_input + from->n_output;
    for (size_t i = 0; i < from->n_node; i++)
        values += from->node[i]->n_input + from->node[i]->n_output;
    return onnx_graph_room(r->g, from->n_node, values, from->n_input, from->n_output, r->err);
}

static bool read_graph(reader *r, const Pb__Graph *from)
{
    onnx_graph *g = r->g;
    if (!make_room(r, from) || !read_constants(r, from))
        return false;
    read_inputs(r, from);
    for (size_t i = 0; i < from->n_node; i++)
        if (!read_node(r, &g->node[g->n_nodes++], from->node[i]))
            return false;
    for (size_t i = 0; i < from->n_output; i++)
        g->output[g->n_outputs++] = add_value(g, from->output[i]->name ? from->output[i]->name : "", false);
    return onnx_graph_finish(g, r->err);
}

static void free_model(void *model)
{
    pb__model__free_unpacked(model, &memory);
}

static const char *metadata_of(const Pb__Model *model, const char *key)
{
    for (size_t i = 0; i < model->n_metadata_props; i++)
        if (model->metadata_props[i]->key && strcmp(model->metadata_props[i]->key, key) == 0)
            return model->metadata_props[i]->value;
    return NULL;
}

bool onnx_graph_read(onnx_graph *g, const char *path, const unsigned char *data, size_t len, nn_error *err)
{
    Pb__Model *model = pb__model__unpack(&memory, len, data);
    *g = (onnx_graph){.file = model, .free_file = free_model};
    if (!model || !model->graph) {
        onnx_graph_free(g);
        return nn_fail(err, NN_FORMAT, 0, "no ONNX file, or one that is cut off");
    }
    for (size_t i = 0; i < model->n_opset_import; i++)
        if (is_own_domain(model->opset_import[i]->domain))
            g->opset = (int)model->opset_import[i]->version;
    if (model->n_opset_import == 0) {
        onnx_graph_free(g);
        return nn_fail(err, NN_FORMAT, 0,
                       "it does not say which version of ONNX's operators it has: it may be cut off");
    }
    snprintf(g->producer, sizeof g->producer, "%s", model->producer_name ? model->producer_name : "");
    if (strcmp(g->producer, "digitscope") == 0) {
        g->unsure_threshold = metadata_of(model, "unsure_threshold");
        g->labels = metadata_of(model, "labels");
    }
    beside *b = nn_alloc(1, sizeof *b);
    bool ok = b != NULL || no_memory(err);
    if (b) {
        b->model = path;
        ok = read_graph(&(reader){g, b, err}, model->graph);
        nn_free(b->data);
        nn_free(b);
    }
    if (!ok)
        onnx_graph_free(g);
    return ok;
}

#endif
