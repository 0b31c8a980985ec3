/* net_dialog.c - the dialog in which a network is made: its layers one below the other, the line of the chosen one as
 * text, and what all of them make. */
#include "app/texts/texts.h"
#include "panel.h"
#include <stdio.h>

enum { ROW = 32, FIELD = 38, SMALL = 32, GAP = 6, WORDS = 42 };

/* "28×28×8 · 80 weights" */
static const char *describe_line(ui *u, const net_draft *draft, int line)
{
    if (line == draft->wrong)
        return texts_get(TEXT_NET_WRONG);
    if (line < 1 || !draft->plan)
        return NULL;
    const nn_node *node = &draft->plan->node[line - 1];
    size_t weights = nn_node_floats(draft->plan, node);
    const char *shape = panel_shape(u, node->out);
    return weights > 0 ? ui_say(u, FORMAT_LEARN_BLOCK, shape, weights) : shape;
}

static void draw_lines(const app *self, rect area)
{
    ui *u = self->ui;
    const app_learn *l = &self->learn;
    int row = ui_px(u, ROW), rim = ui_px(u, 4);
    rect view = rect_inset(area, -rim), clip = ui_scroll_begin(u, view, l->draft.count * row + 2 * rim);
    u->group = 13;
    for (int i = 0; i < l->draft.count; i++) {
        char name[UI_NAME];
        snprintf(name, sizeof name, "net.line.%d", i);
        button b = {.name = name,
                    .label = l->draft.line[i],
                    .detail = describe_line(u, &l->draft, i),
                    .tip = texts_get(TEXT_NET_LINE_TIP),
                    .style = BUTTON_ITEM,
                    .on = i == l->line,
                    .act = {.id = ACTION_NET_LINE, .index = i}};
        ui_button(u, (rect){area.x, area.y + i * row - u->scroll, area.w - ui_px(u, 8), row}, &b);
    }
    u->group = 0;
    ui_scroll_end(u, clip);
}

/* As many buttons beside each other as have room. */
static void draw_adding(const app *self, rect *left)
{
    ui *u = self->ui;
    int gap = ui_px(u, GAP), high = ui_px(u, SMALL), x = 0;
    u->group = 14;
    for (int i = 0; i < APP_LAYERS; i++) {
        char name[UI_NAME];
        snprintf(name, sizeof name, "net.add.%s", app_layer(i)->kind);
        button b = {.name = name,
                    .label = ui_say(u, FORMAT_NET_ADD, app_layer(i)->kind),
                    .tip = ui_say(u, FORMAT_NET_ADD_TIP, app_layer(i)->line),
                    .style = BUTTON_SMALL,
                    .act = {.id = ACTION_NET_ADD, .index = i}};
        int w = ui_button_width(u, &b);
        if (x > 0 && x + w > left->w) {
            x = 0;
            panel_take_row(u, left, SMALL, GAP);
        }
        ui_button(u, (rect){left->x + x, left->y, w, high}, &b);
        x += w + gap;
    }
    u->group = 0;
    panel_take_row(u, left, SMALL, 2 * GAP);
}

static void draw_changing(const app *self, rect row)
{
    const app_learn *l = &self->learn;
    int last = l->draft.count - 1;
    const button buttons[] = {{.name = "net.remove",
                               .label = texts_get(TEXT_NET_REMOVE),
                               .tip = texts_get(TEXT_NET_REMOVE_TIP),
                               .style = BUTTON_SMALL,
                               .disabled = l->line < 1,
                               .act = {.id = ACTION_NET_REMOVE}},
                              {.name = "net.up",
                               .label = texts_get(TEXT_NET_UP),
                               .tip = texts_get(TEXT_NET_UP_TIP),
                               .style = BUTTON_SMALL,
                               .disabled = l->line < 2,
                               .act = {.id = ACTION_NET_MOVE, .index = -1}},
                              {.name = "net.down",
                               .label = texts_get(TEXT_NET_DOWN),
                               .tip = texts_get(TEXT_NET_DOWN_TIP),
                               .style = BUTTON_SMALL,
                               .disabled = l->line < 1 || l->line >= last,
                               .act = {.id = ACTION_NET_MOVE, .index = 1}}};
    panel_button_row(self->ui, row, buttons, 3);
}

/* What the lines make, or what is wrong with them. */
static void draw_words(const app *self, rect r)
{
    ui *u = self->ui;
    const net_draft *draft = &self->learn.draft;
    const char *words = draft->problem.text;
    if (draft->plan)
        words = ui_say(u, FORMAT_NET_COST, draft->plan->floats, 0.5e-6 * nn_plan_flops(draft->plan));
    ui_area(u, r, "net.words", ELEMENT_SHOWN);
    ui_explain(u, texts_get(TEXT_NET_WORDS_TIP));
    panel_row_label(u, r, words, ui_font(u, 14, FONT_REGULAR), draft->plan ? u->colours->muted : u->colours->warning);
}

void net_dialog(const app *self, rect window)
{
    ui *u = self->ui;
    const button buttons[] = {{.name = "cancel",
                               .label = texts_get(TEXT_BUTTON_CANCEL),
                               .tip = texts_get(TEXT_BUTTON_BACK_TIP),
                               .act = {.id = ACTION_CLOSE}},
                              {.name = "accept",
                               .label = texts_get(TEXT_NET_SAVE),
                               .tip = texts_get(TEXT_NET_SAVE_TIP),
                               .style = BUTTON_MAIN,
                               .disabled = !self->learn.draft.plan,
                               .act = {.id = ACTION_ACCEPT}}};
    rect inside = panel_card(self, window, ui_px(u, 760), ui_px(u, 620));
    panel_heading(self, &inside, texts_get(TEXT_NET_HEADING));
    panel_foot(self, &inside, buttons, 2);
    draw_words(self, panel_take_row(u, &inside, WORDS, GAP));
    int gap = ui_px(u, 20), half = (inside.w - gap) * 11 / 20;
    draw_lines(self, (rect){inside.x, inside.y, half, inside.h});
    rect right = {inside.x + half + gap, inside.y, inside.w - half - gap, inside.h};
    ui_text_field(u, panel_take_row(u, &right, FIELD, 2 * GAP), "text", 13);
    ui_explain(u, texts_get(TEXT_NET_FIELD_TIP));
    draw_changing(self, panel_take_row(u, &right, SMALL, 2 * GAP));
    draw_adding(self, &right);
}
