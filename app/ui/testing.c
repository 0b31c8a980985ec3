/* testing.c - starting a test, following it, and going through what it found. */
#include "testing.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "drawing.h"
#include "notice.h"
#include "popups.h"
#include "reader.h"
#include "train_choices.h"
#include <stdio.h>
#include <string.h>

/* ---- life -------------------------------------------------------------------------------------------------------- */

void testing_init(app *self)
{
    app_testing *t = &self->testing;
    t->image = -1;
    if (!self->options.data)
        return;
    t->images = TEST_PATH;
    snprintf(t->path, sizeof t->path, "%s", self->options.data);
}

void testing_free(app *self)
{
    test_job_leave(self->testing.job);
    nn_free(self->testing.found);
}

/* What was found before goes with its images. */
static void forget(app *self)
{
    app_testing *t = &self->testing;
    test_job_leave(t->job);
    nn_free(t->found);
    t->job = NULL;
    t->found = NULL;
    t->n_found = 0;
    t->image = -1;
    t->done = t->stopping = t->saving = false;
}

/* ---- where one is ------------------------------------------------------------------------------------------------ */

static void show_page(app *self, test_page page)
{
    app_testing *t = &self->testing;
    if ((int)page < 0 || page >= TEST_PAGES)
        return;
    t->scroll[t->page] = self->ui->scrolled[0];
    t->page = page;
    self->ui->scrolled[0] = t->scroll[page];
}

static int list_into(const app *self, finding *out, test_list list)
{
    const app_testing *t = &self->testing;
    const evaluation *e = app_tested(self), *other = app_test_result(self, t->other);
    switch (list) {
    case TEST_CELL: return findings_cell(e, t->truth, t->read, app_test_sure(self), out);
    case TEST_HARDEST: return findings_hardest(e, out);
    case TEST_DOUBTED: return findings_doubted(e, out);
    case TEST_ONLY_THIS: return other ? findings_only(e, other, out) : 0;
    case TEST_ONLY_OTHER: return other ? findings_only(other, e, out) : 0;
    case TEST_LISTS: break;
    }
    return 0;
}

static void count_sure(app *self)
{
    app_testing *t = &self->testing;
    if (app_tested(self))
        t->sure = findings_when_sure(app_tested(self), app_test_sure(self), &t->counted);
}

/* What the lists of two models would have. */
static void count_only(app *self)
{
    app_testing *t = &self->testing;
    for (int i = 0; i < test_job_request(t->job)->n_models; i++) {
        const evaluation *other = app_test_result(self, i);
        int n[2][2] = {{0}};
        if (other)
            findings_compare(app_tested(self), other, n);
        t->n_only[i][0] = n[0][1];
        t->n_only[i][1] = n[1][0];
    }
    t->other = 0;
}

/* All that depends on which model's result is shown. */
static void show_model(app *self, int model)
{
    app_testing *t = &self->testing;
    if (!t->done || model < 0 || model >= test_job_request(t->job)->n_models)
        return;
    t->model = model;
    if (!app_tested(self) || !t->found)
        return;
    count_sure(self);
    t->n_doubted = list_into(self, t->found, TEST_DOUBTED);
    count_only(self);
    t->n_found = 0;
    if (t->page == TEST_LIST)
        show_page(self, TEST_MISTAKES);
}

/* other: the model that is compared with, for those lists that are about two. */
static void show_list(app *self, test_list list, int other)
{
    enum { HARDEST = 100 };
    app_testing *t = &self->testing;
    if (!app_tested(self) || !t->found || other < 0 || other >= test_job_request(t->job)->n_models)
        return;
    t->list = list;
    t->other = other;
    t->n_found = list_into(self, t->found, list);
    if (list == TEST_HARDEST && t->n_found > HARDEST)
        t->n_found = HARDEST;
    t->scroll[TEST_LIST] = 0;
    show_page(self, TEST_LIST);
    ui_set_focus(self->ui, t->n_found > 0 ? "image.0" : "test.back");
}

static void show_cell(app *self, int cell)
{
    app_testing *t = &self->testing;
    if (cell < 0 || cell >= NN_MAX_CLASSES * NN_MAX_CLASSES)
        return;
    t->truth = cell / NN_MAX_CLASSES;
    t->read = cell % NN_MAX_CLASSES;
    show_list(self, TEST_CELL, 0);
}

/* The focus goes to what the list was opened with. */
static void go_back(app *self)
{
    app_testing *t = &self->testing;
    static const char *const names[TEST_LISTS] = {[TEST_HARDEST] = "test.hardest", [TEST_DOUBTED] = "test.doubted"};
    char name[UI_NAME];
    if (t->page != TEST_LIST)
        return;
    if (t->list == TEST_CELL)
        snprintf(name, sizeof name, "cell.%d.%d", t->truth, t->read);
    else if (names[t->list])
        snprintf(name, sizeof name, "%s", names[t->list]);
    else
        snprintf(name, sizeof name, "test.only.%d.%d", t->other, t->list == TEST_ONLY_THIS);
    show_page(self, TEST_MISTAKES);
    ui_set_focus(self->ui, name);
}

/* What was drawn becomes a drawing again. */
static void show_image(app *self, int index)
{
    nn_error err;
    app_testing *t = &self->testing;
    if (!app_tested(self) || index < 0 || index >= t->n_found)
        return;
    int image = t->found[index].image;
    const dataset *data = app_tested(self)->data;
    const unsigned char *pixels = data->images + (size_t)image * (size_t)(data->side * data->side);
    const ink *drawing = test_job_drawing(t->job, image);
    bool again = app_test_shows(self) >= 0;
    t->image = -1;
    if (!(drawing ? drawing_lend(self, drawing, again, &err) : drawing_show_image(self, pixels, data->side, &err))) {
        app_notice_error(self, &err);
        return;
    }
    t->image = image;
    t->drawn = self->drawing.version;
    t->picture = app_shown_number(self);
}

/* So that the canvas shows what it sees in the image. */
static void use_tested(app *self)
{
    const app_testing *t = &self->testing;
    if (!app_tested(self))
        return;
    const char *value = test_job_request(t->job)->model[t->model];
    reader_use(self, &value, 1, test_job_request(t->job)->name[t->model], !models_is_path(value));
}

/* ---- what is asked of the worker --------------------------------------------------------------------------------- */

static void add_model(test_request *r, const char *value, const char *name)
{
    if (r->n_models == TEST_MOST_MODELS)
        return;
    snprintf(r->model[r->n_models], PATHS_MAX, "%s", value);
    snprintf(r->name[r->n_models++], NN_NAME, "%s", name);
}

/* Those that are ticked, else the one in use. */
static void choose_models(const app *self, test_request *r)
{
    const app_comparison *c = &self->comparison;
    for (int i = 0; i < c->n_rows; i++)
        if (c->row[i].ticked)
            add_model(r, models_value(&c->row[i].entry), c->row[i].entry.name);
    for (int i = 0; i < c->n_rows && r->n_models == 0; i++)
        if (app_uses(self, &c->row[i].entry))
            add_model(r, models_value(&c->row[i].entry), c->row[i].entry.name);
    if (r->n_models == 0 && *app_reader_value(self))
        add_model(r, app_reader_value(self), self->reader.name);
}

static bool request_test(const app *self, test_request *r, nn_error *err)
{
    const app_testing *t = &self->testing;
    r->images = t->images;
    r->threads = platform_threads();
    choose_models(self, r);
    if (r->n_models == 0)
        return nn_fail(err, NN_USAGE, 0, "Tick the models to be tested: what reads now is no single one");
    snprintf(r->path, sizeof r->path, "%s", t->path);
    return t->images != TEST_KEPT || train_kept_path(self, r->path) ||
           nn_fail(err, NN_USAGE, 0, "there is no folder for it: HOME is not set");
}

static void start(app *self)
{
    nn_error err;
    app_testing *t = &self->testing;
    job_host host = app_job_host(self);
    if (t->job && !t->done)
        return;
    test_request *r = nn_alloc(1, sizeof *r);
    bool ok = r ? request_test(self, r, &err) : nn_fail(&err, NN_NOMEM, 0, "out of memory");
    if (ok && app_ticked(self) > TEST_MOST_MODELS)
        app_remark(self, FORMAT_NOTICE_TEST_MOST, TEST_MOST_MODELS);
    if (ok) {
        t->runs++;
        forget(self);
        ok = test_job_new(&t->job, r, &self->paths, &host, &err);
        t->news = (test_news){0};
    }
    if (!ok)
        app_notice_error(self, &err);
    nn_free(r);
}

static void cancel(app *self)
{
    app_testing *t = &self->testing;
    if (!t->job || t->done)
        return;
    t->stopping = true;
    test_job_stop(t->job);
}

void testing_set_path(app *self, const char *path)
{
    app_testing *t = &self->testing;
    snprintf(t->path, sizeof t->path, "%s", path);
    t->images = TEST_PATH;
}

bool testing_report(app *self, const char *folder, nn_error *err)
{
    app_testing *t = &self->testing;
    if (!app_tested(self) || t->saving)
        return true;
    t->saving = test_job_save(t->job, t->model, folder, err);
    return t->saving;
}

/* ---- time -------------------------------------------------------------------------------------------------------- */

/* Models that could not be tested say why, once for all where it is the same. */
static void tell_problems(app *self)
{
    const app_testing *t = &self->testing;
    const nn_error *problem, *before = NULL;
    for (int i = 0; i < test_job_request(t->job)->n_models && !t->stopping; i++)
        if (!test_job_result(t->job, i, &problem) && !(before && strcmp(problem->text, before->text) == 0)) {
            app_notice_error(self, problem);
            before = problem;
        }
}

/* Where nobody looks, and what was done to the images. */
static void tell_result(app *self, int model)
{
    const evaluation *e = app_test_result(self, model);
    double right = (double)confusion_correct(&e->confusion) / e->data->count;
    if (*e->data->note)
        app_notice(self, FORMAT_NOTICE_DATA_NOTE, e->data->note);
    if (self->settings.view != VIEW_MODELS)
        app_done(self, ACTION_NONE, FORMAT_NOTICE_TESTED, test_job_request(self->testing.job)->name[model], 100 * right,
                 e->data->count);
}

/* The first model with a result is shown. */
static void end_test(app *self)
{
    app_testing *t = &self->testing;
    int first = 0, n = test_job_request(t->job)->n_models;
    tell_problems(self);
    while (first < n && !app_test_result(self, first))
        first++;
    if (first == n) {
        forget(self);
        return;
    }
    t->done = true;
    nn_free(t->found);
    t->found = nn_alloc((size_t)app_test_result(self, first)->data->count, sizeof *t->found);
    show_model(self, first);
    tell_result(self, first);
    if (self->settings.view == VIEW_MODELS && t->page == TEST_MODELS)
        show_page(self, TEST_MISTAKES);
}

static void end_report(app *self)
{
    nn_error err;
    const char *folder;
    self->testing.saving = false;
    if (test_job_saved(self->testing.job, &folder, &err)) {
        app_succeeded(self, ACTION_TEST_REPORT);
        app_done(self, ACTION_NONE, FORMAT_NOTICE_REPORT, folder);
    } else {
        app_failed_error(self, ACTION_TEST_REPORT, &err);
    }
}

void testing_tick(app *self)
{
    app_testing *t = &self->testing;
    if (!t->job || (t->done && !t->saving))
        return;
    const test_news *news = test_job_look(t->job);
    t->news.all = news->all;
    t->news.done = (long)app_told(self, "tested", (double)news->done);
    t->news.seconds_left = app_told(self, "test_left", news->seconds_left);
    if (app_told(self, "test", test_job_is_done(t->job)) == 0)
        return;
    if (t->saving)
        end_report(self);
    else
        end_test(self);
}

/* ---- actions ----------------------------------------------------------------------------------------------------- */

static void choose_images(app *self, int index)
{
    if (index >= 0 && index < TEST_CHOICES)
        self->testing.images = (test_images)index;
    app_show(self, POPUP_NONE);
}

bool testing_do(app *self, action act)
{
    app_testing *t = &self->testing;
    switch (act.id) {
    case ACTION_TEST_PAGE: show_page(self, (test_page)act.index); return true;
    case ACTION_TEST_IMAGES: app_toggle(self, POPUP_TEST_IMAGES); return true;
    case ACTION_TEST_IMAGES_SET: choose_images(self, act.index); return true;
    case ACTION_TEST_FOLDER: app_show(self, POPUP_TEST_FOLDER); return true;
    case ACTION_TEST_START: start(self); return true;
    case ACTION_TEST_CANCEL: cancel(self); return true;
    case ACTION_TEST_MODEL: show_model(self, act.index); return true;
    case ACTION_TEST_SURE:
        t->nines = act.value;
        count_sure(self);
        return true;
    case ACTION_TEST_CELL: show_cell(self, act.index); return true;
    case ACTION_TEST_LIST:
        if (act.index >= 0)
            show_list(self, (test_list)(act.index % TEST_LISTS), act.index / TEST_LISTS);
        return true;
    case ACTION_TEST_IMAGE: show_image(self, act.index); return true;
    case ACTION_TEST_USE: use_tested(self); return true;
    case ACTION_TEST_BACK: go_back(self); return true;
    case ACTION_TEST_REPORT:
        if (app_tested(self))
            app_show(self, POPUP_REPORT);
        return true;
    default: return false;
    }
}
