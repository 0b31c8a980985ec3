/* plan_text.c - a node's settings by their names, and from a node back to the words of its line. */
#include "plan_text.h"
#include "number.h"
#include <stdio.h>
#include <string.h>

void nn_node_default_name(char name[NN_NAME], const nn_plan *plan, int i)
{
    const nn_op *op = plan->node[i].op;
    int ordinal = 1;
    for (int k = 0; k < i; k++)
        ordinal += nn_same_op(plan->node[k].op, op);
    snprintf(name, NN_NAME, "%s%d", op->name, ordinal);
}

double nn_node_setting(const nn_node *node, const char *name)
{
    for (int i = 0; nn_has_attr(node->op, i); i = nn_next_attr(node->op, i))
        if (strcmp(node->op->attrs[i].name, name) == 0)
            return node->attr[i];
    return 0.0;
}

/* A number as the grammar has it; enumerated settings are words. */
static size_t print_value(char *text, size_t room, const nn_attr *attr, double value)
{
    if (attr->words && value < 0.0) {
        const char *word = attr->words;
        for (int i = -1; i > (int)value; i--)
            word = strchr(word, '|') + 1;
        return (size_t)snprintf(text, room, "%.*s", (int)strcspn(word, "|"), word);
    }
    return nn_number_print(text, room, value, 15);
}

/* Whether all numbers of a setting are the same. */
static bool are_equal(const double *value, int n)
{
    for (int i = 1; i < n; i++)
        if (value[i] != value[0])
            return false;
    return true;
}

/* Settings that must be given without their name, the others with it where they are not as usual. */
size_t nn_node_print(char *text, size_t room, const nn_node *node, double first)
{
    const nn_op *op = node->op;
    double attrs[NN_MAX_ATTRS];
    memcpy(attrs, node->attr, sizeof attrs);
    attrs[0] = first;
    size_t used = (size_t)snprintf(text, room, "%s", op->name);
    for (int i = 0; nn_has_attr(op, i); i = nn_next_attr(op, i)) {
        const nn_attr *attr = &op->attrs[i];
        const double *value = &attrs[i];
        int numbers = are_equal(value, nn_attr_numbers(attr)) ? 1 : nn_attr_numbers(attr);
        bool must = isnan(attr->fallback);
        if (!must && numbers == 1 && value[0] == attr->fallback)
            continue;
        used += (size_t)snprintf(text + used, room - used, " %s%s", must ? "" : attr->name, must ? "" : "=");
        for (int k = 0; k < numbers; k++) {
            used += (size_t)snprintf(text + used, room - used, "%s", k > 0 ? "," : "");
            used += print_value(text + used, room - used, attr, value[k]);
        }
    }
    return used;
}

static size_t print_part(char *text, size_t room, const char *before, const char *part, const char *behind)
{
    return part ? (size_t)snprintf(text, room, "%s%s%s", before, part, behind) : 0;
}

size_t nn_line_print(char *text, size_t room, const nn_line *line)
{
    size_t used = print_part(text, room, "", line->name, ": ");
    used += (size_t)snprintf(text + used, room - used, "%s", line->layer);
    used += print_part(text + used, room - used, " ", line->second, "");
    used += print_part(text + used, room - used, " weights=", line->weights, "");
    used += print_part(text + used, room - used, " from=", line->from, "");
    return used + (size_t)snprintf(text + used, room - used, "\n");
}
