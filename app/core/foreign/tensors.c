/* tensors.c - from a safetensors file of any origin to tensors by name. */
#include "tensors.h"
#include "infer.h"
#include "nn/safetensors.h"
#include "state.h"
#include <string.h>

enum { MOST_OUTPUTS = 8192 }; /* of a layer: a tensor of more rows, and of three dimensions, is a set of images */

static state_type type_of(const char *dtype)
{
    static const struct {
        const char *name;
        state_type type;
    } types[] = {{"F32", STATE_F32}, {"F16", STATE_F16}, {"BF16", STATE_BF16}, {"F64", STATE_F64}};
    for (size_t i = 0; dtype && i < sizeof types / sizeof *types; i++)
        if (strcmp(dtype, types[i].name) == 0)
            return types[i].type;
    return STATE_WHOLE;
}

/* The sizes of a tensor; false where they are none. */
static bool read_shape(const json_t *shape, size_t *dim, int *rank)
{
    *rank = (int)json_array_size(shape);
    if (!json_is_array(shape) || *rank > 8)
        return false;
    for (int i = 0; i < *rank; i++) {
        const json_t *size = json_array_get(shape, (size_t)i);
        if (!json_is_integer(size) || json_integer_value(size) < 0 || json_integer_value(size) > INT32_MAX)
            return false;
        dim[i] = (size_t)json_integer_value(size);
    }
    return true;
}

static bool add_tensor(state_dict *weights, const char *name, const json_t *row, const unsigned char *values,
                       size_t len, nn_error *err)
{
    size_t dim[8];
    int rank;
    state_type type = type_of(json_string_value(json_object_get(row, "dtype")));
    const json_t *place = json_object_get(row, "data_offsets");
    json_int_t begin = json_integer_value(json_array_get(place, 0)), end = json_integer_value(json_array_get(place, 1));
    if (!read_shape(json_object_get(row, "shape"), dim, &rank) || begin < 0 || end < begin)
        return nn_fail(err, NN_FORMAT, 8, "the tensor '%.80s' is described wrongly", name);
    if ((uint64_t)end > len)
        return nn_fail(err, NN_FORMAT, len, "cut short: the tensor '%.80s' is missing or not whole", name);
    state_tensor *tensor = state_add(weights, name, type, rank, dim, err);
    if (!tensor || !tensor->values)
        return tensor;
    if (tensor->count * state_type_size(type) != (size_t)(end - begin))
        return nn_fail(err, NN_FORMAT, 8, "the tensor '%.80s' is described wrongly", name);
    for (size_t i = 0; i < tensor->count; i++)
        tensor->values[i] = state_value(type, values + (size_t)begin + i * state_type_size(type));
    return true;
}

static bool add_all(state_dict *weights, json_t *header, const unsigned char *values, size_t len, nn_error *err)
{
    const char *name;
    json_t *row;
    json_object_foreach(header, name, row) if (strcmp(name, "__metadata__") != 0 &&
                                               !add_tensor(weights, name, row, values, len, err)) return false;
    state_sort(weights);
    return true;
}

/* What is in the clothing of safetensors but is no network. */
static bool check_content(const state_dict *weights, nn_error *err)
{
    for (int i = 0; i < weights->n; i++) {
        const state_tensor *t = &weights->tensor[i];
        if (strstr(t->name, "exp_avg") || strstr(t->name, "optimizer") || strstr(t->name, "momentum_buffer"))
            return nn_fail(err, NN_FORMAT, 8, "the state of a training (%.80s), not a network alone", t->name);
        if (t->rank > 0 && t->dim[0] > MOST_OUTPUTS && (!t->values || t->rank > 2))
            return nn_fail(err, NN_FORMAT, 8, "a data set (%.80s holds %zu items), not a network: drop it on Learn",
                           t->name, t->dim[0]);
    }
    return weights->n > 0 || nn_fail(err, NN_FORMAT, 8, "it holds no tensors");
}

/* The architecture in our grammar that the file names, as exports of ours do; NULL where it names none. */
static const char *architecture_of(const json_t *header)
{
    const char *text = nn_metadata_text(header, "architecture");
    nn_error ignored;
    nn_plan *plan;
    if (!text || !nn_plan_parse(&plan, text, strlen(text), &ignored))
        return NULL;
    nn_plan_free(plan);
    return text;
}

static bool infer_with(foreign *out, const state_dict *weights, const json_t *header, nn_error *err)
{
    const char *given = out->architecture;
    out->architecture = given ? given : architecture_of(header);
    bool ok = infer_network(out, weights, err);
    out->architecture = given;
    return ok;
}

/* Only of the network that the metadata names. */
static void hear(foreign *out, const json_t *header)
{
    if (!out->architecture && architecture_of(header))
        foreign_tell(out, &(foreign_words_told){.mean = nn_metadata_text(header, "mean"),
                                                .std = nn_metadata_text(header, "std"),
                                                .binary = nn_metadata_text(header, "binary"),
                                                .transposed = nn_metadata_text(header, "transposed"),
                                                .temperature = nn_metadata_text(header, "temperature"),
                                                .unsure_threshold = nn_metadata_text(header, "unsure_threshold"),
                                                .labels = nn_metadata_text(header, "labels")});
}

bool tensors_read(foreign *out, const char *path, const unsigned char *data, size_t len, nn_error *err)
{
    state_dict weights = {0};
    json_t *header;
    (void)path;
    snprintf(out->format, sizeof out->format, "safetensors");
    if (!nn_safetensors_open(data, len, &header, err))
        return false;
    uint64_t start = 8;
    for (int i = 0; i < 8; i++)
        start += (uint64_t)data[i] << (8 * i);
    bool ok = add_all(&weights, header, data + start, len - (size_t)start, err) && check_content(&weights, err) &&
              infer_with(out, &weights, header, err);
    hear(out, header);
    json_decref(header);
    state_free(&weights);
    return ok;
}
