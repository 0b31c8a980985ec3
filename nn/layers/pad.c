/* pad.c - rows and columns of zeros around the image, and the other way round: a part of it. */
#include "nn/kernels/kernels.h"
#include "nn/op.h"
#include <string.h>

enum { SIDES, FIRST = SIDES + NN_SIDES, CHANNELS, EDGE = NN_MAX_TAPS }; /* attributes; most rows at a side */

/* The part that both images have: where it begins in the larger one, and the channel it begins at. */
typedef struct part {
    nn_shape large, small;
    int top, left, first;
} part;

static part part_of(const nn_node *node, bool crops)
{
    int top = (int)node->attr[SIDES + NN_TOP], left = (int)node->attr[SIDES + NN_LEFT];
    return crops ? (part){node->in, node->out, top, left, (int)node->attr[FIRST]}
                 : (part){node->out, node->in, top, left, 0};
}

/* Row y of the part in each of the two. */
static size_t small_row(const part *p, size_t image, int y)
{
    return (image * (size_t)p->small.h + (size_t)y) * (size_t)p->small.w * (size_t)p->small.c;
}

static size_t large_pixel(const part *p, size_t image, int y, int x)
{
    return ((image * (size_t)p->large.h + (size_t)(y + p->top)) * (size_t)p->large.w + (size_t)(x + p->left)) *
               (size_t)p->large.c +
           (size_t)p->first;
}

static void cut_out(const nn_slice *s, const part *p, const float *large, float *small)
{
    for (size_t image = 0; image < (size_t)s->images; image++)
        for (int y = 0; y < p->small.h; y++)
            for (int x = 0; x < p->small.w; x++)
                memcpy(small + small_row(p, image, y) + (size_t)x * (size_t)p->small.c,
                       large + large_pixel(p, image, y, x), (size_t)p->small.c * sizeof(float));
}

static void put_into(const nn_slice *s, const part *p, const float *small, float *large)
{
    memset(large, 0, (size_t)s->images * nn_shape_count(p->large) * sizeof(float));
    for (size_t image = 0; image < (size_t)s->images; image++)
        for (int y = 0; y < p->small.h; y++)
            for (int x = 0; x < p->small.w; x++)
                memcpy(large + large_pixel(p, image, y, x),
                       small + small_row(p, image, y) + (size_t)x * (size_t)p->small.c,
                       (size_t)p->small.c * sizeof(float));
}

/* ---- pad ---------------------------------------------------------------------------------------------------------- */

static bool pad_plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    const double *side = node->attr + SIDES;
    (void)plan, (void)err;
    node->out = (nn_shape){node->in.h + (int)(side[NN_TOP] + side[NN_BOTTOM]),
                           node->in.w + (int)(side[NN_LEFT] + side[NN_RIGHT]), node->in.c};
    return true;
}

static void pad_forward(const nn_slice *s)
{
    part p = part_of(s->node, false);
    put_into(s, &p, s->x, s->y);
}

static void pad_backward(const nn_slice *s)
{
    part p = part_of(s->node, false);
    if (s->dx)
        cut_out(s, &p, s->dy, s->dx);
}

static nn_window pad_window(const nn_node *node)
{
    return (nn_window){.kh = 1,
                       .kw = 1,
                       .stride = 1,
                       .dilation_h = 1,
                       .dilation_w = 1,
                       .top = (int)node->attr[SIDES + NN_TOP],
                       .left = (int)node->attr[SIDES + NN_LEFT],
                       .out_h = node->out.h,
                       .out_w = node->out.w};
}

/* ---- crop --------------------------------------------------------------------------------------------------------- */

static bool crop_plan(nn_plan *plan, nn_node *node, nn_error *err)
{
    const double *side = node->attr + SIDES;
    int left_over = node->in.c - (int)node->attr[FIRST], wanted = (int)node->attr[CHANNELS];
    (void)plan;
    node->out = (nn_shape){node->in.h - (int)(side[NN_TOP] + side[NN_BOTTOM]),
                           node->in.w - (int)(side[NN_LEFT] + side[NN_RIGHT]), wanted > 0 ? wanted : left_over};
    if (node->out.h < 1 || node->out.w < 1 || left_over < 1 || wanted > left_over)
        return nn_fail(err, NN_FORMAT, 0, "nothing of %dx%dx%d is left, or less than is to be", node->in.h, node->in.w,
                       node->in.c);
    return true;
}

static void crop_forward(const nn_slice *s)
{
    part p = part_of(s->node, true);
    cut_out(s, &p, s->x, s->y);
}

static void crop_backward(const nn_slice *s)
{
    part p = part_of(s->node, true);
    if (s->dx)
        put_into(s, &p, s->dy, s->dx);
}

static nn_window crop_window(const nn_node *node)
{
    nn_window w = pad_window(node);
    w.top = -w.top;
    w.left = -w.left;
    return w;
}

/* ---- kinds -------------------------------------------------------------------------------------------------------- */

static const char *const pad_examples[] = {
    "input 2 3 2\nconv 2 2\npad 1,0,2,1\nconv 2 3\nflatten\ndense 3\nsoftmax\n",
    "input 2 3 2\nconv 2 2\npad 1\nflatten\ndense 3\nsoftmax\n",
    NULL,
};
static const char *const crop_examples[] = {
    "input 5 4 2\nconv 2 2\ncrop 1,0,2,1\nflatten\ndense 3\nsoftmax\n",
    "input 3 3 2\nconv 4 2\ncrop 0 first=1 channels=2\nflatten\ndense 3\nsoftmax\n",
    NULL,
};

#define SIDE_LENGTHS \
    [SIDES] = {.name = "sides", .numbers = NN_SIDES, .min = 0, .max = EDGE, .fallback = NAN, .whole = true}
#define WHOLE(name_)                                                                \
    {                                                                               \
        .name = name_, .min = 0, .max = NN_MAX_FLOATS, .fallback = 0, .whole = true \
    }

extern const nn_op NN_VARIANT(nn_op_pad), NN_VARIANT(nn_op_crop);

const nn_op NN_VARIANT(nn_op_pad) = {
    .name = "pad",
    .summary = "y = x with rows and columns of zeros around it",
    .attrs = {SIDE_LENGTHS},
    .positional = 1,
    .inputs = 1,
    .plan = pad_plan,
    .window = pad_window,
    .forward = pad_forward,
    .backward = pad_backward,
    .examples = pad_examples,
};

const nn_op NN_VARIANT(nn_op_crop) = {
    .name = "crop",
    .kind = NN_REARRANGING,
    .summary = "y = x without rows and columns around it, and so many of its channels from `first` on",
    .attrs = {SIDE_LENGTHS, [FIRST] = WHOLE("first"), [CHANNELS] = WHOLE("channels")},
    .positional = 1,
    .inputs = 1,
    .plan = crop_plan,
    .window = crop_window,
    .forward = crop_forward,
    .backward = crop_backward,
    .examples = crop_examples,
};
