/* pixmap.c - darkness, and smaller copies. */
#include "pixmap.h"
#include "nn/alloc.h"
#include "shrink.h"
#include <string.h>

unsigned char pixmap_darkness(const unsigned char rgba[4])
{
    unsigned light = 299u * rgba[0] + 587u * rgba[1] + 114u * rgba[2] + 1000u * (255u - rgba[3]);
    return (unsigned char)(255u - (light + 500u) / 1000u);
}

static int side_of(int length, int longer, int side)
{
    int shrunk = (int)((int64_t)length * side / longer);
    return shrunk > 0 ? shrunk : 1;
}

void pixmap_shrunk_size(int *out_w, int *out_h, int w, int h, int side)
{
    int longer = w > h ? w : h, most = longer < side ? longer : side;
    *out_w = side_of(w, longer, most);
    *out_h = side_of(h, longer, most);
}

static int common_divisor(int a, int b)
{
    while (b > 0) {
        int rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

int pixmap_enlarged(const pixmap *p)
{
    size_t row = 4 * (size_t)p->w;
    int size = common_divisor(p->w, p->h);
    for (int y = 0; y < p->h && size > 1; y++) {
        const unsigned char *pixel = p->rgba + (size_t)y * row;
        if (y > 0 && memcmp(pixel, pixel - row, row) == 0)
            continue;
        size = common_divisor(size, y);
        for (int x = 1; x < p->w && size > 1; x++)
            if (memcmp(pixel + 4 * (ptrdiff_t)x, pixel + 4 * (ptrdiff_t)(x - 1), 4) != 0)
                size = common_divisor(size, x);
    }
    return size;
}

bool pixmap_shrink(pixmap *out, const pixmap *from, const pixel_box *part, int side, nn_error *err)
{
    int w = pixel_box_w(part), h = pixel_box_h(part);
    shrinker s;
    pixmap_shrunk_size(&out->w, &out->h, w, h, side);
    bool ok = shrink_begin(&s, w, h, SHRINK_COLOURS_ALPHA, out->w, out->h, err);
    for (int y = part->y0; ok && y < part->y1; y++)
        shrink_add(&s, from->rgba + 4 * ((size_t)y * (size_t)from->w + (size_t)part->x0));
    shrink_end(&s);
    out->rgba = s.out.rgba;
    if (ok)
        return true;
    nn_free(out->rgba);
    out->rgba = NULL;
    return false;
}

bool pixmap_shrink_darkness(unsigned char **dark, int *w, int *h, const pixmap *from, int side, nn_error *err)
{
    pixmap small;
    const pixel_box whole = {0, 0, from->w, from->h};
    *dark = NULL;
    if (!pixmap_shrink(&small, from, &whole, side, err))
        return false;
    *w = small.w;
    *h = small.h;
    *dark = nn_alloc((size_t)small.w * (size_t)small.h, 1);
    for (int i = 0; *dark && i < small.w * small.h; i++)
        (*dark)[i] = pixmap_darkness(small.rgba + 4 * (ptrdiff_t)i);
    nn_free(small.rgba);
    return *dark || nn_fail(err, NN_NOMEM, 0, "not enough memory for the picture");
}
