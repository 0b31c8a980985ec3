/* infer.c - all ways from an image to the first dense layer, sorted by how unusual they are. */
#include "infer.h"
#include "chain.h"
#include "fill.h"
#include "untrained.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_CLASSES = 10, MOST_ANSWERS = 512 }; /* of a network with more answers than there can be classes */
enum { TOO_UNUSUAL = 8 /* more than the likeliest: not tried */ };
enum { MAX_ROUTES = 2048, MAX_WAYS = 4096, MAX_MANNERS = 64, MOST_FLOATS = 64 << 20 /* of all candidates together */ };

/* From the image to the first dense layer. */
typedef struct route {
    int side;        /* of the image */
    unsigned padded; /* bit k: convolution k is padded */
    int padding;     /* by so many rows and columns; 0: so that it keeps the size of its maps */
    unsigned pooled; /* bit k: behind convolution k maps become smaller */
    int size, step;  /* of the pooling; size 0: the convolution itself moves by two */
    bool everywhere; /* all places of the last maps are averaged into one */
    int cost;        /* how unusual it is */
} route;

/* What no size tells. */
typedef struct manner {
    const char *activation;
    bool mean;      /* pooling takes the mean */
    bool norm_last; /* activation, then batch norm */
    int cost;
} manner;

typedef struct way {
    int route, manner, cost;
} way;

typedef struct inference {
    const chain *layers;
    int n_routes, n_manners, n_ways;
    route route[MAX_ROUTES];
    manner manner[MAX_MANNERS];
    way way[MAX_WAYS];
} inference;

static const chain_layer *conv_at(const inference *self, int k)
{
    return &self->layers->layer[self->layers->conv[k]];
}

static const chain_layer *dense_at(const inference *self, int k)
{
    return &self->layers->layer[self->layers->dense[k]];
}

static bool has_bit(unsigned bits, int k)
{
    return bits >> k & 1;
}

/* ---- what the numbers of a Sequential tell -------------------------------------------------------------------------- */

/* Layers in one Sequential: "features.0" and "features.3", or "0" and "3". */
static bool are_neighbours(const chain_layer *a, const chain_layer *b)
{
    const char *dot_a = strrchr(a->name, '.'), *dot_b = strrchr(b->name, '.');
    size_t n = dot_a ? (size_t)(dot_a - a->name) + 1 : 0, m = dot_b ? (size_t)(dot_b - b->name) + 1 : 0;
    bool numbers = strspn(a->name + n, "0123456789") == strlen(a->name + n) &&
                   strspn(b->name + m, "0123456789") == strlen(b->name + m);
    return numbers && n == m && strncmp(a->name, b->name, n) == 0 && a->number >= 0 && b->number > a->number;
}

/* How many modules without weights stand between a layer with its batch norm and the next one; -1: unknown. */
static int gap(const inference *self, const chain_layer *layer, const chain_layer *next)
{
    bool between = layer->norm >= 0 && are_neighbours(layer, &self->layers->layer[layer->norm]);
    return are_neighbours(layer, next) ? next->number - layer->number - 1 - between : -1;
}

static const chain_layer *behind_conv(const inference *self, int k)
{
    return k + 1 < self->layers->n_convs ? conv_at(self, k + 1) : self->layers->n_dense > 0 ? dense_at(self, 0) : NULL;
}

/* The same behind convolution k, the flatten before a dense layer not counted. */
static int gap_behind_conv(const inference *self, int k)
{
    const chain_layer *next = behind_conv(self, k);
    int n = next ? gap(self, conv_at(self, k), next) : -1;
    return n > 0 && next->kind == CHAIN_DENSE ? n - 1 : n;
}

/* What speaks against pooling, or none, behind convolution k. */
static int gap_cost(const inference *self, int k, bool pooled)
{
    static const int with[] = {12, 9, 0, 0}, without[] = {0, 0, 7, 9};
    int n = gap_behind_conv(self, k);
    return n < 0 ? 0 : (pooled ? with : without)[n < 3 ? n : 3];
}

/* ---- routes ------------------------------------------------------------------------------------------------------------ */

static int slide(int in, int kernel, int padding, int step)
{
    return in + 2 * padding < kernel ? 0 : (in + 2 * padding - kernel) / step + 1;
}

/* Rows and columns of padding around what convolution k reads. */
static int rows_around(const inference *self, const route *r, int k)
{
    int kernel = conv_at(self, k)->kh;
    if (!has_bit(r->padded, k) || kernel == 1)
        return 0;
    return r->padding > 0 && r->padding < kernel ? r->padding : (kernel - 1) / 2;
}

/* The side of the maps at the end of a route, 0 where something does not fit. */
static int last_side(const inference *self, const route *r)
{
    int side = r->side;
    for (int k = 0; k < self->layers->n_convs && side > 0; k++) {
        const chain_layer *conv = conv_at(self, k);
        bool moves = r->size == 0 && has_bit(r->pooled, k);
        bool same = has_bit(r->padded, k) && r->padding == 0 && !moves;
        side = same ? side : slide(side, conv->kh, rows_around(self, r, k), moves ? 2 : 1);
        if (r->size > 0 && has_bit(r->pooled, k))
            side = slide(side, r->size, 0, r->step);
    }
    return side;
}

/* Whether the first dense layer, if any, gets what it reads. */
static bool meets(const inference *self, route *r)
{
    const chain *layers = self->layers;
    int side = last_side(self, r), channels = conv_at(self, layers->n_convs - 1)->out;
    if (side == 0 || (side == 1 && r->everywhere))
        return false;
    int gives = r->everywhere ? channels : side * side * channels;
    return layers->n_dense == 0 ? r->everywhere : dense_at(self, 0)->in == gives;
}

static int padding_cost(const inference *self, unsigned padded)
{
    int n = self->layers->n_convs, same = 0, valid = 0, turns = 0;
    for (int k = 0; k < n; k++) {
        if (conv_at(self, k)->kh == 1)
            continue;
        same += has_bit(padded, k);
        valid += !has_bit(padded, k);
        turns += k > 0 && has_bit(padded, k) != has_bit(padded, k - 1);
    }
    bool lenet = same == 1 && has_bit(padded, 0);
    return same == 0 || valid == 0 ? 0 : lenet ? 2 : turns >= n - 1 ? 4 : 6;
}

static int pooling_cost(const inference *self, unsigned pooled)
{
    int n = self->layers->n_convs;
    unsigned all = (1u << n) - 1, last = 1u << (n - 1), every_second = all & 0xaaaaaaaa;
    return pooled == all                              ? 0
           : pooled == every_second || pooled == last ? 1
           : pooled == 0 || pooled == (all & ~last)   ? 3
                                                      : 6;
}

static void try_route(inference *self, route r)
{
    if (self->n_routes == MAX_ROUTES || !meets(self, &r))
        return;
    r.cost += padding_cost(self, r.padded) + pooling_cost(self, r.pooled) +
              (r.everywhere ? 3 + 2 * (self->layers->n_dense > 1) : 0);
    for (int k = 0; k < self->layers->n_convs; k++)
        r.cost += gap_cost(self, k, has_bit(r.pooled, k) && r.size > 0);
    self->route[self->n_routes++] = r;
}

/* Convolutions of one place have no padding: said once. Of many layers only the uniform ways are tried, and so is padding
 * that is other than what keeps the size. */
static bool is_tried(const inference *self, unsigned padded, int padding)
{
    int n = self->layers->n_convs, others = 0;
    for (int k = 0; k < n; k++) {
        int kernel = conv_at(self, k)->kh;
        if (kernel == 1 && !has_bit(padded, k))
            return false;
        others += kernel > padding && kernel > 1 && kernel != 2 * padding + 1;
    }
    if (padding > 0)
        return padded == (1u << n) - 1 && others > 0;
    return n <= 6 || padding_cost(self, padded) <= 2;
}

static void find_routes_of(inference *self, int side, int padding, int cost)
{
    static const struct {
        int size, step, cost;
    } poolings[] = {{2, 2, 0}, {0, 0, 6}, {3, 2, 8}, {3, 3, 9}, {4, 4, 9}};
    unsigned n = (unsigned)self->layers->n_convs;
    for (unsigned padded = 0; padded < 1u << n; padded++)
        for (unsigned pooled = 0; is_tried(self, padded, padding) && pooled < 1u << n; pooled++)
            for (size_t p = 0; p < (pooled ? sizeof poolings / sizeof *poolings : 1); p++)
                for (int everywhere = 0; everywhere < 2; everywhere++)
                    try_route(self, (route){side, padded, padding, pooled, poolings[p].size, poolings[p].step,
                                            everywhere, cost + poolings[p].cost});
}

/* The usual sizes, then other paddings; all other sizes where none of these fits. */
static bool find_routes(inference *self, nn_error *err)
{
    if (self->layers->n_convs > CHAIN_CONVS / 2 + 2)
        return nn_fail(err, NN_LIMIT, 0, "%d convolutions leave too many ways open: give its architecture with --net",
                       self->layers->n_convs);
    find_routes_of(self, 28, 0, 0);
    find_routes_of(self, 32, 0, 4);
    for (int padding = 1; padding <= 3; padding++)
        find_routes_of(self, 28, padding, 6);
    for (int side = 8; self->n_routes == 0 && side <= 128; side++)
        find_routes_of(self, side, 0, 0);
    return self->n_routes > 0 ||
           nn_fail(err, NN_FORMAT, 0,
                   "no padding and pooling leads from a square picture to the %d values that %.80s reads: give its "
                   "architecture with --net, or export it to ONNX",
                   self->layers->n_dense > 0 ? dense_at(self, 0)->in : 1,
                   self->layers->n_dense > 0 ? dense_at(self, 0)->name : "the end");
}

/* Of a network of dense layers alone: which picture it reads. */
static bool find_picture(inference *self, nn_error *err)
{
    int values = dense_at(self, 0)->in;
    for (int channels = 1; channels <= 3; channels += 2) {
        int side = (int)lround(sqrt((double)values / channels));
        if (side * side * channels == values && side <= NN_MAX_DIM) {
            self->route[self->n_routes++] = (route){.side = side};
            return true;
        }
    }
    return nn_fail(err, NN_FORMAT, 0, "%.80s reads %d values, which are no square picture", dense_at(self, 0)->name,
                   values);
}

/* ---- manners ----------------------------------------------------------------------------------------------------------- */

/* Of all layers with a batch norm, what their numbers tell: 1, the activation stands before it; 0, behind it; -1, nothing. */
static int norm_is_last(const inference *self)
{
    for (int i = 0; i < self->layers->n; i++) {
        const chain_layer *layer = &self->layers->layer[i];
        if (layer->norm >= 0 && are_neighbours(layer, &self->layers->layer[layer->norm]))
            return self->layers->layer[layer->norm].number > layer->number + 1;
    }
    return -1;
}

static bool has(const inference *self, chain_kind kind)
{
    for (int i = 0; i < self->layers->n; i++)
        if (self->layers->layer[i].kind == kind)
            return true;
    return false;
}

static void find_manners(inference *self)
{
    static const struct {
        const char *line;
        int cost, mean; /* of pooling by the mean beside it */
    } activations[] = {{"relu", 0, 4}, {"tanh", 5, 2}, {"sigmoid", 6, 2},      {"leakyrelu", 6, 4},
                       {"silu", 7, 4}, {"elu", 7, 4},  {"leakyrelu 0.2", 8, 4}};
    bool learned = has(self, CHAIN_SLOPE), normed = has(self, CHAIN_NORM);
    int told = norm_is_last(self), hidden = self->layers->n_convs + self->layers->n_dense - 1;
    size_t n = learned || hidden == 0 ? 1 : sizeof activations / sizeof *activations;
    for (size_t a = 0; a < n; a++)
        for (int last = 0; last <= normed; last++)
            for (int mean = 0; mean < 2; mean++)
                if (!normed || told < 0 || told == last)
                    self->manner[self->n_manners++] =
                        (manner){learned ? "prelu" : activations[a].line, mean, last,
                                 activations[a].cost + 3 * last + mean * activations[a].mean};
}

/* ---- the best ---------------------------------------------------------------------------------------------------------- */

static int by_cost(const void *a, const void *b)
{
    const way *x = a, *y = b;
    return x->cost != y->cost ? x->cost - y->cost : x->route != y->route ? x->route - y->route : x->manner - y->manner;
}

static int route_by_cost(const void *a, const void *b)
{
    const route *x = a, *y = b;
    return x->cost != y->cost       ? x->cost - y->cost
           : x->padded != y->padded ? (x->padded > y->padded) - (x->padded < y->padded)
                                    : (x->pooled > y->pooled) - (x->pooled < y->pooled);
}

static void find_ways(inference *self)
{
    qsort(self->route, (size_t)self->n_routes, sizeof *self->route, route_by_cost);
    for (int r = 0; r < self->n_routes; r++)
        for (int m = 0; m < self->n_manners && self->n_ways < MAX_WAYS; m++) {
            bool pools = self->route[r].pooled && self->route[r].size > 0;
            if (pools || !self->manner[m].mean)
                self->way[self->n_ways++] = (way){r, m, self->route[r].cost + self->manner[m].cost};
        }
    qsort(self->way, (size_t)self->n_ways, sizeof *self->way, by_cost);
}

/* ---- as text ----------------------------------------------------------------------------------------------------------- */

/* Batch norm and activation, in the order of the manner. */
static void write_behind(foreign_net *net, const manner *m, const chain_layer *layer, bool active)
{
    bool slope = strcmp(m->activation, "prelu") != 0 || layer->slope >= 0;
    if (layer->norm >= 0 && !m->norm_last)
        foreign_line(net, "batchnorm");
    if (active && slope)
        foreign_line(net, "%s", m->activation);
    if (layer->norm >= 0 && m->norm_last)
        foreign_line(net, "batchnorm");
}

static void write_conv(const inference *self, foreign_net *net, const route *r, const manner *m, int k)
{
    const chain_layer *conv = conv_at(self, k);
    bool pooled = has_bit(r->pooled, k), moves = pooled && r->size == 0, padded = has_bit(r->padded, k);
    char line[160];
    int used = snprintf(line, sizeof line, "conv %d %d", conv->out, conv->kh);
    if (conv->kw != conv->kh)
        used += snprintf(line + used, sizeof line - (size_t)used, " width=%d", conv->kw);
    if (conv->groups > 1)
        used += snprintf(line + used, sizeof line - (size_t)used, " groups=%d", conv->groups);
    if (moves || (padded && r->padding > 0))
        snprintf(line + used, sizeof line - (size_t)used, "%s padding=%d", moves ? " stride=2" : "",
                 rows_around(self, r, k));
    else
        snprintf(line + used, sizeof line - (size_t)used, " padding=%s", padded ? "same" : "valid");
    foreign_line(net, "%s", line);
    bool last = k + 1 == self->layers->n_convs && self->layers->n_dense == 0;
    write_behind(net, m, conv, !last && gap_behind_conv(self, k) != 0);
    if (pooled && !moves)
        foreign_line(net, "%s %d %d", m->mean ? "avgpool" : "maxpool", r->size, r->step);
}

/* The numbers that the network answers with. */
static int answers(const chain *layers)
{
    return layers->layer[layers->n_dense > 0 ? layers->dense[layers->n_dense - 1] : layers->conv[layers->n_convs - 1]]
        .out;
}

/* Whether they are too many for classes: then the first ones are taken for the digits, and the check set tells. */
static bool is_cut(const chain *layers)
{
    return answers(layers) > NN_MAX_CLASSES && answers(layers) <= MOST_ANSWERS;
}

static void write_text(const inference *self, foreign_net *net, const route *r, const manner *m)
{
    const chain *layers = self->layers;
    int values = layers->n_dense > 0 ? dense_at(self, 0)->in : 0;
    foreign_line(net, "input %d %d %d", r->side, r->side,
                 layers->n_convs > 0 ? conv_at(self, 0)->in : values / (r->side * r->side));
    for (int k = 0; k < layers->n_convs; k++)
        write_conv(self, net, r, m, k);
    if (r->everywhere)
        foreign_line(net, "avgpool all");
    foreign_line(net, "flatten");
    for (int k = 0; k < layers->n_dense; k++) {
        const chain_layer *dense = dense_at(self, k);
        bool last = k + 1 == layers->n_dense;
        foreign_line(net, "dense %d", dense->out);
        write_behind(net, m, dense, !last && gap(self, dense, dense_at(self, k + 1)) != 0);
    }
    if (is_cut(layers))
        foreign_line(net, "crop 0 channels=%d", KEPT_CLASSES);
    foreign_line(net, "softmax");
}

/* What was assumed, for people: "pictures of 28x28, padding, pooling behind 2 of 2 convolutions, relu". */
static void write_guess(const inference *self, foreign_net *net, const route *r, const manner *m)
{
    int pools = 0, n = self->layers->n_convs;
    for (int k = 0; k < n; k++)
        pools += has_bit(r->pooled, k);
    unsigned all = (1u << n) - 1;
    if (n > 0)
        snprintf(net->guessed, sizeof net->guessed, "%s padding, %s behind %d of %d convolutions%s, %s%s",
                 r->padded == all ? "with"
                 : r->padded == 0 ? "without"
                                  : "some",
                 r->size == 0 && pools ? "steps of two"
                 : m->mean             ? "mean pooling"
                                       : "pooling",
                 pools, n, r->everywhere ? ", the mean of the maps" : "", m->activation,
                 m->norm_last ? " before batch norm" : "");
    else
        snprintf(net->guessed, sizeof net->guessed, "%s behind each layer but the last", m->activation);
    size_t used = strlen(net->guessed);
    if (is_cut(self->layers))
        snprintf(net->guessed + used, sizeof net->guessed - used, ", the first %d of its %d answers are the digits",
                 KEPT_CLASSES, answers(self->layers));
}

/* ---- all of it ----------------------------------------------------------------------------------------------------------- */

static bool add_candidates(foreign *out, inference *self, size_t floats, nn_error *err)
{
    int most = (int)((size_t)MOST_FLOATS / (floats + 1));
    most = most < 2 ? 2 : most > FOREIGN_CANDIDATES ? FOREIGN_CANDIDATES : most;
    for (int i = 0; i < self->n_ways && i < most && self->way[i].cost <= self->way[0].cost + TOO_UNUSUAL; i++) {
        const route *r = &self->route[self->way[i].route];
        const manner *m = &self->manner[self->way[i].manner];
        foreign_net *net = foreign_add(out, err);
        if (!net)
            return false;
        write_text(self, net, r, m);
        write_guess(self, net, r, m);
        if (!fill_net(net, self->layers, err))
            return false;
        out->never_trained = i == 0 ? is_untrained(net) : out->never_trained;
        if (out->never_trained) /* nothing could tell candidates apart */
            break;
    }
    return true;
}

static bool fill_given(foreign *out, const chain *layers, nn_error *err)
{
    foreign_net *net = foreign_add(out, err);
    if (!net)
        return false;
    buffer_add(&net->text, out->architecture);
    bool ok = fill_net(net, layers, err);
    out->never_trained = ok && is_untrained(net);
    return ok;
}

static bool infer(foreign *out, const chain *layers, size_t floats, nn_error *err)
{
    inference *self = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the ways to read it");
    self->layers = layers;
    bool ok = layers->n_convs > 0 ? find_routes(self, err) : find_picture(self, err);
    if (ok) {
        find_manners(self);
        find_ways(self);
        ok = add_candidates(out, self, floats, err);
    }
    nn_free(self);
    return ok;
}

bool infer_network(foreign *out, const state_dict *weights, nn_error *err)
{
    chain *layers = nn_alloc(1, sizeof *layers);
    if (!layers)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the layers");
    bool ok = chain_read(layers, weights, out->architecture, err);
    if (ok) {
        ok = out->architecture ? fill_given(out, layers, err) : infer(out, layers, weights->floats, err);
    }
    nn_free(layers);
    return ok;
}
