/* train_dialogs.c - the lists and questions around a training. */
#include "app/texts/texts.h"
#include "panel.h"
#include <stdio.h>
#include <string.h>

/* ---- lists ------------------------------------------------------------------------------------------------------- */

void nets_popup(const app *self, rect window)
{
    ui *u = self->ui;
    const app_training *t = &self->training;
    panel_rows rows = panel_rows_begin(self, window, "train.net", 320, 40, t->n_nets);
    for (int i = 0; i < t->n_nets; i++) {
        char name[UI_NAME];
        snprintf(name, sizeof name, "net.%s", t->nets[i].name);
        panel_choice(u, &rows,
                     (button){.name = name,
                              .label = t->nets[i].name,
                              .detail = t->nets[i].shipped ? NULL : texts_get(TEXT_MODELS_OWN),
                              .tip = texts_get(TEXT_TRAIN_NET_TIP),
                              .on = strcmp(t->nets[i].name, app_train_net(self)) == 0,
                              .act = {.id = ACTION_TRAIN_NET, .index = i}});
    }
    panel_rows_end(u, &rows);
}

void data_popup(const app *self, rect window)
{
    const app_training *t = &self->training;
    char kept[32];
    snprintf(kept, sizeof kept, "%d", t->n_kept);
    const char *folder = paths_last(t->path);
    const panel_option rows[] = {
        {"data.made_up",
         texts_get(TEXT_TRAIN_MADE_UP),
         "8000",
         TEXT_TRAIN_MADE_UP_TIP,
         true,
         {.id = ACTION_TRAIN_DATA_SET, .index = TRAIN_SYNTHETIC}},
        {"data.mnist",
         texts_get(TEXT_TRAIN_MNIST),
         t->has_mnist ? NULL : texts_get(TEXT_TRAIN_NOT_FETCHED),
         TEXT_TRAIN_MNIST_TIP,
         true,
         {.id = ACTION_TRAIN_DATA_SET, .index = TRAIN_MNIST}},
        {"data.kept",
         texts_get(TEXT_TRAIN_KEPT),
         t->n_kept ? kept : texts_get(TEXT_TRAIN_NONE_KEPT),
         TEXT_TRAIN_KEPT_TIP,
         t->n_kept > 0,
         {.id = ACTION_TRAIN_DATA_SET, .index = TRAIN_KEPT}},
        {"data.path",
         folder,
         texts_get(TEXT_TRAIN_FOLDER),
         TEXT_TRAIN_FOLDER_TIP,
         *t->path,
         {.id = ACTION_TRAIN_DATA_SET, .index = TRAIN_PATH}},
        {"data.other", texts_get(TEXT_TRAIN_OTHER), NULL, TEXT_TRAIN_OTHER_TIP, true, {.id = ACTION_TRAIN_FOLDER}},
    };
    panel_options(self, window, "train.data", 340, rows, (int)(sizeof rows / sizeof rows[0]),
                  (action){.id = ACTION_TRAIN_DATA_SET, .index = (int)self->settings.train_data});
}

/* ---- questions --------------------------------------------------------------------------------------------------- */

typedef struct name_words {
    text_id heading, tip, words, accept;
} name_words;

/* What the dialog is about: a network, the model in use, or one that has just been trained. */
static name_words words_of(popup which)
{
    switch (which) {
    case POPUP_NET_NAME:
        return (name_words){TEXT_NET_NAME_HEADING, TEXT_TRAIN_NAME_LETTERS_TIP, TEXT_NET_NAME_WORDS, TEXT_NET_SAVE};
    case POPUP_MODEL_NAME:
        return (name_words){TEXT_OWN_NAME_HEADING, TEXT_TRAIN_NAME_LETTERS_TIP, TEXT_OWN_NAME_WORDS, TEXT_TRAIN_RENAME};
    case POPUP_MODEL_WORDS:
        return (name_words){TEXT_OWN_WORDS_HEADING, TEXT_OWN_WORDS_TIP, TEXT_OWN_WORDS_WORDS, TEXT_OWN_WORDS_ACCEPT};
    default: break;
    }
    return (name_words){TEXT_TRAIN_NAME_HEADING, TEXT_TRAIN_NAME_LETTERS_TIP, TEXT_TRAIN_NAME_WORDS, TEXT_TRAIN_RENAME};
}

void train_dialog(const app *self, rect window)
{
    ui *u = self->ui;
    name_words w = words_of(self->popup);
    bool problem = self->problem[0] != '\0';
    rect inside = panel_card(self, window, ui_px(u, 560), ui_px(u, 250));
    panel_heading(self, &inside, texts_get(w.heading));
    rect field = {inside.x, inside.y + ui_px(u, 4), inside.w, ui_px(u, 42)};
    ui_text_field(u, field, "text", 0);
    ui_explain(u, texts_get(w.tip));
    panel_buttons(self, &inside, texts_get(TEXT_BUTTON_CANCEL), "accept", texts_get(w.accept), ACTION_ACCEPT);
    rect words = {inside.x, field.y + field.h + ui_px(u, 12), inside.w, 0};
    ui_paragraph(u, words, problem ? self->problem : texts_get(w.words), ui_font(u, 14, FONT_REGULAR),
                 problem ? u->colours->warning : u->colours->muted, true);
}

static const char *leave_words(ui *u, bool ended, const train_news *news)
{
    bool any = news && news->best_epoch > 0;
    if (!any)
        return texts_get(ended ? TEXT_LEAVE_OVER : TEXT_LEAVE_NONE);
    if (ended)
        return ui_say(u, FORMAT_LEAVE_ENDED, 100 * news->best_accuracy);
    return ui_say(u, FORMAT_LEAVE_SOME, news->best_epoch, 100 * news->best_accuracy);
}

void leave_dialog(const app *self, rect window)
{
    ui *u = self->ui;
    const train_news *news = self->training.job ? train_job_news(self->training.job) : NULL;
    bool any = news && news->best_epoch > 0, ended = !news || news->phase >= TRAIN_ENDED;
    const char *text = leave_words(u, ended, news);
    const button buttons[] = {
        {.name = "leave.discard",
         .label = texts_get(TEXT_LEAVE_DISCARD),
         .tip = texts_get(TEXT_LEAVE_DISCARD_TIP),
         .act = {.id = ACTION_LEAVE}},
        {.name = "cancel",
         .label = texts_get(TEXT_LEAVE_STAY),
         .tip = texts_get(TEXT_BUTTON_BACK_TIP),
         .style = any ? BUTTON_PLAIN : BUTTON_MAIN, /* what loses nothing, as the focus is */
         .act = {.id = ACTION_CLOSE}},
        {.name = "accept",
         .label = texts_get(any     ? TEXT_LEAVE_KEEP
                            : ended ? TEXT_LEAVE_QUIT
                                    : TEXT_LEAVE_STOP),
         .tip = texts_get(TEXT_BUTTON_FILE_TIP),
         .style = any ? BUTTON_MAIN : BUTTON_PLAIN,
         .act = {.id = ACTION_ACCEPT}},
    };
    rect inside = panel_card(self, window, ui_px(u, 600), ui_px(u, 300));
    panel_heading(self, &inside, texts_get(TEXT_LEAVE_HEADING));
    panel_foot(self, &inside, any ? buttons : buttons + 1, any ? 3 : 2);
    ui_paragraph(u, inside, text, ui_font(u, 15, FONT_REGULAR), u->colours->text, true);
}

/* As many answers side by side as the longest label leaves room for, and no more than can be found at a glance. */
static int answer_columns(const app *self, const nn_model *model, int room, int gap)
{
    int most = model->n_labels > 10 ? 7 : 5, widest = 0;
    for (int i = 0; i < model->n_labels; i++) {
        int w = ui_button_width(self->ui, &(button){.label = model->label[i]});
        widest = w > widest ? w : widest;
    }
    int columns = (room + gap) / (widest + gap);
    return columns < 1 ? 1 : columns > most ? most : columns;
}

static void draw_answers(const app *self, const nn_model *model, rect view, int columns, int step, int gap)
{
    ui *u = self->ui;
    u->group = 4;
    for (int i = 0; i < model->n_labels; i++) {
        char name[UI_NAME];
        snprintf(name, sizeof name, "keep.%s", model->label[i]);
        int x = i % columns * (view.w + gap) / columns, end = (i % columns + 1) * (view.w + gap) / columns - gap;
        button b = {.name = name,
                    .label = model->label[i],
                    .tip = texts_get(TEXT_KEEP_TIP),
                    .style = i == app_read(self)->answer.digit ? BUTTON_MAIN : BUTTON_PLAIN,
                    .act = {.id = ACTION_KEEP_AS, .index = i}};
        ui_button(u, (rect){view.x + x, view.y + i / columns * step, end - x, step - gap}, &b);
    }
}

void keep_dialog(const app *self, rect window)
{
    ui *u = self->ui;
    const nn_model *model = app_model(self);
    int gap = ui_px(u, 8), step = ui_px(u, 48) + gap, scrollbar = ui_px(u, 8), width = ui_px(u, 488);
    int columns = model ? answer_columns(self, model, width - 2 * ui_px(u, 24) - scrollbar, gap) : 1;
    int high = model ? (model->n_labels + columns - 1) / columns * step : 0;
    rect inside = panel_card(self, window, width, ui_px(u, 210) + high);
    panel_heading(self, &inside, texts_get(TEXT_KEEP_HEADING));
    int words = gap + ui_paragraph(u, inside, texts_get(TEXT_KEEP_WORDS), ui_font(u, 14, FONT_REGULAR),
                                   u->colours->muted, true);
    panel_buttons(self, &inside, NULL, "cancel", texts_get(TEXT_BUTTON_CANCEL), ACTION_CLOSE);
    inside.y += words;
    inside.h -= words;
    int rim = ui_px(u, 6); /* for the focus ring */
    rect clip = ui_scroll_begin(u, rect_inset(inside, -rim), high + 2 * rim);
    if (model)
        draw_answers(self, model, (rect){inside.x, inside.y - u->scroll, inside.w - scrollbar, high}, columns, step,
                     gap);
    ui_scroll_end(u, clip);
}
