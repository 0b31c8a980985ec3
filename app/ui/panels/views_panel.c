/* views_panel.c - what stands beside the canvas: one view at a time, chosen by the tabs above it. A view is one row
 * of the table here, one action that shows it, and one function that draws it into whatever is left below the tabs. */
#include "app/texts/texts.h"
#include "panel.h"

static void read_view(const app *self, rect area)
{
    ui *u = self->ui;
    int space = ui_px(u, 12), high = area.h * 30 / 100, least = ui_px(u, 124);
    if (high < least)
        high = least;
    int rest = area.h - high - space, line = teach_panel_height(self, area.w), with_line = rest - line - ui_px(u, 8);
    int least_bars = ui_px(u, 62); /* ten bars in columns of four */
    if (with_line < least_bars) {
        line = ui_px(u, 32);
        with_line = rest - line - ui_px(u, 8);
    }
    bool roomy = with_line >= least_bars;
    if (roomy)
        rest = with_line;
    answer_panel(self, (rect){area.x, area.y, area.w, high});
    bars_panel(self, (rect){area.x, area.y + high + space, area.w, rest > 0 ? rest : 0});
    if (roomy)
        teach_panel(self, (rect){area.x, area.y + area.h - line, area.w, line});
}

static const struct {
    int show;
    void (*draw)(const app *self, rect area);
} views[VIEW_COUNT] = {
    [VIEW_READ] = {ACTION_VIEW_READ, read_view},       [VIEW_BREAK] = {ACTION_VIEW_BREAK, break_view},
    [VIEW_INSIDE] = {ACTION_VIEW_INSIDE, inside_view}, [VIEW_TRAIN] = {ACTION_VIEW_TRAIN, train_view},
    [VIEW_MODELS] = {ACTION_VIEW_MODELS, test_view},
};

int views_min_width(const app *self)
{
    const int least = 356; /* units of the layout */
    const float share = 0.36f;
    int shared = (int)(share * (float)self->w / self->ui->scale);
    return shared > least ? shared : least;
}

static void draw_tabs(const app *self, rect row)
{
    ui *u = self->ui;
    u->group = 5;
    button tabs[VIEW_COUNT];
    for (int i = 0; i < VIEW_COUNT; i++) {
        tabs[i] = panel_button(self, views[i].show, ICON_NONE, texts_get(action_about(views[i].show)->label));
        tabs[i].on = self->settings.view == (view_choice)i;
    }
    panel_tabs(u, row, tabs, VIEW_COUNT);
}

void views_panel(const app *self, rect area)
{
    ui *u = self->ui;
    int high = ui_px(u, 34), below = high + ui_px(u, 14);
    draw_tabs(self, (rect){area.x, area.y, area.w, high});
    area.y += below;
    area.h = area.h > below ? area.h - below : 0;
    u->group = 6;
    if (self->settings.view == VIEW_INSIDE && self->placing.shown)
        atlas_view(self, area);
    else
        views[self->settings.view].draw(self, area);
}
