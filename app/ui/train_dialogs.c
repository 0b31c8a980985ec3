/* train_dialogs.c - the lists and questions around a training. */
#include "panel.h"
#include <stdio.h>
#include <string.h>

/* ---- lists ------------------------------------------------------------------------------------------------------- */

static rect list_row(const ui *u, rect view, int index, int row)
{
    return (rect){view.x, view.y - u->scroll + index * row, view.w - ui_px(u, 6), row};
}

void nets_popup(app *self, rect window)
{
    ui *u = &self->ui;
    const app_training *t = &self->training;
    int row = ui_px(u, 40), count = t->n_nets;
    rect view = panel_list(self, window, "train.net", ui_px(u, 320), row * (count ? count : 1));
    rect clip = ui_scroll_begin(u, view, row * count);
    for (int i = 0; i < count; i++) {
        char name[UI_NAME];
        snprintf(name, sizeof name, "net.%s", t->nets[i].name);
        button b = {.name = name,
                    .label = t->nets[i].name,
                    .detail = t->nets[i].shipped ? NULL : "own",
                    .style = BUTTON_ITEM,
                    .on = strcmp(t->nets[i].name, train_net(self)) == 0,
                    .act = {.id = ACTION_TRAIN_NET, .index = i}};
        b.icon = b.on ? ICON_TICK : ICON_BLANK;
        ui_button(u, list_row(u, view, i, row), &b);
    }
    ui_scroll_end(u, clip);
}

void data_popup(app *self, rect window)
{
    ui *u = &self->ui;
    const app_training *t = &self->training;
    char kept[32];
    snprintf(kept, sizeof kept, "%d", t->n_kept);
    const char *slash = strrchr(t->path, '/'), *folder = slash && slash[1] ? slash + 1 : t->path;
    const struct {
        const char *name, *label, *detail;
        bool there;
        action act;
    } rows[] = {
        {"data.made_up", "Made-up digits", "8000", true, {.id = ACTION_TRAIN_DATA_SET, .index = TRAIN_MADE_UP}},
        {"data.mnist",
         "MNIST",
         t->has_mnist ? NULL : "not fetched yet",
         true,
         {.id = ACTION_TRAIN_DATA_SET, .index = TRAIN_MNIST}},
        {"data.kept",
         "My digits",
         t->n_kept ? kept : "none kept yet",
         t->n_kept > 0,
         {.id = ACTION_TRAIN_DATA_SET, .index = TRAIN_KEPT}},
        {"data.path", folder, "folder", *t->path, {.id = ACTION_TRAIN_DATA_SET, .index = TRAIN_PATH}},
        {"data.other", "Another folder\xe2\x80\xa6", NULL, true, {.id = ACTION_TRAIN_FOLDER}},
    };
    int row = ui_px(u, 40), count = (int)(sizeof rows / sizeof rows[0]), y = 0;
    rect view = panel_list(self, window, "train.data", ui_px(u, 340), row * (count - !*t->path));
    rect clip = ui_scroll_begin(u, view, row * (count - !*t->path));
    for (int i = 0; i < count; i++) {
        if (!*rows[i].label)
            continue;
        button b = {.name = rows[i].name,
                    .label = rows[i].label,
                    .detail = rows[i].detail,
                    .style = BUTTON_ITEM,
                    .disabled = !rows[i].there,
                    .act = rows[i].act};
        b.on = b.act.id == ACTION_TRAIN_DATA_SET && b.act.index == (int)self->settings.train_data;
        b.icon = b.on ? ICON_TICK : ICON_BLANK;
        ui_button(u, list_row(u, view, y++, row), &b);
    }
    ui_scroll_end(u, clip);
}

/* ---- questions --------------------------------------------------------------------------------------------------- */

void train_dialog(app *self, rect window)
{
    ui *u = &self->ui;
    bool folder = self->popup == POPUP_FOLDER, problem = self->problem[0] != '\0';
    rect inside = panel_card(self, window, ui_px(u, 560), ui_px(u, 250));
    panel_heading(self, &inside, folder ? "Train on a folder" : "Name of the network");
    rect field = {inside.x, inside.y + ui_px(u, 4), inside.w, ui_px(u, 42)};
    ui_text_field(u, field, "text");
    panel_buttons(self, &inside, "Cancel", "accept", folder ? "Use it" : "Rename", ACTION_ACCEPT);
    const char *usual = folder ? "A folder of IDX files as MNIST has them, a table (.csv) or labelled strokes (.jsonl)."
                               : "It will be in the list of models under this name.";
    rect words = {inside.x, field.y + field.h + ui_px(u, 12), inside.w, 0};
    ui_paragraph(u, words, problem ? self->problem : usual, ui_font(u, 14, FONT_REGULAR),
                 problem ? u->colours->warning : u->colours->muted, true);
}

void leave_dialog(app *self, rect window)
{
    ui *u = &self->ui;
    const train_news *news = self->training.job ? train_job_news(self->training.job) : NULL;
    bool any = news && news->best_epoch > 0;
    char text[200];
    if (any)
        snprintf(text, sizeof text,
                 "A network is being trained. Its best weights so far, from epoch %d, are right on %.1f %% of the "
                 "validation images.",
                 news->best_epoch, 100 * news->best_accuracy);
    else
        snprintf(text, sizeof text,
                 "A network is being trained. Its first epoch has not ended, so there is nothing to keep yet.");
    rect inside = panel_card(self, window, ui_px(u, 560), ui_px(u, 230));
    panel_heading(self, &inside, "Quit now?");
    panel_buttons(self, &inside, "Go on training", "accept", any ? "Keep and quit" : "Stop and quit", ACTION_ACCEPT);
    if (any) {
        button discard = {.name = "leave.discard", .label = "Throw away and quit", .act = {.id = ACTION_LEAVE}};
        int h = ui_px(u, 40);
        ui_button(u, (rect){inside.x, inside.y + inside.h + ui_px(u, 16), ui_button_width(u, &discard), h}, &discard);
    }
    ui_paragraph(u, inside, text, ui_font(u, 15, FONT_REGULAR), u->colours->text, true);
}

void keep_dialog(app *self, rect window)
{
    ui *u = &self->ui;
    const nn_model *model = self->reader ? recogniser_model(self->reader) : NULL;
    int classes = model ? model->n_labels : 0, columns = classes < 5 ? classes : 5;
    int rows = columns ? (classes + columns - 1) / columns : 0, h = ui_px(u, 48), gap = ui_px(u, 8);
    rect inside = panel_card(self, window, ui_px(u, 480), ui_px(u, 190) + rows * (h + gap));
    panel_heading(self, &inside, "What is it really?");
    panel_buttons(self, &inside, NULL, "cancel", "Cancel", ACTION_CLOSE);
    int words = ui_paragraph(u, inside,
                             "The strokes are kept with this answer, on this computer only, so that a network "
                             "can be trained on them: \xe2\x80\x9cMy digits\xe2\x80\x9d.",
                             ui_font(u, 14, FONT_REGULAR), u->colours->muted, true);
    inside.y += words + gap;
    u->group = 4;
    for (int i = 0; i < classes; i++) {
        char name[UI_NAME];
        snprintf(name, sizeof name, "keep.%s", model->label[i]);
        int x = i % columns * inside.w / columns, end = (i % columns + 1) * inside.w / columns - gap;
        button b = {.name = name,
                    .label = model->label[i],
                    .style = i == self->answer.digit ? BUTTON_MAIN : BUTTON_PLAIN,
                    .act = {.id = ACTION_KEEP_AS, .index = i}};
        ui_button(u, (rect){inside.x + x, inside.y + i / columns * (h + gap), end - x, h}, &b);
    }
}
