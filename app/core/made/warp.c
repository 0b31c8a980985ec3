/* warp.c - the bend and the affine map of a drawing. */
#include "warp.h"
#include "app/core/drawing/ink.h"
#include "dice.h"

warp warp_roll(uint64_t *dice, float strength)
{
    warp w = {.taper = strength * 0.13f * dice_normal(dice)};
    w.bow = strength * 0.06f * dice_normal(dice);
    w.wave = strength * 0.025f * dice_normal(dice);
    w.phase = dice_uniform(dice, 0, 6.28f);
    w.waist = strength * 0.13f * dice_normal(dice);
    w.tilt = strength * 0.06f * dice_normal(dice);
    w.sag = strength * 0.04f * dice_normal(dice);
    return w;
}

void warp_place(warp *w, float aspect, float slant, float angle, float size)
{
    float c = cosf(angle) * size, s = sinf(angle) * size;
    w->xx = c * aspect;
    w->xy = -c * slant - s;
    w->yx = s * aspect;
    w->yy = -s * slant + c;
}

void warp_point(const warp *w, float u, float v, float *x, float *y)
{
    float bent = u * (1 + w->taper * v) + w->bow * v * v + w->wave * sinf(3 * v + w->phase);
    v += w->waist * (1 - v * v) + w->tilt * u + w->sag * u * u;
    *x = INK_CANVAS / 2 + w->xx * bent + w->xy * v;
    *y = INK_CANVAS / 2 + w->yx * bent + w->yy * v;
}
