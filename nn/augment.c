#include "augment.h"
#include "number.h"
#include "rng.h"
#include <stddef.h>
#include <string.h>

static const nn_augment standard = {
    .plain = 0.15f,
    .rotate = 12,
    .scale = 0.12f,
    .aspect = 0.12f,
    .shift = 1.5f,
    .shear = 0.2f,
    .width = 0.7f,
};

static const struct {
    const char *name;
    size_t offset;
    float max;
} settings[] = {
    {"plain", offsetof(nn_augment, plain), 1},    {"rotate", offsetof(nn_augment, rotate), 180},
    {"scale", offsetof(nn_augment, scale), 0.9f}, {"aspect", offsetof(nn_augment, aspect), 0.9f},
    {"shift", offsetof(nn_augment, shift), 28},   {"shear", offsetof(nn_augment, shear), 2},
    {"width", offsetof(nn_augment, width), 2},
};
enum { SETTINGS = sizeof settings / sizeof *settings };

static bool read_setting(nn_augment *augment, const char *text, const char **end, size_t pos, nn_error *err)
{
    for (int i = 0; i < SETTINGS; i++) {
        size_t len = strlen(settings[i].name);
        double value;
        if (strncmp(text, settings[i].name, len) != 0 || text[len] != '=')
            continue;
        const char *number = text + len + 1;
        size_t n = strcspn(number, ",");
        if (!nn_number_parse(number, n, &value) || value < 0.0 || value > (double)settings[i].max)
            return nn_fail(err, NN_USAGE, pos, "%s must be 0 to %g", settings[i].name, (double)settings[i].max);
        *(float *)(void *)((char *)augment + settings[i].offset) = (float)value;
        *end = number + n;
        return true;
    }
    return nn_fail(err, NN_USAGE, pos,
                   "augmentation is a list of NAME=STRENGTH with plain, rotate, scale, aspect, shift, shear, width");
}

bool nn_augment_parse(nn_augment *augment, const char *text, nn_error *err)
{
    *augment = (nn_augment){0};
    if (strcmp(text, "none") == 0)
        return true;
    if (strcmp(text, "default") == 0) {
        *augment = standard;
        return true;
    }
    for (const char *at = text;; at++) {
        if (!read_setting(augment, at, &at, (size_t)(at - text), err))
            return false;
        if (*at == '\0')
            return true;
    }
}

/* Greatest (sign > 0) or least value among a pixel and its four neighbours. */
static float extreme(const float *image, int side, int x, int y, float sign)
{
    float best = sign * image[y * side + x];
    const int step[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    for (int i = 0; i < 4; i++) {
        int u = x + step[i][0], v = y + step[i][1];
        float value = u < 0 || v < 0 || u >= side || v >= side ? 0.0f : image[v * side + u];
        best = sign * value > best ? sign * value : best;
    }
    return sign * best;
}

static float brightest(const float *image, int count)
{
    float best = 0.0f;
    for (int i = 0; i < count; i++)
        best = image[i] > best ? image[i] : best;
    return best;
}

/* Grey dilation (amount > 0) or erosion by up to one pixel on either side, in proportion, at the brightness it had. */
static void change_width(float *image, int side, float amount)
{
    float before[NN_AUGMENT_MAX_SIDE * NN_AUGMENT_MAX_SIDE];
    float sign = amount < 0.0f ? -1.0f : 1.0f, share = amount * sign;
    memcpy(before, image, (size_t)(side * side) * sizeof *before);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++)
            image[y * side + x] += share * (extreme(before, side, x, y, sign) - before[y * side + x]);
    float now = brightest(image, side * side), gain = now > 0.0f ? brightest(before, side * side) / now : 1.0f;
    for (int i = 0; i < side * side; i++)
        image[i] *= gain;
}

/* The weights of four neighbours for a point at u in [0, 1) behind the second: Catmull-Rom's cubic (Keys 1981, a = -1/2). */
static void cubic_weights(float u, float weight[4])
{
    weight[0] = u * (-0.5f + u * (1.0f - 0.5f * u));
    weight[1] = 1.0f + u * u * (-2.5f + 1.5f * u);
    weight[2] = u * (0.5f + u * (2.0f - 1.5f * u));
    weight[3] = u * u * (-0.5f + 0.5f * u);
}

static float bicubic(const float *image, int side, float x, float y)
{
    float fx = floorf(x), fy = floorf(y), across[4], down[4], value = 0.0f;
    int left = (int)fx - 1, top = (int)fy - 1;
    if (left < -3 || top < -3 || left >= side || top >= side)
        return 0.0f;
    cubic_weights(x - fx, across);
    cubic_weights(y - fy, down);
    for (int j = top < 0 ? -top : 0; j < 4 && top + j < side; j++)
        for (int i = left < 0 ? -left : 0; i < 4 && left + i < side; i++)
            value += down[j] * across[i] * image[(top + j) * side + left + i];
    return value < 0.0f ? 0.0f : value > 1.0f ? 1.0f : value;
}

/* out(p) = image(A (p - centre - shift) + centre): A undoes rotation, shear and the two scales. */
static void warp(const nn_augment *augment, float *image, int side, uint64_t key)
{
    float before[NN_AUGMENT_MAX_SIDE * NN_AUGMENT_MAX_SIDE];
    float angle = augment->rotate * 0.01745329f * nn_signed(key, 0), shear = augment->shear * nn_signed(key, 1);
    float scale = 1.0f + augment->scale * nn_signed(key, 2), aspect = 1.0f + augment->aspect * nn_signed(key, 3);
    float dx = augment->shift * nn_signed(key, 4), dy = augment->shift * nn_signed(key, 5);
    float sx = 1.0f / (scale * sqrtf(aspect)), sy = sqrtf(aspect) / scale;
    float c = cosf(angle), s = sinf(angle), middle = 0.5f * (float)(side - 1);
    float a = sx * (c + shear * s), b = sx * (s - shear * c), d = -sy * s, e = sy * c;
    memcpy(before, image, (size_t)(side * side) * sizeof *before);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            float u = (float)x - middle - dx, v = (float)y - middle - dy;
            image[y * side + x] = bicubic(before, side, a * u + b * v + middle, d * u + e * v + middle);
        }
}

void nn_augment_image(const nn_augment *augment, float *image, int side, uint64_t key)
{
    if (nn_uniform(key, 7) >= 1.0f - augment->plain)
        return;
    float width = augment->width * nn_signed(key, 6);
    for (; width > 1.0f; width -= 1.0f)
        change_width(image, side, 1.0f);
    for (; width < -1.0f; width += 1.0f)
        change_width(image, side, -1.0f);
    if (width != 0.0f)
        change_width(image, side, width);
    if (augment->rotate > 0 || augment->scale > 0 || augment->aspect > 0 || augment->shift > 0 || augment->shear > 0)
        warp(augment, image, side, key);
}
