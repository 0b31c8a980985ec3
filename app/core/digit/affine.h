/* affine.h - maps of the plane that keep lines straight: from canvas to network's image and back. */
#ifndef AFFINE_H
#define AFFINE_H

/* (x, y) -> (xx x + xy y + x, yx x + yy y + y) */
typedef struct affine {
    float xx, xy, x;
    float yx, yy, y;
} affine;

static inline void affine_apply(const affine *a, float x, float y, float out[2])
{
    out[0] = a->xx * x + a->xy * y + a->x;
    out[1] = a->yx * x + a->yy * y + a->y;
}

/* First `first`, then `second`. */
static inline affine affine_then(const affine *first, const affine *second)
{
    const affine *f = first, *s = second;
    return (affine){s->xx * f->xx + s->xy * f->yx, s->xx * f->xy + s->xy * f->yy, s->xx * f->x + s->xy * f->y + s->x,
                    s->yx * f->xx + s->yy * f->yx, s->yx * f->xy + s->yy * f->yy, s->yx * f->x + s->yy * f->y + s->y};
}

/* The way back. `a` must not flatten the plane. */
static inline affine affine_inverse(const affine *a)
{
    float d = 1 / (a->xx * a->yy - a->xy * a->yx);
    affine b = {d * a->yy, -d * a->xy, 0, -d * a->yx, d * a->xx, 0};
    b.x = -(b.xx * a->x + b.xy * a->y);
    b.y = -(b.yx * a->x + b.yy * a->y);
    return b;
}

#endif
