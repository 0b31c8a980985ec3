/* break_panel.c - texts_get(TEXT_ACTION_VIEW_BREAK): what is done to a drawing before the network gets it can be switched off, and the picture
 * that it gets can be spoilt, while the bars move. So a class sees what the preparation is for. */
#include "app/texts/texts.h"
#include "panel.h"
#include <math.h>
#include <stddef.h>
#include <stdio.h>

typedef enum shown { SHOWN_PIXELS, SHOWN_PERCENT_MORE, SHOWN_DEGREES, SHOWN_PERCENT } shown;

typedef struct control {
    const char *name;
    text_id label, tip;
    size_t at;            /* in distortion */
    float min, max, step; /* in its own unit */
    float per_unit;       /* of what is shown */
    shown unit;           /* of a value other than 0 */
} control;

#define AT(member) offsetof(distortion, member)
static const control controls[] = {
    {"shift", TEXT_BREAK_SHIFT, TEXT_BREAK_SHIFT_TIP, AT(shift_x), -8, 8, 0.5f, 1, SHOWN_PIXELS},
    {"shift.down", TEXT_BREAK_DOWN, TEXT_BREAK_DOWN_TIP, AT(shift_y), -8, 8, 0.5f, 1, SHOWN_PIXELS},
    {"scale", TEXT_BREAK_SCALE, TEXT_BREAK_SCALE_TIP, AT(scale), -0.6f, 0.6f, 0.05f, 100, SHOWN_PERCENT_MORE},
    {"rotate", TEXT_BREAK_ROTATE, TEXT_BREAK_ROTATE_TIP, AT(rotate), -180, 180, 5, 1, SHOWN_DEGREES},
    {"thickness", TEXT_BREAK_THICKNESS, TEXT_BREAK_THICKNESS_TIP, AT(width), -1.5f, 3, 0.25f, 1, SHOWN_PIXELS},
    {"noise", TEXT_BREAK_NOISE, TEXT_BREAK_NOISE_TIP, AT(noise), 0, 1, 0.05f, 100, SHOWN_PERCENT},
};
#undef AT

typedef struct preparation {
    const char *name;
    text_id label, tip;
    size_t at; /* in digit_options */
} preparation;

static const preparation preparations[] = {
    {"centering", TEXT_BREAK_CENTRE, TEXT_BREAK_CENTRE_TIP, offsetof(digit_options, centre)},
    {"scaling", TEXT_BREAK_FIT, TEXT_BREAK_FIT_TIP, offsetof(digit_options, scale)},
    {"width", TEXT_BREAK_PEN, TEXT_BREAK_PEN_TIP, offsetof(digit_options, width)},
};

enum {
    N_CONTROLS = sizeof controls / sizeof controls[0],
    N_PREPARATIONS = sizeof preparations / sizeof preparations[0],
};

static float value_of(const digit_options *how, int i)
{
    return *(const float *)(const void *)((const char *)&how->distort + controls[i].at);
}

static bool is_on(const digit_options *how, int i)
{
    return *(const bool *)((const char *)how + preparations[i].at);
}

static void draw_switches(const app *self, rect row)
{
    ui *u = self->ui;
    int gap = ui_px(u, 6), w = (row.w - N_PREPARATIONS * gap) / (N_PREPARATIONS + 1);
    for (int i = 0; i < N_PREPARATIONS; i++) {
        const preparation *p = &preparations[i];
        button b = {.name = p->name,
                    .label = texts_get(p->label),
                    .tip = texts_get(p->tip),
                    .act = {.id = ACTION_PREPARE, .index = (int)p->at}};
        b.on = is_on(&self->how, i);
        if (w >= ui_px(u, 110))
            b.icon = b.on ? ICON_TICK : ICON_BLANK;
        ui_button(u, (rect){row.x + i * (w + gap), row.y, w, row.h}, &b);
    }
    button reset = panel_button(ACTION_RESET, ICON_NONE, texts_get(TEXT_BREAK_RESET));
    reset.disabled = !digit_is_spoilt(&self->how);
    ui_button(u, (rect){row.x + row.w - w, row.y, w, row.h}, &reset);
}

static const char *say_value(ui *u, const control *c, double value)
{
    switch (c->unit) {
    case SHOWN_PIXELS: return ui_say(u, FORMAT_NUMBER_PIXELS, value);
    case SHOWN_PERCENT_MORE: return ui_say(u, FORMAT_NUMBER_PERCENT_MORE, value);
    case SHOWN_DEGREES: return ui_say(u, FORMAT_NUMBER_DEGREES, value);
    case SHOWN_PERCENT: break;
    }
    return ui_say(u, FORMAT_NUMBER_PERCENT_WHOLE, value);
}

/* Of the widest label, within reason. */
static int label_width(const app *self, int room)
{
    ui *u = self->ui;
    int width = ui_px(u, 82);
    for (int i = 0; i < N_CONTROLS; i++) {
        int w = text_width(u->text, ui_font(u, 15, FONT_REGULAR), texts_get(controls[i].label));
        width = w > width ? w : width;
    }
    return width < room ? width : room;
}

static void draw_control(const app *self, rect row, int i)
{
    ui *u = self->ui;
    const control *c = &controls[i];
    float value = value_of(&self->how, i);
    int label_w = label_width(self, row.w * 2 / 5), number_w = ui_px(u, 68), gap = ui_px(u, 8);
    const char *number = value == 0 ? "0" : say_value(u, c, (double)(value * c->per_unit));
    font f = ui_font(u, 15, FONT_REGULAR);
    ui_label(u, (rect){row.x, row.y, label_w, row.h}, texts_get(c->label), f, u->colours->text, ALIGN_LEFT);
    slider s = {.name = c->name,
                .tip = texts_get(c->tip),
                .act = {.id = ACTION_DISTORT, .index = (int)c->at},
                .value = value,
                .min = c->min,
                .max = c->max,
                .step = c->step};
    ui_slider(u, (rect){row.x + label_w + gap, row.y, row.w - label_w - number_w - 2 * gap, row.h}, &s);
    ui_label(u, (rect){row.x + row.w - number_w, row.y, number_w, row.h}, number, f,
             value == 0 ? u->colours->muted : u->colours->text, ALIGN_RIGHT);
}

/* The picture is as large as the controls leave room for, beside the bars. */
void break_view(const app *self, rect area)
{
    ui *u = self->ui;
    int low = area.h < ui_px(u, 330), gap = ui_px(u, low ? 8 : 12), switches = ui_px(u, low ? 28 : 34);
    int row = ui_px(u, low ? 21 : 26), caption = ui_px(u, 20);
    int fixed = switches + 2 * gap + gap / 2 + caption, side = area.h - fixed - N_CONTROLS * row;
    int most = area.w * 45 / 100;
    if (side > most) {
        row += (side - most) / N_CONTROLS;
        row = row > ui_px(u, 44) ? ui_px(u, 44) : row;
        side = most;
    }
    side = side < DIGIT_SIDE ? DIGIT_SIDE : side;
    side -= side % DIGIT_SIDE;
    input_panel(self, (rect){area.x, area.y, side, side});
    compact_panel(self, (rect){area.x + side + gap, area.y, area.w - side - gap, side});
    int y = area.y + side + gap;
    ui_label(u, (rect){area.x, y, area.w, caption}, texts_get(TEXT_BREAK_PREPARATION), ui_font(u, 13, FONT_REGULAR),
             u->colours->muted, ALIGN_LEFT);
    y += caption + gap / 2;
    draw_switches(self, (rect){area.x, y, area.w, switches});
    y += switches + gap;
    for (int i = 0; i < N_CONTROLS; i++, y += row)
        draw_control(self, (rect){area.x, y, area.w, row}, i);
}
