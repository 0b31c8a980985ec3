/* test_images_panel.c - images of a test as a grid, each a button that puts its image on the canvas; and the list of what
 * can be tested on. */
#include "app/texts/texts.h"
#include "panel.h"
#include <stdio.h>
#include <string.h>

enum { SIDE = 60, CAPTION = 18, GAP = 8 /* units of the layout */ };

/* ---- a list of images -------------------------------------------------------------------------------------------- */

static const char *title_of(const app *self)
{
    ui *u = self->ui;
    const app_testing *t = &self->testing;
    const nn_model *model = app_tested(self)->models[0];
    const char *mine = test_job_request(t->job)->name[t->model], *other = test_job_request(t->job)->name[t->other];
    switch (t->list) {
    case TEST_CELL: return ui_say(u, FORMAT_TEST_CELL_N, model->label[t->truth], model->label[t->read], t->n_found);
    case TEST_HARDEST: return ui_say(u, FORMAT_TEST_HARDEST_OF, mine);
    case TEST_DOUBTED: return texts_get(TEXT_TEST_DOUBTED_WORDS);
    case TEST_ONLY_THIS: return ui_say(u, FORMAT_TEST_ONLY, mine, other, t->n_found);
    case TEST_ONLY_OTHER: return ui_say(u, FORMAT_TEST_ONLY, other, mine, t->n_found);
    case TEST_LISTS: break;
    }
    return "";
}

/* What it is and what it was read as, or how sure that was where all are of one cell. */
static const char *caption_of(const app *self, int image)
{
    ui *u = self->ui;
    const app_testing *t = &self->testing;
    const evaluation *e = app_tested(self);
    if (t->list == TEST_CELL)
        return panel_percent(u, evaluation_answer(e, image)[evaluation_read(e, image)]);
    if (t->list == TEST_ONLY_THIS)
        e = app_test_result(self, t->other);
    return ui_say(u, FORMAT_TEST_READ_AS, e->models[0]->label[evaluation_truth(e, image)],
                  e->models[0]->label[evaluation_read(e, image)]);
}

static void draw_tile(const app *self, rect r, int index)
{
    ui *u = self->ui;
    const dataset *data = app_tested(self)->data;
    int image = self->testing.found[index].image, side = ui_px(u, SIDE) - 2 * ui_px(u, 3);
    bool on = app_test_shows(self) == image;
    char name[UI_NAME];
    snprintf(name, sizeof name, "image.%d", index);
    button b = {.name = name,
                .tip = ui_say(u, FORMAT_TEST_IMAGE_TIP, image),
                .on = on,
                .act = {.id = ACTION_TEST_IMAGE, .index = index}};
    ui_button(u, r, &b);
    rect to = {r.x + (r.w - side) / 2, r.y + ui_px(u, 3), side, side};
    mask_image mask = {data->images + (size_t)image * (size_t)(data->side * data->side), data->side, data->side,
                       data->side, 0};
    draw_rect(u->list, to, 4 * u->scale, u->colours->paper);
    draw_mask(u->list, &mask, (unsigned)image + (self->testing.runs << 24), to, u->colours->ink);
    ui_label(u, (rect){r.x, to.y + side, r.w, r.y + r.h - to.y - side}, caption_of(self, image), panel_small_font(u),
             on ? u->colours->on_accent : u->colours->text, ALIGN_CENTRE);
}

/* Only rows in sight and beside it are there, and the focused one: a list may have thousands. */
static void draw_images(const app *self, rect area)
{
    ui *u = self->ui;
    int gap = ui_px(u, GAP), rim = ui_px(u, 5), step_x = ui_px(u, SIDE) + gap, step_y = step_x + ui_px(u, CAPTION);
    int columns = (area.w - 2 * rim + gap) / step_x, n = self->testing.n_found, focused = -1;
    columns = columns > 0 ? columns : 1;
    sscanf(u->focus, "image.%d", &focused);
    rect clip = ui_scroll_begin(u, area, (n + columns - 1) / columns * step_y + 2 * rim);
    u->group = 9;
    u->tiled = true;
    for (int i = 0; i < n; i++) {
        rect r = {area.x + rim + i % columns * step_x, area.y + rim - u->scroll + i / columns * step_y, step_x - gap,
                  step_y - gap};
        if ((r.y + 2 * step_y > area.y && r.y - step_y < area.y + area.h) || i == focused)
            draw_tile(self, r, i);
    }
    u->group = 6;
    u->tiled = false;
    ui_scroll_end(u, clip);
}

/* The model whose test is looked at is the one in use. */
static bool test_model_reads(const app *self)
{
    const test_request *r = test_job_request(self->testing.job);
    return !self->reader.guest && strcmp(self->reader.name, r->name[self->testing.model]) == 0;
}

/* At the right end; returns how wide it is, with a gap. */
static int draw_use(const app *self, rect row)
{
    ui *u = self->ui;
    const char *name = test_job_request(self->testing.job)->name[self->testing.model];
    button use = {.name = "test.use",
                  .label = ui_say(u, FORMAT_TEST_USE, name),
                  .tip = texts_get(TEXT_TEST_USE_TIP),
                  .act = {.id = ACTION_TEST_USE}};
    int w = ui_button_width(u, &use), most = row.w / 2;
    w = w < most ? w : most;
    ui_button(u, (rect){row.x + row.w - w, row.y, w, row.h}, &use);
    return w + ui_px(u, GAP);
}

void test_list_page(const app *self, rect area)
{
    ui *u = self->ui;
    button back = {.name = "test.back",
                   .label = texts_get(TEXT_HELP_BACK),
                   .tip = texts_get(TEXT_TEST_BACK_TIP),
                   .act = {.id = ACTION_TEST_BACK}};
    int w = ui_button_width(u, &back), high = ui_px(u, 32), gap = ui_px(u, GAP);
    ui_button(u, (rect){area.x, area.y, w, high}, &back);
    rect words = {area.x + w + gap, area.y, area.w - w - gap, high};
    if (!test_model_reads(self))
        words.w -= draw_use(self, words);
    font f = ui_font(u, 14, FONT_BOLD);
    const char *title = title_of(self);
    int taken = high + gap;
    if (text_width(u->text, f, title) <= words.w)
        ui_label(u, words, title, f, u->colours->text, ALIGN_LEFT);
    else
        taken += ui_paragraph(u, (rect){area.x, area.y + taken, area.w, 0}, title, f, u->colours->text, true);
    draw_images(self, (rect){area.x, area.y + taken, area.w, area.h - taken});
}

/* ---- what to test on --------------------------------------------------------------------------------------------- */

void test_images_popup(const app *self, rect window)
{
    ui *u = self->ui;
    const app_testing *t = &self->testing;
    const app_training *kept = &self->training;
    const char *folder = paths_last(t->path);
    const char *fetched = kept->has_mnist ? NULL : texts_get(TEXT_TRAIN_NOT_FETCHED);
    const panel_option rows[] = {
        {"images.mnist",
         texts_get(TEXT_TEST_MNIST),
         fetched,
         TEXT_TEST_MNIST_TIP,
         kept->has_mnist,
         {.id = ACTION_TEST_IMAGES_SET, .index = TEST_MNIST}},
        {"images.validation",
         texts_get(TEXT_TEST_VALIDATION),
         fetched,
         TEXT_TEST_VALIDATION_TIP,
         kept->has_mnist,
         {.id = ACTION_TEST_IMAGES_SET, .index = TEST_VALIDATION}},
        {"images.kept",
         texts_get(TEXT_TRAIN_KEPT),
         kept->n_kept ? ui_say(u, FORMAT_NUMBER_WHOLE, kept->n_kept) : texts_get(TEXT_TRAIN_NONE_KEPT),
         TEXT_TRAIN_KEPT_TIP,
         kept->n_kept > 0,
         {.id = ACTION_TEST_IMAGES_SET, .index = TEST_KEPT}},
        {"images.path", folder, NULL, TEXT_TEST_PATH_TIP, true, {.id = ACTION_TEST_IMAGES_SET, .index = TEST_PATH}},
        {"images.other", texts_get(TEXT_TEST_OTHER), NULL, TEXT_TEST_OTHER_TIP, true, {.id = ACTION_TEST_FOLDER}},
    };
    panel_options(self, window, "test.images", 360, rows, (int)(sizeof rows / sizeof rows[0]),
                  (action){.id = ACTION_TEST_IMAGES_SET, .index = (int)t->images});
}
