/* settings_dialog.c - what can be adjusted about drawing: a row each, with a sentence that says what it is good for. */
#include "app/texts/texts.h"
#include "panel.h"
#include <stdio.h>
#include <string.h>

enum { LABEL = 190, CONTROL_HIGH = 36, ROWS = 5, RING = 6, GAP = 10 /* units of the layout */ };

/* Of the widest label, so that all are of one size. */
static int label_width(ui *u, int w)
{
    static const text_id labels[ROWS] = {TEXT_SETTINGS_SMOOTHING, TEXT_SETTINGS_PAUSE, TEXT_SETTINGS_TAPS,
                                         TEXT_SETTINGS_PRESSURE, TEXT_SETTINGS_LANGUAGE};
    int width = ui_px(u, LABEL);
    for (int i = 0; i < ROWS; i++)
        width = panel_column(u, width, texts_get(labels[i]), ui_font(u, 15, FONT_BOLD), w / 2);
    return width;
}

static void write_row(const app *self, rect row, const char *label, const char *words)
{
    ui *u = self->ui;
    int high = ui_px(u, CONTROL_HIGH);
    rect name = {row.x, row.y, label_width(u, row.w) - ui_px(u, 8), high};
    panel_row_label(u, name, label, ui_font(u, 15, FONT_BOLD), u->colours->text);
    ui_paragraph(u, (rect){row.x, row.y + high + ui_px(u, RING), row.w, 0}, words, ui_font(u, 13, FONT_REGULAR),
                 u->colours->muted, true);
}

/* That the longest of the sentences needs. */
static int row_height(const app *self, int width)
{
    static const text_id words[ROWS] = {TEXT_SETTINGS_SMOOTHING_TIP, TEXT_SETTINGS_PAUSE_TIP, TEXT_SETTINGS_TAPS_TIP,
                                        TEXT_SETTINGS_PRESSURE_TIP, TEXT_SETTINGS_LANGUAGE_TIP};
    ui *u = self->ui;
    int high = 0;
    for (int i = 0; i < ROWS; i++) {
        int h = ui_paragraph(u, (rect){0, 0, width, 0}, texts_get(words[i]), ui_font(u, 13, FONT_REGULAR), 0, false);
        high = h > high ? h : high;
    }
    return ui_px(u, CONTROL_HIGH + RING + GAP) + high;
}

/* Where the control of a row goes. */
static rect control_of(ui *u, rect row)
{
    int left = label_width(u, row.w);
    return (rect){row.x + left, row.y, row.w - left, ui_px(u, CONTROL_HIGH)};
}

typedef struct setting {
    const char *name;
    text_id label, words;
    int act;
} setting;

static void slider_row(const app *self, rect row, const setting *s, float value, float max, float step,
                       const char *shown)
{
    ui *u = self->ui;
    rect r = control_of(u, row);
    int number = ui_px(u, 70);
    write_row(self, row, texts_get(s->label), texts_get(s->words));
    slider control = {
        .name = s->name, .tip = texts_get(s->words), .act = {.id = s->act}, .value = value, .max = max, .step = step};
    ui_slider(u, (rect){r.x, r.y, r.w - number, r.h}, &control);
    ui_label(u, (rect){r.x + r.w - number, r.y, number, r.h}, shown, ui_font(u, 15, FONT_REGULAR), u->colours->text,
             ALIGN_RIGHT);
}

static void switch_row(const app *self, rect row, const setting *s, bool on)
{
    ui *u = self->ui;
    rect r = control_of(u, row);
    int w = ui_px(u, 64);
    write_row(self, row, texts_get(s->label), texts_get(s->words));
    ui_button(u, (rect){r.x + r.w - w, r.y, w, r.h},
              &(button){.name = s->name,
                        .label = texts_get(on ? TEXT_BUTTON_ON : TEXT_BUTTON_OFF),
                        .tip = texts_get(s->words),
                        .on = on,
                        .act = {.id = s->act}});
}

static button language_button(int i, char name[UI_NAME])
{
    snprintf(name, UI_NAME, "language.%s", texts_code(i));
    return (button){.name = name,
                    .label = texts_name(i),
                    .tip = texts_get(TEXT_SETTINGS_LANGUAGE_TIP),
                    .on = strcmp(texts_code(i), texts_language()) == 0,
                    .act = {.id = ACTION_SPEAK, .index = i}};
}

/* A button for each language, in its own name, from the right; where they have no room, one that lists them. */
static void language_row(const app *self, rect row)
{
    ui *u = self->ui;
    rect r = control_of(u, row);
    char name[UI_NAME];
    int gap = ui_px(u, 8), all = 0, count = 0;
    write_row(self, row, texts_get(TEXT_SETTINGS_LANGUAGE), texts_get(TEXT_SETTINGS_LANGUAGE_TIP));
    for (; texts_code(count); count++) {
        button b = language_button(count, name);
        all += ui_button_width(u, &b) + gap;
    }
    bool fit = all - gap <= r.w;
    for (int i = count - 1; i >= 0 && fit; i--) {
        button b = language_button(i, name);
        int w = ui_button_width(u, &b);
        ui_button(u, (rect){r.x + r.w - w, r.y, w, r.h}, &b);
        r.w -= w + gap;
    }
    if (!fit) {
        button list = panel_button(self, ACTION_LANGUAGE, ICON_CHEVRON, texts_get(TEXT_LANGUAGE_NAME));
        int w = ui_button_width(u, &list);
        ui_button(u, (rect){r.x + r.w - w, r.y, w, r.h}, &list);
    }
}

void settings_dialog(const app *self, rect window)
{
    static const setting smoothing = {"smoothing", TEXT_SETTINGS_SMOOTHING, TEXT_SETTINGS_SMOOTHING_TIP,
                                      ACTION_SMOOTHING};
    static const setting pause = {"pause", TEXT_SETTINGS_PAUSE, TEXT_SETTINGS_PAUSE_TIP, ACTION_PAUSE};
    static const setting taps = {"taps", TEXT_SETTINGS_TAPS, TEXT_SETTINGS_TAPS_TIP, ACTION_TAPS};
    static const setting pressure = {"pressure", TEXT_SETTINGS_PRESSURE, TEXT_SETTINGS_PRESSURE_TIP, ACTION_PRESSURE};
    ui *u = self->ui;
    const settings *s = &self->settings;
    int rim = ui_px(u, 6), width = ui_px(u, 560); /* a rim for the focus ring */
    int row =
        row_height(self, (width < window.w - ui_px(u, 32) ? width : window.w - ui_px(u, 32)) - ui_px(u, 48) - rim);
    rect inside = panel_card(self, window, width, ROWS * row + ui_px(u, 158));
    panel_heading(self, &inside, texts_get(TEXT_ACTION_SETTINGS));
    panel_buttons(self, &inside, NULL, "close", texts_get(TEXT_BUTTON_CLOSE), ACTION_CLOSE);

    const char *percent = ui_say(u, FORMAT_NUMBER_PERCENT_WHOLE, (double)(100 * s->smoothing));
    const char *seconds =
        s->pause > 0 ? ui_say(u, FORMAT_NUMBER_SECONDS, (double)s->pause) : texts_get(TEXT_SETTINGS_NEVER);
    rect clip = ui_scroll_begin(u, rect_inset(inside, -rim), ROWS * row + 2 * rim);
    rect r = {inside.x, inside.y - u->scroll, inside.w - rim, row};
    slider_row(self, r, &smoothing, s->smoothing, 1, 0.1f, percent);
    r.y += row;
    slider_row(self, r, &pause, s->pause, APP_PAUSE_MAX, 0.5f, seconds);
    r.y += row;
    switch_row(self, r, &taps, s->taps);
    r.y += row;
    switch_row(self, r, &pressure, s->pressure);
    r.y += row;
    language_row(self, r);
    ui_scroll_end(u, clip);
}
