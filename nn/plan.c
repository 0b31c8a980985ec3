/* plan.c - from the text of an architecture to a plan: the parser, and the sizes of everything.
 *
 * Every number is checked against its limits before any arithmetic; the only place that computes sizes is here. */
#include "kernel.h"
#include "number.h"
#include "op.h"
#include "plan_text.h"
#include "symmetry.h"
#include "utf8.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_TEXT = 64 * 1024, MAX_WORD = 64 };

typedef struct reader {
    const char *text;
    size_t len, at;
    int line;
    size_t word_at; /* where the last word began, for errors */
    char word[MAX_WORD];
    nn_error *err;
} reader;

static bool fail(reader *r, size_t pos, const char *what, const char *word)
{
    return nn_fail(r->err, NN_FORMAT, pos, "line %d: %s%s%s%s", r->line, what, *word ? " '" : "", word,
                   *word ? "'" : "");
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(reader *r)
{
    while (r->at < r->len && is_blank(r->text[r->at]))
        r->at++;
    if (r->at < r->len && r->text[r->at] == '#')
        while (r->at < r->len && r->text[r->at] != '\n')
            r->at++;
}

/* Moves to the next line that has a word; false at the end of the text. */
static bool next_line(reader *r)
{
    for (;;) {
        skip_blanks(r);
        if (r->at >= r->len)
            return false;
        if (r->text[r->at] != '\n')
            return true;
        r->at++;
        r->line++;
    }
}

/* Reads the next word of this line: true with a word, true with an empty one at the line's end, false on an error. */
static bool next_word(reader *r)
{
    skip_blanks(r);
    r->word_at = r->at;
    size_t n = 0;
    while (r->at < r->len && !is_blank(r->text[r->at]) && r->text[r->at] != '\n' && r->text[r->at] != '#') {
        unsigned char c = (unsigned char)r->text[r->at++];
        if (c < 0x20 || c > 0x7e)
            return fail(r, r->word_at, "a byte that is no plain text", "");
        if (n + 1 >= MAX_WORD)
            return fail(r, r->word_at, "a word of more than 63 characters", "");
        r->word[n++] = (char)c;
    }
    r->word[n] = '\0';
    return true;
}

static int find_node(const nn_plan *plan, const char *name)
{
    for (int i = 0; i < plan->n_nodes; i++)
        if (strcmp(plan->node[i].name, name) == 0)
            return i;
    return -1;
}

static const nn_op *find_op(const nn_kernels *kernels, const char *name)
{
    const nn_op *const *op = kernels->ops;
    while (*op && strcmp((*op)->name, name) != 0)
        op++;
    return *op;
}

/* The index of a word in "same|valid", -1 if it is none of them. */
static int find_choice(const char *choices, const char *word)
{
    size_t n = strlen(word);
    for (int i = 0;; i++) {
        size_t len = strcspn(choices, "|");
        if (len == n && memcmp(choices, word, n) == 0)
            return i;
        if (choices[len] == '\0')
            return -1;
        choices += len + 1;
    }
}

/* Gives all numbers of a setting this value. */
static void fill_attr(nn_node *node, int i, double value)
{
    for (int k = i; k < nn_next_attr(node->op, i); k++)
        node->attr[k] = value;
}

static bool set_number(reader *r, const nn_attr *attr, const char *text, size_t len, double *value)
{
    if (!nn_number_parse(text, len, value) || (attr->whole && *value != floor(*value)))
        return nn_fail(r->err, NN_FORMAT, r->word_at, "line %d: %s must be %s%sa %snumber, not '%.*s'", r->line,
                       attr->name, attr->words ? attr->words : "", attr->words ? " or " : "",
                       attr->whole ? "whole " : "", (int)len, text);
    if (*value < attr->min || *value > attr->max)
        return nn_fail(r->err, NN_LIMIT, r->word_at, "line %d: %s is %.*s, must be %g to %g", r->line, attr->name,
                       (int)len, text, attr->min, attr->max);
    return true;
}

/* A word, a number for all places of the setting, or one for each with commas between. */
static bool set_attr(reader *r, nn_node *node, int i, const char *text)
{
    const nn_attr *attr = &node->op->attrs[i];
    int choice = attr->words ? find_choice(attr->words, text) : -1, places = nn_attr_numbers(attr), given = 1;
    if (choice >= 0) {
        fill_attr(node, i, -1 - choice);
        return true;
    }
    for (const char *c = text; *c; c++)
        given += *c == ',';
    if (given != 1 && given != places)
        return nn_fail(r->err, NN_FORMAT, r->word_at, "line %d: %s must be %s, not '%s'", r->line, attr->name,
                       places == 1   ? "one number"
                       : places == 2 ? "one number or two"
                                     : "one number or four",
                       text);
    for (int k = 0; k < given; k++, text += strcspn(text, ",") + 1)
        if (!set_number(r, attr, text, strcspn(text, ","), &node->attr[i + k]))
            return false;
    if (given == 1)
        fill_attr(node, i, node->attr[i]);
    return true;
}

/* The node called name, as an input; "input" is the image. */
static bool set_input(reader *r, const nn_plan *plan, int *input, const char *name)
{
    *input = find_node(plan, name);
    if (*input < 0 && strcmp(name, "input") != 0)
        return fail(r, r->word_at, "no earlier layer is called", name);
    return true;
}

/* The node called name, or the one whose weights that has itself. */
static bool set_weights(reader *r, const nn_plan *plan, nn_node *node, const char *name)
{
    int owner = find_node(plan, name);
    if (owner < 0)
        return fail(r, r->word_at, "no earlier layer is called", name);
    node->weights_of = plan->node[owner].weights_of >= 0 ? plan->node[owner].weights_of : owner;
    return true;
}

/* `key=value`: an attribute, from=NODE or weights=NODE. */
static bool read_setting(reader *r, const nn_plan *plan, nn_node *node, char *equals)
{
    *equals = '\0';
    if (strcmp(r->word, "from") == 0)
        return set_input(r, plan, &node->input[0], equals + 1);
    if (strcmp(r->word, "weights") == 0)
        return set_weights(r, plan, node, equals + 1);
    for (int i = 0; nn_has_attr(node->op, i); i = nn_next_attr(node->op, i))
        if (strcmp(node->op->attrs[i].name, r->word) == 0)
            return set_attr(r, node, i, equals + 1);
    return nn_fail(r->err, NN_FORMAT, r->word_at, "line %d: %s has no setting '%s'", r->line, node->op->name, r->word);
}

/* What follows the layer's kind: values by position, then settings by name. */
static bool read_settings(reader *r, const nn_plan *plan, nn_node *node)
{
    int position = 0;
    bool second = node->op->inputs < 2;
    for (;;) {
        if (!next_word(r))
            return false;
        if (!r->word[0])
            break;
        char *equals = strchr(r->word, '=');
        if (equals) {
            if (!read_setting(r, plan, node, equals))
                return false;
        } else if (!second) {
            if (!set_input(r, plan, &node->input[1], r->word))
                return false;
            second = true;
        } else if (position < node->op->positional) {
            if (!set_attr(r, node, position++, r->word))
                return false;
        } else {
            return fail(r, r->word_at, "did not expect", r->word);
        }
    }
    if (!second)
        return nn_fail(r->err, NN_FORMAT, r->word_at, "line %d: %s needs the name of a second layer", r->line,
                       node->op->name);
    for (int i = 0; nn_has_attr(node->op, i); i = nn_next_attr(node->op, i))
        if (isnan(node->attr[i]))
            return nn_fail(r->err, NN_FORMAT, r->word_at, "line %d: %s needs its %s", r->line, node->op->name,
                           node->op->attrs[i].name);
    return true;
}

static bool check_name(reader *r, const nn_plan *plan, const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len > 24)
        return fail(r, r->word_at, "a layer's name has 1 to 24 characters, not", name);
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)name[i]) && name[i] != '_')
            return fail(r, r->word_at, "a layer's name has letters, digits and _ only, not", name);
    if (strcmp(name, "input") == 0 || find_node(plan, name) >= 0)
        return fail(r, r->word_at, "two layers are called", name);
    return true;
}

static nn_shape shape_of(const nn_plan *plan, int input)
{
    return input < 0 ? plan->input : plan->node[input].out;
}

/* Once settings and input are known: vectors of half the width, where the channels do not fill more. */
static void choose_width(nn_node *node)
{
    const nn_kernels *half = nn_kernels_half();
    if (half && node->op->side_by_side && node->op->side_by_side(node) <= half->lanes)
        node->op = find_op(half, node->op->name);
}

/* One line: [NAME:] KIND [VALUE ...] [KEY=VALUE ...] */
static bool read_node(reader *r, nn_plan *plan)
{
    if (plan->n_nodes == NN_MAX_NODES)
        return nn_fail(r->err, NN_LIMIT, r->at, "line %d: more than %d layers", r->line, NN_MAX_NODES);
    nn_node *node = &plan->node[plan->n_nodes];
    *node = (nn_node){.input = {plan->n_nodes - 1, -1}, .weights_of = -1, .last_reader = -1};
    if (!next_word(r))
        return false;
    size_t start = r->word_at, len = strlen(r->word);
    char given[MAX_WORD] = "";
    if (r->word[len - 1] == ':') {
        r->word[len - 1] = '\0';
        if (!check_name(r, plan, r->word))
            return false;
        memcpy(given, r->word, len);
        if (!next_word(r))
            return false;
    }
    node->op = find_op(nn_kernels_here(), r->word);
    if (!node->op)
        return fail(r, r->word_at, "unknown layer", r->word);
    for (int i = 0; nn_has_attr(node->op, i); i = nn_next_attr(node->op, i))
        fill_attr(node, i, node->op->attrs[i].fallback);
    nn_node_default_name(node->name, plan, plan->n_nodes);
    if (given[0])
        memcpy(node->name, given, sizeof node->name);
    else if (!check_name(r, plan, node->name))
        return false;
    if (!read_settings(r, plan, node))
        return false;
    node->in = shape_of(plan, node->input[0]);
    if (node->op->inputs == 2)
        node->in2 = shape_of(plan, node->input[1]);
    choose_width(node);
    if (!node->op->plan(plan, node, r->err)) {
        if (r->err->code == NN_NOMEM)
            return false;
        char why[sizeof r->err->text];
        memcpy(why, r->err->text, sizeof why);
        return nn_fail(r->err, r->err->code, start, "line %d: %.200s", r->line, why);
    }
    if (node->weights_of >= 0 && node->n_params == 0)
        return nn_fail(r->err, NN_FORMAT, start, "line %d: %s has no weights", r->line, node->op->name);
    plan->n_nodes++;
    return true;
}

/* The first line: input HEIGHT WIDTH CHANNELS */
static bool read_input(reader *r, nn_plan *plan)
{
    if (!next_line(r) || !next_word(r) || strcmp(r->word, "input") != 0)
        return fail(r, r->at, "an architecture begins with: input HEIGHT WIDTH CHANNELS", "");
    int *side[] = {&plan->input.h, &plan->input.w, &plan->input.c};
    for (int i = 0; i < 3; i++) {
        double value;
        if (!next_word(r))
            return false;
        if (!nn_number_parse(r->word, strlen(r->word), &value) || value != floor(value) || value < 1 ||
            value > NN_MAX_DIM)
            return fail(r, r->word_at, "input needs three sizes from 1 to 4096, not", r->word);
        *side[i] = (int)value;
    }
    if (!next_word(r))
        return false;
    return r->word[0] == '\0' || fail(r, r->word_at, "did not expect", r->word);
}

static bool shape_fits(nn_shape s)
{
    return s.h <= NN_MAX_DIM && s.w <= NN_MAX_DIM && (double)s.h * s.w * s.c <= NN_MAX_FLOATS;
}

static void count_readers(nn_plan *plan)
{
    for (int i = 0; i < plan->n_nodes; i++)
        for (int j = 0; j < plan->node[i].op->inputs; j++)
            if (plan->node[i].input[j] >= 0) {
                plan->node[plan->node[i].input[j]].readers++;
                plan->node[plan->node[i].input[j]].last_reader = i;
            }
}

/* A node may lie over its input if it is the only reader and nobody on that memory needs what was there. */
static bool can_lie_over(const nn_plan *plan, const nn_node *node)
{
    int below = node->input[0];
    if (node->op->place == NN_OWN || below < 0 || plan->node[below].readers != 1)
        return false;
    if (node->op->place == NN_VIEW)
        return true;
    while (!plan->node[below].op->keeps_output && plan->node[below].in_place)
        below = plan->node[below].input[0];
    return !plan->node[below].op->keeps_output;
}

static bool finish(reader *r, nn_plan *plan)
{
    const nn_node *last = &plan->node[plan->n_nodes - 1];
    if (plan->n_nodes < 2 || last->op->kind != NN_SOFTMAX)
        return fail(r, r->at, "the last layer must be softmax", "");
    if (last->out.h != 1 || last->out.w != 1 || last->out.c < 2 || last->out.c > NN_MAX_CLASSES)
        return nn_fail(r->err, NN_LIMIT, r->at, "line %d: %dx%dx%d answers, must be 2 to %d classes", r->line,
                       last->out.h, last->out.w, last->out.c, NN_MAX_CLASSES);
    plan->classes = last->out.c;
    count_readers(plan);
    for (int i = 0; i < plan->n_nodes - 1; i++)
        if (plan->node[i].readers == 0)
            return fail(r, r->at, "no layer reads", plan->node[i].name);
    if (last->input[0] < 0)
        return fail(r, r->at, "the last softmax cannot read the input", "");
    if (plan->node[last->input[0]].readers != 1)
        return fail(r, r->at, "only the last softmax may read", plan->node[last->input[0]].name);
    for (int i = 0; i < plan->n_nodes; i++)
        plan->node[i].in_place = can_lie_over(plan, &plan->node[i]);
    nn_plan_sort_params(plan);
    return true;
}

static bool parse(reader *r, nn_plan *plan)
{
    if (r->len > MAX_TEXT)
        return nn_fail(r->err, NN_LIMIT, 0, "an architecture of more than 64 KiB");
    size_t valid = nn_utf8_prefix(r->text, r->len);
    if (valid < r->len) /* model files store the text as a string */
        return nn_fail(r->err, NN_FORMAT, valid, "an architecture must be UTF-8 text");
    if (!read_input(r, plan))
        return false;
    if (!shape_fits(plan->input))
        return nn_fail(r->err, NN_LIMIT, r->at, "line %d: the input is too large", r->line);
    while (next_line(r)) {
        size_t at = r->at;
        if (!read_node(r, plan))
            return false;
        nn_shape out = plan->node[plan->n_nodes - 1].out;
        if (!shape_fits(out))
            return nn_fail(r->err, NN_LIMIT, at, "line %d: activations of %dx%dx%d are too large", r->line, out.h,
                           out.w, out.c);
    }
    return finish(r, plan);
}

bool nn_plan_parse(nn_plan **out, const char *text, size_t len, nn_error *err)
{
    nn_error unheard;
    *out = NULL;
    nn_plan *plan = nn_alloc(1, sizeof *plan);
    if (!plan)
        goto no_memory;
    plan->text = nn_alloc(len + 1, 1);
    plan->node = nn_alloc(NN_MAX_NODES, sizeof *plan->node);
    plan->param = nn_alloc(NN_MAX_PARAMS, sizeof *plan->param);
    if (!plan->text || !plan->node || !plan->param)
        goto no_memory;
    memcpy(plan->text, text, len);
    reader r = {.text = plan->text, .len = len, .line = 1, .err = err ? err : &unheard};
    if (!parse(&r, plan)) {
        nn_plan_free(plan);
        return false;
    }
    *out = plan;
    return true;

no_memory:
    nn_plan_free(plan);
    return nn_fail(err, NN_NOMEM, 0, "out of memory for the plan");
}

bool nn_plan_copy(nn_plan **copy, const nn_plan *plan, nn_error *err)
{
    return nn_plan_parse(copy, plan->text, strlen(plan->text), err);
}

bool nn_same_plan(const nn_plan *a, const nn_plan *b)
{
    return strcmp(a->text, b->text) == 0;
}

void nn_plan_free(nn_plan *plan)
{
    if (!plan)
        return;
    nn_free(plan->text);
    nn_free(plan->node);
    nn_free(plan->param);
    nn_free(plan);
}

const nn_op *nn_op_at(int i)
{
    const nn_op *const *op = nn_kernels_here()->ops;
    while (*op && i-- > 0)
        op++;
    return *op;
}

const char *nn_op_name(const nn_op *op)
{
    return op->name;
}

double nn_plan_flops(const nn_plan *plan)
{
    double flops = 0.0;
    for (int i = 0; i < plan->n_nodes; i++) {
        const nn_node *node = &plan->node[i];
        if (node->n_params > 0 && plan->param[node->param[0]].role == NN_KERNEL)
            flops += 2.0 * (double)plan->param[node->param[0]].count * nn_symmetry_of(node).order * node->out.h *
                     node->out.w;
    }
    return flops;
}
