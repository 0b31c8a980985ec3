/* curves.c - the axes and lines of one. */
#include "curves.h"
#include "app/texts/texts.h"
#include <math.h>

static const int few = 20; /* points, that can be told apart */

typedef struct plot {
    ui *u;
    const curves *c;
    float x, y, w, h; /* where the axes are */
} plot;

/* How far up the axis, 0 to 1; what a logarithm does not know is at its lower end. */
static float height_of(const curves *c, float y)
{
    return c->decades ? logf(fmaxf(y, 0.1f * c->low) / c->low) / logf(c->high / c->low)
                      : (y - c->low) / (c->high - c->low);
}

static curve_point place(const plot *p, curve_point point)
{
    return (curve_point){p->x + p->w * point.x / p->c->max_x, p->y + p->h * (1 - height_of(p->c, point.y))};
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

/* The i-th of the values at the y axis; false behind the last one. */
static bool tick(const plot *p, int i, float *value)
{
    const curves *c = p->c;
    *value = c->decades ? c->low * powf(10, (float)i) : c->low + 0.5f * (float)i * (c->high - c->low);
    return *value <= 1.001f * c->high;
}

static void draw_y_axis(const plot *p, int label_w)
{
    ui *u = p->u;
    float value;
    int line = ui_px(u, 1) > 0 ? ui_px(u, 1) : 1, ticks = 0;
    while (tick(p, ticks, &value))
        ticks++;
    int room = (int)p->h / ui_px(u, 18), step = room > 0 && ticks > 1 ? (ticks - 2) / room + 1 : ticks;
    for (int i = 0; i < ticks; i++) {
        tick(p, i, &value);
        int y = (int)place(p, (curve_point){0, value}).y;
        draw_rect(u->list, (rect){(int)p->x, y, (int)p->w, line}, 0, u->colours->edge);
        if ((ticks - 1 - i) % step == 0)
            draw_label(p, value, label_w);
    }
}

/* Both ends, and between them what is counted. */
static void draw_x_axis(const plot *p, rect row)
{
    ui *u = p->u;
    font f = ui_font(u, 12, FONT_REGULAR);
    const char *end = p->c->x_end;
    int side = text_width(u->text, f, end) + ui_px(u, 4);
    ui_label(u, (rect){row.x, row.y, side, row.h}, ui_say(u, FORMAT_NUMBER_WHOLE, 0), f, u->colours->muted, ALIGN_LEFT);
    ui_label(u, (rect){row.x + row.w - side, row.y, side, row.h}, end, f, u->colours->muted, ALIGN_RIGHT);
    ui_label(u, (rect){row.x + side, row.y, row.w - 2 * side, row.h}, p->c->x_title, f, u->colours->muted,
             ALIGN_CENTRE);
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

int curves_axis(const ui *u)
{
    return ui_px(u, 44);
}

static void draw_mark(const plot *p)
{
    ui *u = p->u;
    float x = place(p, (curve_point){p->c->mark, p->c->low}).x, width = fmaxf(1.4f * u->scale, 1);
    if (p->c->mark >= 0)
        draw_line(u->list, &(shape_line){x, p->y, width, x, p->y + p->h, width}, u->colours->text);
}

void curves_draw(ui *u, rect area, const curves *c)
{
    int title_h = ui_px(u, 18), axis_h = ui_px(u, 14), label_w = curves_axis(u), pad = ui_px(u, 5);
    ui_label(u, (rect){area.x, area.y, area.w, title_h}, c->title, ui_font(u, 14, FONT_BOLD), u->colours->text,
             ALIGN_LEFT);
    plot p = {u,
              c,
              (float)(area.x + label_w),
              (float)(area.y + title_h + 2 * pad), /* half a label of the axis, and some air */
              (float)(area.w - label_w - pad),
              (float)(area.h - title_h - axis_h - 3 * pad)};
    if (p.w <= 0 || p.h <= 0)
        return;
    draw_y_axis(&p, label_w);
    draw_x_axis(&p, (rect){(int)p.x, area.y + area.h - axis_h, (int)p.w, axis_h});
    rect inside = {(int)p.x, (int)p.y - pad / 2, (int)p.w + pad, (int)p.h + pad};
    rect clip = draw_clip(u->list, inside);
    draw_series(&p, c->thin, c->n_thin, fmaxf(1.4f * u->scale, 1), u->colours->bar, c->n_thin <= few);
    draw_series(&p, c->thick, c->n_thick, fmaxf(2.6f * u->scale, 2), u->colours->accent, true);
    draw_mark(&p);
    draw_set_clip(u->list, clip);
}
