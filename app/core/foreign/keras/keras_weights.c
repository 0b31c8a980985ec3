/* keras_weights.c - which arrays of a file belong to which layer: by names and order in the files of Keras 1 and 2, by
 * class and order in those of Keras 3. */
#include "keras_model.h"
#include "nn/nn.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ARRAYS = 1024, MAX_PATH = 1024 };

/* ---- what a layer has ---------------------------------------------------------------------------------------------- */

static bool is(const keras_layer *layer, const char *kind)
{
    return strcmp(layer->kind, kind) == 0;
}

int keras_roles_of(const keras_layer *layer, keras_role roles[KERAS_ROLES])
{
    int n = 0;
    if (is(layer, "SeparableConv2D") || is(layer, "DepthwiseConv2D"))
        roles[n++] = KERAS_DEPTHWISE;
    if (is(layer, "SeparableConv2D"))
        roles[n++] = KERAS_POINTWISE;
    if (is(layer, "Conv2D") || is(layer, "Dense"))
        roles[n++] = KERAS_KERNEL;
    if (n > 0 && keras_flag(layer, "use_bias", "bias", true))
        roles[n++] = KERAS_BIAS;
    if (is(layer, "BatchNormalization")) {
        if (keras_flag(layer, "scale", NULL, true))
            roles[n++] = KERAS_GAMMA;
        if (keras_flag(layer, "center", NULL, true))
            roles[n++] = KERAS_BETA;
    }
    const json_t *mean = keras_get(layer, "mean", NULL); /* Normalization: given, instead of adapted */
    if (is(layer, "BatchNormalization") || (is(layer, "Normalization") && (!mean || json_is_null(mean)))) {
        roles[n++] = KERAS_MEAN;
        roles[n++] = KERAS_VARIANCE;
    }
    if (is(layer, "PReLU"))
        roles[n++] = KERAS_ALPHA;
    return n;
}

/* How the files call it; whatever stands before an underscore is the layer's name (Keras 1). */
static const struct {
    const char *name;
    keras_role role;
} role_names[] = {
    {"depthwise_kernel", KERAS_DEPTHWISE},
    {"pointwise_kernel", KERAS_POINTWISE},
    {"kernel", KERAS_KERNEL},
    {"W", KERAS_KERNEL},
    {"w", KERAS_KERNEL},
    {"bias", KERAS_BIAS},
    {"b", KERAS_BIAS},
    {"gamma", KERAS_GAMMA},
    {"beta", KERAS_BETA},
    {"mean", KERAS_MEAN},
    {"variance", KERAS_VARIANCE},
    {"std", KERAS_VARIANCE},
    {"alpha", KERAS_ALPHA},
    {"alphas", KERAS_ALPHA},
};

/* KERAS_ROLES where the name does not tell. */
static keras_role role_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t len = strcspn(name, ":");
    for (size_t i = 0; i < sizeof role_names / sizeof *role_names; i++) {
        size_t n = strlen(role_names[i].name);
        if (n <= len && memcmp(name + len - n, role_names[i].name, n) == 0 && (n == len || name[len - n - 1] == '_'))
            return role_names[i].role;
    }
    return KERAS_ROLES;
}

/* One behind the last layer of the model `of`, itself included. */
static int end_of(const keras_model *model, int of)
{
    int end = of + 1;
    while (end < model->n && model->layer[end].parent >= of)
        end++;
    return end;
}

/* How many arrays a layer and those within it have. */
static int arrays_of(const keras_model *model, int of)
{
    keras_role roles[KERAS_ROLES];
    int n = 0;
    for (int i = of; i < end_of(model, of); i++)
        n += keras_roles_of(&model->layer[i], roles);
    return n;
}

static bool missing(const keras_layer *layer, nn_error *err)
{
    return nn_fail(err, NN_FORMAT, 0, "the weights of the layer '%.60s' (%.40s) are not in the file", layer->name,
                   layer->kind);
}

/* ---- by names: Keras 1 and 2 --------------------------------------------------------------------------------------- */

/* Arrays that belong together, in order. */
typedef struct shelf {
    int n;
    const hdf5_array *array[MOST_ARRAYS]; /* NULL: taken */
} shelf;

/* The texts of an attribute that may be spread over several, as its size is limited: "layer_names0" ... */
static int list_texts(const hdf5_file *file, const char *path, const char *name, const char **out, int most)
{
    int n = 0;
    const hdf5_texts *texts = hdf5_find_texts(file, path, name);
    for (int part = 0; texts || part == 0; part++) {
        for (int i = 0; texts && i < texts->n && n < most; i++)
            out[n++] = texts->text[i];
        char numbered[HDF5_NAME];
        snprintf(numbered, sizeof numbered, "%.40s%d", name, part);
        texts = hdf5_find_texts(file, path, numbered);
    }
    return n;
}

static bool is_below(const char *path, const char *group)
{
    size_t len = strlen(group);
    return len == 0 || (strncmp(path, group, len) == 0 && path[len] == '/');
}

static void join(char path[MAX_PATH], const char *group, const char *name)
{
    snprintf(path, MAX_PATH, "%s%s%s", group, *group ? "/" : "", name);
}

/* The arrays of a group in the order of its own list, or of the file. */
static void fill_shelf(shelf *s, const hdf5_file *file, const char *group)
{
    const char *names[MOST_ARRAYS];
    int n = list_texts(file, group, "weight_names", names, MOST_ARRAYS);
    s->n = 0;
    for (int i = 0; i < n; i++) {
        char path[MAX_PATH];
        join(path, group, names[i]);
        const hdf5_array *array = hdf5_find(file, path);
        if (array)
            s->array[s->n++] = array;
    }
    for (int i = 0; n == 0 && i < file->n_arrays && s->n < MOST_ARRAYS; i++)
        if (is_below(file->array[i].path, group))
            s->array[s->n++] = &file->array[i];
}

/* Whether a path names the layer: "conv2d_1/kernel:0", "conv2d_1_W". */
static bool names_layer(const char *path, const char *name)
{
    size_t len = strlen(name);
    for (const char *part = path; part; part = strchr(part, '/'), part = part ? part + 1 : NULL)
        if (strncmp(part, name, len) == 0 && (part[len] == '/' || (part[len] == '_' && !strchr(part, '/'))))
            return true;
    return false;
}

static const hdf5_array *take(shelf *s, keras_role role, const char *name)
{
    for (int i = 0; i < s->n; i++)
        if (s->array[i] && role_of(s->array[i]->path) == role && (!name || names_layer(s->array[i]->path, name))) {
            const hdf5_array *array = s->array[i];
            s->array[i] = NULL;
            return array;
        }
    return NULL;
}

/* From the arrays of a layer, or of the model within the model that it is a layer of. */
static bool give(keras_layer *layer, shelf *s, bool alone, nn_error *err)
{
    keras_role roles[KERAS_ROLES];
    int n = keras_roles_of(layer, roles);
    for (int i = 0; i < n; i++) {
        const hdf5_array *array = alone ? NULL : take(s, roles[i], layer->name);
        array = array ? array : take(s, roles[i], NULL);
        if (!array && alone && i < s->n) /* with names of somebody's own: by order */
            array = s->array[i];
        layer->weight[roles[i]] = array;
        if (!array)
            return missing(layer, err);
    }
    return true;
}

static bool give_all(keras_model *model, int of, const hdf5_file *file, const char *group, nn_error *err)
{
    shelf s;
    fill_shelf(&s, file, group);
    for (int i = of; i < end_of(model, of); i++)
        if (!give(&model->layer[i], &s, !model->layer[of].is_model, err))
            return false;
    return true;
}

static bool has_group(const hdf5_file *file, const char *group)
{
    for (int i = 0; i < file->n_arrays; i++)
        if (is_below(file->array[i].path, group))
            return true;
    return false;
}

/* The groups below `top` that hold arrays, in the order of their layers. */
static int list_groups(const hdf5_file *file, const char *top, const char **names)
{
    int all = list_texts(file, top, "layer_names", names, MOST_ARRAYS), n = 0;
    for (int i = 0; i < all; i++) {
        char path[MAX_PATH];
        join(path, top, names[i]);
        if (has_group(file, path))
            names[n++] = names[i];
    }
    return n;
}

/* The layers of the model itself have a group each: by its name if all have theirs, else by order. */
static bool assign_by_name(keras_model *model, const hdf5_file *file, const char *top, nn_error *err)
{
    const char *names[MOST_ARRAYS];
    char path[MAX_PATH];
    int groups = list_groups(file, top, names), wanted = 0, k = 0;
    bool named = true;
    for (int i = 1; i < model->n; i = end_of(model, i)) {
        join(path, top, model->layer[i].name);
        bool has = arrays_of(model, i) > 0;
        wanted += has;
        named = named && (!has || has_group(file, path));
    }
    if (!named && wanted != groups)
        return nn_fail(err, NN_FORMAT, 0, "its description has %d layers with weights, the file %d", wanted, groups);
    for (int i = 1; i < model->n; i = end_of(model, i)) {
        if (arrays_of(model, i) == 0)
            continue;
        join(path, top, named ? model->layer[i].name : names[k++]);
        if (!give_all(model, i, file, path, err))
            return false;
    }
    return true;
}

/* ---- by class and order: Keras 3 ----------------------------------------------------------------------------------- */

/* "DepthwiseConv2D" -> "depthwise_conv2d", as Keras does it with two regular expressions. */
static void snake(char out[HDF5_NAME], const char *kind)
{
    size_t n = 0;
    for (const char *c = kind; *c && n + 2 < HDF5_NAME; c++) {
        bool upper = isupper((unsigned char)*c), follows = c > kind;
        bool begins = upper && follows && islower((unsigned char)c[1]);
        bool ends = upper && follows && islower((unsigned char)c[-1]);
        if (begins || ends)
            out[n++] = '_';
        out[n++] = (char)tolower((unsigned char)*c);
    }
    out[n] = '\0';
}

/* Below the model's path stands "CONTAINER/ITEM/...": the item of an array, with its length; NULL if it has none. */
static const char *item_of(const char *path, const char *of, size_t *len)
{
    if (!is_below(path, of))
        return NULL;
    const char *container = path + strlen(of) + (*of ? 1 : 0), *slash = strchr(container, '/');
    if (!slash || !strchr(slash + 1, '/'))
        return NULL;
    *len = strcspn(slash + 1, "/");
    return slash + 1;
}

/* "conv2d" is 0, "conv2d_12" is 12 of that class; -1: of none. */
static long number_of(const char *item, size_t len, const char *class_name)
{
    size_t n = strlen(class_name);
    if (len < n || strncmp(item, class_name, n) != 0)
        return -1;
    if (len == n)
        return 0;
    char *end;
    long number = item[n] == '_' && isdigit((unsigned char)item[n + 1]) ? strtol(item + n + 1, &end, 10) : -1;
    return number >= 0 && end == item + len ? number : -1;
}

/* The path of the item with the least number above `after`; the number, -1 where there is none. */
static long next_item(const hdf5_file *file, const char *of, const char *class_name, long after, char path[MAX_PATH])
{
    long best = -1;
    for (int i = 0; i < file->n_arrays; i++) {
        size_t len;
        const char *item = item_of(file->array[i].path, of, &len);
        long number = item ? number_of(item, len, class_name) : -1;
        if (number > after && (best < 0 || number < best)) {
            best = number;
            snprintf(path, MAX_PATH, "%.*s", (int)(item + len - file->array[i].path), file->array[i].path);
        }
    }
    return best;
}

static int count_items(const hdf5_file *file, const char *of, const char *class_name)
{
    char path[MAX_PATH];
    int n = 0;
    for (long at = -1; (at = next_item(file, of, class_name, at, path)) >= 0;)
        n++;
    return n;
}

/* The item that has the layer's own name. */
static bool named_item(const hdf5_file *file, const char *of, const char *name, char path[MAX_PATH])
{
    for (int i = 0; i < file->n_arrays; i++) {
        size_t len;
        const char *item = item_of(file->array[i].path, of, &len);
        if (item && len == strlen(name) && strncmp(item, name, len) == 0) {
            snprintf(path, MAX_PATH, "%.*s", (int)(item + len - file->array[i].path), file->array[i].path);
            return true;
        }
    }
    return false;
}

static bool give_vars(keras_layer *layer, const hdf5_file *file, const char *item, nn_error *err)
{
    keras_role roles[KERAS_ROLES];
    int n = keras_roles_of(layer, roles);
    for (int i = 0; i < n; i++) {
        char path[MAX_PATH + 16];
        snprintf(path, sizeof path, "%s/vars/%d", item, i);
        layer->weight[roles[i]] = hdf5_find(file, path);
        if (!layer->weight[roles[i]])
            return missing(layer, err);
    }
    return true;
}

/* How many layers of the model `of` before `end` have arrays and that class. */
static int same_class(const keras_model *model, int of, int end, const char *kind)
{
    int n = 0;
    for (int i = of + 1; i < end; i = end_of(model, i))
        n += strcmp(model->layer[i].kind, kind) == 0 && arrays_of(model, i) > 0;
    return n;
}

static bool find_item(const keras_model *model, int of, int i, const hdf5_file *file, const char *path,
                      char item[MAX_PATH])
{
    char class_name[HDF5_NAME];
    const char *kind = model->layer[i].kind;
    snake(class_name, kind);
    int wanted = same_class(model, of, end_of(model, of), kind);
    if (count_items(file, path, class_name) != wanted && named_item(file, path, model->layer[i].name, item))
        return true;
    long at = -1;
    for (int k = same_class(model, of, i, kind); k >= 0; k--)
        if ((at = next_item(file, path, class_name, at, item)) < 0)
            return false;
    return true;
}

static bool assign_by_class(keras_model *model, int of, const hdf5_file *file, const char *path, nn_error *err)
{
    for (int i = of + 1; i < end_of(model, of); i = end_of(model, i)) {
        char item[MAX_PATH] = "";
        if (arrays_of(model, i) == 0)
            continue;
        if (!find_item(model, of, i, file, path, item))
            return missing(&model->layer[i], err);
        if (!(model->layer[i].is_model ? assign_by_class(model, i, file, item, err)
                                       : give_vars(&model->layer[i], file, item, err)))
            return false;
    }
    return true;
}

/* ---- either -------------------------------------------------------------------------------------------------------- */

bool keras_weights_numbered(const hdf5_file *file)
{
    for (int i = 0; i < file->n_arrays; i++)
        if (strstr(file->array[i].path, "/vars/"))
            return true;
    return false;
}

bool keras_weights_assign(keras_model *model, const hdf5_file *file, const char *top, nn_error *err)
{
    return keras_weights_numbered(file) ? assign_by_class(model, 0, file, top, err)
                                        : assign_by_name(model, file, top, err);
}

/* ---- weights without a description -------------------------------------------------------------------------------- */

static bool add_state(state_dict *out, const hdf5_array *array, const char *layer, size_t len, keras_role role,
                      nn_error *err)
{
    static const char *const words[KERAS_ROLES] = {
        [KERAS_DEPTHWISE] = "depthwise", [KERAS_POINTWISE] = "pointwise",
        [KERAS_KERNEL] = "kernel",       [KERAS_BIAS] = "bias",
        [KERAS_GAMMA] = "gamma",         [KERAS_BETA] = "beta",
        [KERAS_MEAN] = "moving_mean",    [KERAS_VARIANCE] = "moving_variance",
        [KERAS_ALPHA] = "weight"};
    char name[STATE_NAME];
    size_t dim[STATE_RANK] = {0};
    if (role == KERAS_ROLES || array->rank > STATE_RANK || array->count == 0)
        return true;
    for (int i = 0; i < array->rank; i++)
        dim[i] = (size_t)array->dim[i];
    snprintf(name, sizeof name, "%.*s.%s", (int)(len < 120 ? len : 120), layer, words[role]);
    state_tensor *tensor = state_add(out, name, STATE_F32, array->rank, dim, err);
    if (tensor)
        memcpy(tensor->values, array->values, array->count * sizeof(float));
    return tensor != NULL;
}

/* "conv2d_1/kernel:0" belongs to "conv2d_1", and so does "conv2d_1_W". */
static bool add_named_state(state_dict *out, const hdf5_array *array, nn_error *err)
{
    const char *last = strrchr(array->path, '/'), *layer = array->path, *begin = last ? last + 1 : array->path;
    const char *underscore = strrchr(begin, '_');
    size_t len = (size_t)(last ? last - array->path : 0);
    for (const char *c = array->path; last && c < last; c++)
        if (*c == '/')
            layer = c + 1, len = (size_t)(last - layer);
    bool old = underscore && role_of(underscore) != KERAS_ROLES && strlen(underscore) < 4; /* "_W:0" */
    return add_state(out, array, old ? begin : layer, old ? (size_t)(underscore - begin) : len, role_of(begin), err);
}

/* Which array of a layer "ITEM/vars/N" is, by how many there are and the shape of the first. */
static keras_role role_of_var(const hdf5_file *file, int i, size_t item, int number)
{
    static const keras_role norm[] = {KERAS_GAMMA, KERAS_BETA, KERAS_MEAN, KERAS_VARIANCE};
    static const keras_role linear[] = {KERAS_KERNEL, KERAS_BIAS};
    const hdf5_array *first = NULL;
    int n = 0;
    for (int k = 0; k < file->n_arrays; k++)
        if (strncmp(file->array[k].path, file->array[i].path, item) == 0 && file->array[k].path[item] == '/') {
            first = n++ ? first : &file->array[k];
        }
    if (first->rank > 1)
        return number < 2 ? linear[number] : KERAS_ROLES;
    return n == 4 && number < 4 ? norm[number] : n == 1 ? KERAS_ALPHA : KERAS_ROLES;
}

static bool add_var_state(state_dict *out, const hdf5_file *file, int i, nn_error *err)
{
    const char *path = file->array[i].path, *vars = strstr(path, "/vars/"), *layer = path;
    if (!vars)
        return true;
    for (const char *c = path; c < vars; c++)
        if (*c == '/')
            layer = c + 1;
    const char *number = vars + strlen("/vars/"); /* of one digit: no layer has more than four arrays */
    bool is_number = isdigit((unsigned char)*number) && !number[1];
    keras_role role = is_number ? role_of_var(file, i, (size_t)(vars - path), *number - '0') : KERAS_ROLES;
    return add_state(out, &file->array[i], layer, (size_t)(vars - layer), role, err);
}

bool keras_weights_state(state_dict *out, const hdf5_file *file, const char *top, nn_error *err)
{
    const char *names[MOST_ARRAYS];
    int groups = list_groups(file, top, names);
    for (int i = 0; keras_weights_numbered(file) && i < file->n_arrays; i++)
        if (!add_var_state(out, file, i, err))
            return false;
    if (keras_weights_numbered(file))
        return state_sort(out), true;
    for (int g = 0; g < (groups ? groups : 1); g++) {
        shelf s;
        char path[MAX_PATH];
        join(path, top, groups ? names[g] : "");
        fill_shelf(&s, file, groups ? path : top);
        for (int i = 0; i < s.n; i++)
            if (!add_named_state(out, s.array[i], err))
                return false;
    }
    return true;
}
