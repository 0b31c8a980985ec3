/* break_panel.c - "Break it": what is done to a drawing before the network gets it can be switched off, and the picture
 * that it gets can be spoilt, while the bars move. So a class sees what the preparation is for. */
#include "panel.h"
#include <math.h>
#include <stddef.h>
#include <stdio.h>

typedef struct control {
    const char *name, *label, *tip;
    size_t at;            /* in distortion */
    float min, max, step; /* in its own unit */
    float per_unit;       /* of what is shown */
    const char *format;   /* of a value other than 0 */
} control;

#define AT(member) offsetof(distortion, member)
static const control controls[] = {
    {"shift", "Across", "Moves the digit left or right in the picture", AT(shift_x), -8, 8, 0.5f, 1, "%+.1f px"},
    {"shift.down", "Down", "Moves the digit up or down in the picture", AT(shift_y), -8, 8, 0.5f, 1, "%+.1f px"},
    {"scale", "Size", "Makes the digit larger or smaller", AT(scale), -0.6f, 0.6f, 0.05f, 100, "%+.0f %%"},
    {"rotate", "Turn", "Turns the digit clockwise or back", AT(rotate), -180, 180, 5, 1, "%+.0f\xc2\xb0"},
    {"thickness", "Thickness", "Makes the strokes thicker or thinner", AT(width), -1.5f, 3, 0.25f, 1, "%+.1f px"},
    {"noise", "Noise", "Makes every pixel a little lighter or darker, by chance", AT(noise), 0, 1, 0.05f, 100,
     "%.0f %%"},
};
#undef AT

typedef struct preparation {
    const char *name, *label, *tip;
    size_t at; /* in digit_options */
} preparation;

static const preparation preparations[] = {
    {"centering", "Centre", "Moves the ink's centre of mass to the middle of the picture",
     offsetof(digit_options, centre)},
    {"scaling", "Fit", "Brings every drawing to the same size; off: the whole canvas is shrunk",
     offsetof(digit_options, scale)},
    {"width", "Pen", "Draws with a pen of the width that the network knows; off: with your brush",
     offsetof(digit_options, width)},
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
        button b = {
            .name = p->name, .label = p->label, .tip = p->tip, .act = {.id = ACTION_PREPARE, .index = (int)p->at}};
        b.on = is_on(&self->how, i);
        if (w >= ui_px(u, 110))
            b.icon = b.on ? ICON_TICK : ICON_BLANK;
        ui_button(u, (rect){row.x + i * (w + gap), row.y, w, row.h}, &b);
    }
    button reset = panel_button(ACTION_RESET, ICON_NONE, "Reset");
    reset.disabled = !digit_is_spoilt(&self->how);
    ui_button(u, (rect){row.x + row.w - w, row.y, w, row.h}, &reset);
}

static void draw_control(const app *self, rect row, int i)
{
    ui *u = self->ui;
    const control *c = &controls[i];
    float value = value_of(&self->how, i);
    int label_w = ui_px(u, 82), number_w = ui_px(u, 68), gap = ui_px(u, 8);
    char number[24] = "0";
    if (value != 0)
        snprintf(number, sizeof number, c->format, (double)(value * c->per_unit));
    font f = ui_font(u, 15, FONT_REGULAR);
    ui_label(u, (rect){row.x, row.y, label_w, row.h}, c->label, f, u->colours->text, ALIGN_LEFT);
    slider s = {.name = c->name,
                .tip = c->tip,
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
    ui_label(u, (rect){area.x, y, area.w, caption}, "What prepares a drawing for the network",
             ui_font(u, 13, FONT_REGULAR), u->colours->muted, ALIGN_LEFT);
    y += caption + gap / 2;
    draw_switches(self, (rect){area.x, y, area.w, switches});
    y += switches + gap;
    for (int i = 0; i < N_CONTROLS; i++, y += row)
        draw_control(self, (rect){area.x, y, area.w, row}, i);
}
