/* symmetry.c - images of a kernel: element e of the group mirrors where e >= TURNS, then turns e % TURNS times. */
#include "symmetry.h"
#include "op.h"

enum { TURNS = 4 };

nn_symmetry nn_symmetry_of(const nn_node *node)
{
    int order = (int)nn_node_setting(node, "symmetry"), groups = (int)nn_node_setting(node, "groups");
    return (nn_symmetry){
        .order = order > 1 ? order : 1,
        .channels = node->out.c,
        .size = (int)nn_node_setting(node, "kernel"),
        .inputs = groups > 1 ? node->in.c / groups : node->in.c,
    };
}

bool nn_symmetry_check(const nn_node *node, int channels, nn_error *err)
{
    int order = nn_symmetry_of(node).order;
    if (order != 1 && order != TURNS && order != 2 * TURNS)
        return nn_fail(err, NN_FORMAT, 0, "symmetry must be 1, %d (turns) or %d (and mirror images), not %d", TURNS,
                       2 * TURNS, order);
    return channels % order == 0 || nn_fail(err, NN_FORMAT, 0, "symmetry %d must divide %d channels", order, channels);
}

/* Where a tap of an image of a kernel lies in the kernel. */
static int tap_in_kernel(int size, int element, int tap)
{
    int y = tap / size, x = tap % size;
    if (element >= TURNS)
        x = size - 1 - x;
    for (int i = element % TURNS; i > 0; i--) {
        int row = y;
        y = x;
        x = size - 1 - row;
    }
    return y * size + x;
}

/* The element that leads from b to a: a turn before a mirror is one back behind it. */
static int relative(int a, int b)
{
    bool mirrored = (a >= TURNS) != (b >= TURNS);
    int turns = mirrored ? a + b : a - b + 2 * TURNS;
    return turns % TURNS + (mirrored ? TURNS : 0);
}

size_t nn_symmetry_stored(const nn_symmetry *s, size_t i)
{
    int kernels = s->channels / s->order, channel = (int)(i % (size_t)s->channels);
    int place = (int)(i / (size_t)s->channels), input = place % s->inputs, tap = place / s->inputs;
    int element = channel / kernels;
    if (s->order > 1)
        tap = tap_in_kernel(s->size, element, tap);
    if (s->order > 1 && s->inputs % s->order == 0) {
        int each = s->inputs / s->order;
        input = relative(element, input / each) * each + input % each;
    }
    return ((size_t)tap * (size_t)s->inputs + (size_t)input) * (size_t)kernels + (size_t)(channel % kernels);
}
