/* curves.c - the axes and lines of one. */
#include "curves.h"
#include "app/texts/texts.h"
#include <math.h>

typedef struct plot {
    ui *u;
    const curves *c;
    float x, y, w, h; /* where the axes are */
} plot;

static curve_point place(const plot *p, curve_point point)
{
    const curves *c = p->c;
    return (curve_point){p->x + p->w * point.x / c->max_x, p->y + p->h * (1 - (point.y - c->low) / (c->high - c->low))};
}

static void draw_label(const plot *p, float value, int label_w)
{
    ui *u = p->u;
    font f = ui_font(u, 12, FONT_REGULAR);
    const char *text = p->c->percent ? ui_say(u, FORMAT_NUMBER_PERCENT_WHOLE, (double)(100 * value))
                                     : ui_say(u, FORMAT_NUMBER_SHORT, (double)value);
    int y = (int)place(p, (curve_point){0, value}).y, h = ui_px(u, 16);
    ui_label(u, (rect){(int)p->x - label_w, y - h / 2, label_w - ui_px(u, 6), h}, text, f, u->colours->muted,
             ALIGN_RIGHT);
}

static void draw_axes(const plot *p, int label_w)
{
    ui *u = p->u;
    int line = ui_px(u, 1) > 0 ? ui_px(u, 1) : 1, step = p->h < (float)ui_px(u, 40) ? 2 : 1;
    for (int i = 0; i <= 2; i += step) {
        float value = p->c->low + 0.5f * (float)i * (p->c->high - p->c->low);
        int y = (int)place(p, (curve_point){0, value}).y;
        draw_rect(u->list, (rect){(int)p->x, y, (int)p->w, line}, 0, u->colours->edge);
        draw_label(p, value, label_w);
    }
}

static void draw_series(const plot *p, const curve_point *points, int n, float width, colour c, bool dots)
{
    float dot = 2.2f * width;
    for (int i = 0; i < n; i++) {
        curve_point to = place(p, points[i]), from = i ? place(p, points[i - 1]) : to;
        if (i || !dots)
            draw_line(p->u->list, &(shape_line){from.x, from.y, width, to.x, to.y, width}, c);
        if (dots)
            draw_box(p->u->list, &(shape_box){to.x - 0.5f * dot, to.y - 0.5f * dot, dot, dot, 0.5f * dot, 0}, c);
    }
}

void curves_draw(ui *u, rect area, const curves *c)
{
    int title_h = ui_px(u, 20), label_w = ui_px(u, 52), pad = ui_px(u, 8);
    ui_label(u, (rect){area.x, area.y, area.w, title_h}, c->title, ui_font(u, 14, FONT_BOLD), u->colours->text,
             ALIGN_LEFT);
    plot p = {u,
              c,
              (float)(area.x + label_w),
              (float)(area.y + title_h + pad),
              (float)(area.w - label_w - pad),
              (float)(area.h - title_h - 2 * pad)};
    if (p.w <= 0 || p.h <= 0)
        return;
    draw_axes(&p, label_w);
    rect inside = {(int)p.x, (int)p.y - pad / 2, (int)p.w + pad, (int)p.h + pad};
    rect clip = draw_clip(u->list, inside);
    draw_series(&p, c->thin, c->n_thin, fmaxf(1.4f * u->scale, 1), u->colours->bar, false);
    draw_series(&p, c->thick, c->n_thick, fmaxf(2.6f * u->scale, 2), u->colours->accent, true);
    draw_set_clip(u->list, clip);
}
