/* kernel.h - the seam to the loops that take the time. Internal to nn, and to the tests that compare the variants.
 *
 * nn/layers and nn/kernels are one source, compiled once per instruction set (CMakeLists.txt) into one nn_kernels
 * each; the best one that this processor supports is chosen when the first plan is made. None allocates, all run on
 * the calling thread. How the next processor comes in stands in README.md. */
#ifndef NN_KERNEL_H
#define NN_KERNEL_H

#include "nn.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- matrix products ------------------------------------------------------------------------------------------ */

/* c[m x n] = a[m x k] b[k x n] (+ bias), or c += that; k = runs * depth. All matrices are read where they lie:
 *     a(i, r * depth + p) = a[i * a_row + r * a_run + p * a_step]
 *     b(q, j)             = b[q * b_row + j * b_column], or b in panels as pack_panels left it
 *     c(i, j)             = c[i * c_row + j]
 * Because a is read in runs, a convolution's window over an image is a row of a without being copied: its kernel
 * rows are the runs. c overlaps neither a nor b. */
typedef struct nn_product {
    int m, n;
    int runs, depth; /* each >= 1 */
    const float *a;
    ptrdiff_t a_row, a_step, a_run;
    const float *b;
    ptrdiff_t b_row, b_column; /* not used with panels */
    bool panels;
    int first_row;  /* of b in panels of more rows than k: the first that counts, */
    int panel_rows; /* and how many there are */
    bool roomy;     /* behind the last row of b a whole vector may be read */
    float *c;
    ptrdiff_t c_row;
    bool overflows; /* behind the last of c another vector may be written, what it holds then is of no use */
    bool add;
    const float *bias; /* (n), or NULL; not with add */
    bool relu;         /* c = max(0, c) at the end */
} nn_product;

/* ---- 16-bit floats: kernels/bfloat16*.c -------------------------------------------------------------------------- */

enum { NN_MOST_PAIRS = 128 }; /* of a product whose a_pair is not 1 */

/* The upper half of a float (bfloat16). A pair of them is an int, whose lower half is the even one.
 *
 * c[m x n] = a[m x 2 pairs] b[2 pairs x n] (+ bias), or c += that, summed as floats.
 *     a(i, 2q), a(i, 2q + 1) = a[i * a_row + q * a_pair]
 *     b(2q, j), b(2q + 1, j) = b[j / W * b_panel + q * b_pair + j % W], W the width of a panel: two vectors
 *     c(i, j)                = c[i * c_row + j]
 * m, n and pairs are >= 1, a_row or a_pair is 1. Behind the last columns of b as many may be read as fill a vector. */
typedef struct nn_bfloat16_product {
    int m, n, pairs;
    const int32_t *a;
    ptrdiff_t a_row, a_pair;
    const int32_t *b;
    ptrdiff_t b_pair, b_panel;
    float *c;
    ptrdiff_t c_row;
    bool add, relu;
    const float *bias; /* (n), or NULL; not with add */
} nn_bfloat16_product;

/* ---- Winograd's minimal filtering F(4x4, 3x3): kernels/winograd.c ------------------------------------------------ */

enum {
    NN_TILE = 4,                     /* outputs of a tile per side */
    NN_PATCH = NN_TILE + 2,          /* inputs of a tile per side */
    NN_POINTS = NN_PATCH * NN_PATCH, /* products per tile and pair of channels */
};

/* How the outputs of a convolution are cut into tiles. Images lie on sheets, side x side of them in rows, so far from each
 * other that no output of one sees another: what lies between them is zeros. Tiles are counted through all sheets. */
typedef struct nn_tiling {
    nn_shape in, out;       /* of an image; channels are multiples of the vector */
    int top, left;          /* padding before the image */
    int side;               /* images of a sheet, each way */
    int period_h, period_w; /* pixels from one of them to the next */
    int rows, columns;      /* tiles of a sheet */
} nn_tiling;

/* What points are, and where those of a tile and channel lie behind points[p * stride], counted in 4 bytes. */
typedef enum nn_form {
    NN_FLOATS,        /* at t * channels + channel */
    NN_CHANNEL_PAIRS, /* of bfloat16: of channels 2i and 2i + 1, at (t * channels + channel) / 2 */
    NN_TILE_PAIRS     /* of tiles 2i and 2i + 1, at t / 2 * channels + channel; behind an odd number of tiles zeros */
} nn_form;

/* ---- whole numbers: kernels/integer.c, kernels/winograd_integer.c ------------------------------------------------ */

enum { NN_QUANTUM = 127 }; /* activations are quantized to -127 .. 127 */

/* c[m x n] = a[m x 2 pairs] b[2 pairs x n], exact as long as no sum leaves 32 bits. n is a multiple of the lanes.
 *     a(i, q) = a[i * a_row + q]
 *     c(i, j) = c[i * c_row + j]
 * b is in panels as pack_integers left it. */
typedef struct nn_integer_product {
    int m, n, pairs;
    const int16_t *a;
    ptrdiff_t a_row;
    const void *panels;
    bool bytes; /* the panels hold 8 bits each, else 16 */
    int32_t *c;
    ptrdiff_t c_row;
} nn_integer_product;

/* ---- the end of a step: kernels/update.c ------------------------------------------------------------------------- */

/* Adam (Kingma and Ba 2015) with the corrections for its start, and AdamW's decoupled decay (Loshchilov and Hutter
 * 2019): m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, w -= decay w + rate m / (sqrt(v) correct + epsilon) */
typedef struct nn_adam_step {
    float beta1, beta2, epsilon;
    float rate;    /* lr / (1 - b1^t) */
    float correct; /* 1 / sqrt(1 - b2^t) */
    float decay;   /* lr times the decay */
} nn_adam_step;

/* ---- the variants ------------------------------------------------------------------------------------------------ */

struct nn_op;

/* What one instruction set gives: the interface of every kernel. Arrays need no alignment but that of their items, do
 * not overlap, and nothing beyond them is read or written but where nn_product says so. Channels given to Winograd and
 * columns given to whole numbers are multiples of the lanes, channels of whole points multiples of twice as many. */
typedef struct nn_kernels {
    int lanes;                      /* floats of a vector */
    const struct nn_op *const *ops; /* every kind of layer, NULL-terminated */

    /* Matrix products: b in panels takes panels_size floats, which pack_panels fills from b(q, j) where it lies. */
    void (*gemm)(const nn_product *p);
    size_t (*panels_size)(int k, int n);
    void (*pack_panels)(float *panels, const float *b, ptrdiff_t b_row, ptrdiff_t b_column, int k, int n);
    /* Takes what products need beyond their arguments, while there is memory: OpenBLAS would wait for ever later. */
    void (*warm)(void);

    /* 16-bit floats: b (k, n) in panels of pairs, of (k + 1) / 2 rows, takes no more room than panels_size; and the product
     * of floats that are rounded on the way: of one run, without panels, a_row or a_step 1, b_row or b_column 1. */
    bool multiplies_pairs; /* by an instruction; without it no layer rounds */
    void (*bfloat16_gemm)(const nn_bfloat16_product *p);
    void (*bfloat16_pack)(int32_t *panels, const float *b, ptrdiff_t b_row, ptrdiff_t b_column, int k, int n);
    void (*rounded_gemm)(const nn_product *p);

    /* Winograd: tiles [first, first + tiles) of images x or dy (not as channel pairs) to points, and from points to y = points (+ bias), at
     * least 0 with relu. Point p of tile t is at points[p * stride + t * channels], or as nn_form says. */
    void (*winograd_input)(const nn_tiling *g, const float *x, int first, int tiles, nn_form form, void *points,
                           ptrdiff_t stride);
    void (*winograd_gradient)(const nn_tiling *g, const float *dy, int first, int tiles, nn_form form, void *points,
                              ptrdiff_t stride);
    void (*winograd_output)(const nn_tiling *g, const float *points, ptrdiff_t stride, const float *bias, bool relu,
                            int first, int tiles, float *y);
    /* w (3, 3, n) to points (36, n), and the gradient of the points back: dw += G^T points G. */
    void (*winograd_kernel)(const float *w, int n, float *points);
    void (*winograd_weights)(const float *points, int n, float *dw);

    /* Whole numbers: q = x * inverse, rounded, ties to even, at most NN_QUANTUM in size; b (k, n), column j times
     * factor[j] and rounded, in panels of integers_size bytes, an odd k filled up with zeros; one image, quantized, with
     * zeros around it as far as tiles reach, (4 rows + 2, 4 columns + 2, channels); its tiles to points, exactly, and from
     * sums over channels back to outputs, where scale (36, channels) is what one unit of the sums is worth. */
    void (*quantize)(const float *x, float inverse, int16_t *q, size_t n);
    void (*integer_gemm)(const nn_integer_product *p);
    size_t (*integers_size)(int pairs, int n, bool bytes);
    void (*pack_integers)(const float *b, const float *factor, int k, int n, bool bytes, void *panels);
    void (*border_integers)(const nn_tiling *g, const float *image, float inverse, int16_t *bordered);
    void (*winograd_integer_input)(const nn_tiling *g, const int16_t *bordered, int first, int tiles, int16_t *points,
                                   ptrdiff_t stride);
    void (*winograd_integer_output)(const nn_tiling *g, const int32_t *points, ptrdiff_t stride, const float *scale,
                                    const float *bias, bool relu, int first, int tiles, float *y);

    /* The end of a step, over n weights: Adam; Nesterov momentum (Sutskever et al. 2013, in PyTorch's form) m = mu m + g,
     * w -= lr (g + mu m); average += pace (w - average); sum += more. */
    void (*adam)(const nn_adam_step *s, float *w, float *m, float *v, const float *g, size_t n);
    void (*momentum)(float lr, float mu, float *w, float *m, const float *g, size_t n);
    void (*follow)(float *average, const float *w, float pace, size_t n);
    void (*accumulate)(float *sum, const float *more, size_t n);
} nn_kernels;

/* A variant that was compiled in. */
typedef struct nn_variant {
    const char *name;
    bool (*supported)(void); /* by this processor */
    bool (*slow)(void);      /* there, so that the next is better; NULL: never */
    const nn_kernels *kernels;
    const nn_kernels
        *half; /* those of half the width, for layers that would leave half of each vector empty, or NULL */
} nn_variant;
extern const nn_variant nn_variants[]; /* best first, ends with a NULL name */

/* The best variant for this processor. Any thread. */
const nn_kernels *nn_kernels_here(void);
const nn_kernels *nn_kernels_half(void); /* its half, or NULL */

bool nn_tiles_allowed(void); /* tiles.c: by the processor and the system, which is asked each time */

/* For tests: from now on the kernels are these. On one thread; plans made before, and what was made for them, may be
 * used again only after their own kernels have been chosen again. */
void nn_kernels_use(const nn_variant *variant);

#endif
