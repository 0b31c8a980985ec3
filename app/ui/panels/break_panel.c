/* break_panel.c - "Break it": what is done to a drawing before the network gets it can be switched off, and the picture
 * that it gets can be distorted, while the bars move. So a class sees what the preparation is for. */
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
    N_SWITCHES = N_PREPARATIONS + 1, /* the last one puts all back */
};

static float value_of(const digit_options *how, int i)
{
    return *(const float *)(const void *)((const char *)&how->distort + controls[i].at);
}

static bool is_on(const digit_options *how, int i)
{
    return *(const bool *)((const char *)how + preparations[i].at);
}

/* Beside each other, or two by two where their names have no room for that. */
static int switch_columns(ui *u, int w, int gap)
{
    int widest = ui_button_width(u, &(button){.label = texts_get(TEXT_BREAK_RESET)});
    for (int i = 0; i < N_PREPARATIONS; i++) {
        int needed = ui_button_width(u, &(button){.label = texts_get(preparations[i].label)});
        widest = needed > widest ? needed : widest;
    }
    return N_SWITCHES * (widest + gap) - gap <= w ? N_SWITCHES : N_SWITCHES / 2;
}

/* The buttons go from `area` down, `high` each; returns the height of all. */
static int draw_switches(const app *self, rect area, int high, bool draw)
{
    ui *u = self->ui;
    int gap = ui_px(u, 6), columns = switch_columns(u, area.w, gap), w = (area.w + gap) / columns - gap;
    for (int i = 0; i < N_SWITCHES && draw; i++) {
        rect r = {area.x + i % columns * (w + gap), area.y + i / columns * (high + gap), w, high};
        button b = panel_button(ACTION_RESET, ICON_NONE, texts_get(TEXT_BREAK_RESET));
        b.disabled = !digit_is_distorted(&self->how);
        if (i < N_PREPARATIONS) {
            const preparation *p = &preparations[i];
            b = (button){.name = p->name, .label = texts_get(p->label), .tip = texts_get(p->tip)};
            b.act = (action){.id = ACTION_PREPARE, .index = (int)p->at};
            b.on = is_on(&self->how, i);
            if (ui_button_width(u, &b) + ui_px(u, 28) <= w)
                b.icon = b.on ? ICON_TICK : ICON_BLANK;
        }
        ui_button(u, r, &b);
    }
    return N_SWITCHES / columns * (high + gap) - gap;
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
    int width = 0;
    for (int i = 0; i < N_CONTROLS; i++)
        width = panel_column(u, width, texts_get(controls[i].label), ui_font(u, 15, FONT_REGULAR), room);
    return width;
}

static void draw_control(const app *self, rect row, int i)
{
    ui *u = self->ui;
    const control *c = &controls[i];
    float value = value_of(&self->how, i);
    int label_w = label_width(self, row.w * 2 / 5), number_w = ui_px(u, 60), gap = ui_px(u, 8);
    const char *number = value == 0 ? "0" : say_value(u, c, (double)(value * c->per_unit));
    font f = ui_font(u, 15, FONT_REGULAR);
    number_w = panel_column(u, number_w, number, f, row.w / 3);
    panel_row_label(u, (rect){row.x, row.y, label_w, row.h}, texts_get(c->label), f, u->colours->text);
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
    int low = area.h < ui_px(u, 330), gap = ui_px(u, low ? 8 : 12), each = ui_px(u, low ? 28 : 34);
    int switches = draw_switches(self, area, each, false);
    font small = ui_font(u, 13, FONT_REGULAR);
    const char *words = texts_get(TEXT_BREAK_PREPARATION);
    int row = ui_px(u, low ? 21 : 26), caption = ui_paragraph(u, area, words, small, 0, false);
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
    ui_paragraph(u, (rect){area.x, y, area.w, caption}, words, small, u->colours->muted, true);
    y += caption + gap / 2;
    draw_switches(self, (rect){area.x, y, area.w, switches}, each, true);
    y += switches + gap;
    for (int i = 0; i < N_CONTROLS; i++, y += row)
        draw_control(self, (rect){area.x, y, area.w, row}, i);
}
