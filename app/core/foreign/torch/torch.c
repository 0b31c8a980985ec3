/* torch.c - from a file of PyTorch's to tensors by name: where the pickle and the storages lie, which dictionary holds the
 * network, and what a tensor says of its storage. */
#include "torch.h"
#include "app/core/foreign/infer.h"
#include "app/core/foreign/state.h"
#include "app/core/foreign/zip_file.h"
#include "pickle.h"
#include <stdio.h>
#include <string.h>

enum { MAX_PICKLE = 16 << 20, MAX_DEPTH = 6, MAX_PREFIX = 200, OLD_PICKLES = 5 };

typedef struct archive {
    const unsigned char *data;
    size_t len;
    char prefix[MAX_PREFIX]; /* of the zip's members: "archive/"; "" for the old format */
    bool zipped;
    pickle tree;     /* the dictionary */
    pickle keys;     /* old format: the list of the storages' keys, in their order in the file */
    size_t storages; /* old format: where they begin */
    state_dict *weights;
    nn_error *err;
} archive;

/* ---- storages ----------------------------------------------------------------------------------------------------- */

/* What a tensor's storage is, from ('storage', type, key, location, number of values). */
typedef struct storage {
    state_type type;
    int key; /* value of the tree */
    int64_t count;
    unsigned char *bytes; /* nn_alloc where it comes from a zip */
    const unsigned char *at;
} storage;

static state_type type_of(const pickle *p, int type)
{
    static const struct {
        const char *name;
        state_type type;
    } types[] = {{"FloatStorage", STATE_F32},
                 {"HalfStorage", STATE_F16},
                 {"BFloat16Storage", STATE_BF16},
                 {"DoubleStorage", STATE_F64}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (pickle_is_global(p, type, "torch", types[i].name) || pickle_is_global(p, type, "torch.cuda", types[i].name))
            return types[i].type;
    return STATE_WHOLE;
}

/* False where the value is no storage. */
static bool describe(const pickle *p, int value, storage *s)
{
    int identity = value >= 0 && p->value[value].kind == PICKLE_OUTSIDE ? pickle_item(p, value, 0) : -1;
    int count = pickle_item(p, identity, 4);
    *s = (storage){.key = pickle_item(p, identity, 2)};
    if (!pickle_is_text(p, pickle_item(p, identity, 0), "storage") || s->key < 0 || count < 0 ||
        p->value[s->key].kind != PICKLE_TEXT || p->value[count].kind != PICKLE_WHOLE)
        return false;
    s->type = type_of(p, pickle_item(p, identity, 1));
    s->count = p->value[count].whole;
    return s->count >= 0;
}

static bool fetch_zipped(archive *a, storage *s)
{
    const pickle_value *key = &a->tree.value[s->key];
    char name[MAX_PREFIX + 64];
    size_t len, need = (size_t)s->count * state_type_size(s->type);
    snprintf(name, sizeof name, "%sdata/%.*s", a->prefix, (int)(key->len < 48 ? key->len : 48), key->text);
    if (!zip_read(a->data, a->len, name, need + 64, &s->bytes, &len, a->err))
        return false;
    s->at = s->bytes;
    return len >= need || nn_fail(a->err, NN_FORMAT, 0, "'%s' holds %zu bytes, must be %zu", name, len, need);
}

static uint64_t number_at(const unsigned char *bytes)
{
    uint64_t number = 0;
    for (int i = 7; i >= 0; i--)
        number = number << 8 | bytes[i];
    return number;
}

/* How many bytes the values of a storage with this key have, in the old format; found by its first use in the tree. */
static size_t size_of_key(const archive *a, int key)
{
    const pickle *p = &a->tree;
    const pickle_value *wanted = &a->keys.value[key];
    for (int i = 0; i < p->n_values; i++) {
        storage s;
        if (p->value[i].kind == PICKLE_OUTSIDE && describe(p, i, &s) && p->value[s.key].len == wanted->len &&
            memcmp(p->value[s.key].text, wanted->text, wanted->len) == 0) {
            int type = pickle_item(p, pickle_item(p, i, 0), 1);
            size_t size = state_type_size(s.type);
            return size                                                 ? size
                   : pickle_is_global(p, type, "torch", "LongStorage")  ? 8
                   : pickle_is_global(p, type, "torch", "IntStorage")   ? 4
                   : pickle_is_global(p, type, "torch", "ShortStorage") ? 2
                                                                        : 1;
        }
    }
    return 0;
}

/* The storages follow each other, each behind the number of its values. */
static bool fetch_old(archive *a, storage *s)
{
    const pickle_value *key = &a->tree.value[s->key], *list = &a->keys.value[a->keys.root];
    size_t at = a->storages;
    for (int cell = list->first; cell >= 0; cell = a->keys.cell[cell].next) {
        int other = a->keys.cell[cell].value;
        const pickle_value *name = &a->keys.value[other];
        if (name->kind != PICKLE_TEXT || a->len - at < 8)
            break;
        uint64_t count = number_at(a->data + at);
        size_t size = size_of_key(a, other);
        if (count > (a->len - at - 8) / (size ? size : 1))
            break;
        if (name->len == key->len && memcmp(name->text, key->text, key->len) == 0) {
            s->at = a->data + at + 8;
            return count * size >= (uint64_t)s->count * state_type_size(s->type) ||
                   nn_fail(a->err, NN_FORMAT, at, "a storage of too few values");
        }
        at += 8 + (size_t)count * size;
    }
    return nn_fail(a->err, NN_FORMAT, a->len, "cut short: its weights are missing");
}

/* ---- tensors ------------------------------------------------------------------------------------------------------ */

static bool whole_numbers(const pickle *p, int tuple, size_t *numbers, int *n)
{
    if (tuple < 0 || (p->value[tuple].kind != PICKLE_TUPLE && p->value[tuple].kind != PICKLE_LIST) ||
        p->value[tuple].n > 8)
        return false;
    *n = 0;
    for (int cell = p->value[tuple].first; cell >= 0; cell = p->cell[cell].next) {
        const pickle_value *number = &p->value[p->cell[cell].value];
        if (number->kind != PICKLE_WHOLE || number->whole < 0 || number->whole > NN_MAX_FLOATS)
            return false;
        numbers[(*n)++] = (size_t)number->whole;
    }
    return true;
}

/* Row by row, whatever the strides; false where a value lies outside of the storage. */
static bool copy(state_tensor *tensor, const storage *s, size_t offset, const size_t *stride)
{
    size_t index[STATE_RANK] = {0}, size = state_type_size(s->type);
    for (size_t i = 0; i < tensor->count; i++) {
        size_t at = offset;
        for (int k = 0; k < tensor->rank; k++)
            at += index[k] * stride[k];
        if (at >= (size_t)s->count)
            return false;
        tensor->values[i] = state_value(s->type, s->at + at * size);
        for (int k = tensor->rank - 1; k >= 0 && ++index[k] == tensor->dim[k]; k--)
            index[k] = 0;
    }
    return true;
}

/* Whether a call of torch._utils makes a tensor: (storage, offset, sizes, strides, ...). */
static bool makes_tensor(const pickle *p, int called)
{
    return pickle_is_global(p, called, "torch._utils", "_rebuild_tensor_v2") ||
           pickle_is_global(p, called, "torch._utils", "_rebuild_tensor");
}

/* The arguments of the call that makes the tensor of a value, also where it is a parameter or of a class of its own; -1 where
 * the value is no tensor. */
static int tensor_arguments(const pickle *p, int value)
{
    for (int depth = 0; depth < 3 && value >= 0 && p->value[value].kind == PICKLE_OBJECT; depth++) {
        int called = pickle_item(p, value, 0), arguments = pickle_item(p, value, 1);
        if (makes_tensor(p, called))
            return arguments;
        if (pickle_is_global(p, called, "torch._tensor", "_rebuild_from_type_v2"))
            return makes_tensor(p, pickle_item(p, arguments, 0)) ? pickle_item(p, arguments, 2) : -1;
        if (!pickle_is_global(p, called, "torch._utils", "_rebuild_parameter") &&
            !pickle_is_global(p, called, "torch.nn.parameter", "Parameter"))
            return -1;
        value = pickle_item(p, arguments, 0);
    }
    return -1;
}

static bool add_tensor(archive *a, const char *name, int arguments)
{
    const pickle *p = &a->tree;
    size_t dim[8], stride[8];
    int rank, strides, offset = pickle_item(p, arguments, 1);
    storage s;
    if (!describe(p, pickle_item(p, arguments, 0), &s) || offset < 0 || p->value[offset].kind != PICKLE_WHOLE ||
        p->value[offset].whole < 0 || !whole_numbers(p, pickle_item(p, arguments, 2), dim, &rank) ||
        !whole_numbers(p, pickle_item(p, arguments, 3), stride, &strides) || rank != strides)
        return nn_fail(a->err, NN_FORMAT, 0, "%.100s is no tensor that can be read", name);
    state_tensor *tensor = state_add(a->weights, name, s.type, rank, dim, a->err);
    if (!tensor || !tensor->values)
        return tensor;
    if (s.count > NN_MAX_FLOATS)
        return nn_fail(a->err, NN_LIMIT, 0, "%.100s: more than %d weights in all", name, NN_MAX_FLOATS);
    bool ok = (a->zipped ? fetch_zipped(a, &s) : fetch_old(a, &s)) &&
              (copy(tensor, &s, (size_t)p->value[offset].whole, stride) ||
               nn_fail(a->err, NN_FORMAT, 0, "%.100s lies outside of its storage", name));
    nn_free(s.bytes);
    return ok;
}

/* ---- which dictionary ---------------------------------------------------------------------------------------------- */

static bool is_dict(const pickle *p, int value)
{
    return value >= 0 && p->value[value].kind == PICKLE_DICT;
}

/* The key as a text: a number is one, too. */
static void key_text(const pickle *p, int key, char *text, size_t size)
{
    const pickle_value *v = &p->value[key];
    if (v->kind == PICKLE_TEXT)
        snprintf(text, size, "%.*s", (int)(v->len < size ? v->len : size - 1), v->text);
    else
        snprintf(text, size, "%lld", (long long)v->whole);
}

static bool has_tensors(const pickle *p, int dict)
{
    int i = 0;
    for (int cell = p->value[dict].first; cell >= 0; cell = p->cell[cell].next, i++)
        if (i % 2 && tensor_arguments(p, p->cell[cell].value) >= 0)
            return true;
    return false;
}

/* What else is saved beside a network. */
static bool is_aside(const char *key)
{
    return strstr(key, "optim") || strstr(key, "sched") || strcmp(key, "state") == 0 ||
           strcmp(key, "param_groups") == 0;
}

static bool is_usual(const char *key)
{
    static const char *const usual[] = {"state_dict", "model_state_dict", "model", "net",
                                        "network",    "weights",          "params"};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (strcmp(key, usual[i]) == 0)
            return true;
    return false;
}

/* The dictionary that holds the network's tensors: this one, the usual one of those in it, the only one, or all of them as
 * parts. -1: none. */
static int network_in(const pickle *p, int dict, int depth)
{
    int found = -1, n = 0, key = -1, i = 0;
    if (!is_dict(p, dict) || depth > MAX_DEPTH)
        return -1;
    if (has_tensors(p, dict))
        return dict;
    for (int cell = p->value[dict].first; cell >= 0; cell = p->cell[cell].next, i++) {
        char name[64];
        if (i % 2 == 0) {
            key = p->cell[cell].value;
            continue;
        }
        key_text(p, key, name, sizeof name);
        int inner = is_aside(name) ? -1 : network_in(p, p->cell[cell].value, depth + 1);
        if (inner >= 0 && is_usual(name))
            return inner;
        found = inner >= 0 ? inner : found;
        n += inner >= 0;
    }
    return n > 1 ? dict : found;
}

/* All tensors of a dictionary and of those in it, by their path. */
static bool add_all(archive *a, int dict, const char *path, int depth)
{
    const pickle *p = &a->tree;
    int key = -1, i = 0;
    for (int cell = p->value[dict].first; cell >= 0; cell = p->cell[cell].next, i++) {
        char name[STATE_NAME], word[STATE_NAME / 2];
        int value = p->cell[cell].value;
        if (i % 2 == 0) {
            key = value;
            continue;
        }
        key_text(p, key, word, sizeof word);
        if (snprintf(name, sizeof name, "%s%s%s", path, *path ? "." : "", word) >= (int)sizeof name)
            return nn_fail(a->err, NN_LIMIT, 0, "%.100s...: the name is too long", name);
        int arguments = tensor_arguments(p, value);
        if (arguments >= 0 && !add_tensor(a, name, arguments))
            return false;
        if (is_dict(p, value) && !is_aside(word) && (depth > MAX_DEPTH || !add_all(a, value, name, depth + 1)))
            return depth > MAX_DEPTH ? nn_fail(a->err, NN_LIMIT, 0, "%.100s: dictionaries too deep", name) : false;
    }
    return true;
}

/* The class of an object with a state, as modules are; old files keep it outside, with its source. */
static int class_of(const pickle *p, int object)
{
    int called = pickle_item(p, object, 0);
    if (p->value[object].n < 3 || tensor_arguments(p, object) >= 0)
        return -1;
    if (p->value[called].kind == PICKLE_OUTSIDE)
        called = pickle_item(p, pickle_item(p, called, 0), 1);
    return called >= 0 && p->value[called].kind == PICKLE_GLOBAL ? called : -1;
}

/* The class of a module, or of the first one in a dictionary; -1 where there is none. */
static int module_class(const pickle *p, int value)
{
    int class = p->value[value].kind == PICKLE_OBJECT ? class_of(p, value) : -1;
    for (int cell = is_dict(p, value) ? p->value[value].first : -1; cell >= 0 && class < 0; cell = p->cell[cell].next)
        if (p->value[p->cell[cell].value].kind == PICKLE_OBJECT)
            class = class_of(p, p->cell[cell].value);
    return class;
}

static bool has_key(const pickle *p, int dict, const char *key)
{
    int i = 0;
    for (int cell = is_dict(p, dict) ? p->value[dict].first : -1; cell >= 0; cell = p->cell[cell].next, i++)
        if (i % 2 == 0 && pickle_is_text(p, p->cell[cell].value, key))
            return true;
    return false;
}

/* Why there is no state dictionary. */
static bool refuse(const archive *a)
{
    const pickle *p = &a->tree;
    int class = module_class(p, p->root);
    if (class >= 0) {
        char name[80];
        key_text(p, pickle_item(p, class, 1), name, sizeof name);
        return nn_fail(a->err, NN_FORMAT, 0,
                       "a whole module of PyTorch (class %s), which needs its Python source, and not its weights "
                       "alone. From Python: torch.onnx.export(model, torch.zeros(1, 1, 28, 28), 'model.onnx')",
                       name);
    }
    if (has_key(p, p->root, "param_groups"))
        return nn_fail(a->err, NN_FORMAT, 0,
                       "the state of an optimizer of PyTorch, not a network. From Python: torch.onnx.export(model, "
                       "torch.zeros(1, 1, 28, 28), 'model.onnx')");
    return nn_fail(a->err, NN_FORMAT, 0,
                   "a file of PyTorch's without the weights of a network. From Python: torch.onnx.export(model, "
                   "torch.zeros(1, 1, 28, 28), 'model.onnx')");
}

/* ---- the two containers --------------------------------------------------------------------------------------------- */

/* The tree keeps pointing into the pickle's bytes, which are the caller's to free. */
static bool open_zip(archive *a, unsigned char **bytes)
{
    char name[MAX_PREFIX + 16];
    size_t len, used, name_len = a->len >= 30 ? (size_t)(a->data[26] | a->data[27] << 8) : 0;
    const unsigned char *first = a->data + 30, *slash = NULL;
    if (name_len > 0 && name_len < MAX_PREFIX && name_len <= a->len - 30)
        slash = memchr(first, '/', name_len);
    if (slash)
        memcpy(a->prefix, first, (size_t)(slash - first) + 1);
    snprintf(name, sizeof name, "%sbyteorder", a->prefix);
    if (zip_has(a->data, a->len, name)) {
        if (!zip_read(a->data, a->len, name, 16, bytes, &len, a->err))
            return false;
        bool big = len >= 3 && memcmp(*bytes, "big", 3) == 0;
        nn_free(*bytes);
        *bytes = NULL;
        if (big)
            return nn_fail(a->err, NN_FORMAT, 0, "its numbers have their highest byte first, which is not read");
    }
    snprintf(name, sizeof name, "%sdata.pkl", a->prefix);
    return zip_read(a->data, a->len, name, MAX_PICKLE, bytes, &len, a->err) &&
           pickle_read(&a->tree, *bytes, len, &used, a->err);
}

/* A magic number, a version, facts about the machine, the dictionary, and the keys of the storages behind it. */
static bool open_old(archive *a)
{
    size_t at = 0, used;
    for (int i = 0; i < OLD_PICKLES; i++) {
        pickle skipped = {0};
        pickle *p = i == 3 ? &a->tree : i == 4 ? &a->keys : &skipped;
        bool ok = pickle_read(p, a->data + at, a->len - at, &used, a->err);
        pickle_free(&skipped);
        if (!ok)
            return false;
        at += used;
    }
    a->storages = at;
    return a->keys.value[a->keys.root].kind == PICKLE_LIST ||
           nn_fail(a->err, NN_FORMAT, at, "the keys of its weights are missing");
}

static bool read_state(archive *a)
{
    int dict = network_in(&a->tree, a->tree.root, 0);
    return dict < 0 ? refuse(a) : add_all(a, dict, "", 0);
}

bool torch_read(foreign *out, const char *path, const unsigned char *data, size_t len, nn_error *err)
{
    state_dict weights = {0};
    unsigned char *bytes = NULL;
    archive a = {.data = data, .len = len, .zipped = zip_is(data, len), .weights = &weights, .err = err};
    (void)path;
    snprintf(out->format, sizeof out->format, "PyTorch%s, a state dictionary", a.zipped ? "" : " before 1.6");
    bool ok = (a.zipped ? open_zip(&a, &bytes) : open_old(&a)) && read_state(&a) && infer_network(out, &weights, err);
    pickle_free(&a.tree);
    pickle_free(&a.keys);
    nn_free(bytes);
    state_free(&weights);
    return ok;
}
