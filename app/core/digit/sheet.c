/* sheet.c - pieces of what is lighter than one of some levels; the one that is most like a rectangle. */
#include "sheet.h"
#include "nn/alloc.h"
#include "pieces.h"

enum {
    LOOK_SIDE = 128,  /* pixels at which it is looked for */
    LEAST_LIGHT = 96, /* levels: no sheet is darker, */
    LIGHT_STEP = 16,  /* of these steps */
    SHARE = 14,       /* of the picture, a sheet takes 1 / this, at least */
    MOST_SIDES = 1,   /* of the picture that it touches */
    RIM = 24          /* of it, 1 / this of its side is left out */
};

/* More of its outline is straight than that of the best so far. */
static bool is_better(const pieces *all, const piece *p, const piece *best)
{
    int box = pixel_box_w(&p->box) * pixel_box_h(&p->box);
    return piece_is_box(p) && p->sides <= MOST_SIDES && SHARE * box >= all->w * all->h && 4 * p->area >= 3 * box &&
           p->outline > best->outline;
}

static bool look(piece *best, const unsigned char *light, int w, int h, nn_error *err)
{
    for (int least = LEAST_LIGHT; least < 255; least += LIGHT_STEP) {
        pieces all;
        bool ok = pieces_find(&all, light, w, h, least, least, err);
        for (int i = 0; ok && i < all.count; i++)
            if (is_better(&all, &all.piece[i], best))
                *best = all.piece[i];
        pieces_free(&all);
        if (!ok)
            return false;
    }
    return true;
}

bool sheet_find(pixel_box *inside, const pixmap *picture, nn_error *err)
{
    unsigned char *light;
    piece best = {.outline = 0};
    int w, h;
    *inside = (pixel_box){0};
    if (!pixmap_shrink_darkness(&light, &w, &h, picture, LOOK_SIDE, err))
        return false;
    for (int i = 0; i < w * h; i++)
        light[i] = (unsigned char)(255 - light[i]);
    bool ok = look(&best, light, w, h, err);
    if (best.outline > 0) {
        int rim = 1 + pixel_box_side(&best.box) / RIM;
        *inside = (pixel_box){(best.box.x0 + rim) * picture->w / w, (best.box.y0 + rim) * picture->h / h,
                              (best.box.x1 - rim) * picture->w / w, (best.box.y1 - rim) * picture->h / h};
    }
    nn_free(light);
    return ok;
}
