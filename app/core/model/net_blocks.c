/* net_blocks.c - groups the nodes of a plan, and puts each group into words. Flattening, which moves nothing, is left
 * out. */
#include "net_blocks.h"
#include "nn/plan_text.h"
#include <stdio.h>
#include <string.h>

/* Whether node i only changes the values of the node before it. */
static bool continues(const nn_plan *plan, int i)
{
    const nn_node *node = &plan->node[i];
    return i > 0 && node->op->inputs == 1 && node->input[0] == i - 1 && nn_same_shape(node->out, node->in) &&
           node->op->kind != NN_LINEAR;
}

static void add_words(net_block *block, const nn_node *node)
{
    char words[NN_LINE];
    size_t used = strlen(block->title);
    nn_node_print(words, sizeof words, node, node->attr[0]);
    snprintf(block->title + used, sizeof block->title - used, "%s%s", used > 0 ? ", " : "", words);
}

static void add_owner(net_block *block, const nn_plan *plan, const nn_node *node)
{
    size_t used = strlen(block->title);
    if (node->weights_of >= 0)
        snprintf(block->title + used, sizeof block->title - used, " weights=%s", plan->node[node->weights_of].name);
}

static void add_node(net_block *block, const nn_plan *plan, const nn_node *node)
{
    add_words(block, node);
    add_owner(block, plan, node);
    block->out = node->out;
    block->weights += nn_node_floats(plan, node);
}

int net_blocks(const nn_plan *plan, net_block *blocks, int max)
{
    int count = 0;
    for (int i = 0; i < plan->n_nodes; i++) {
        if (plan->node[i].op->place == NN_VIEW)
            continue;
        if (!continues(plan, i) && ++count <= max)
            blocks[count - 1] = (net_block){.weights = 0};
        if (count <= max)
            add_node(&blocks[count - 1], plan, &plan->node[i]);
    }
    return count;
}
