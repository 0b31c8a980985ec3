/* walk.c - groups of layers, and the blocks of memory they share. */
#include "walk.h"
#include "shape.h"

enum { GROUP_FLOATS = 48 * 1024 }; /* of the largest activations of a group: they stay in the L2 cache */

static bool only_answers(const nn_walk *s)
{
    return s->mode == NN_FOR_ANSWERS || s->mode == NN_FOR_QUANTIZED_ANSWERS;
}

/* ---- steps ---- */

/* The next node, if it is of this kind and the only reader of this one. */
static const nn_node *follower(const nn_plan *plan, int i, nn_kind kind)
{
    if (i + 1 >= plan->n_nodes || plan->node[i].readers != 1 || plan->node[i].last_reader != i + 1)
        return NULL;
    const nn_node *next = &plan->node[i + 1];
    return next->op->kind == kind ? next : NULL;
}

static void make_steps(nn_walk *s)
{
    const nn_plan *plan = s->plan;
    for (int i = 0; i < plan->n_nodes; i++) {
        const nn_op *op = plan->node[i].op;
        nn_step step = {.node = i};
        if (only_answers(s) && op->folds_norm && (step.norm = follower(plan, i, NN_NORM)) != NULL)
            i++;
        if (s->mode != NN_FOR_ACTIVATIONS && op->joins_relu && follower(plan, i, NN_RELU)) {
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
    return most < 1 ? 1 : most < NN_SHEET ? (int)most : (int)(most / NN_SHEET * NN_SHEET);
}

/* Adds item (a step or node) of `node` to the last segment, or to a new one: also where maps become so small that a
 * sheet of images fits into a group. */
static void add_to_segments(const nn_walk *s, nn_segment *segments, int *n, int item, int next, const nn_node *node,
                            const nn_node *before, bool barrier)
{
    bool alone = node->op->whole_share || (before && before->op->whole_share);
    int group = group_of(s, node);
    if (*n == 0 || barrier || alone || (group >= NN_SHEET && segments[*n - 1].group < NN_SHEET))
        segments[(*n)++] = (nn_segment){item, next, barrier, group};
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
    for (int i = s->plan->n_nodes - 2; nn_goes_back(s->mode) && i >= 0; before = &node[i--])
        add_to_segments(s, s->backward, &s->n_backward, i, i - 1, &node[i], before,
                        training && node[i].op->backward_partial);
}

/* Gradients go back to weights, and to the images where those are what is wanted. */
static void find_flow(nn_walk *s)
{
    for (int i = 0; i < s->plan->n_nodes; i++) {
        const nn_node *node = &s->plan->node[i];
        s->flows[i] = s->mode == NN_FOR_GRADIENTS || node->n_params > 0;
        for (int j = 0; j < node->op->inputs; j++)
            s->flows[i] |= node->input[j] >= 0 && s->flows[node->input[j]];
    }
}

/* ---- memory ---- */

/* A block, and when it is live: from segment `first` to segment `last`. */
typedef struct live_range {
    int first, last;
    bool local; /* a group at a time */
    size_t floats;
    size_t offset;
    bool placed;
} live_range;

static bool overlap(const live_range *a, const live_range *b)
{
    return a->placed && b->placed && a->first <= b->last && b->first <= a->last;
}

/* The lowest offset at which no block lies that is needed at the same time. */
static void place(live_range *ranges, int n, int i)
{
    ranges[i].placed = true;
    ranges[i].offset = 0;
    for (bool moved = true; moved;) {
        moved = false;
        for (int j = 0; j < n; j++)
            if (j != i && overlap(&ranges[i], &ranges[j]) && ranges[i].offset < ranges[j].offset + ranges[j].floats &&
                ranges[j].offset < ranges[i].offset + ranges[i].floats) {
                ranges[i].offset = ranges[j].offset + ranges[j].floats;
                moved = true;
            }
    }
}

/* Places the large blocks first; returns how many floats that takes. */
static size_t place_all(live_range *ranges, int n)
{
    size_t total = 0;
    for (;;) {
        int largest = -1;
        for (int i = 0; i < n; i++)
            if (!ranges[i].placed && ranges[i].floats > 0 && (largest < 0 || ranges[i].floats > ranges[largest].floats))
                largest = i;
        if (largest < 0)
            return total;
        place(ranges, n, largest);
        total = larger(total, ranges[largest].offset + ranges[largest].floats);
    }
}

/* The node in whose memory node i lies. */
static int root_of(const nn_walk *s, int i)
{
    while (s->plan->node[i].in_place && s->mode != NN_FOR_ACTIVATIONS)
        i = s->plan->node[i].input[0];
    return i;
}

static void extend(live_range *l, int first, int last)
{
    l->first = first < l->first ? first : l->first;
    l->last = last > l->last ? last : l->last;
}

/* The floats of a block of `node`'s images, as many as the segments of its range need at a time. */
static bool size_range(const nn_walk *s, live_range *l, const nn_segment *segments, int node)
{
    if (l->last < l->first)
        return true;
    l->local = l->local || l->first == l->last;
    int images = l->local ? 0 : s->share;
    for (int i = l->first; l->local && i <= l->last; i++)
        images = segments[i].group > images ? segments[i].group : images;
    if (!nn_size_mul((size_t)images, nn_shape_count(s->plan->node[node].out), &l->floats) ||
        l->floats > SIZE_MAX / 32 / (size_t)s->plan->n_nodes)
        return false;
    l->floats = nn_lines(l->floats);
    return true;
}

/* From ranges of root nodes, already placed, to locations of all nodes. */
static void settle(const nn_walk *s, const live_range *ranges, nn_location *locations)
{
    for (int i = 0; i < s->plan->n_nodes; i++) {
        const live_range *l = &ranges[root_of(s, i)];
        locations[i] = (nn_location){.offset = l->offset, .local = l->local};
    }
}

/* The segment of each node, going forward and back. */
typedef struct timetable {
    int forward[NN_MAX_NODES], backward[NN_MAX_NODES];
} timetable;

static void make_timetable(const nn_walk *s, timetable *t)
{
    for (int i = 0, at = 0; i < s->n_forward; i++)
        for (int step = s->forward[i].first; step < s->forward[i].end; step++)
            for (; at <= s->step[step].output; at++)
                t->forward[at] = i;
    for (int i = 0; i < s->n_backward; i++)
        for (int node = s->backward[i].first; node > s->backward[i].end; node--)
            t->backward[node] = i;
}

static bool reads_image(const nn_node *node)
{
    return node->input[0] < 0 || (node->op->inputs == 2 && node->input[1] < 0);
}

/* Whether what node i gives is the image itself in another shape, over which nothing is written (but zeros, where channels
 * are silent), and which nobody else reads. */
static bool is_image(const nn_walk *s, int i)
{
    const nn_plan *plan = s->plan;
    bool is = plan->node[i].op->place == NN_VIEW && plan->node[i].input[0] < 0 && s->mode != NN_FOR_ACTIVATIONS;
    for (int j = 0; is && j < i; j++)
        is = !reads_image(&plan->node[j]);
    for (int j = i + 1; is && j < plan->n_nodes; j++)
        is = !reads_image(&plan->node[j]) &&
             (plan->node[j].input[0] != i || (!plan->node[j].in_place && j < plan->n_nodes - 1));
    return is;
}

/* Activations are needed forward from the segment that writes them to the last that reads them, and back in the
 * segments of the nodes that wrote or read them; a batchnorm's sums are taken in the segment before its own. */
static void value_ranges(const nn_walk *s, const timetable *t, live_range *forward, live_range *backward)
{
    int n = s->plan->n_nodes;
    for (int i = 0; i < n; i++) {
        forward[i] = (live_range){.first = s->n_forward, .last = -1};
        backward[i] = (live_range){.first = s->n_backward, .last = -1};
    }
    for (int i = 0; i < n; i++) {
        const nn_node *node = &s->plan->node[i];
        bool sums = s->mode == NN_FOR_TRAINING && node->op->backward_partial;
        extend(&forward[root_of(s, i)], t->forward[i], t->forward[i]);
        if (node->op->keeps_output)
            extend(&backward[root_of(s, i)], t->backward[i], t->backward[i]);
        for (int j = 0; j < node->op->inputs; j++)
            if (node->input[j] >= 0) {
                extend(&forward[root_of(s, node->input[j])], t->forward[i], t->forward[i]);
                extend(&backward[root_of(s, node->input[j])], t->backward[i] - sums, t->backward[i]);
            }
    }
}

/* Whether a range is of one segment, or of the one before a barrier and the one behind it. */
static bool is_short(const live_range *l, const nn_segment *segments, bool across)
{
    return l->first >= 0 && (l->first == l->last || (across && l->last == l->first + 1 && segments[l->last].barrier));
}

/* Whether nothing but the relu that it does on the way lies over what a step writes. */
static bool is_bare(const nn_walk *s, int root)
{
    for (int i = 0; i < s->n_steps; i++)
        if (root_of(s, s->step[i].output) == root && s->step[i].node != root)
            return false;
    return true;
}

/* Whether the activations of a root are recomputed: they are needed within one segment only, each way, or also across a
 * barrier where what they are computed from is the image, which is always there. */
static bool is_recomputed(const nn_walk *s, int root, const live_range *forward, const live_range *backward)
{
    const nn_node *node = &s->plan->node[root];
    bool of_image = reads_image(node);
    return nn_goes_back(s->mode) && node->recomputes && root_of(s, root) == root && (!of_image || is_bare(s, root)) &&
           is_short(forward, s->forward, of_image) && is_short(backward, s->backward, of_image);
}

/* Without need in a segment, activations are kept for ever where backward follows or they are to be looked at; for answers
 * those of the last node, and the logits. */
static bool place_values(nn_walk *s, const timetable *t, live_range *recomputed)
{
    live_range ranges[NN_MAX_NODES];
    int n = s->plan->n_nodes, logits = s->plan->node[n - 1].input[0];
    value_ranges(s, t, ranges, recomputed);
    for (int i = 0; i < n; i++) {
        bool asked_for = i == n - 1 || i == root_of(s, logits), wanted = !only_answers(s) || asked_for;
        ranges[i].local = recomputed[i].local = !asked_for && is_recomputed(s, i, &ranges[i], &recomputed[i]);
        if (recomputed[i].local)
            continue;
        recomputed[i] = (live_range){.first = s->n_backward, .last = -1};
        if (wanted && root_of(s, i) == i)
            extend(&ranges[i], ranges[i].first, s->n_forward);
        if (is_image(s, i))
            ranges[i].last = -1;
    }
    for (int i = 0; i < n; i++)
        if (root_of(s, i) == i && !size_range(s, &ranges[i], s->forward, i))
            return false;
    s->value_floats = place_all(ranges, n);
    settle(s, ranges, s->value);
    for (int i = 0; i < n; i++)
        s->value[i].image = is_image(s, i);
    for (int i = 0; i < s->n_steps; i++) {
        int root = root_of(s, s->step[i].output);
        const live_range *forward = &ranges[root], *back = &recomputed[root];
        s->step[i].again_forward = (nn_span){t->forward[s->step[i].node] + 1, back->local ? forward->last : -1};
        s->step[i].again_backward = (nn_span){back->first, back->last};
    }
    return true;
}

/* A node's gradient is needed from the segment of its last reader, which writes it first, to its own. The logits' comes
 * from the loss, before all segments. In the same memory lie the recomputed activations. */
static bool place_gradients(nn_walk *s, const timetable *t, const live_range *recomputed)
{
    live_range ranges[2 * NN_MAX_NODES];
    int n = s->plan->n_nodes;
    for (int i = 0; i < n; i++) {
        ranges[i] = (live_range){.first = s->n_backward, .last = -1};
        ranges[n + i] = recomputed[i];
    }
    for (int i = 0; i < n - 1; i++) {
        int writer = s->plan->node[i].last_reader;
        if (s->flows[i] || writer == n - 1)
            extend(&ranges[root_of(s, i)], writer == n - 1 ? -1 : t->backward[writer], t->backward[i]);
    }
    for (int i = 0; i < 2 * n; i++)
        if (!size_range(s, &ranges[i], s->backward, i % n))
            return false;
    s->gradient_floats = place_all(ranges, 2 * n);
    settle(s, ranges, s->gradient);
    settle(s, ranges + n, s->recomputed);
    return true;
}

bool nn_walk_make(nn_walk *s, const nn_plan *plan, nn_mode mode, int share)
{
    timetable t = {0};
    live_range recomputed[NN_MAX_NODES];
    *s = (nn_walk){.plan = plan, .mode = mode, .share = share};
    make_steps(s);
    make_segments(s);
    find_flow(s);
    make_timetable(s, &t);
    return place_values(s, &t, recomputed) && (!nn_goes_back(mode) || place_gradients(s, &t, recomputed));
}
