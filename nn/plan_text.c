/* plan_text.c - from a node back to the words of its line. */
#include "plan_text.h"
#include <stdio.h>
#include <string.h>

void nn_node_default_name(char name[NN_NAME], const nn_plan *plan, int i)
{
    const nn_op *op = plan->node[i].op;
    int ordinal = 1;
    for (int k = 0; k < i; k++)
        ordinal += plan->node[k].op == op;
    snprintf(name, NN_NAME, "%s%d", op->name, ordinal);
}

/* A number as the grammar has it: no exponent, no trailing zeros. Enumerated settings are words. */
static void print_value(const nn_attr *attr, double value, char text[NN_NAME])
{
    if (attr->words) {
        const char *word = attr->words;
        for (int i = 0; i < (int)value; i++)
            word = strchr(word, '|') + 1;
        snprintf(text, NN_NAME, "%.*s", (int)strcspn(word, "|"), word);
        return;
    }
    int len = snprintf(text, NN_NAME, "%.12f", value);
    while (text[len - 1] == '0')
        text[--len] = '\0';
    if (text[len - 1] == '.')
        text[--len] = '\0';
}

/* Settings that must be given without their name, the others with it where they are not as usual. */
size_t nn_node_print(char *text, size_t room, const nn_node *node, double first)
{
    size_t used = (size_t)snprintf(text, room, "%s", node->op->name);
    for (int i = 0; i < NN_MAX_ATTRS && node->op->attrs[i].name; i++) {
        const nn_attr *attr = &node->op->attrs[i];
        double value = i == 0 ? first : node->attr[i];
        bool must = isnan(attr->fallback);
        char word[NN_NAME];
        print_value(attr, value, word);
        if (must || value != attr->fallback)
            used +=
                (size_t)snprintf(text + used, room - used, " %s%s%s", must ? "" : attr->name, must ? "" : "=", word);
    }
    return used;
}
