/* receptive.c - from one place in a layer's output back to the image. */
#include "receptive.h"
#include "op.h"
#include <string.h>

/* Whether a place of the node's output has what is at the same place of an input of shape `in`; else, and without a window,
 * it may have all of it. */
static bool keeps_places(const nn_node *node, nn_shape in)
{
    return node->op->kind != NN_REARRANGING && in.h == node->out.h && in.w == node->out.w;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

/* What of it lies in an image of this shape. */
static nn_region clip(nn_region r, nn_shape in)
{
    return (nn_region){most(r.x0, 0), most(r.y0, 0), least(r.x1, in.w), least(r.y1, in.h)};
}

/* What a region of the node's outputs sees of an input of shape `in`. */
static nn_region seen_by(const nn_node *node, nn_shape in, nn_region out)
{
    if (node->op->window) {
        nn_window w = node->op->window(node);
        return clip((nn_region){out.x0 * w.stride - w.left, out.y0 * w.stride - w.top,
                                (out.x1 - 1) * w.stride - w.left + nn_span_w(&w),
                                (out.y1 - 1) * w.stride - w.top + nn_span_h(&w)},
                    in);
    }
    return keeps_places(node, in) ? out : (nn_region){0, 0, in.w, in.h};
}

static void include(nn_region *all, nn_region more)
{
    if (all->x0 >= all->x1) {
        *all = more;
        return;
    }
    *all =
        (nn_region){least(all->x0, more.x0), least(all->y0, more.y0), most(all->x1, more.x1), most(all->y1, more.y1)};
}

nn_region nn_receptive_field(const nn_plan *plan, int node, int x, int y)
{
    nn_region image = {0, 0, 0, 0}, region[NN_MAX_NODES] = {0};
    region[node] = (nn_region){x, y, x + 1, y + 1};
    for (int i = node; i >= 0; i--) {
        const nn_node *n = &plan->node[i];
        if (region[i].x0 >= region[i].x1)
            continue;
        for (int j = 0; j < n->op->inputs; j++)
            include(n->input[j] < 0 ? &image : &region[n->input[j]], seen_by(n, j == 0 ? n->in : n->in2, region[i]));
    }
    return image;
}

void nn_receptive_centre(const nn_plan *plan, int node, float x, float y, float centre[2])
{
    for (int i = node; i >= 0; i = plan->node[i].input[0]) {
        const nn_node *n = &plan->node[i];
        if (n->op->window) {
            nn_window w = n->op->window(n);
            x = x * (float)w.stride - (float)w.left + 0.5f * (float)(nn_span_w(&w) - 1);
            y = y * (float)w.stride - (float)w.top + 0.5f * (float)(nn_span_h(&w) - 1);
        } else if (!keeps_places(n, n->in)) {
            x = 0.5f * (float)(plan->input.w - 1);
            y = 0.5f * (float)(plan->input.h - 1);
            break;
        }
    }
    centre[0] = x + 0.5f;
    centre[1] = y + 0.5f;
}
