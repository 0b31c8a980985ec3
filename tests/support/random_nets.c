/* random_nets.c - a net grows line by line; a line with which it is no longer valid is dropped again. */
#include "random_nets.h"
#include "nets.h"
#include "nn/kernel.h"
#include "nn/op.h"
#include "nn/plan_text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MOST_STEPS = 9, TRIES = 12 };

static int below(uint64_t *state, int n)
{
    return (int)(random_bits(state) % (uint64_t)n);
}

static int one_of(uint64_t *state, const int *values, size_t n)
{
    return values[random_bits(state) % n];
}
#define ONE_OF(state, values) one_of(state, values, sizeof(values) / sizeof *(values))

__attribute__((format(printf, 2, 3))) static void append(char *text, const char *format, ...)
{
    size_t len = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + len, RANDOM_NET_TEXT - len, format, arguments);
    va_end(arguments);
}

/* ---- lines ---- */

/* Around the widths of vectors, and one. */
static int channels(uint64_t *state)
{
    static const int counts[] = {1, 1, 1, 1, 1, 1, 2, 3, 5, 8, 15, 16, 16, 16, 17, 24, 31, 32, 32, 33, 48, 64};
    return ONE_OF(state, counts);
}

/* Of windows and steps: 3 more often than others, as Winograd's way wants. */
static int size(uint64_t *state, int least)
{
    static const int sizes[] = {0, 1, 2, 3, 3, 3, 3, 4, 5};
    int n = ONE_OF(state, sizes);
    return n < least ? least : n;
}

static void append_number(uint64_t *state, const nn_attr *attr, char *line)
{
    static const int orders[] = {1, 4, 8};
    if (strcmp(attr->name, "symmetry") == 0)
        append(line, "%d", ONE_OF(state, orders));
    else if (attr->whole)
        append(line, "%d", attr->max >= NN_MAX_DIM ? channels(state) : size(state, (int)attr->min));
    else
        append(line, "%g", random_between(state, attr->min, attr->max));
}

/* Words where there are some, half of the time; of several numbers one for all, half of the time. */
static void append_value(uint64_t *state, const nn_attr *attr, char *line)
{
    if (attr->words && below(state, 2)) {
        int words = 1;
        for (const char *at = attr->words; (at = strchr(at, '|')) != NULL; at++)
            words++;
        const char *word = attr->words;
        for (int skip = below(state, words); skip > 0; skip--)
            word = strchr(word, '|') + 1;
        append(line, "%.*s", (int)strcspn(word, "|"), word);
        return;
    }
    append_number(state, attr, line);
    for (int i = 1, more = below(state, 2); more && i < nn_attr_numbers(attr); i++) {
        append(line, ",");
        append_number(state, attr, line);
    }
}

/* Numbers of all kinds are given, and a third of the whole ones that have a fallback. (Batchnorm's epsilon has one so
 * small that it makes much of nothing where all values are the same.) */
static void append_layer(uint64_t *state, const nn_op *op, const char *other, char *line)
{
    append(line, "%s", op->name);
    if (op->inputs > 1)
        append(line, " %s", other);
    for (int i = 0; nn_has_attr(op, i); i = nn_next_attr(op, i))
        if (isnan(op->attrs[i].fallback) || !op->attrs[i].whole || below(state, 3) == 0) {
            append(line, " %s=", op->attrs[i].name);
            append_value(state, &op->attrs[i], line);
        }
}

/* Whether its outputs are as many as one likes: convolution, dense. */
static bool mixes(const nn_op *op)
{
    return op->kind == NN_LINEAR;
}

/* Whether a last bit of x can be all of y: near 0, where random nets are, logarithms differ by anything. */
static bool is_steep(const nn_op *op)
{
    return strcmp(op->name, "log") == 0;
}

/* One with so many inputs; half of the time one that has kernels, seldom one that ends what images are. */
static const nn_op *random_op(uint64_t *state, int inputs)
{
    const nn_op *const *ops = nn_kernels_here()->ops;
    bool mixing = inputs == 1 && below(state, 2);
    int n = 0;
    while (ops[n])
        n++;
    for (;;) {
        const nn_op *op = ops[below(state, n)];
        bool seldom = op->place == NN_VIEW && below(state, 4);
        if (op->inputs == inputs && !is_steep(op) && (!mixing || mixes(op)) && !seldom)
            return op;
    }
}

/* A layer once more, with its weights, if it has a kernel: false if not. */
static bool append_again(const nn_node *owner, char *line)
{
    char words[NN_LINE];
    if (!mixes(owner->op))
        return false;
    nn_node_print(words, sizeof words, owner, owner->attr[0]);
    append(line, "%s weights=%s\n", words, owner->name);
    return true;
}

static const char *random_name(uint64_t *state, const nn_plan *plan)
{
    int i = below(state, plan->n_nodes + 1);
    return i < plan->n_nodes ? plan->node[i].name : "input";
}

/* ---- nets ---- */

/* The plan of these lines with an end to them, or NULL. */
static nn_plan *close_net(const char *lines, int classes, double flops)
{
    char text[RANDOM_NET_TEXT] = "";
    nn_plan *plan;
    nn_error err;
    append(text, "%sflatten\ndense %d\nsoftmax\n", lines, classes);
    if (!nn_plan_parse(&plan, text, strlen(text), &err))
        return NULL;
    if (nn_plan_flops(plan) <= flops)
        return plan;
    nn_plan_free(plan);
    return NULL;
}

/* Appends a layer, or a branch: a layer beside the last one, and one that reads both. */
static void append_step(uint64_t *state, const nn_plan *plan, char *lines)
{
    enum { LAYER, TWO_INPUTS, BRANCH, AGAIN, KINDS = 7 };
    const nn_node *last = plan->n_nodes > 3 ? &plan->node[plan->n_nodes - 4] : NULL;
    int kind = last ? below(state, KINDS) : LAYER;
    if (kind == AGAIN && append_again(&plan->node[below(state, plan->n_nodes - 3)], lines))
        return;
    const nn_op *op = random_op(state, kind == TWO_INPUTS ? 2 : 1);
    append_layer(state, op, random_name(state, plan), lines);
    if (kind == BRANCH) {
        append(lines, " from=%s\n", random_name(state, plan));
        append_layer(state, random_op(state, 2), last->name, lines);
    }
    append(lines, "\n");
}

void random_net(uint64_t *state, double flops, char text[RANDOM_NET_TEXT])
{
    static const int sides[] = {1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 17, 18, 19, 20, 21, 25, 28, 33};
    char lines[RANDOM_NET_TEXT] = "";
    int classes = 2 + below(state, 11), steps = below(state, MOST_STEPS);
    append(lines, "input %d %d %d\n", ONE_OF(state, sides), ONE_OF(state, sides), channels(state));
    nn_plan *plan = close_net(lines, classes, flops);
    for (int step = 0, tries = 0; plan && step < steps && tries < TRIES; tries++) {
        char longer[RANDOM_NET_TEXT];
        memcpy(longer, lines, sizeof longer);
        append_step(state, plan, longer);
        nn_plan *next = close_net(longer, classes, flops);
        if (!next)
            continue;
        nn_plan_free(plan);
        plan = next;
        memcpy(lines, longer, sizeof lines);
        step++, tries = 0;
    }
    snprintf(text, RANDOM_NET_TEXT, "%s", plan->text);
    nn_plan_free(plan);
}
