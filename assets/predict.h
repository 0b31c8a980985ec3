/* net_window: what slides over the image. Images are stored channels last, [(row * in_w + column) * in_c + channel]. */
typedef struct net_window {
    int in_h, in_w, in_c, out_h, out_w, out_c;
    int h, w, stride;           /* taps, and how far the window moves */
    int dilation_h, dilation_w; /* from one tap to the next */
    int top, left;              /* padding before the image */
} net_window;

/* net_transpose: rows as columns */
static void net_transpose(int side, int channels, const float *x, float *y)
{
    int i;
    for (i = 0; i < side * side * channels; i++)
        y[i] = x[(i / channels % side * side + i / channels / side) * channels + i % channels];
}

/* net_convolve: y[p][o] = bias[o] + sum over the window at p of x * kernel[tap][input of the group][o] */
static void net_convolve(const net_window *g, int groups, const float *kernel, const float *bias, const float *x,
                         float *y)
{
    int in = g->in_c / groups, out = g->out_c / groups, oy, ox, tap, i, o;
    for (oy = 0; oy < g->out_h; oy++)
        for (ox = 0; ox < g->out_w; ox++, y += g->out_c) {
            for (o = 0; o < g->out_c; o++)
                y[o] = bias[o];
            for (tap = 0; tap < g->h * g->w; tap++) {
                int iy = oy * g->stride - g->top + tap / g->w * g->dilation_h;
                int ix = ox * g->stride - g->left + tap % g->w * g->dilation_w;
                if (iy < 0 || iy >= g->in_h || ix < 0 || ix >= g->in_w)
                    continue;
                for (i = 0; i < g->in_c; i++) {
                    const float value = x[(iy * g->in_w + ix) * g->in_c + i];
                    const float *row = kernel + (tap * in + i % in) * g->out_c;
                    for (o = i / in * out; o < (i / in + 1) * out; o++)
                        y[o] += value * row[o];
                }
            }
        }
}

/* net_pool_max: y[p] = the greatest x of the window at p, for each channel */
static void net_pool_max(const net_window *g, const float *x, float *y)
{
    int oy, ox, tap, i;
    for (oy = 0; oy < g->out_h; oy++)
        for (ox = 0; ox < g->out_w; ox++, y += g->out_c)
            for (i = 0; i < g->out_c; i++) {
                y[i] = -INFINITY;
                for (tap = 0; tap < g->h * g->w; tap++) {
                    int iy = oy * g->stride - g->top + tap / g->w, ix = ox * g->stride - g->left + tap % g->w;
                    if (iy >= 0 && iy < g->in_h && ix >= 0 && ix < g->in_w)
                        y[i] = fmaxf(y[i], x[(iy * g->in_w + ix) * g->in_c + i]);
                }
            }
}

/* net_pool_mean: y[p] = the mean of x over the window at p, for each channel; padding counts as zeros or not at all */
static void net_pool_mean(const net_window *g, int count_padding, const float *x, float *y)
{
    int oy, ox, tap, i;
    for (oy = 0; oy < g->out_h; oy++)
        for (ox = 0; ox < g->out_w; ox++, y += g->out_c)
            for (i = 0; i < g->out_c; i++) {
                int taps = 0;
                float sum = 0.0f;
                for (tap = 0; tap < g->h * g->w; tap++) {
                    int iy = oy * g->stride - g->top + tap / g->w, ix = ox * g->stride - g->left + tap % g->w;
                    int inside = iy >= 0 && iy < g->in_h && ix >= 0 && ix < g->in_w;
                    sum += inside ? x[(iy * g->in_w + ix) * g->in_c + i] : 0.0f;
                    taps += inside || count_padding;
                }
                y[i] = sum / (float)taps;
            }
}

/* net_multiply: y = bias + x times a matrix (in, out) */
static void net_multiply(int in, int out, const float *kernel, const float *bias, const float *x, float *y)
{
    int i, o;
    for (o = 0; o < out; o++)
        y[o] = bias[o];
    for (i = 0; i < in; i++, kernel += out)
        for (o = 0; o < out; o++)
            y[o] += x[i] * kernel[o];
}

/* net_pad: zeros around the image */
static void net_pad(int h, int w, int c, int out_h, int out_w, int out_c, int top, int left, int first, const float *x,
                    float *y)
{
    int i, row;
    for (i = 0; i < out_h * out_w * out_c; i++)
        y[i] = 0.0f;
    for (row = 0; row < h; row++)
        for (i = 0; i < w * c; i++)
            y[((row + top) * out_w + left) * out_c + i + first] = x[row * w * c + i];
}

/* net_crop: a part of the image and of its channels */
static void net_crop(int h, int w, int c, int out_h, int out_w, int out_c, int top, int left, int first, const float *x,
                     float *y)
{
    int row, column, i;
    for (row = top; row < top + out_h && row < h; row++)
        for (column = left; column < left + out_w; column++)
            for (i = first; i < first + out_c; i++)
                *y++ = x[(row * w + column) * c + i];
}

/* net_permute: y[h][w][c] = x[h * step_h + w * step_w + c * step_c] */
static void net_permute(int h, int w, int c, int step_h, int step_w, int step_c, const float *x, float *y)
{
    int row, column, i;
    for (row = 0; row < h; row++)
        for (column = 0; column < w; column++)
            for (i = 0; i < c; i++)
                *y++ = x[row * step_h + column * step_w + i * step_c];
}

/* net_affine: y = gain x + bias, for each channel */
static void net_affine(int pixels, int channels, const float *gain, const float *bias, const float *x, float *y)
{
    int p, i;
    for (p = 0; p < pixels; p++, x += channels, y += channels)
        for (i = 0; i < channels; i++)
            y[i] = gain[i] * x[i] + bias[i];
}

/* net_leak: y = x where it is positive, else slope x, for each channel */
static void net_leak(int pixels, int channels, const float *slope, const float *x, float *y)
{
    int p, i;
    for (p = 0; p < pixels; p++, x += channels, y += channels)
        for (i = 0; i < channels; i++)
            y[i] = x[i] > 0.0f ? x[i] : slope[i] * x[i];
}

/* net_concat: at each pixel the channels of a, then those of b */
static void net_concat(int pixels, int channels_a, int channels_b, const float *a, const float *b, float *y)
{
    int p, i;
    for (p = 0; p < pixels; p++) {
        for (i = 0; i < channels_a; i++)
            *y++ = *a++;
        for (i = 0; i < channels_b; i++)
            *y++ = *b++;
    }
}

/* net_softmax: y = exp(x / temperature), made to add up to 1 over the channels of each pixel */
static void net_softmax(int pixels, int channels, float temperature, const float *x, float *y)
{
    int p, i;
    for (p = 0; p < pixels; p++, x += channels, y += channels) {
        float top = x[0], sum = 0.0f;
        for (i = 1; i < channels; i++)
            top = fmaxf(top, x[i]);
        for (i = 0; i < channels; i++)
            sum += y[i] = expf((x[i] - top) / temperature);
        for (i = 0; i < channels; i++)
            y[i] /= sum;
    }
}

/* NET_EACH: to[i] = an expression of x = from[i] */
#define NET_EACH(count, from, to, expression) \
    do {                                      \
        int i;                                \
        for (i = 0; i < (count); i++) {       \
            const float x = (from)[i];        \
            (to)[i] = (expression);           \
        }                                     \
    } while (0)
