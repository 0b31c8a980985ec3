/* keras_graph.c - chains and graphs of layers, models within models, the input and the end. */
#include "keras_graph.h"
#include "keras_layers.h"
#include "nn/alloc.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_INPUTS = 32, MOST_CALLS = 16, MOST_DEPTH = 512, USUAL_SIDE = 28, KEPT_CLASSES = 10, MOST_ANSWERS = 512 };

static int next_layer(const keras_model *model, int i)
{
    int parent = model->layer[i].parent, next = i + 1;
    while (next < model->n && model->layer[next].parent > parent)
        next++;
    return next < model->n && model->layer[next].parent == parent ? next : -1;
}

static int first_layer(const keras_model *model, int of)
{
    return of + 1 < model->n && model->layer[of + 1].parent == of ? of + 1 : -1;
}

/* ---- running through a model -------------------------------------------------------------------------------------------- */

/* What the layers of one use of a model have given so far. */
typedef struct call {
    int layer, use; /* the use-th time that the layer is applied */
    bool done;      /* false while its inputs are being sought */
    keras_value value;
} call;

typedef struct run {
    keras_writer *w;
    int of;                /* the model */
    const keras_value *in; /* its inputs */
    int n_in, n, room, depth;
    call *call;
} run;

static bool run_model(keras_writer *w, int of, const keras_value *in, int n, int depth, keras_value *out);

static bool apply(keras_writer *w, int layer, const keras_value *in, int n, int depth, keras_value *out)
{
    return w->model->layer[layer].is_model ? run_model(w, layer, in, n, depth + 1, out)
                                           : keras_apply(w, &w->model->layer[layer], in, n, out);
}

static bool run_chain(keras_writer *w, int of, const keras_value *in, int depth, keras_value *out)
{
    *out = in[0];
    for (int i = first_layer(w->model, of); i >= 0; i = next_layer(w->model, i)) {
        keras_value from = *out;
        if (!apply(w, i, &from, 1, depth, out))
            return false;
    }
    return true;
}

/* ["conv2d", node, tensor] */
static bool is_reference(const json_t *value)
{
    return json_is_array(value) && json_array_size(value) >= 3 && json_is_string(json_array_get(value, 0)) &&
           json_is_integer(json_array_get(value, 1)) && json_is_integer(json_array_get(value, 2));
}

/* All tensors that a use of a layer names, in order: Keras 1 and 2 write references, Keras 3 objects with one inside,
 * anywhere among its arguments. */
static int list_references(const json_t *value, const json_t **out, int n, int depth)
{
    size_t i;
    const char *key;
    json_t *item;
    const json_t *history = json_object_get(json_object_get(value, "config"), "keras_history");
    if (n == MOST_INPUTS || depth > 8)
        return n;
    if (is_reference(value))
        return out[n] = value, n + 1;
    if (is_reference(history))
        return out[n] = history, n + 1;
    if (json_is_array(value))
        json_array_foreach(value, i, item) n = list_references(item, out, n, depth + 1);
    else
        json_object_foreach((json_t *)(size_t)value, key, item) n = list_references(item, out, n, depth + 1);
    return n;
}

static int find_layer(const run *r, const char *name)
{
    for (int i = first_layer(r->w->model, r->of); i >= 0; i = next_layer(r->w->model, i))
        if (strcmp(r->w->model->layer[i].name, name) == 0)
            return i;
    return -1;
}

/* The place of a layer among the inputs of the model; -1 if it is none. */
static int input_index(const run *r, const char *name)
{
    const json_t *refs[MOST_INPUTS];
    int n = list_references(json_object_get(r->w->model->layer[r->of].config, "input_layers"), refs, 0, 0);
    for (int i = 0; i < n; i++)
        if (strcmp(json_string_value(json_array_get(refs[i], 0)), name) == 0)
            return i;
    return -1;
}

static call *add_call(run *r, int layer, int use)
{
    if (r->n == r->room) {
        size_t room = nn_room((size_t)r->n + 1);
        call *more = nn_realloc(r->call, (size_t)r->room, room, sizeof *more);
        if (!more) {
            nn_fail(r->w->err, NN_NOMEM, 0, "out of memory for the layers");
            return NULL;
        }
        r->call = more;
        r->room = (int)room;
    }
    r->call[r->n] = (call){.layer = layer, .use = use};
    return &r->call[r->n++];
}

static bool value_of(run *r, const json_t *reference, int depth, keras_value *out);

/* The inputs of one use of a layer, then the layer. */
static bool apply_use(run *r, int layer, int use, int depth, keras_value *out)
{
    const keras_layer *l = &r->w->model->layer[layer];
    const json_t *refs[MOST_INPUTS], *inputs = json_array_get(l->inbound, (size_t)use);
    keras_value in[MOST_INPUTS];
    int n = list_references(is_reference(inputs) ? l->inbound : inputs, refs, 0, 0), index = input_index(r, l->name);
    if (index >= 0 && n == 0)
        return index < r->n_in
                   ? (*out = r->in[index], true)
                   : nn_fail(r->w->err, NN_FORMAT, 0, "the network has several inputs: only one picture is read");
    if (n == 0)
        return nn_fail(r->w->err, NN_FORMAT, 0, "the layer '%.60s' (%.40s) has no input", l->name, l->kind);
    for (int i = 0; i < n; i++)
        if (!value_of(r, refs[i], depth + 1, &in[i]))
            return false;
    return apply(r->w, layer, in, n, r->depth, out);
}

/* The greatest index by which these references name a use of the layer; -1: they do not. */
static int greatest_use(const json_t *references, const char *name)
{
    const json_t *refs[MOST_INPUTS];
    int n = list_references(references, refs, 0, 0), most = -1;
    for (int i = 0; i < n; i++) {
        int use = (int)json_integer_value(json_array_get(refs[i], 1));
        if (strcmp(json_string_value(json_array_get(refs[i], 0)), name) == 0 && use > most)
            most = use;
    }
    return most;
}

/* The number of a layer's first use: 1 for models, in most versions of Keras, as their own making was number 0. */
static int first_use(const run *r, int layer)
{
    const keras_model *model = r->w->model;
    const char *name = model->layer[layer].name;
    int uses = (int)json_array_size(model->layer[layer].inbound);
    bool beyond = greatest_use(json_object_get(model->layer[r->of].config, "output_layers"), name) >= uses;
    for (int i = first_layer(model, r->of); i >= 0 && !beyond; i = next_layer(model, i))
        beyond = greatest_use(model->layer[i].inbound, name) >= uses;
    return beyond && model->layer[layer].is_model;
}

static bool value_of(run *r, const json_t *reference, int depth, keras_value *out)
{
    const char *name = json_string_value(json_array_get(reference, 0));
    int layer = find_layer(r, name), use = (int)json_integer_value(json_array_get(reference, 1));
    if (layer < 0)
        return nn_fail(r->w->err, NN_FORMAT, 0, "a layer reads '%.60s', which does not exist", name);
    if (depth > MOST_DEPTH)
        return nn_fail(r->w->err, NN_LIMIT, 0, "the network has more than %d layers", NN_MAX_NODES);
    int uses = (int)json_array_size(r->w->model->layer[layer].inbound);
    use -= first_use(r, layer);
    use = use < 0 || use >= uses ? uses - 1 : use;
    for (int i = 0; i < r->n; i++)
        if (r->call[i].layer == layer && r->call[i].use == use) {
            *out = r->call[i].value;
            return r->call[i].done || nn_fail(r->w->err, NN_FORMAT, 0, "the layer '%.60s' reads what it gives", name);
        }
    int here = r->n;
    if (!add_call(r, layer, use) || !apply_use(r, layer, use, depth, out))
        return false;
    r->call[here].value = *out;
    r->call[here].done = true;
    return true;
}

static bool run_graph(keras_writer *w, int of, const keras_value *in, int n, int depth, keras_value *out)
{
    run r = {.w = w, .of = of, .in = in, .n_in = n, .depth = depth};
    const json_t *refs[MOST_INPUTS];
    int outputs = list_references(json_object_get(w->model->layer[of].config, "output_layers"), refs, 0, 0);
    bool ok = outputs > 0 ? value_of(&r, refs[0], 0, out) : nn_fail(w->err, NN_FORMAT, 0, "the network has no output");
    nn_free(r.call);
    return ok;
}

static bool run_model(keras_writer *w, int of, const keras_value *in, int n, int depth, keras_value *out)
{
    return w->model->layer[of].is_graph ? run_graph(w, of, in, n, depth, out) : run_chain(w, of, in, depth, out);
}

/* ---- the input ------------------------------------------------------------------------------------------------------------ */

/* The sizes of one image that a layer says: [null, 28, 28, 1] behind the batch, or a number of inputs. Unknown: 0. */
static bool said_shape(const keras_layer *layer, keras_value *v)
{
    static const char *const names[] = {"batch_input_shape", "batch_shape", "build_input_shape"};
    const json_t *shape = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !json_is_array(shape); i++)
        shape = keras_list(keras_get(layer, names[i], NULL));
    shape = json_is_array(shape) ? shape : keras_list(json_object_get(layer->build, "input_shape"));
    size_t n = json_array_size(shape);
    double inputs = keras_number(layer, "input_dim", NULL, 0);
    if (n < 2 && inputs >= 1 && inputs <= NN_MAX_FLOATS)
        return v->rank = 1, v->dim[0] = (int)inputs, true;
    if (n < 2 || n - 1 > KERAS_RANK)
        return false;
    v->rank = (int)n - 1;
    for (int i = 0; i < v->rank; i++) {
        double size = json_number_value(json_array_get(shape, (size_t)i + 1));
        v->dim[i] = size >= 1 && size <= NN_MAX_FLOATS ? (int)size : 0;
    }
    return true;
}

/* What the first layer with weights asks for, where nobody says: a row, or an image of the usual size. */
static bool needed_shape(const keras_model *model, keras_value *v)
{
    for (int i = 0; i < model->n; i++) {
        const hdf5_array *kernel = model->layer[i].weight[KERAS_KERNEL],
                         *depthwise = model->layer[i].weight[KERAS_DEPTHWISE];
        const hdf5_array *first = depthwise ? depthwise : kernel;
        if (!first || first->rank < 2)
            continue;
        v->rank = first->rank == 4 ? 3 : 1;
        v->dim[0] = first->rank == 4 ? 0 : first->dim[0];
        v->dim[1] = 0;
        v->dim[2] = first->rank == 4 ? first->dim[2] : 0;
        return true;
    }
    return false;
}

/* A network that takes any size gets the usual one. */
static void fill_unknown(keras_value *v, const keras_value *needed)
{
    for (int i = 0; i < v->rank; i++)
        if (v->dim[i] == 0)
            v->dim[i] = v->rank == 1 || (v->rank == 3 && i == 2)
                            ? (needed->rank == v->rank && needed->dim[i] ? needed->dim[i] : 1)
                            : USUAL_SIDE;
}

static int square_side(int n)
{
    int side = (int)lround(sqrt((double)n));
    return side * side == n && side > 1 ? side : 0;
}

/* A row of n values is a square image, in one channel or three. */
static nn_shape shape_of_row(int n)
{
    int grey = square_side(n), colours = n % 3 == 0 ? square_side(n / 3) : 0;
    return grey ? (nn_shape){grey, grey, 1} : colours ? (nn_shape){colours, colours, 3} : (nn_shape){1, 1, n};
}

static bool says_first(const keras_model *model)
{
    for (int i = 0; i < model->n; i++)
        if (keras_channels_first(&model->layer[i]))
            return true;
    return false;
}

/* The image that Keras sees as v->dim; (1, 28, 28) has its channels first. */
static bool place_image(keras_value *v, const keras_model *model)
{
    double all = 1;
    int longest = 0;
    for (int i = 0; i < v->rank; i++) {
        all *= v->dim[i];
        longest = v->dim[i] > longest ? v->dim[i] : longest;
    }
    if (all < 2 || all > NN_MAX_FLOATS)
        return false;
    bool row = longest == (int)all;
    bool first = v->rank == 3 && v->dim[0] < 4 && v->dim[1] > 4 && v->dim[2] > 4 &&
                 (v->dim[1] == v->dim[2] || says_first(model));
    v->shape = row            ? shape_of_row((int)all)
               : first        ? (nn_shape){v->dim[1], v->dim[2], v->dim[0]}
               : v->rank == 2 ? (nn_shape){v->dim[0], v->dim[1], 1}
               : v->rank == 3 ? (nn_shape){v->dim[0], v->dim[1], v->dim[2]}
                              : (nn_shape){0, 0, 0};
    v->swapped = first && !row;
    return (double)nn_shape_count(v->shape) == all;
}

static bool find_input(keras_value *v, const keras_model *model, nn_error *err)
{
    keras_value needed = {0};
    bool known = false, guess = needed_shape(model, &needed);
    for (int i = 0; i < model->n && !known; i++)
        known = said_shape(&model->layer[i], v);
    if (!known)
        *v = needed;
    fill_unknown(v, &needed);
    v->range = FOREIGN_LOGITS;
    strcpy(v->node, "input");
    return ((known || guess) && place_image(v, model)) ||
           nn_fail(err, NN_FORMAT, 0, "the network reads no single picture: an input of %d dimensions", v->rank);
}

/* ---- the end ---------------------------------------------------------------------------------------------------------------- */

/* Our networks end with softmax: what are probabilities already become their logarithms before. */
static bool end(keras_writer *w, keras_value *v)
{
    size_t n = keras_count(v);
    if (v->rank > 1 && v->shape.h * v->shape.w > 1)
        return nn_fail(w->err, NN_FORMAT, 0, "the network makes pictures, it does not name what is on them");
    if (n < 2 || n > MOST_ANSWERS)
        return nn_fail(w->err, NN_FORMAT, 0, "the network answers with %zu numbers, not with one for each class", n);
    if (strncmp(v->node, "softmax", 7) == 0 && v->shape.h * v->shape.w == 1 && n <= NN_MAX_CLASSES)
        return true;
    if (!keras_plain(w, v) || !keras_shaped(w, v, 1, 1, (int)n))
        return false;
    if (n > NN_MAX_CLASSES) {
        snprintf(w->net->guessed, sizeof w->net->guessed, "the first %d of its %zu answers are the digits",
                 KEPT_CLASSES, n);
        if (!keras_line(w, v, (nn_shape){1, 1, KEPT_CLASSES}, "crop 0 channels=%d", KEPT_CLASSES))
            return false;
    }
    w->net->output = v->range;
    return (v->range != FOREIGN_PROBABILITIES || keras_line(w, v, v->shape, "log")) &&
           keras_line(w, v, v->shape, "softmax");
}

bool keras_write(foreign_net *net, const keras_model *model, bool turned, nn_error *err)
{
    keras_writer w = {.net = net, .model = model, .turned = turned, .last = "input", .err = err};
    keras_value in = {0}, out;
    if (!find_input(&in, model, err))
        return false;
    foreign_line(net, "input %d %d %d", in.shape.h, in.shape.w, in.shape.c);
    return run_model(&w, 0, &in, 1, 0, &out) && end(&w, &out);
}
