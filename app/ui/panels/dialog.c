/* dialog.c - the keys, and about. */
#include "app/texts/texts.h"
#include "panel.h"

static const struct {
    const char *name, *licence, *owner;
} libraries[] = {
#define ABOUT_LIBRARY(name, licence, owner) {name, licence, owner},
#include "assets/about.def"
#undef ABOUT_LIBRARY
};

/* ---- keys and about: a name and what it stands for --------------------------------------------------------------- */

/* Half of the rows go into a second column where there is one. */
typedef struct row_writer {
    ui *u;
    rect column;
    int y;      /* of the next row, scrolled */
    int left_w; /* what the name of a key takes */
    int step;   /* to the second column; 0: there is none, or it is being written */
    int half;   /* of the height of all rows */
    int total;  /* height of the rows so far */
    bool draw;  /* else they are only measured */
} row_writer;

static void write_row(row_writer *w, const char *left, const char *right)
{
    ui *u = w->u;
    font f = ui_font(u, 14, FONT_REGULAR), bold = ui_font(u, 14, FONT_BOLD);
    if (!w->draw)
        w->left_w = panel_column(u, w->left_w, left, bold, w->column.w / 3);
    int room = w->column.w - w->left_w, h = ui_paragraph(u, (rect){0, 0, room, 0}, right, f, 0, false),
        left_h = ui_paragraph(u, (rect){0, 0, w->left_w - ui_px(u, 8), 0}, left, bold, 0, false);
    h = (h > left_h ? h : left_h) + ui_px(u, 2);
    if (w->step > 0 && w->total + h / 2 > w->half) {
        w->column.x += w->step;
        w->y = w->column.y;
        w->step = 0;
    }
    if (w->draw) {
        rect name = {w->column.x, w->y, w->left_w - ui_px(u, 8), left_h};
        ui_paragraph(u, name, left, bold, u->colours->text, true);
        ui_paragraph(u, (rect){name.x + w->left_w, w->y, room, 0}, right, f, u->colours->muted, true);
    }
    w->y += h;
    w->total += h;
}

static void write_keys(row_writer *w)
{
    write_row(w, texts_get(TEXT_KEYS_DRAWING), texts_get(TEXT_KEYS_DRAWING_WORDS));
    write_row(w, texts_get(TEXT_KEYS_KEYBOARD), texts_get(TEXT_KEYS_KEYBOARD_WORDS));
    write_row(w, texts_get(TEXT_KEYS_BARS), texts_get(TEXT_KEYS_BARS_WORDS));
    write_row(w, texts_get(TEXT_KEYS_TRAINING), texts_get(TEXT_KEYS_TRAINING_WORDS));
    for (int id = ACTION_OWN; id < ACTION_NAMED_END; id++) {
        const action_info *info = action_about(id);
        if (info->key)
            write_row(w, panel_shortcut(w->u, info), texts_get(info->tip));
    }
}

static void write_about(row_writer *w)
{
    write_row(w, "Digitscope", ui_say(w->u, FORMAT_ABOUT_PROGRAM, DIGITSCOPE_VERSION));
    write_row(w, texts_get(TEXT_ABOUT_LEARNED), texts_get(TEXT_ABOUT_MNIST));
    write_row(w, "", texts_get(TEXT_ABOUT_PENS));
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++) {
        write_row(w, libraries[i].name, ui_say(w->u, FORMAT_ABOUT_LIBRARY, libraries[i].licence, libraries[i].owner));
    }
}

/* The keys take two columns where the window is wide enough. */
void text_dialog(const app *self, rect window)
{
    ui *u = self->ui;
    bool keys = self->popup == POPUP_KEYS, wide = keys && window.w >= ui_px(u, 1120);
    void (*write)(row_writer * w) = keys ? write_keys : write_about;
    rect inside = panel_card(self, window, ui_px(u, wide ? 1120 : 680), ui_px(u, 760));
    panel_heading(self, &inside, texts_get(keys ? TEXT_ACTION_KEYS : TEXT_ABOUT_HEADING));
    panel_buttons(self, &inside, NULL, "close", texts_get(TEXT_BUTTON_CLOSE), ACTION_CLOSE);

    int gap = ui_px(u, 28), scrollbar = ui_px(u, 8), w = inside.w - scrollbar;
    row_writer rows = {.u = u, .column = {0, 0, wide ? (w - gap) / 2 : w, 0}};
    write(&rows); /* the first column's width */
    rows.total = 0;
    write(&rows);
    int whole = rows.total, high = wide ? whole / 2 + ui_px(u, 20) : whole; /* half a row may stand over */
    rect clip = ui_scroll_begin(u, inside, high);
    rows.column.x = inside.x;
    rows.column.y = rows.y = inside.y - u->scroll;
    rows.step = wide ? rows.column.w + gap : 0;
    rows.half = whole / 2;
    rows.total = 0;
    rows.draw = true;
    write(&rows);
    ui_scroll_end(u, clip);
}
