/* dialog.c - help, about, and the one that asks for a file's path. */
#include "panel.h"
#include <stdio.h>

static const struct {
    const char *name, *licence, *owner;
} libraries[] = {
#define ABOUT_LIBRARY(name, licence, owner) {name, licence, owner},
#include "../../assets/about.def"
#undef ABOUT_LIBRARY
};

static void draw_heading(app *self, rect *inside, const char *text)
{
    ui *u = &self->ui;
    int h = ui_px(u, 40);
    ui_label(u, (rect){inside->x, inside->y, inside->w, ui_px(u, 28)}, text, ui_font(u, 22, FONT_BOLD),
             u->colours->text, ALIGN_LEFT);
    inside->y += h;
    inside->h -= h;
}

/* The row of buttons at the bottom of a dialog, the main one rightmost. */
static void draw_buttons(app *self, rect *inside, const char *cancel, const char *name, const char *label, action_id id)
{
    ui *u = &self->ui;
    int h = ui_px(u, 40), gap = ui_px(u, 10), y = inside->y + inside->h - h;
    button main = {.name = name, .label = label, .style = BUTTON_MAIN, .act = {.id = id}};
    int w = ui_button_width(u, &main) + ui_px(u, 20), x = inside->x + inside->w - w;
    if (cancel) {
        button b = {.name = "cancel", .label = cancel, .act = {.id = ACTION_CLOSE}};
        int cancel_w = ui_button_width(u, &b);
        ui_button(u, (rect){x - gap - cancel_w, y, cancel_w, h}, &b);
    }
    ui_button(u, (rect){x, y, w, h}, &main);
    inside->h -= h + ui_px(u, 16);
}

/* ---- help and about: rows of two columns ------------------------------------------------------------------------- */

typedef struct row_writer {
    ui *u;
    rect view;
    int y; /* of the next row, scrolled */
} row_writer;

static void write_row(row_writer *w, const char *left, const char *right, bool strong)
{
    ui *u = w->u;
    font f = ui_font(u, 15, FONT_REGULAR), bold = ui_font(u, 15, FONT_BOLD);
    int left_w = ui_px(u, 150), right_w = w->view.w - left_w - ui_px(u, 14);
    ui_label(u, (rect){w->view.x, w->y, left_w, text_height(u->text, f)}, left, strong ? bold : f, u->colours->text,
             ALIGN_LEFT);
    int h = ui_paragraph(u, (rect){w->view.x + left_w, w->y, right_w, 0}, right, f, u->colours->muted, true);
    w->y += h + ui_px(u, 5);
}

static void write_help(row_writer *w)
{
    write_row(w, "Drawing", "Mouse, finger or pen on the canvas; the right button erases.", true);
    write_row(w, "By keyboard",
              "With the canvas focused: arrows move the pen (two together go aslant, Shift goes in small steps), "
              "Space puts it down and lifts it. Tab goes from one button to the next.",
              true);
    write_row(w, "The bars",
              "How sure the network is of each class. A hollow bar and a question mark say that it is unsure.", true);
    for (int id = ACTION_NONE + 1; id < ACTION_BRUSH; id++) {
        const action_info *info = action_about((action_id)id);
        if (*info->shortcut)
            write_row(w, info->shortcut, info->help, true);
    }
}

static void write_about(row_writer *w)
{
    write_row(w, "Digitscope",
              "Version " DIGITSCOPE_VERSION ". Draw a digit and watch a convolutional network read it. MIT licence.",
              true);
    write_row(w, "Learned from", "MNIST: Yann LeCun, Corinna Cortes and Christopher J. C. Burges.", true);
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++) {
        char text[160];
        snprintf(text, sizeof text, "%s. %s.", libraries[i].licence, libraries[i].owner);
        write_row(w, libraries[i].name, text, true);
    }
}

void text_dialog(app *self, rect window)
{
    ui *u = &self->ui;
    bool help = self->popup == POPUP_HELP;
    rect inside = panel_card(self, window, ui_px(u, 680), ui_px(u, 640));
    draw_heading(self, &inside, help ? "Help" : "About Digitscope");
    draw_buttons(self, &inside, NULL, "close", "Close", ACTION_CLOSE);

    /* How high the text is shows only when it is written: what the last frame found is used. */
    rect clip = ui_scroll_begin(u, inside, self->dialog_height);
    row_writer w = {u, inside, inside.y - u->scroll};
    (help ? write_help : write_about)(&w);
    self->dialog_height = w.y - inside.y + u->scroll;
    ui_scroll_end(u, clip);
}

/* ---- a path ------------------------------------------------------------------------------------------------------ */

void path_dialog(app *self, rect window)
{
    ui *u = &self->ui;
    bool save = self->popup == POPUP_SAVE;
    rect inside = panel_card(self, window, ui_px(u, 560), ui_px(u, 250));
    draw_heading(self, &inside, save ? "Save the drawing" : "Open a picture, model or drawing");
    rect field = {inside.x, inside.y + ui_px(u, 4), inside.w, ui_px(u, 42)};
    ui_text_field(u, field, "path");
    const char *label = !save ? "Open" : *self->replace ? "Replace" : "Save";
    draw_buttons(self, &inside, "Cancel", "accept", label, ACTION_ACCEPT);
    const char *usual = save ? "The name's ending decides: .png or .bmp"
                             : "PNG, JPEG, BMP, PNM, .safetensors or strokes. Files can also be dropped on the window.";
    bool problem = self->problem[0] != '\0';
    rect words = {inside.x, field.y + field.h + ui_px(u, 12), inside.w, 0};
    ui_paragraph(u, words, problem ? self->problem : usual, ui_font(u, 14, FONT_REGULAR),
                 problem ? u->colours->warning : u->colours->muted, true);
}
