/* chain.c - layers out of names and shapes, and their order out of what one gives and the next takes. */
#include "chain.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- which tensors belong together --------------------------------------------------------------------------------- */

typedef enum part { WEIGHT, BIAS, MEAN, VARIANCE, IGNORED, UNKNOWN } part;

static const struct {
    const char *word;
    part part;
} words[] = {
    {"weight", WEIGHT},
    {"kernel", WEIGHT},
    {"w", WEIGHT},
    {"gamma", WEIGHT},
    {"scale", WEIGHT},
    {"bias", BIAS},
    {"b", BIAS},
    {"beta", BIAS},
    {"running_mean", MEAN},
    {"moving_mean", MEAN},
    {"mean", MEAN},
    {"running_var", VARIANCE},
    {"moving_variance", VARIANCE},
    {"var", VARIANCE},
    {"num_batches_tracked", IGNORED},
};

/* "features.0.weight" is the weight of "features.0", "fc1_bias" the bias of "fc1", "W1" the weight of "1". */
static part part_of(const char *name, char *layer)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i].word);
        bool ends = len >= n && strcmp(name + len - n, words[i].word) == 0;
        if (ends && (len == n || strchr("._/", name[len - n - 1]))) {
            snprintf(layer, STATE_NAME, "%.*s", (int)(len > n ? len - n - 1 : 0), name);
            return words[i].part;
        }
    }
    bool numbered = len > 1 && strchr("wWbB", *name) && strspn(name + 1, "0123456789_") == len - 1;
    snprintf(layer, STATE_NAME, "%s", numbered ? name + 1 : name);
    return !numbered ? UNKNOWN : strchr("wW", *name) ? WEIGHT : BIAS;
}

static int number_of(const char *name)
{
    size_t len = strlen(name), digits = 0;
    while (digits < len && isdigit((unsigned char)name[len - 1 - digits]))
        digits++;
    return digits > 0 && digits < 6 ? atoi(name + len - digits) : -1;
}

static chain_layer *layer_called(chain *self, const char *name, nn_error *err)
{
    for (int i = 0; i < self->n; i++)
        if (strcmp(self->layer[i].name, name) == 0)
            return &self->layer[i];
    if (self->n == CHAIN_LAYERS) {
        nn_fail(err, NN_LIMIT, 0,
                "more than %d layers with weights: give its architecture with --net, or export it to ONNX",
                CHAIN_LAYERS);
        return NULL;
    }
    chain_layer *layer = &self->layer[self->n++];
    *layer = (chain_layer){.number = number_of(name), .norm = -1, .slope = -1, .groups = 1};
    snprintf(layer->name, sizeof layer->name, "%s", name);
    return layer;
}

/* Counters, single numbers and the weights of a loss are beside the network. */
static bool is_beside(const state_tensor *tensor, part is)
{
    static const char *const losses[] = {"criterion", "loss"};
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
        if (strncmp(tensor->name, losses[i], strlen(losses[i])) == 0)
            return true;
    return is == IGNORED || (is != WEIGHT && !tensor->values) || (is == UNKNOWN && tensor->count <= 1);
}

static bool collect(chain *self, const state_dict *weights, nn_error *err)
{
    for (int i = 0; i < weights->n; i++) {
        const state_tensor *tensor = &weights->tensor[i];
        char name[STATE_NAME];
        part is = part_of(tensor->name, name);
        if (is_beside(tensor, is))
            continue;
        if (is == UNKNOWN || !tensor->values || tensor->count == 0)
            return nn_fail(
                err, NN_FORMAT, 0,
                "%.80s is no part of a convolution, dense layer or batch norm: give its architecture with --net, or "
                "export it to ONNX",
                tensor->name);
        chain_layer *layer = layer_called(self, name, err);
        if (!layer)
            return false;
        const state_tensor **place = is == WEIGHT ? &layer->weight
                                     : is == BIAS ? &layer->bias
                                     : is == MEAN ? &layer->mean
                                                  : &layer->variance;
        *place = tensor;
    }
    return true;
}

/* ---- what each is --------------------------------------------------------------------------------------------------- */

static bool strange(const chain_layer *layer, nn_error *err)
{
    return nn_fail(
        err, NN_FORMAT, 0,
        "%.80s is no convolution, dense layer or batch norm: give its architecture with --net, or export it to ONNX",
        layer->name);
}

/* Dimension i of a kernel (out, in, h, w), however it lies. */
static int kernel_dim(const chain *self, const chain_layer *layer, int i)
{
    static const int last_of_four[] = {3, 2, 0, 1}, last_of_two[] = {1, 0};
    const state_tensor *t = layer->weight;
    size_t dim = t->dim[!self->last ? i : t->rank == 4 ? last_of_four[i] : last_of_two[i]];
    return dim < 1 << 24 ? (int)dim : 1 << 24;
}

static bool length_is(const state_tensor *tensor, int n)
{
    return !tensor || (tensor->rank == 1 && tensor->dim[0] == (size_t)n);
}

static bool classify(const chain *self, chain_layer *layer, nn_error *err)
{
    const state_tensor *weight = layer->weight;
    bool flat = !weight || weight->rank == 1;
    const state_tensor *any = weight ? weight : layer->mean;
    if (!any || (!flat && (layer->mean || layer->variance)) || (flat && !layer->mean != !layer->variance))
        return strange(layer, err);
    if (flat) {
        layer->kind = layer->mean || layer->bias ? CHAIN_NORM : CHAIN_SLOPE;
        layer->in = layer->out = (int)any->dim[0];
        if (any->dim[0] > NN_MAX_FLOATS || !length_is(weight, layer->out) || !length_is(layer->mean, layer->out) ||
            !length_is(layer->variance, layer->out) || (layer->kind == CHAIN_NORM && !layer->mean && !self->given))
            return strange(layer, err);
    } else {
        if (weight->rank != 2 && weight->rank != 4)
            return strange(layer, err);
        layer->kind = weight->rank == 4 ? CHAIN_CONV : CHAIN_DENSE;
        layer->out = kernel_dim(self, layer, 0);
        layer->in = kernel_dim(self, layer, 1);
        layer->kh = weight->rank == 4 ? kernel_dim(self, layer, 2) : 1;
        layer->kw = weight->rank == 4 ? kernel_dim(self, layer, 3) : 1;
    }
    return length_is(layer->bias, layer->out) || strange(layer, err);
}

float chain_weight(const chain *self, const chain_layer *layer, size_t o, size_t i, size_t y, size_t x)
{
    size_t outs = (size_t)layer->out, ins = (size_t)kernel_dim(self, layer, 1), kh = (size_t)layer->kh,
           kw = (size_t)layer->kw;
    const float *values = layer->weight->values;
    return self->last ? values[((y * kw + x) * ins + i) * outs + o] : values[((o * ins + i) * kh + y) * kw + x];
}

/* ---- the order ------------------------------------------------------------------------------------------------------- */

enum { MAX_TRIES = 20000 };

typedef struct ordering {
    chain *chain;
    chain_kind kind;
    int wanted, n, tries; /* n of the wanted layers are in order */
    int *order;
    bool used[CHAIN_LAYERS];
} ordering;

/* Whether a layer can read so many channels: a convolution also in groups; the first one is free to be grey or coloured,
 * and the first dense layer reads all pixels. */
static bool reads(const ordering *o, const chain_layer *layer, int channels)
{
    if (layer->in <= 0 || layer->out <= 0)
        return false;
    if (o->kind == CHAIN_DENSE)
        return layer->in == channels || (o->n == 0 && layer->in % channels == 0);
    if (o->n == 0)
        return layer->in <= 4;
    return channels % layer->in == 0 && layer->out % (channels / layer->in) == 0;
}

/* All layers of the kind one after the other, preferring the order of the file. */
static bool put_in_order(ordering *o, int channels)
{
    if (o->n == o->wanted)
        return true;
    for (int i = 0; i < o->chain->n && o->tries < MAX_TRIES; i++) {
        const chain_layer *layer = &o->chain->layer[i];
        if (layer->kind != o->kind || o->used[i] || !reads(o, layer, channels))
            continue;
        o->tries++;
        o->used[i] = true;
        o->order[o->n++] = i;
        if (put_in_order(o, layer->out))
            return true;
        o->n--;
        o->used[i] = false;
    }
    return false;
}

static bool order_kind(chain *self, chain_kind kind, int channels, int *order, int n)
{
    ordering o = {.chain = self, .kind = kind, .wanted = n, .order = order};
    return put_in_order(&o, channels);
}

/* Groups follow from what the layer before gives. */
static void find_groups(chain *self)
{
    for (int k = 1; k < self->n_convs; k++) {
        chain_layer *layer = &self->layer[self->conv[k]];
        int channels = self->layer[self->conv[k - 1]].out;
        layer->groups = channels / layer->in;
    }
}

static bool find_order(chain *self)
{
    if (!order_kind(self, CHAIN_CONV, 1, self->conv, self->n_convs))
        return false;
    int channels = self->n_convs > 0 ? self->layer[self->conv[self->n_convs - 1]].out : 1;
    if (!order_kind(self, CHAIN_DENSE, channels, self->dense, self->n_dense) || self->n_convs + self->n_dense == 0)
        return false;
    find_groups(self);
    return true;
}

/* ---- what stands behind what ------------------------------------------------------------------------------------------ */

static bool is_free(const chain *self, int at, const chain_layer *own)
{
    const chain_layer *layer = &self->layer[at];
    bool is_place = layer->kind == CHAIN_CONV || layer->kind == CHAIN_DENSE;
    bool fits = layer->out == own->out || (own->kind == CHAIN_SLOPE && own->out == 1);
    return is_place && fits && (own->kind == CHAIN_NORM ? layer->norm : layer->slope) < 0;
}

/* "bn1", but not "features.1". */
static bool is_worded(const char *name)
{
    const char *dot = strrchr(name, '.');
    return strspn(dot ? dot + 1 : name, "0123456789") < strlen(dot ? dot + 1 : name);
}

/* The convolution or dense layer, of the right size and without one yet, that a norm or slope i stands behind: that of the
 * same number, else that before it in the file unless several follow each other there, else the first. -1: none. */
static int place_of(const chain *self, int i)
{
    const chain_layer *own = &self->layer[i];
    int first = -1, before = i - 1;
    bool listed =
        (i > 0 && self->layer[i - 1].kind == own->kind) || (i + 1 < self->n && self->layer[i + 1].kind == own->kind);
    for (int k = 0; k < self->n; k++) {
        if (!is_free(self, k, own))
            continue;
        first = first < 0 ? k : first;
        if (is_worded(own->name) && own->number >= 0 && self->layer[k].number == own->number)
            return k;
    }
    while (before >= 0 && (self->layer[before].kind == CHAIN_NORM || self->layer[before].kind == CHAIN_SLOPE))
        before--;
    return !listed && before >= 0 && is_free(self, before, own) ? before : first;
}

static bool place_all(chain *self, nn_error *err)
{
    for (int i = 0; i < self->n; i++) {
        const chain_layer *own = &self->layer[i];
        if (own->kind != CHAIN_NORM && own->kind != CHAIN_SLOPE)
            continue;
        int at = place_of(self, i);
        if (at < 0)
            return nn_fail(
                err, NN_FORMAT, 0,
                "%.80s stands behind no layer of its %d values: give its architecture with --net, or export it to ONNX",
                own->name, own->out);
        if (own->kind == CHAIN_NORM)
            self->layer[at].norm = i;
        else
            self->layer[at].slope = i;
    }
    return true;
}

/* Whether kernels are called so, as in Keras and JAX, whose layout then is meant. */
static bool has_kernels(const state_dict *weights)
{
    for (int i = 0; i < weights->n; i++)
        if (strstr(weights->tensor[i].name, "kernel"))
            return true;
    return false;
}

static bool try_layout(chain *self, bool last, nn_error *err)
{
    self->last = last;
    self->n_convs = self->n_dense = 0;
    for (int i = 0; i < self->n; i++) {
        chain_layer *layer = &self->layer[i];
        if (!classify(self, layer, err))
            return false;
        if (layer->kind == CHAIN_CONV)
            self->conv[self->n_convs++] = i;
        if (layer->kind == CHAIN_DENSE)
            self->dense[self->n_dense++] = i;
    }
    return true;
}

static bool try_chain(chain *self, bool last, nn_error *err)
{
    return try_layout(self, last, err) &&
           (find_order(self) || nn_fail(err, NN_FORMAT, 0,
                                        "its layers do not follow one after the other: give its architecture with "
                                        "--net, or export it to ONNX"));
}

bool chain_read(chain *self, const state_dict *weights, bool given, nn_error *err)
{
    nn_error other;
    bool last = has_kernels(weights);
    *self = (chain){.given = given};
    if (!collect(self, weights, err))
        return false;
    if (given)
        return try_layout(self, last, err);
    return (try_chain(self, last, err) || try_chain(self, !last, &other)) && place_all(self, err);
}
