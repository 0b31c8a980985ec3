/* frame.c - where everything in the window goes. */
#include "frame.h"
#include "app/ui/panels/panel.h"
#include "inside.h"

/* The paper has the canvas's size. */
static void follow_drawing(app *self, rect canvas)
{
    self->canvas = canvas;
    if (!app_shows_picture(self))
        paper_update(&self->paper, &self->drawing, canvas.w, self->settings.smoothing);
    inside_follow_canvas(self);
}

/* The canvas is as large a square as leaves room for the view, beside it or, in a tall window, below it. */
static void build_middle(app *self, rect area, int gap)
{
    ui *u = self->ui;
    bool beside = area.w * 4 >= area.h * 5;
    int view_min = ui_px(u, beside ? (float)views_min_width(self) : 290);
    int side = beside ? area.w - gap - view_min : area.h - gap - view_min;
    if (side > (beside ? area.h : area.w))
        side = beside ? area.h : area.w;
    if (side < 0)
        side = 0;
    rect canvas = {area.x, area.y, side, side}, panel = area;
    if (beside) {
        int room = area.w - side - gap, spare = room > side && side > view_min ? room - side : 0;
        canvas.x += spare / 2;
        panel = (rect){canvas.x + side + gap, area.y, room - spare, side * 10 > area.h * 9 ? side : area.h};
    } else {
        canvas.x += (area.w - side) / 2;
        panel.y += side + gap;
        panel.h -= side + gap;
    }
    follow_drawing(self, canvas);
    canvas_panel(self, canvas);
    number_panel(self, canvas);
    views_panel(self, panel);
}

/* A wide window has room for the drawings before this one, at the left. It is kept free from the start, so that nothing
 * moves when the first one comes. */
static void build_strip(app *self, rect *middle, int gap)
{
    ui *u = self->ui;
    int w = ui_px(u, 60);
    if (middle->w < ui_px(u, 1000) || middle->w * 2 < middle->h * 3)
        return;
    recent_panel(self, (rect){middle->x, middle->y, w, middle->h});
    middle->x += w + gap;
    middle->w -= w + gap;
}

static void build_popup(app *self, rect window)
{
    switch (self->popup) {
    case POPUP_NONE: break;
    case POPUP_MENU: menu_popup(self, window); break;
    case POPUP_MODELS: models_popup(self, window); break;
    case POPUP_LANGUAGES: languages_popup(self, window); break;
    case POPUP_CONVENTIONS: conventions_popup(self, window); break;
    case POPUP_HELP: help_popup(self, window); break;
    case POPUP_EXPLAIN: explain_popup(self, window); break;
    case POPUP_KEYS:
    case POPUP_ABOUT: text_dialog(self, window); break;
    case POPUP_OPEN:
    case POPUP_SAVE:
    case POPUP_TEST_FOLDER:
    case POPUP_REPORT:
    case POPUP_EXPORT:
    case POPUP_DIGITS_IMPORT:
    case POPUP_DIGITS_EXPORT:
    case POPUP_FOLDER: files_dialog(self, window); break;
    case POPUP_RECENT: recent_popup(self, window); break;
    case POPUP_SETTINGS: settings_dialog(self, window); break;
    case POPUP_SHARE: share_dialog(self, window); break;
    case POPUP_KEEP: keep_dialog(self, window); break;
    case POPUP_DIGITS: digits_popup(self, window); break;
    case POPUP_GUEST: guest_dialog(self, window); break;
    case POPUP_NETS: nets_popup(self, window); break;
    case POPUP_DATA: data_popup(self, window); break;
    case POPUP_TEST_IMAGES: test_images_popup(self, window); break;
    case POPUP_NET: net_dialog(self, window); break;
    case POPUP_NET_NAME:
    case POPUP_MODEL_NAME:
    case POPUP_MODEL_WORDS:
    case POPUP_NAME: train_dialog(self, window); break;
    case POPUP_LEAVE: leave_dialog(self, window); break;
    }
}

void app_build(app *self)
{
    ui *u = self->ui;
    rect window = {0, 0, self->w, self->h};
    u->scale = app_scale(self, self->settings.zoom);
    draw_begin(u->list, self->w, self->h);
    ui_begin(u);
    draw_rect(u->list, window, 0, u->colours->background);

    int gap = ui_px(u, self->w > ui_px(u, 900) ? 24 : 12), bar = ui_px(u, 44), status = ui_px(u, 40);
    int inner_w = self->w - 2 * gap, top = gap / 2 + bar + gap / 2, bottom = self->h - status - gap / 2;
    toolbar_panel(self, (rect){gap, gap / 2, inner_w, bar});
    rect middle = {gap, top, inner_w, bottom - top - gap / 4};
    build_strip(self, &middle, gap);
    build_middle(self, middle, gap);
    status_panel(self, (rect){gap, bottom, inner_w, status});
    build_popup(self, window);
    ui_tooltip(u, window, self->now);
    ui_end(u);
    if (self->popup == POPUP_NONE && !ui_find(u, u->focus))
        ui_set_focus(u, "canvas");
}
