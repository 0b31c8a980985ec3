/* augment.c - the changes of one image. A copy in a frame of zeros serves the neighbourhoods, so no loop asks for
 * the border. */
#include "augment.h"
#include "rng.h"
#include <string.h>

enum {
    MARGIN = 4,
    MAX_PITCH = NN_AUGMENT_MAX_SIDE + 2 * MARGIN,
    MAX_PIXELS = NN_AUGMENT_MAX_SIDE * NN_AUGMENT_MAX_SIDE
};

/* What each random number of an image is for. */
enum { ANGLE, SLANT, SCALE, ASPECT, SHIFT_X, SHIFT_Y, WIDTH, PLAIN, BEND, BLUR, NOISE, HOLE, HOLE_X, HOLE_Y, FIELDS };

typedef struct framed {
    int pitch;
    float pixel[MAX_PITCH * MAX_PITCH]; /* image (x, y) is at (y + MARGIN) * pitch + x + MARGIN */
} framed;

static void frame(framed *out, const float *image, int side)
{
    out->pitch = side + 2 * MARGIN;
    memset(out->pixel, 0, (size_t)(out->pitch * out->pitch) * sizeof *out->pixel);
    for (int y = 0; y < side; y++)
        memcpy(out->pixel + (y + MARGIN) * out->pitch + MARGIN, image + y * side, (size_t)side * sizeof *image);
}

static float clamped(float value, float low, float high)
{
    return value < low ? low : value > high ? high : value;
}

/* ---- stroke width ------------------------------------------------------------------------------------------------ */

/* How bright the ink is: the mean of the pixels' values, each weighted by itself, so that empty paper does not
 * count. */
static float brightness(const float *image, int count)
{
    float sum = 0.0f, squares = 0.0f;
    for (int i = 0; i < count; i++) {
        sum += image[i];
        squares += image[i] * image[i];
    }
    return sum > 0.0f ? squares / sum : 0.0f;
}

static float greater(float a, float b)
{
    return a > b ? a : b;
}

/* Grey dilation (amount > 0) or erosion by up to one pixel on either side, in proportion. Erosion is the dilation of
 * the negative. It also dims what is thin; a gain makes up for that, as a thin pen writes as black as a thick one. */
static void change_width(float *image, int side, float amount)
{
    framed before;
    float sign = amount < 0.0f ? -1.0f : 1.0f, share = amount * sign, was = brightness(image, side * side);
    frame(&before, image, side);
    for (int y = 0; y < side; y++) {
        const float *row = before.pixel + (y + MARGIN) * before.pitch + MARGIN;
        const float *above = row - before.pitch, *below = row + before.pitch;
        for (int x = 0; x < side; x++) {
            float across = greater(sign * row[x - 1], sign * row[x + 1]);
            float along = greater(sign * above[x], sign * below[x]);
            float extreme = greater(sign * row[x], greater(across, along));
            image[y * side + x] += share * (sign * extreme - row[x]);
        }
    }
    float now = brightness(image, side * side), gain = now > 0.0f ? greater(was / now, 1.0f) : 1.0f;
    for (int i = 0; i < side * side; i++)
        image[i] = clamped(gain * image[i], 0.0f, 1.0f);
}

/* ---- smoothing --------------------------------------------------------------------------------------------------- */

enum { MAX_RADIUS = 32 };
typedef struct gaussian {
    int radius;
    float weight[2 * MAX_RADIUS + 1]; /* sum to 1 */
} gaussian;

static gaussian gaussian_of(float sigma)
{
    gaussian g = {.radius = (int)clamped(ceilf(2.5f * sigma), 1.0f, MAX_RADIUS)};
    float sum = 0.0f;
    for (int i = -g.radius; i <= g.radius; i++)
        sum += g.weight[i + g.radius] = expf(-0.5f * (float)(i * i) / (sigma * sigma));
    for (int i = 0; i <= 2 * g.radius; i++)
        g.weight[i] /= sum;
    return g;
}

/* Convolves the columns and transposes: twice is both ways. Beyond the border is 0. */
static void smooth_columns(float *out, const float *in, int side, const gaussian *g)
{
    for (int y = 0; y < side; y++) {
        float row[NN_AUGMENT_MAX_SIDE] = {0};
        int from = y < g->radius ? -y : -g->radius, to = side - 1 - y < g->radius ? side - 1 - y : g->radius;
        for (int k = from; k <= to; k++)
            for (int x = 0; x < side; x++)
                row[x] += g->weight[k + g->radius] * in[(y + k) * side + x];
        for (int x = 0; x < side; x++)
            out[x * side + y] = row[x];
    }
}

static void smooth(float *image, int side, const gaussian *g)
{
    float turned[MAX_PIXELS];
    smooth_columns(turned, image, side, g);
    smooth_columns(image, turned, side, g);
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

/* One coordinate of the displacement of every pixel: uniform noise, smoothed over a seventh of the side (Simard's 4
 * pixels of 28), with a root mean square of `amount` away from the border. */
static void bend_field(float *field, int side, float amount, uint64_t key)
{
    gaussian g = gaussian_of((float)side / 7.0f);
    float norm =
        0.0f; /* what smoothing leaves of the standard deviation: (the square root of the sum of squares) twice */
    for (int i = 0; i <= 2 * g.radius; i++)
        norm += g.weight[i] * g.weight[i];
    float unit = amount * 1.7320508f / norm;
    for (int i = 0; i < side * side; i++)
        field[i] = unit * 0x1p-15f * (float)(int16_t)(nn_bits(key, (uint64_t)i / 4) >> i % 4 * 16);
    smooth(field, side, &g);
}

/* Four floats at once, of which every place may be the first. */
typedef float lanes __attribute__((vector_size(16)));

static lanes load(const float *from)
{
    lanes value;
    memcpy(&value, from, sizeof value);
    return value;
}

/* The weights of four neighbours for a point at u in [0, 1) behind the second: Catmull-Rom's cubic (Keys 1981, a =
 * -1/2). */
static lanes cubic_weights(float u)
{
    const lanes c0 = {0.0f, 1.0f, 0.0f, 0.0f}, c1 = {-0.5f, 0.0f, 0.5f, 0.0f};
    const lanes c2 = {1.0f, -2.5f, 2.0f, -0.5f}, c3 = {-0.5f, 1.5f, -1.5f, 0.5f};
    return c0 + u * (c1 + u * (c2 + u * c3));
}

/* The image at (x, y) in the frame's coordinates, far outside 0. */
static float bicubic(const framed *image, float x, float y)
{
    float last = (float)(image->pitch - MARGIN + 1);
    x = clamped(x, MARGIN - 2, last);
    y = clamped(y, MARGIN - 2, last);
    int left = (int)x, top = (int)y;
    const float *from = image->pixel + (top - 1) * image->pitch + left - 1;
    lanes across = cubic_weights(x - (float)left), down = cubic_weights(y - (float)top), sum = {0};
    for (int j = 0; j < 4; j++)
        sum += down[j] * load(from + j * image->pitch);
    sum *= across;
    return clamped(sum[0] + sum[1] + sum[2] + sum[3], 0.0f, 1.0f);
}

/* out(p) = image(A (p - centre - shift) + centre + bend(p)): A undoes rotation, shear and the two scales. */
static void warp(const nn_augment *augment, float *image, int side, uint64_t key)
{
    framed before;
    float bend_x[MAX_PIXELS], bend_y[MAX_PIXELS], bend = augment->elastic * nn_uniform(key, BEND);
    float angle = augment->rotate * 0.01745329f * nn_signed(key, ANGLE), shear = augment->shear * nn_signed(key, SLANT);
    float scale = 1.0f + augment->scale * nn_signed(key, SCALE);
    float aspect = 1.0f + augment->aspect * nn_signed(key, ASPECT);
    float dx = augment->shift * nn_signed(key, SHIFT_X), dy = augment->shift * nn_signed(key, SHIFT_Y);
    float sx = 1.0f / (scale * sqrtf(aspect)), sy = sqrtf(aspect) / scale;
    float c = cosf(angle), s = sinf(angle), middle = 0.5f * (float)(side - 1), origin = middle + MARGIN;
    float a = sx * (c + shear * s), b = sx * (s - shear * c), d = -sy * s, e = sy * c;
    memset(bend_x, 0, (size_t)(side * side) * sizeof *bend_x);
    memset(bend_y, 0, (size_t)(side * side) * sizeof *bend_y);
    if (bend > 0.0f) {
        bend_field(bend_x, side, bend, nn_key(key, FIELDS));
        bend_field(bend_y, side, bend, nn_key(key, FIELDS + 1));
    }
    frame(&before, image, side);
    for (int y = 0, i = 0; y < side; y++)
        for (int x = 0; x < side; x++, i++) {
            float u = (float)x - middle - dx, v = (float)y - middle - dy;
            image[i] = bicubic(&before, a * u + b * v + origin + bend_x[i], d * u + e * v + origin + bend_y[i]);
        }
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

/* Gaussian enough: the sum of four uniform numbers. */
static void add_noise(float *image, int count, float deviation, uint64_t key)
{
    float unit = deviation * 1.7320508f * 0x1p-16f;
    for (int i = 0; i < count; i++) {
        uint64_t bits = nn_bits(key, (uint64_t)i);
        int sum = (int)(bits & 0xffff) + (int)(bits >> 16 & 0xffff) + (int)(bits >> 32 & 0xffff) + (int)(bits >> 48);
        image[i] = clamped(image[i] + unit * (float)(sum - 2 * 0xffff), 0.0f, 1.0f);
    }
}

/* A square whose middle is anywhere in the image, so that parts of it may lie outside. */
static void cut_out(float *image, int side, float edge, uint64_t key)
{
    float x = (float)side * nn_uniform(key, HOLE_X), y = (float)side * nn_uniform(key, HOLE_Y), half = 0.5f * edge;
    int left = (int)clamped(x - half + 0.5f, 0.0f, (float)side),
        right = (int)clamped(x + half + 0.5f, 0.0f, (float)side);
    int top = (int)clamped(y - half + 0.5f, 0.0f, (float)side),
        bottom = (int)clamped(y + half + 0.5f, 0.0f, (float)side);
    for (; top < bottom; top++)
        memset(image + top * side + left, 0, (size_t)(right - left) * sizeof *image);
}

void nn_augment_image(const nn_augment *augment, float *image, int side, uint64_t key)
{
    const nn_augment *a = augment;
    if (nn_uniform(key, PLAIN) >= 1.0f - a->plain)
        return;
    float width = a->width * nn_signed(key, WIDTH), blur = a->blur * nn_uniform(key, BLUR);
    for (; width > 1.0f; width -= 1.0f)
        change_width(image, side, 1.0f);
    for (; width < -1.0f; width += 1.0f)
        change_width(image, side, -1.0f);
    if (width != 0.0f)
        change_width(image, side, width);
    if (a->rotate > 0 || a->scale > 0 || a->aspect > 0 || a->shift > 0 || a->shear > 0 || a->elastic > 0)
        warp(a, image, side, key);
    if (blur > 0.1f) { /* less cannot be seen */
        gaussian g = gaussian_of(blur);
        smooth(image, side, &g);
    }
    if (a->noise > 0)
        add_noise(image, side * side, a->noise * nn_uniform(key, NOISE), nn_key(key, FIELDS + 2));
    if (a->cutout > 0)
        cut_out(image, side, a->cutout * nn_uniform(key, HOLE), key);
}
