/* orientation.c - turning images, and a font of 5x7 dots to compare them with. */
#include "orientation.h"
#include "array.h"
#include "nn/alloc.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

const char *const orientation_words[ORIENTATIONS] = {"as-is",       "transposed", "left",    "right",
                                                     "upside-down", "mirrored",   "flipped", "antitransposed"};
const char *const orientation_phrases[ORIENTATIONS] = {
    "upright",     "transposed", "turned to the left",    "turned to the right",
    "upside down", "mirrored",   "flipped top to bottom", "transposed and upside down"};

/* ---- turning ----------------------------------------------------------------------------------------------------- */

void orientation_undo(unsigned char *to, const unsigned char *from, int side, orientation lies)
{
    int last = side - 1;
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            int u = x, v = y; /* where the pixel of the upright image is in the one that lies so */
            switch (lies) {
            case TRANSPOSED: u = y, v = x; break;
            case TURNED_LEFT: u = y, v = last - x; break;
            case TURNED_RIGHT: u = last - y, v = x; break;
            case UPSIDE_DOWN: u = last - x, v = last - y; break;
            case MIRRORED: u = last - x; break;
            case FLIPPED: v = last - y; break;
            case ANTITRANSPOSED: u = last - y, v = last - x; break;
            case UPRIGHT:
            case ORIENTATIONS: break;
            }
            to[y * side + x] = from[v * side + u];
        }
}

bool dataset_put_upright(dataset *data, orientation lie, nn_error *err)
{
    size_t pixels = (size_t)(data->side * data->side);
    unsigned char *image = nn_alloc(pixels, 1);
    if (!image)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for an image");
    for (int i = 0; i < data->count; i++) {
        unsigned char *of = data->images + (size_t)i * pixels;
        orientation_undo(image, of, data->side, lie);
        memcpy(of, image, pixels);
    }
    nn_free(image);
    return true;
}

/* ---- polarity ---------------------------------------------------------------------------------------------------- */

static bool has_light_border(const unsigned char *image, int side)
{
    int light = 0, all = 0;
    for (int i = 0; i < side * side; i++) {
        int x = i % side, y = i / side;
        bool border = x == 0 || y == 0 || x == side - 1 || y == side - 1;
        all += border;
        light += border && image[i] > 127;
    }
    return 2 * light > all;
}

bool dataset_is_dark_on_light(const dataset *data)
{
    size_t pixels = (size_t)(data->side * data->side);
    int light = 0;
    for (int i = 0; i < data->count; i++)
        light += has_light_border(data->images + (size_t)i * pixels, data->side);
    return 2 * light > data->count;
}

void dataset_invert(dataset *data)
{
    size_t bytes = (size_t)data->count * (size_t)(data->side * data->side);
    for (size_t i = 0; i < bytes; i++)
        data->images[i] = (unsigned char)(255 - data->images[i]);
}

/* ---- shapes ------------------------------------------------------------------------------------------------------ */

enum { DOTS_W = 5, DOTS_H = 7, GRID = 12, CELLS = GRID * GRID };

/* Seven rows of five dots for every digit and capital letter; bit 4 is the left one. */
static const unsigned char font[36][DOTS_H] = {
    {14, 17, 19, 21, 25, 17, 14}, {4, 12, 4, 4, 4, 4, 14},      {14, 17, 1, 2, 4, 8, 31},
    {31, 2, 4, 2, 1, 17, 14},     {2, 6, 10, 18, 31, 2, 2},     {31, 16, 30, 1, 1, 17, 14},
    {6, 8, 16, 30, 17, 17, 14},   {31, 1, 2, 4, 8, 8, 8},       {14, 17, 17, 14, 17, 17, 14},
    {14, 17, 17, 15, 1, 2, 12},   {14, 17, 17, 31, 17, 17, 17}, {30, 17, 17, 30, 17, 17, 30},
    {14, 17, 16, 16, 16, 17, 14}, {30, 17, 17, 17, 17, 17, 30}, {31, 16, 16, 30, 16, 16, 31},
    {31, 16, 16, 30, 16, 16, 16}, {14, 17, 16, 23, 17, 17, 15}, {17, 17, 17, 31, 17, 17, 17},
    {14, 4, 4, 4, 4, 4, 14},      {7, 2, 2, 2, 2, 18, 12},      {17, 18, 20, 24, 20, 18, 17},
    {16, 16, 16, 16, 16, 16, 31}, {17, 27, 21, 21, 17, 17, 17}, {17, 17, 25, 21, 19, 17, 17},
    {14, 17, 17, 17, 17, 17, 14}, {30, 17, 17, 30, 16, 16, 16}, {14, 17, 17, 17, 21, 18, 13},
    {30, 17, 17, 30, 20, 18, 17}, {15, 16, 16, 14, 1, 1, 30},   {31, 4, 4, 4, 4, 4, 4},
    {17, 17, 17, 17, 17, 17, 14}, {17, 17, 17, 17, 17, 10, 4},  {17, 17, 17, 21, 21, 21, 10},
    {17, 17, 10, 4, 10, 17, 17},  {17, 17, 17, 10, 4, 4, 4},    {31, 1, 2, 4, 8, 16, 31},
};

/* The row of the font for a class, -1 for none. Small letters count where their capitals have no class of their own. */
static int glyph_of(const dataset *data, int class)
{
    const char *label = data->label[class];
    if (!label[0] || label[1] || !isalnum((unsigned char)label[0]))
        return -1;
    if (isdigit((unsigned char)label[0]))
        return label[0] - '0';
    char capital = (char)toupper((unsigned char)label[0]);
    for (int i = 0; i < data->classes; i++)
        if (i != class && data->label[i][0] == capital && !data->label[i][1])
            return -1;
    return 10 + capital - 'A';
}

/* Fits a picture of floats into GRID x GRID by the box of its ink, blurred. */
static void fit(float grid[CELLS], const float *image, int w, int h)
{
    int left = w, right = -1, top = h, bottom = -1;
    float peak = 0, sums[CELLS] = {0};
    for (int i = 0; i < w * h; i++)
        peak = fmaxf(peak, image[i]);
    for (int i = 0; i < w * h; i++)
        if (image[i] > 0.25f * peak) {
            left = i % w < left ? i % w : left, right = i % w > right ? i % w : right;
            top = i / w < top ? i / w : top, bottom = i / w;
        }
    for (int i = 0; i < CELLS && right >= left; i++) {
        float x = (float)left + ((float)(i % GRID) + 0.5f) * (float)(right - left + 1) / GRID;
        float y = (float)top + ((float)(i / GRID) + 0.5f) * (float)(bottom - top + 1) / GRID;
        sums[i] = image[(int)y * w + (int)x];
    }
    for (int i = 0; i < CELLS; i++) {
        float sum = 0, weight = 0;
        for (int dy = -2; dy <= 2; dy++)
            for (int dx = -2; dx <= 2; dx++) {
                int x = i % GRID + dx, y = i / GRID + dy;
                float near = expf(-0.4f * (float)(dx * dx + dy * dy));
                sum += x >= 0 && x < GRID && y >= 0 && y < GRID ? near * sums[y * GRID + x] : 0;
                weight += near;
            }
        grid[i] = sum / weight;
    }
}

static double correlation(const float a[CELLS], const float b[CELLS])
{
    double mean_a = 0, mean_b = 0, aa = 1e-12, bb = 1e-12, ab = 0;
    for (int i = 0; i < CELLS; i++)
        mean_a += (double)a[i] / CELLS, mean_b += (double)b[i] / CELLS;
    for (int i = 0; i < CELLS; i++) {
        double x = (double)a[i] - mean_a, y = (double)b[i] - mean_b;
        aa += x * x, bb += y * y, ab += x * y;
    }
    return ab / sqrt(aa * bb);
}

static void print_glyph(float grid[CELLS], int glyph)
{
    float dots[DOTS_W * DOTS_H];
    for (int i = 0; i < DOTS_W * DOTS_H; i++)
        dots[i] = (float)(font[glyph][i / DOTS_W] >> (DOTS_W - 1 - i % DOTS_W) & 1);
    fit(grid, dots, DOTS_W, DOTS_H);
}

/* The mean of a class's images, each by itself in its box; images: put upright from this lie. */
static bool mean_of(float mean[CELLS], const dataset *data, int class, orientation lie)
{
    enum { ENOUGH = 100, MAX_PIXELS = DATASET_MAX_SIDE * DATASET_MAX_SIDE };
    unsigned char turned[MAX_PIXELS];
    float image[MAX_PIXELS], grid[CELLS];
    int pixels = data->side * data->side, n = 0;
    memset(mean, 0, CELLS * sizeof *mean);
    for (int i = 0; i < data->count && n < ENOUGH; i++) {
        if (data->labels[i] != class)
            continue;
        orientation_undo(turned, data->images + (size_t)i * (size_t)pixels, data->side, lie);
        for (int k = 0; k < pixels; k++)
            image[k] = (float)turned[k] / 255;
        fit(grid, image, data->side, data->side);
        for (int k = 0; k < CELLS; k++)
            mean[k] += grid[k];
        n++;
    }
    return n > 0;
}

int orientation_by_shape(const dataset *data, double likeness[ORIENTATIONS])
{
    int known = 0;
    memset(likeness, 0, ORIENTATIONS * sizeof *likeness);
    for (int label = 0; label < data->classes; label++) {
        float printed[CELLS], mean[CELLS];
        int glyph = glyph_of(data, label);
        if (glyph < 0 || !mean_of(mean, data, label, UPRIGHT))
            continue;
        known++;
        print_glyph(printed, glyph);
        for (orientation lie = UPRIGHT; lie < ORIENTATIONS; lie++)
            if (mean_of(mean, data, label, lie))
                likeness[lie] += correlation(mean, printed);
    }
    for (int i = 0; known > 0 && i < ORIENTATIONS; i++)
        likeness[i] /= known;
    return known;
}
