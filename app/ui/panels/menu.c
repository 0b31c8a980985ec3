/* menu.c - the menu of all actions, the list of models and that of languages, as lists under their buttons. */
#include "app/texts/texts.h"
#include "panel.h"
#include "words.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MENU_ROW = 32, MENU_HEADING = 34, MENU_FIRST = 24 /* units of the layout */ };

/* Nothing is to be told apart from what is above the first one. */
static int heading_height(const ui *u, int id)
{
    return ui_px(u, id == ACTION_OWN ? MENU_FIRST : MENU_HEADING);
}

static void draw_heading(ui *u, rect r, const char *text, bool first)
{
    font f = ui_font(u, 13, FONT_BOLD);
    int pad = ui_px(u, 12), h = text_height(u->text, f);
    if (!first)
        draw_rect(u->list, (rect){r.x, r.y + ui_px(u, 5), r.w, 1}, 0, u->colours->edge);
    ui_label(u, (rect){r.x + pad, r.y + r.h - h - ui_px(u, 3), r.w - 2 * pad, h}, text, f, u->colours->muted,
             ALIGN_LEFT);
}

static button make_entry(const app *self, int id, char name[UI_NAME])
{
    const action_info *info = action_about(id);
    snprintf(name, UI_NAME, "menu.%s", info->name);
    button b = panel_button(self, id, ICON_NONE, texts_get(info->label));
    b.name = name;
    b.detail = panel_shortcut(self->ui, info);
    b.style = BUTTON_ITEM;
    return b;
}

/* Of the widest entry. */
static int entry_width(const app *self)
{
    ui *u = self->ui;
    int wide = ui_px(u, 300);
    char name[UI_NAME];
    for (int id = ACTION_OWN; id < ACTION_NAMED_END; id++) {
        button b = make_entry(self, id, name);
        int w = ui_button_width(u, &b);
        wide = w > wide ? w : wide;
    }
    return wide;
}

/* In groups; the menu does not list itself. */
void menu_popup(const app *self, rect window)
{
    ui *u = self->ui;
    text_id heading;
    int row = ui_px(u, MENU_ROW), all = -row;
    for (int id = ACTION_OWN; id < ACTION_NAMED_END; id++)
        all += row + (action_begins_group(id, &heading) ? heading_height(u, id) : 0);
    rect view = panel_list(self, window, "menu", entry_width(self) + ui_px(u, 24), all);
    rect clip = ui_scroll_begin(u, view, all);
    rect r = {view.x, view.y - u->scroll, view.w - ui_px(u, 6), row};
    for (int id = ACTION_OWN; id < ACTION_NAMED_END; id++) {
        if (action_begins_group(id, &heading)) {
            int over = heading_height(u, id);
            draw_heading(u, (rect){r.x, r.y, r.w, over}, texts_get(heading), id == ACTION_OWN);
            r.y += over;
        }
        if (id == ACTION_MENU)
            continue;
        char name[UI_NAME];
        button b = make_entry(self, id, name);
        ui_button(u, r, &b);
        r.y += row;
    }
    ui_scroll_end(u, clip);
}

/* Its name, and below it what a person has written about it, and how well it reads; pointing at it tells all of that. */
static button model_row(const app *self, int i, char name[UI_NAME])
{
    ui *u = self->ui;
    const model_entry *m = &self->comparison.row[i].entry;
    const char *scores = words_known(u, m), *words = *m->description ? m->description : NULL;
    snprintf(name, UI_NAME, "model.%s", m->name);
    return (button){.name = name,
                    .label = m->name,
                    .detail = m->shipped ? NULL : texts_get(TEXT_MODELS_OWN),
                    .below = {words ? words : scores, words ? scores : NULL},
                    .tip = words && scores ? ui_say(u, FORMAT_SCORE_BOTH, words, scores)
                           : words         ? words
                           : scores        ? scores
                                           : texts_get(TEXT_MODELS_TIP),
                    .on = app_uses(self, m),
                    .act = {.id = ACTION_MODEL, .index = i}};
}

void models_popup(const app *self, rect window)
{
    ui *u = self->ui;
    int count = self->comparison.n_rows, lines = 1;
    for (int i = 0; i < count; i++)
        lines = *self->comparison.row[i].entry.description ? 2 : lines;
    panel_rows rows = panel_rows_begin(self, window, "models", 470, 36 + lines * BUTTON_LINE, count);
    for (int i = 0; i < count; i++) {
        char name[UI_NAME];
        panel_choice(u, &rows, model_row(self, i, name));
    }
    if (count == 0)
        ui_label(u, rows.view, texts_get(self->comparison.survey ? TEXT_MODELS_LOOKING : TEXT_MODELS_NONE),
                 ui_font(u, 15, FONT_REGULAR), u->colours->muted, ALIGN_CENTRE);
    panel_rows_end(u, &rows);
}

/* Each in its own name. */
void languages_popup(const app *self, rect window)
{
    ui *u = self->ui;
    int count = 0;
    while (texts_code(count))
        count++;
    panel_rows rows = panel_rows_begin(self, window, "menu", 320, 40, count);
    for (int i = 0; i < count; i++) {
        char name[UI_NAME];
        snprintf(name, sizeof name, "language.%s", texts_code(i));
        panel_choice(u, &rows,
                     (button){.name = name,
                              .label = texts_name(i),
                              .tip = texts_get(TEXT_ACTION_LANGUAGE_TIP),
                              .on = strcmp(texts_code(i), texts_language()) == 0,
                              .act = {.id = ACTION_SPEAK, .index = i}});
    }
    panel_rows_end(u, &rows);
}

/* Each with what it reads of the check set, where that is known. */
void conventions_popup(const app *self, rect window)
{
    ui *u = self->ui;
    double score[CONVENTIONS];
    char used[CONVENTION_NAME], title[CONVENTION_NAME], name[UI_NAME];
    panel_rows rows = panel_rows_begin(self, window, "menu", 340, MENU_ROW, CONVENTIONS);
    import_scores(score, app_model(self));
    convention_name(used, &app_model(self)->convention);
    for (int i = 0; i < CONVENTIONS; i++) {
        nn_convention c = convention_at(i);
        convention_name(title, &c);
        snprintf(name, sizeof name, "convention.%d", i);
        panel_choice(u, &rows,
                     (button){.name = name,
                              .label = title,
                              .detail = isnan(score[i]) ? "" : panel_percent(u, (float)score[i]),
                              .tip = texts_get(TEXT_CONVENTION_TIP),
                              .on = strcmp(title, used) == 0,
                              .act = {.id = ACTION_READ_AS, .index = i}});
    }
    panel_rows_end(u, &rows);
}
