#include "walk.h"
#include "shape.h"
#include <string.h>

enum { GROUP_FLOATS = 48 * 1024 }; /* of the largest activations of a group: they stay in the L2 cache */

/* ---- steps ---- */

/* The next node, if it is `name` and the only reader of this one. */
static const nn_node *follower(const nn_plan *plan, int i, const char *name)
{
    if (i + 1 >= plan->n_nodes || plan->node[i].readers != 1 || plan->node[i].last_reader != i + 1)
        return NULL;
    const nn_node *next = &plan->node[i + 1];
    return strcmp(next->op->name, name) == 0 ? next : NULL;
}

static void make_steps(nn_walk *s)
{
    const nn_plan *plan = s->plan;
    for (int i = 0; i < plan->n_nodes; i++) {
        const nn_op *op = plan->node[i].op;
        nn_step step = {.node = i};
        if (s->mode == NN_FOR_ANSWERS && op->folds_norm && (step.norm = follower(plan, i, "batchnorm")) != NULL)
            i++;
        if (s->mode != NN_FOR_ACTIVATIONS && op->joins_relu && follower(plan, i, "relu")) {
            step.relu = true;
            i++;
        }
        step.output = i;
        s->step[s->n_steps++] = step;
    }
}

/* ---- segments ---- */

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* How many images of a node may be taken at a time. */
static int group_of(const nn_walk *s, const nn_node *node)
{
    size_t most = GROUP_FLOATS / larger(nn_shape_count(node->in), nn_shape_count(node->out));
    if (node->op->whole_share || most > (size_t)s->share)
        return s->share;
    return most < 1 ? 1 : (int)most;
}

/* Adds item (a step or node) of `node` to the last segment, or to a new one. */
static void add_to_segments(const nn_walk *s, nn_segment *segments, int *n, int item, int next, const nn_node *node,
                            const nn_node *before, bool meet)
{
    bool alone = node->op->whole_share || (before && before->op->whole_share);
    int group = group_of(s, node);
    if (*n == 0 || meet || alone)
        segments[(*n)++] = (nn_segment){item, next, meet, group};
    nn_segment *last = &segments[*n - 1];
    last->end = next;
    last->group = group < last->group ? group : last->group;
}

static void make_segments(nn_walk *s)
{
    const nn_node *node = s->plan->node, *before = NULL;
    bool training = s->mode == NN_FOR_TRAINING;
    for (int i = 0; i < s->n_steps; i++, before = &node[s->step[i - 1].node]) {
        const nn_node *of = &node[s->step[i].node];
        add_to_segments(s, s->forward, &s->n_forward, i, i + 1, of, before, training && of->op->forward_partial);
    }
    before = NULL;
    for (int i = s->plan->n_nodes - 2; training && i >= 0; before = &node[i--])
        add_to_segments(s, s->backward, &s->n_backward, i, i - 1, &node[i], before, node[i].op->backward_partial);
}

/* ---- memory ---- */

/* A block that is needed from segment `first` to segment `last`. */
typedef struct lease {
    int first, last;
    size_t floats;
    size_t offset;
    bool placed;
} lease;

static bool overlap(const lease *a, const lease *b)
{
    return a->placed && b->placed && a->first <= b->last && b->first <= a->last;
}

/* The lowest offset at which no block lies that is needed at the same time. */
static void place(lease *leases, int n, int i)
{
    leases[i].placed = true;
    leases[i].offset = 0;
    for (bool moved = true; moved;) {
        moved = false;
        for (int j = 0; j < n; j++)
            if (j != i && overlap(&leases[i], &leases[j]) && leases[i].offset < leases[j].offset + leases[j].floats &&
                leases[j].offset < leases[i].offset + leases[i].floats) {
                leases[i].offset = leases[j].offset + leases[j].floats;
                moved = true;
            }
    }
}

/* Places the large blocks first; returns how many floats that takes. */
static size_t place_all(lease *leases, int n)
{
    size_t total = 0;
    for (;;) {
        int largest = -1;
        for (int i = 0; i < n; i++)
            if (!leases[i].placed && leases[i].floats > 0 && (largest < 0 || leases[i].floats > leases[largest].floats))
                largest = i;
        if (largest < 0)
            return total;
        place(leases, n, largest);
        total = larger(total, leases[largest].offset + leases[largest].floats);
    }
}

/* The node in whose memory node i lies. */
static int root_of(const nn_walk *s, int i)
{
    while (s->plan->node[i].in_place && s->mode != NN_FOR_ACTIVATIONS)
        i = s->plan->node[i].input[0];
    return i;
}

static void extend(lease *l, int first, int last)
{
    l->first = first < l->first ? first : l->first;
    l->last = last > l->last ? last : l->last;
}

/* From leases per root node to homes of all nodes. */
static bool settle(const nn_walk *s, lease *leases, const nn_segment *segments, nn_home *homes, size_t *floats)
{
    int n = s->plan->n_nodes;
    for (int i = 0; i < n; i++) {
        lease *l = &leases[i];
        if (root_of(s, i) != i || l->last < l->first)
            continue;
        int images = l->first == l->last ? segments[l->first].group : s->share;
        if (!nn_size_mul((size_t)images, nn_shape_count(s->plan->node[i].out), &l->floats) ||
            l->floats > SIZE_MAX / 16 / (size_t)n)
            return false;
        l->floats = nn_lines(l->floats);
    }
    *floats = place_all(leases, n);
    for (int i = 0; i < n; i++) {
        const lease *l = &leases[root_of(s, i)];
        homes[i] = (nn_home){l->offset, l->first == l->last};
    }
    return true;
}

/* Activations are needed from the segment that writes them to the last that reads them; in training, and where they are
 * to be looked at, for ever. The last one's too, and the logits'. */
static bool place_values(nn_walk *s)
{
    lease leases[NN_MAX_NODES];
    int segment[NN_MAX_NODES], n = s->plan->n_nodes, never = s->n_forward;
    for (int i = 0, at = 0; i < s->n_forward; i++)
        for (int step = s->forward[i].first; step < s->forward[i].end; step++)
            for (; at <= s->step[step].output; at++)
                segment[at] = i;
    for (int i = 0; i < n; i++)
        leases[i] = (lease){.first = never, .last = -1};
    for (int i = 0; i < n; i++) {
        const nn_node *node = &s->plan->node[i];
        bool keep = s->mode != NN_FOR_ANSWERS || i >= n - 1 || i == s->plan->node[n - 1].input[0];
        extend(&leases[root_of(s, i)], segment[i], keep ? never : segment[i]);
        for (int j = 0; j < node->op->inputs; j++)
            if (node->input[j] >= 0)
                extend(&leases[root_of(s, node->input[j])], segment[i], segment[i]);
    }
    return settle(s, leases, s->forward, s->value, &s->value_floats);
}

/* A node's gradient is needed from the segment of its last reader, which writes it first, to its own. The logits' comes
 * from the loss, before all segments. */
static bool place_gradients(nn_walk *s)
{
    lease leases[NN_MAX_NODES];
    int segment[NN_MAX_NODES] = {0}, n = s->plan->n_nodes;
    for (int i = 0; i < s->n_backward; i++)
        for (int node = s->backward[i].first; node > s->backward[i].end; node--)
            segment[node] = i;
    for (int i = 0; i < n; i++)
        leases[i] = (lease){.first = s->n_backward, .last = -1};
    for (int i = 0; i < n - 1; i++) {
        int writer = s->plan->node[i].last_reader;
        extend(&leases[root_of(s, i)], writer == n - 1 ? -1 : segment[writer], segment[i]);
    }
    return settle(s, leases, s->backward, s->gradient, &s->gradient_floats);
}

bool nn_walk_make(nn_walk *s, const nn_plan *plan, nn_mode mode, int share)
{
    *s = (nn_walk){.plan = plan, .mode = mode, .share = share};
    make_steps(s);
    make_segments(s);
    return place_values(s) && (mode != NN_FOR_TRAINING || place_gradients(s));
}
