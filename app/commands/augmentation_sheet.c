/* augmentation_sheet.c - lays out the tiles of the sheet. */
#include "augmentation_sheet.h"
#include "app/ui/kit/picture_file.h"
#include "nn/rng.h"

enum { ROWS = 10, VERSIONS = 12, TILE = 84, GAP = 6, GAP_AFTER_FIRST = 24, MARGIN = 18, PAPER = 0x5c6370 };

typedef struct sheet {
    uint32_t *pixels;
    int w, h, zoom, tile;
} sheet;

static void draw_tile(const sheet *s, const float *image, int side, int left, int top)
{
    for (int y = 0; y < s->tile; y++)
        for (int x = 0; x < s->tile; x++) {
            uint32_t grey = (uint32_t)(255.0f * image[y / s->zoom * side + x / s->zoom] + 0.5f);
            s->pixels[(top + y) * s->w + left + x] = 0xff000000u | grey << 16 | grey << 8 | grey;
        }
}

/* The original (version -1) or one of its versions. */
static void draw_version(const sheet *s, const dataset *data, int image, int version, int top,
                         const nn_augment *augment, uint64_t seed)
{
    float pixel[NN_AUGMENT_MAX_SIDE * NN_AUGMENT_MAX_SIDE];
    int left = MARGIN;
    dataset_image(data, image, pixel);
    if (version >= 0) {
        left += s->tile + GAP_AFTER_FIRST + version * (s->tile + GAP);
        nn_augment_image(augment, pixel, data->side, nn_key(nn_key(seed, (uint64_t)version), (uint64_t)image));
    }
    draw_tile(s, pixel, data->side, left, top);
}

static int first_of_class(const dataset *data, int class)
{
    int i = 0;
    while (i < data->count && data->labels[i] != class)
        i++;
    return i;
}

bool augmentation_sheet_save(const char *path, const dataset *data, const nn_augment *augment, uint64_t seed,
                             nn_error *err)
{
    int rows = data->classes < ROWS ? data->classes : ROWS, zoom = TILE / data->side;
    if (data->side > NN_AUGMENT_MAX_SIDE)
        return nn_fail(err, NN_LIMIT, 0, "images of %d pixels, at most %d", data->side, NN_AUGMENT_MAX_SIDE);
    sheet s = {.zoom = zoom, .tile = zoom * data->side};
    s.w = 2 * MARGIN + s.tile + GAP_AFTER_FIRST + VERSIONS * (s.tile + GAP) - GAP;
    s.h = 2 * MARGIN + rows * (s.tile + GAP) - GAP;
    s.pixels = nn_alloc((size_t)s.w * (size_t)s.h, sizeof *s.pixels);
    if (!s.pixels)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the sheet");
    for (int i = 0; i < s.w * s.h; i++)
        s.pixels[i] = 0xff000000u | PAPER;
    for (int row = 0; row < rows; row++) {
        int image = first_of_class(data, row);
        for (int version = -1; image < data->count && version < VERSIONS; version++)
            draw_version(&s, data, image, version, MARGIN + row * (s.tile + GAP), augment, seed);
    }
    bool ok = picture_file_save(path, s.pixels, s.w, s.h, err);
    nn_free(s.pixels);
    return ok;
}
