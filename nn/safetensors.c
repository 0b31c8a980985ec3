/* safetensors.c - headers written and checked field by field. */
#include "safetensors.h"
#include "half.h"
#include "json.h"
#include "shape.h"
#include <string.h>

enum { MAX_HEADER = 1 << 20 };

static bool is_little_endian(void)
{
    const uint32_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

/* size: bytes of each. */
static void copy_values(void *to, const void *from, size_t count, size_t size)
{
    if (is_little_endian()) {
        memcpy(to, from, count * size);
        return;
    }
    unsigned char *out = to;
    const unsigned char *in = from;
    for (size_t i = 0; i < count * size; i++)
        out[i] = in[i / size * size + size - 1 - i % size];
}

void nn_floats_copy(void *to, const void *from, size_t count)
{
    copy_values(to, from, count, sizeof(float));
}

void nn_halves_copy(void *to, const void *from, size_t count)
{
    copy_values(to, from, count, sizeof(uint16_t));
}

static size_t tensor_count(const nn_tensor *tensor)
{
    size_t count = 1;
    for (int i = 0; i < tensor->rank; i++)
        count *= (size_t)tensor->dim[i]; /* a plan's tensor: within NN_MAX_FLOATS */
    return count;
}

static size_t value_size(const nn_tensor *tensor)
{
    return tensor->half ? sizeof(uint16_t) : sizeof(float);
}

static size_t tensor_bytes(const nn_tensor *tensor)
{
    return tensor_count(tensor) * value_size(tensor);
}

static const char *type_name(const nn_tensor *tensor)
{
    return tensor->half ? "F16" : "F32";
}

static json_t *tensor_json(const nn_tensor *tensor, size_t begin)
{
    json_t *shape = json_array();
    for (int i = 0; i < tensor->rank; i++)
        if (json_array_append_new(shape, json_integer(tensor->dim[i])) != 0) {
            json_decref(shape);
            return NULL;
        }
    size_t end = begin + tensor_bytes(tensor);
    return json_pack("{s:s, s:o, s:[I,I]}", "dtype", type_name(tensor), "shape", shape, "data_offsets",
                     (json_int_t)begin, (json_int_t)end);
}

/* The header as text; nn_free it. */
static char *header_text(const json_t *metadata, const nn_tensor *tensors, int count, size_t *buffer)
{
    json_t *header = json_object();
    bool ok = header && metadata && json_object_set(header, "__metadata__", (json_t *)(uintptr_t)metadata) == 0;
    *buffer = 0;
    for (int i = 0; ok && i < count; i++) {
        ok = json_object_set_new(header, tensors[i].name, tensor_json(&tensors[i], *buffer)) == 0;
        *buffer += tensor_bytes(&tensors[i]);
    }
    char *text = ok ? nn_json_text(header, JSON_COMPACT) : NULL;
    json_decref(header);
    return text;
}

static bool is_finite(const unsigned char *value, bool half)
{
    uint16_t small;
    float large;
    if (half) {
        nn_halves_copy(&small, value, 1);
        return nn_half_is_finite(small);
    }
    nn_floats_copy(&large, value, 1);
    return nn_first_not_finite(&large, 1) == 1;
}

/* Of the tensor that begins at a byte of the file. */
static bool check_values(const unsigned char *data, size_t start, const nn_tensor *tensor, nn_code code, nn_error *err)
{
    size_t size = value_size(tensor);
    for (size_t at = start; at < start + tensor_bytes(tensor); at += size)
        if (!is_finite(data + at, tensor->half))
            return nn_fail(err, code, at, "a weight is not finite");
    return true;
}

bool nn_safetensors_write(const json_t *metadata, const nn_tensor *tensors, int count, unsigned char **data,
                          size_t *len, nn_error *err)
{
    size_t buffer;
    *data = NULL;
    char *text = header_text(metadata, tensors, count, &buffer);
    if (!text)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the file's header");
    size_t plain = strlen(text), padded = (plain + 7) / 8 * 8;
    unsigned char *out = padded <= MAX_HEADER ? nn_alloc(8 + padded + buffer, 1) : NULL;
    if (!out) {
        nn_free(text);
        return padded > MAX_HEADER ? nn_fail(err, NN_LIMIT, 0, "a header of more than 1 MiB")
                                   : nn_fail(err, NN_NOMEM, 0, "out of memory for the file");
    }
    for (int i = 0; i < 8; i++)
        out[i] = (unsigned char)((uint64_t)padded >> (8 * i));
    memcpy(out + 8, text, plain);
    memset(out + 8 + plain, ' ', padded - plain);
    nn_free(text);
    for (size_t i = 0, at = 8 + padded; i < (size_t)count; at += tensor_bytes(&tensors[i]), i++) {
        copy_values(out + at, tensors[i].data, tensor_count(&tensors[i]), value_size(&tensors[i]));
        if (!check_values(out, at, &tensors[i], NN_USAGE, err)) {
            nn_free(out);
            return false;
        }
    }
    *data = out;
    *len = 8 + padded + buffer;
    return true;
}

static uint64_t header_length(const unsigned char *data)
{
    uint64_t length = 0;
    for (int i = 7; i >= 0; i--)
        length = length << 8 | data[i];
    return length;
}

static bool check_metadata(const json_t *header, nn_error *err)
{
    const json_t *metadata = json_object_get(header, "__metadata__");
    const char *key;
    json_t *value;
    if (!metadata)
        return true;
    if (!json_is_object(metadata))
        return nn_fail(err, NN_FORMAT, 8, "__metadata__ is no object");
    json_object_foreach((json_t *)(uintptr_t)metadata, key, value) if (!json_is_string(value)) return nn_fail(
        err, NN_FORMAT, 8, "the metadata '%.40s' is no string", key);
    return true;
}

bool nn_safetensors_open(const unsigned char *data, size_t len, json_t **header, nn_error *err)
{
    *header = NULL;
    if (len < 8)
        return nn_fail(err, NN_FORMAT, len, "cut short: %zu bytes are too few for a safetensors file", len);
    uint64_t length = header_length(data);
    if (length > MAX_HEADER)
        return nn_fail(err, NN_FORMAT, 0, "no safetensors file: its header would have %llu bytes",
                       (unsigned long long)length);
    if (length > len - 8)
        return nn_fail(err, NN_FORMAT, len, "cut short: the header has %llu bytes, the file %zu",
                       (unsigned long long)length, len);
    if (length < 2 || data[8] != '{')
        return nn_fail(err, NN_FORMAT, 8, "no safetensors file: its header does not begin with '{'");
    json_error_t why;
    json_t *json = json_loadb((const char *)data + 8, (size_t)length, JSON_REJECT_DUPLICATES, &why);
    if (!json) {
        size_t at = why.position > 0 && (uint64_t)why.position <= length ? (size_t)why.position : 0;
        return nn_fail(err, NN_FORMAT, 8 + at, "the header is no valid JSON: %.150s", why.text);
    }
    if (!check_metadata(json, err)) {
        json_decref(json);
        return false;
    }
    *header = json;
    return true;
}

const char *nn_metadata_text(const json_t *header, const char *key)
{
    return json_string_value(json_object_get(json_object_get(header, "__metadata__"), key));
}

bool nn_metadata_wrong(nn_error *err, const char *key)
{
    return nn_fail(err, NN_FORMAT, 8, "the metadata '%s' is missing or wrong", key);
}

static bool array_is(const json_t *array, const json_int_t *values, int count)
{
    if (!json_is_array(array) || json_array_size(array) != (size_t)count)
        return false;
    for (int i = 0; i < count; i++) {
        const json_t *item = json_array_get(array, (size_t)i);
        if (!json_is_integer(item) || json_integer_value(item) != values[i])
            return false;
    }
    return true;
}

static bool check_tensor(const json_t *header, const nn_tensor *tensor, size_t begin, nn_error *err)
{
    const json_t *json = json_object_get(header, tensor->name);
    const char *dtype = json_string_value(json_object_get(json, "dtype"));
    json_int_t shape[4], offsets[2] = {(json_int_t)begin, (json_int_t)(begin + tensor_bytes(tensor))};
    for (int i = 0; i < tensor->rank; i++)
        shape[i] = tensor->dim[i];
    if (!json_is_object(json))
        return nn_fail(err, NN_FORMAT, 8, "the tensor '%s' is missing", tensor->name);
    if (!dtype || strcmp(dtype, type_name(tensor)) != 0)
        return nn_fail(err, NN_FORMAT, 8, "the tensor '%s' has type '%.20s', must be %s", tensor->name,
                       dtype ? dtype : "none", type_name(tensor));
    if (!array_is(json_object_get(json, "shape"), shape, tensor->rank))
        return nn_fail(err, NN_FORMAT, 8, "the shape of '%s' does not fit the architecture", tensor->name);
    if (!array_is(json_object_get(json, "data_offsets"), offsets, 2))
        return nn_fail(err, NN_FORMAT, 8, "the place of '%s' must be [%zu, %zu]", tensor->name, begin,
                       (size_t)offsets[1]);
    if (json_object_size(json) != 3)
        return nn_fail(err, NN_FORMAT, 8, "the tensor '%s' has unknown entries", tensor->name);
    return true;
}

bool nn_safetensors_check(const unsigned char *data, size_t len, const json_t *header, const nn_tensor *tensors,
                          int count, const unsigned char **values, nn_error *err)
{
    size_t buffer = 0, start = 8 + (size_t)header_length(data);
    for (int i = 0; i < count; i++) {
        if (!check_tensor(header, &tensors[i], buffer, err))
            return false;
        buffer += tensor_bytes(&tensors[i]);
    }
    size_t entries = json_object_size(header) - (json_object_get(header, "__metadata__") ? 1 : 0);
    if (entries != (size_t)count)
        return nn_fail(err, NN_FORMAT, 8, "%zu tensors, the architecture has %d", entries, count);
    if (len - start != buffer)
        return nn_fail(err, NN_FORMAT, len < start + buffer ? len : start + buffer,
                       "%s: %zu bytes of weights, must be %zu", len - start < buffer ? "cut short" : "too long",
                       len - start, buffer);
    *values = data + start;
    for (int i = 0; i < count; start += tensor_bytes(&tensors[i]), i++)
        if (!check_values(data, start, &tensors[i], NN_FORMAT, err))
            return false;
    return true;
}
