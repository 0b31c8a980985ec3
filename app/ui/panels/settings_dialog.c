/* settings_dialog.c - what can be adjusted about drawing: a row each, with a sentence that says what it is good for. */
#include "panel.h"
#include <math.h>
#include <stdio.h>

enum { LABEL = 190, CONTROL_HIGH = 36, ROW = 72 /* units of the layout */ };

static void write_row(const app *self, rect row, const char *label, const char *words)
{
    ui *u = self->ui;
    int high = ui_px(u, CONTROL_HIGH);
    ui_label(u, (rect){row.x, row.y, ui_px(u, LABEL), high}, label, ui_font(u, 15, FONT_BOLD), u->colours->text,
             ALIGN_LEFT);
    ui_paragraph(u, (rect){row.x, row.y + high + ui_px(u, 2), row.w, 0}, words, ui_font(u, 13, FONT_REGULAR),
                 u->colours->muted, true);
}

/* Where the control of a row goes. */
static rect control_of(const ui *u, rect row)
{
    int left = ui_px(u, LABEL);
    return (rect){row.x + left, row.y, row.w - left, ui_px(u, CONTROL_HIGH)};
}

typedef struct setting {
    const char *name, *label, *words;
    int act;
} setting;

static void slider_row(const app *self, rect row, const setting *s, float value, float max, float step,
                       const char *shown)
{
    ui *u = self->ui;
    rect r = control_of(u, row);
    int number = ui_px(u, 70);
    write_row(self, row, s->label, s->words);
    slider control = {
        .name = s->name, .tip = s->words, .act = {.id = s->act}, .value = value, .max = max, .step = step};
    ui_slider(u, (rect){r.x, r.y, r.w - number, r.h}, &control);
    ui_label(u, (rect){r.x + r.w - number, r.y, number, r.h}, shown, ui_font(u, 15, FONT_REGULAR), u->colours->text,
             ALIGN_RIGHT);
}

static void switch_row(const app *self, rect row, const setting *s, bool on)
{
    ui *u = self->ui;
    rect r = control_of(u, row);
    int w = ui_px(u, 64);
    write_row(self, row, s->label, s->words);
    ui_button(u, (rect){r.x + r.w - w, r.y, w, r.h},
              &(button){.name = s->name, .label = on ? "On" : "Off", .tip = s->words, .on = on, .act = {.id = s->act}});
}

void settings_dialog(const app *self, rect window)
{
    static const setting smoothing = {"smoothing", "Smooth strokes",
                                      "Evens out a trembling hand on the canvas; the network gets the raw points.",
                                      ACTION_SMOOTHING};
    static const setting pause = {"pause", "New drawing after",
                                  "After such a pause the next stroke begins a new drawing.", ACTION_PAUSE};
    static const setting taps = {"taps", "Taps leave dots",
                                 "A short tap leaves ink as well; off, a dot has to be held for a moment.",
                                 ACTION_TAPS};
    static const setting pressure = {"pressure", "Pressure",
                                     "A pen or finger that presses harder draws a wider stroke.", ACTION_PRESSURE};
    ui *u = self->ui;
    const settings *s = &self->settings;
    rect inside = panel_card(self, window, ui_px(u, 560), ui_px(u, 4 * ROW + 158));
    panel_heading(self, &inside, "Settings");
    panel_buttons(self, &inside, NULL, "close", "Close", ACTION_CLOSE);

    char percent[16], seconds[16] = "off";
    snprintf(percent, sizeof percent, "%.0f %%", (double)(100 * s->smoothing));
    if (s->pause > 0)
        snprintf(seconds, sizeof seconds, "%.1f s", (double)s->pause);
    int row = ui_px(u, ROW);
    int rim = ui_px(u, 6); /* for the focus ring */
    rect clip = ui_scroll_begin(u, rect_inset(inside, -rim), 4 * row + 2 * rim);
    rect r = {inside.x, inside.y - u->scroll, inside.w - rim, row};
    slider_row(self, r, &smoothing, s->smoothing, 1, 0.1f, percent);
    r.y += row;
    slider_row(self, r, &pause, s->pause, APP_PAUSE_MAX, 0.5f, seconds);
    r.y += row;
    switch_row(self, r, &taps, s->taps);
    r.y += row;
    switch_row(self, r, &pressure, s->pressure);
    ui_scroll_end(u, clip);
}
