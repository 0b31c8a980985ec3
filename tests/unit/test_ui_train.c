/* A training in the window, by events and without a window: what it does to the canvas, names, leaving. */
#include "app/core/data/samples.h"
#include "app/core/digit/digit.h"
#include "app/core/made/synth.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "app/ui/actions.h"
#include "app/ui/train_choices.h"
#include "nn/file.h"
#include "support/screen.h"
#include "support/temp.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char tiny_net[] = "input 28 28 1\nmaxpool 4\nflatten\ndense 10\nsoftmax\n";

static screen s;
static nn_error err;

static int set_up(void **state)
{
    (void)state;
    static sketch drawing;
    temp_make();
    assert_true(nn_file_mkdirs(temp_path("state/models"), &err));
    assert_true(nn_file_save(temp_path("state/models/tiny.net"), tiny_net, strlen(tiny_net), NN_CONSISTENT, &err));
    for (int i = 0, count = 0; i < 100; i++) {
        char label[2] = {(char)('0' + i % 10), '\0'};
        synth_digit(&drawing, i % 10, (uint64_t)i);
        assert_true(samples_keep(temp_path("state/digits.jsonl"), &drawing.ink, label, "", &count, NULL, &err));
    }
    screen_open(&s, 1000, 700);
    s.app->settings.train_data = TRAIN_KEPT;
    s.app->settings.train_epochs = 2;
    snprintf(s.app->settings.train_net, sizeof s.app->settings.train_net, "tiny");
    screen_key(&s, '4', MOD_CTRL);
    screen_frame(&s);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    screen_close(&s);
    temp_remove();
    return 0;
}

static void train(void)
{
    screen_click(&s, "train.start");
    screen_await(&s, "train.keep");
}

static bool is_there(const char *name, const char *ending)
{
    char file[128];
    snprintf(file, sizeof file, "state/models/%s%s", name, ending);
    return platform_exists(temp_path(file));
}

static bool is_kept(const char *name)
{
    return is_there(name, ".safetensors");
}

static void test_the_canvas_is_read_with_what_learns(void **state)
{
    (void)state;
    const recogniser *usual = app_recogniser(s.app);
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    train();
    assert_ptr_not_equal(app_recogniser(s.app), usual);
    float learnt = app_read(s.app)->answer.probability[1];
    screen_click(&s, "train.watch");
    screen_frame(&s);
    assert_ptr_equal(app_recogniser(s.app), usual);
    screen_click(&s, "train.watch");
    screen_frame(&s);
    assert_float_equal(app_read(s.app)->answer.probability[1], learnt, 0);
    screen_click(&s, "train.discard");
    screen_frame(&s);
    assert_ptr_equal(app_recogniser(s.app), usual);
    assert_true(screen_has(&s, "train.start"));
    assert_false(is_kept("tiny-1"));
}

/* How many lines of text stand in an element. */
static int lines_in(const char *name)
{
    rect r = screen_find(&s, name);
    const ui *u = s.app->ui;
    int n = 0;
    for (int i = 0; i < u->n_lines; i++)
        n += !rect_is_empty(rect_intersect(u->line[i].visible, r));
    return n;
}

/* The columns say what will be learned from, by what, and for how long, before anything begins. */
static void test_images_and_network_are_looked_at(void **state)
{
    (void)state;
    screen_resize(&s, 1200, 760);
    screen_wait(&s);
    const app_learn *l = &s.app->learn;
    assert_true(screen_has(&s, "learn.sheet"));
    assert_int_equal(l->sheet.count, 100);
    assert_int_equal(l->sheet.of_class[7], 10);
    assert_true(screen_has(&s, "block.1"));
    assert_true(l->plan->floats > 0);
    assert_true(l->epoch_seconds > 0);
    assert_int_equal(l->asked.count, 100);
    screen_click(&s, "train.data");
    screen_frame(&s);
    screen_click(&s, "data.made_up");
    screen_wait(&s);
    assert_int_equal(l->sheet.count, TRAINING_MADE);
    assert_true(l->epoch_seconds > 0);               /* measured anew, */
    assert_int_equal(l->asked.count, TRAINING_MADE); /* of these */
    s.app->settings.train_data = TRAIN_PATH;
    snprintf(s.app->training.path, sizeof s.app->training.path, "%s", temp_path("nowhere"));
    screen_wait(&s);
    assert_non_null(strstr(l->no_images, "nowhere"));
    assert_true(lines_in("learn.no_images") > 3); /* the reason with the path, and no general words */
    assert_false(screen_has(&s, "learn.sheet"));
}

static void wait_for_batch(int batch)
{
    while (!s.app->training.job || train_job_news(s.app->training.job)->n_trained < batch)
        screen_step(&s);
}

static void test_one_batch_begins_a_training_and_waits(void **state)
{
    (void)state;
    screen_click(&s, "train.batch");
    wait_for_batch(1);
    screen_click(&s, "train.batch");
    wait_for_batch(2);
    assert_true(s.app->training.paused);
    assert_int_equal(train_job_news(s.app->training.job)->n_trained, 2);
    assert_int_equal(train_job_news(s.app->training.job)->batch, 80 - 64); /* the rest of the epoch */
    screen_click(&s, "train.slow");
    assert_false(s.app->training.paused);
    assert_true(s.app->training.slow);
    screen_click(&s, "train.full");
    assert_false(s.app->training.slow);
    screen_await(&s, "train.keep");
    assert_false(screen_has(&s, "train.batch"));
}

static void test_a_small_window_has_pages(void **state)
{
    (void)state;
    screen_wait(&s);
    screen_resize(&s, 640, 480);
    screen_click(&s, "learn.network");
    screen_frame(&s);
    assert_true(screen_has(&s, "block.1"));
    assert_false(screen_has(&s, "learn.sheet"));
    screen_click(&s, "train.start");
    screen_await(&s, "train.keep");
    assert_true(screen_has(&s, "train.loss")); /* the course is what one wants to see then */
}

/* Both curves and the way back are in sight without scrolling, over the buttons; the answer is there as well. */
static void assert_curves_in_sight(int least)
{
    screen_frame(&s);
    rect loss = screen_find(&s, "train.loss"), back = screen_find(&s, "train.back"),
         keep = screen_find(&s, "train.keep");
    if (loss.h < least)
        fail_msg("the curve is %d pixels high, and shall have %d", loss.h, least);
    assert_true(loss.y + loss.h <= back.y);
    assert_true(back.y + back.h <= keep.y);
    rect right = screen_find(&s, "train.accuracy");
    assert_true(right.y + right.h <= back.y && right.h >= least);
    rect bars = screen_find(&s, "bars");
    assert_true(bars.y + bars.h <= s.app->h);
}

static void test_the_curves_can_be_read_in_a_small_window(void **state)
{
    (void)state;
    static const char *const codes[] = {"en", "de"};
    for (int i = 0; i < 2; i++) {
        app_do(s.app, (action){.id = ACTION_SPEAK, .index = i});
        assert_string_equal(texts_language(), codes[i]);
        screen_resize(&s, 640, 480);
        train();
        assert_curves_in_sight(140);
        assert_false(screen_has(&s, "learn.images")); /* the tabs give way */
        s.app->options.scale = 2;
        screen_resize(&s, 1280, 720);
        assert_curves_in_sight(2 * 60);
        screen_resize(&s, 3840, 2160);
        assert_curves_in_sight(300);
        assert_true(screen_has(&s, "learn.cost")); /* and three columns where there is room */
        s.app->options.scale = 1;
        screen_resize(&s, 640, 480);
        screen_click(&s, "train.discard");
        screen_frame(&s);
        assert_true(screen_has(&s, "learn.images"));
    }
}

/* What was found on images like those that were learned from, and that people's digits were not asked about. */
static void test_what_was_trained_on_what_is_said(void **state)
{
    (void)state;
    screen_resize(&s, 1200, 760);
    train();
    assert_true(screen_has(&s, "learn.result"));
    assert_true(screen_has(&s, "learn.tested"));
    assert_true(isnan(train_job_news(s.app->training.job)->test_accuracy));
    assert_false(screen_has(&s, "train.rate"));
}

static void test_the_formulas_are_one_click_away(void **state)
{
    (void)state;
    screen_click(&s, "learn.course");
    screen_frame(&s);
    screen_click(&s, "learn.formulas");
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_HELP);
    assert_string_equal(s.app->manual->page[s.app->manual->open].name, "formulas");
}

/* Layers are added and changed by clicks and keys; what is wrong is said at once and cannot be saved. */
static void test_a_network_of_ones_own(void **state)
{
    (void)state;
    snprintf(s.app->settings.train_net, sizeof s.app->settings.train_net, "%s", temp_path("state/models/tiny.net"));
    screen_resize(&s, 1200, 760);
    screen_wait(&s);
    const app_learn *l = &s.app->learn;
    screen_click(&s, "learn.change");
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_NET);
    int before = l->draft.count;
    size_t weights = l->draft.plan->floats;
    screen_click(&s, "net.line.1");
    screen_click(&s, "net.add.conv");
    assert_int_equal(l->draft.count, before + 1);
    assert_int_equal(l->line, 2);
    assert_string_equal(l->draft.line[2], "conv 16 3");
    assert_true(l->draft.plan->floats > weights);
    screen_type(&s, "konv 4 3"); /* in place of all of it */
    screen_frame(&s);
    assert_null(l->draft.plan);
    assert_int_equal(l->draft.wrong, 2);
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_NET); /* nothing is saved */
    screen_click(&s, "net.line.2");
    screen_type(&s, "conv 4 3");
    screen_frame(&s);
    assert_non_null(l->draft.plan);
    screen_click(&s, "net.down");
    assert_string_equal(l->draft.line[3], "conv 4 3");
    screen_click(&s, "net.up");
    screen_click(&s, "net.add.relu");
    screen_click(&s, "net.remove");
    assert_int_equal(l->draft.count, before + 1);
    screen_click(&s, "accept");
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_NET_NAME);
    screen_type(&s, "quick"); /* which is shipped */
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_NET_NAME);
    ui_edit(s.app->ui, "mine");
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_true(platform_exists(temp_path("state/models/mine.net")));
    assert_string_equal(app_train_net(s.app), "mine");
    screen_wait(&s);
    assert_int_equal(l->plan->floats, l->draft.plan->floats);
    assert_true(l->epoch_seconds > 0);
    screen_click(&s, "train.batch");
    wait_for_batch(1);
    nn_model *model;
    assert_true(train_job_model(s.app->training.job, &model, &err));
    assert_int_equal(model->plan->floats, l->draft.plan->floats);
    nn_model_free(model);
}

/* By the slider to the beginning and to the end, with the mouse and with keys: the answer is that of the moment. */
static void test_back_in_time(void **state)
{
    (void)state;
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    train();
    const app_training *t = &s.app->training;
    int moments = train_job_news(t->job)->moments;
    assert_true(moments > 4);
    float now = app_read(s.app)->answer.probability[1];
    app_do(s.app, (action){.id = ACTION_TRAIN_BACK, .value = 0});
    screen_frame(&s);
    float first = app_read(s.app)->answer.probability[1];
    assert_float_not_equal(now, first, 0);
    assert_int_equal(train_job_moment_step(t->job, t->back), 0);
    ui_set_focus(s.app->ui, "train.back");
    screen_key(&s, KEY_RIGHT, 0);
    screen_frame(&s);
    assert_int_equal(t->back, 1);
    assert_float_not_equal(app_read(s.app)->answer.probability[1], first, 0);
    for (int i = 0; i < moments; i++)
        screen_key(&s, KEY_RIGHT, 0);
    screen_frame(&s);
    assert_int_equal(t->back, -1);
    assert_float_equal(app_read(s.app)->answer.probability[1], now, 0);
    app_do(s.app, (action){.id = ACTION_TRAIN_BACK, .value = NAN});
    app_do(s.app, (action){.id = ACTION_TRAIN_BACK, .value = -3});
    assert_int_equal(t->back, -1);
    app_do(s.app, (action){.id = ACTION_TRAIN_BACK, .value = 1});
    screen_click(&s, "train.keep"); /* the network is kept, not the moment */
    screen_await(&s, "train.start");
    screen_wait(&s);
    assert_float_not_equal(app_read(s.app)->answer.probability[1], first, 0);
    app_do(s.app, (action){.id = ACTION_TRAIN_BACK, .value = 1}); /* without a training */
}

/* What comes from the worker meanwhile does not take one out of the past. */
static void test_the_past_stays_while_it_learns(void **state)
{
    (void)state;
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    screen_click(&s, "train.batch");
    wait_for_batch(1);
    app_do(s.app, (action){.id = ACTION_TRAIN_BACK, .value = 0});
    screen_frame(&s);
    float first = app_read(s.app)->answer.probability[1];
    screen_click(&s, "train.batch");
    wait_for_batch(2);
    screen_frame(&s);
    assert_int_equal(s.app->training.back, 0);
    assert_float_equal(app_read(s.app)->answer.probability[1], first, 0);
}

static void test_what_was_thrown_away_can_be_fetched_back(void **state)
{
    (void)state;
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    train();
    float learnt = app_read(s.app)->answer.probability[1];
    screen_click(&s, "train.discard");
    screen_frame(&s);
    assert_true(screen_has(&s, "train.start"));
    screen_click(&s, "take_back");
    screen_frame(&s);
    assert_float_equal(app_read(s.app)->answer.probability[1], learnt, 0);
    screen_click(&s, "train.keep");
    screen_await(&s, "train.start");
    assert_true(is_kept("tiny-1"));
    train();
    screen_click(&s, "train.discard");
    screen_frame(&s);
    screen_click(&s, "train.start"); /* another one: the first is gone for good */
    screen_frame(&s);
    assert_null(s.app->training.thrown);
}

static void test_names_are_never_taken_twice(void **state)
{
    (void)state;
    train();
    assert_string_equal(s.app->training.name, "tiny-1");
    screen_click(&s, "train.keep");
    screen_await(&s, "train.start");
    assert_true(is_kept("tiny-1"));
    screen_wait(&s);
    assert_string_equal(app_reader_name(s.app), "tiny-1");
    train();
    assert_string_equal(s.app->training.name, "tiny-2");
    assert_false(train_rename(s.app, "tiny-1", &err));
    assert_false(train_rename(s.app, "deploy", &err)); /* shipped names are not for own models */
    assert_false(train_rename(s.app, "", &err));
    assert_false(train_rename(s.app, "../tiny", &err));
    assert_false(train_rename(s.app, "a.b", &err));
    assert_string_equal(s.app->training.name, "tiny-2");
    screen_click(&s, "train.name");
    screen_type(&s, "mine");
    screen_key(&s, KEY_ENTER, 0);
    screen_frame(&s);
    screen_click(&s, "train.keep");
    screen_await(&s, "train.start");
    assert_true(is_kept("mine"));
    assert_false(is_kept("tiny-2"));
}

static void train_and_keep(void)
{
    s.app->settings.train_history = true;
    train();
    screen_click(&s, "train.keep");
    screen_await(&s, "train.start");
    screen_wait(&s);
}

static void look_back_at(int moment)
{
    app_do(s.app, (action){.id = ACTION_TRAIN_BACK, .value = (float)moment});
    screen_settle(&s);
}

/* Kept with its history by a tick, looked at again later: bars, matrix and curves are those of each moment. */
static void test_the_past_is_kept_and_looked_at(void **state)
{
    (void)state;
    const app_training *t = &s.app->training;
    confusion then, now;
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    train();
    assert_false(s.app->settings.train_history);
    screen_click(&s, "train.history");
    screen_settle(&s);
    float last = app_read(s.app)->answer.probability[1];
    look_back_at(3);
    float third = app_read(s.app)->answer.probability[1];
    train_job_moment_check(t->job, 3, &then);
    int moments = train_job_news(t->job)->moments, validated = train_job_news(t->job)->n_validated;
    screen_click(&s, "train.keep");
    screen_await(&s, "train.start");
    screen_wait(&s);
    assert_true(is_there("tiny-1", ".history"));
    screen_click(&s, "learn.course");
    screen_click(&s, "train.recall");
    screen_await(&s, "train.back");
    screen_settle(&s);
    assert_true(t->past);
    assert_int_equal(train_job_news(t->job)->moments, moments);
    assert_int_equal(train_job_news(t->job)->n_validated, validated);
    assert_string_equal(app_train_net(s.app), "tiny");
    assert_false(screen_has(&s, "train.keep"));
    assert_string_equal(app_reader_name(s.app), "tiny-1");
    assert_float_equal(app_read(s.app)->answer.probability[1], last, 0.001); /* of 16 bits */
    look_back_at(3);
    assert_float_equal(app_read(s.app)->answer.probability[1], third, 0);
    train_job_moment_check(t->job, 3, &now);
    assert_memory_equal(&then, &now, sizeof now);
    screen_key(&s, 'q', MOD_CTRL); /* nothing is lost */
    assert_true(s.app->quit);
    s.app->quit = false;
    screen_click(&s, "train.close");
    screen_frame(&s);
    assert_null(t->job);
    assert_true(screen_has(&s, "train.start"));
    screen_use(&s, "deploy");
    screen_frame(&s);
    assert_false(screen_has(&s, "train.recall"));
}

/* The file itself can be dropped, as long as no training waits for its decision; what is none says so. */
static void test_a_history_is_dropped(void **state)
{
    (void)state;
    const app_training *t = &s.app->training;
    s.app->settings.train_history = true;
    train();
    screen_click(&s, "train.keep");
    screen_await(&s, "train.start");
    screen_wait(&s);
    app_do(s.app, (action){.id = ACTION_DISMISS});
    s.app->settings.view = VIEW_READ;
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path("state/models/tiny-1.history")});
    screen_await(&s, "train.close");
    assert_int_equal(s.app->settings.view, VIEW_TRAIN);
    screen_click(&s, "train.close");
    train();
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path("state/models/tiny-1.history")});
    while (s.app->opening)
        screen_step(&s);
    assert_true(screen_says(&s, "not decided yet"));
    assert_false(t->past);
    screen_click(&s, "train.discard");
    static const char broken[] = "\x2c\0\0\0\0\0\0\0{\"__metadata__\":{\"digitscope.history\":\"1\"}}";
    assert_true(nn_file_save(temp_path("broken.history"), broken, sizeof broken - 1, NN_CONSISTENT, &err));
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path("broken.history")});
    while (s.app->opening || t->job)
        screen_step(&s);
    assert_non_null(strstr(t->problem, "broken.history"));
    assert_true(screen_has(&s, "train.start"));
}

/* By every way of looking at it, and in every window: the numbers over the curves and the matrix are the moment's. */
static void test_matrix_and_headings_follow_the_slider(void **state)
{
    (void)state;
    static const struct {
        int w, h;
        float scale;
        bool dark;
    } windows[] = {{1200, 760, 1, false}, {1000, 700, 1, true}, {3840, 2160, 1, true}};
    const app_training *t = &s.app->training;
    train();
    int last = train_job_news(t->job)->moments - 1;
    for (size_t i = 0; i < sizeof windows / sizeof windows[0]; i++) {
        s.app->options.scale = windows[i].scale;
        s.app->settings.theme = windows[i].dark ? THEME_DARK : THEME_LIGHT;
        screen_resize(&s, windows[i].w, windows[i].h);
        char words[64];
        confusion c;
        screen_frame(&s);
        for (int k = 0; k <= last; k += last) {
            look_back_at(k);
            double loss = train_job_moment_check(t->job, k, &c);
            rect m = screen_find(&s, "learn.matrix");
            if (m.h <= 60)
                fail_msg("%d x %d: the matrix is %d x %d", windows[i].w, windows[i].h, m.w, m.h);
            snprintf(words, sizeof words, "%d of %d right", confusion_correct(&c), confusion_total(&c));
            assert_true(screen_shows(&s, words));
            snprintf(words, sizeof words, "Loss: %.3f", loss);
            assert_true(screen_shows(&s, words));
            snprintf(words, sizeof words, "Right: %.1f %%", 100.0 * confusion_correct(&c) / confusion_total(&c));
            assert_true(screen_shows(&s, words));
        }
    }
    assert_true(train_job_moment_check(t->job, 0, &(confusion){0}) !=
                train_job_moment_check(t->job, last, &(confusion){0}));
}

static void test_own_models_are_renamed(void **state)
{
    (void)state;
    train_and_keep();
    assert_string_equal(app_reader_name(s.app), "tiny-1");
    app_do(s.app, (action){.id = ACTION_RENAME_MODEL});
    screen_frame(&s);
    screen_type(&s, "deploy"); /* another one is called so */
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_MODEL_NAME);
    ui_edit(s.app->ui, "ours");
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_true(is_kept("ours"));
    assert_false(is_kept("tiny-1"));
    assert_true(is_there("ours", ".history")); /* which goes along */
    assert_false(is_there("tiny-1", ".history"));
    assert_string_equal(app_reader_name(s.app), "ours");
    assert_string_equal(s.app->settings.model, "ours");
    screen_use(&s, "deploy");
    app_do(s.app, (action){.id = ACTION_RENAME_MODEL}); /* which is not one's own */
    assert_int_equal(s.app->popup, POPUP_NONE);
}

static const model_entry *row_of(const char *name)
{
    const app_comparison *l = &s.app->comparison;
    for (int i = 0; i < l->n_rows; i++)
        if (strcmp(l->row[i].entry.name, name) == 0)
            return &l->row[i].entry;
    fail_msg("no model is called %s", name);
    return NULL;
}

static void describe(const char *text)
{
    app_do(s.app, (action){.id = ACTION_DESCRIBE_MODEL});
    screen_frame(&s);
    ui_edit(s.app->ui, text);
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_NONE);
    while (s.app->describing)
        screen_step(&s);
    screen_wait(&s);
}

/* A line that stands in the file, in the list of models and in the dialog; all else in the file stays as it is. */
static void test_own_models_are_described(void **state)
{
    (void)state;
    char long_text[2 * MODELS_DESCRIPTION];
    train_and_keep();
    size_t bytes = app_model(s.app)->plan->floats * sizeof(float);
    float *before = nn_alloc(bytes, 1);
    memcpy(before, app_model(s.app)->weights, bytes);
    describe("class 7b, on a Friday");
    assert_string_equal(row_of("tiny-1")->description, "class 7b, on a Friday");
    nn_model *model;
    assert_true(nn_model_load(&model, temp_path("state/models/tiny-1.safetensors"), &err));
    assert_memory_equal(before, model->weights, bytes);
    assert_non_null(strstr(model->training, "\"description\":\"class 7b, on a Friday\""));
    assert_non_null(strstr(model->training, "\"learned_from\":\"kept drawings\""));
    nn_model_free(model);
    app_do(s.app, (action){.id = ACTION_DESCRIBE_MODEL});
    assert_string_equal(s.app->ui->field.text, "class 7b, on a Friday");
    memset(long_text, 'a', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    ui_edit(s.app->ui, long_text);
    screen_key(&s, KEY_ENTER, 0);
    assert_int_equal(s.app->popup, POPUP_MODEL_WORDS); /* and says why */
    assert_non_null(strstr(s.app->problem, "at most"));
    screen_key(&s, KEY_ESCAPE, 0);
    describe("");
    assert_string_equal(row_of("tiny-1")->description, "");
    screen_use(&s, "deploy");
    app_do(s.app, (action){.id = ACTION_DESCRIBE_MODEL}); /* which is not one's own */
    assert_int_equal(s.app->popup, POPUP_NONE);
    nn_free(before);
}

/* In the picker and under Test: two numbers, with words for what each is of. */
static void test_lists_of_models_say_what_numbers_are_of(void **state)
{
    (void)state;
    train_and_keep();
    describe("ours");
    assert_int_equal(row_of("tiny-1")->scores.of, SCORE_KEPT);
    assert_int_equal(row_of("digitscope")->scores.of, SCORE_PENS);
    assert_true(row_of("digitscope")->scores.tested > 0.99);
    screen_resize(&s, 1200, 2000);
    screen_key(&s, 'm', MOD_CTRL);
    screen_wait(&s);
    screen_frame(&s);
    assert_true(screen_shows(&s, "of kept digits"));
    assert_true(screen_shows(&s, "never tested"));
    assert_true(screen_shows(&s, "of test images"));
    assert_true(screen_shows(&s, "of people’s pens"));
    assert_int_equal(lines_in("model.tiny-1"), 4); /* name, whose it is, description, numbers */
    screen_key(&s, KEY_ESCAPE, 0);
    screen_key(&s, '5', MOD_CTRL);
    screen_wait(&s);
    screen_frame(&s);
    assert_true(screen_shows(&s, "ours · "));
    assert_true(screen_shows(&s, "of people’s pens"));
}

/* It can be taken back as long as the message stands, and is gone for good then. */
static void test_own_models_are_deleted(void **state)
{
    (void)state;
    train_and_keep();
    app_do(s.app, (action){.id = ACTION_DISMISS}); /* that it was kept */
    app_do(s.app, (action){.id = ACTION_DELETE_MODEL});
    assert_false(is_kept("tiny-1"));
    assert_false(is_there("tiny-1", ".history"));
    screen_frame(&s);
    screen_click(&s, "take_back"); /* before the usual one is open */
    screen_wait(&s);
    assert_true(is_kept("tiny-1"));
    assert_true(is_there("tiny-1", ".history"));
    assert_string_equal(app_reader_name(s.app), "tiny-1");
    app_do(s.app, (action){.id = ACTION_DELETE_MODEL});
    screen_frame(&s);
    assert_true(platform_exists(temp_path("state/models/tiny-1.deleted")));
    s.now += 20000;
    screen_frame(&s);
    screen_frame(&s);
    assert_false(platform_exists(temp_path("state/models/tiny-1.deleted")));
    assert_false(is_there("tiny-1", ".history.deleted"));
    screen_wait(&s);
    assert_string_not_equal(app_reader_name(s.app), "tiny-1");
    screen_use(&s, "deploy");
    app_do(s.app, (action){.id = ACTION_DELETE_MODEL}); /* which is not one's own: nothing happens */
    assert_false(*s.app->deleted);
}

static void test_another_model_in_the_meantime(void **state)
{
    (void)state;
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    train();
    screen_use(&s, "deploy");
    screen_frame(&s);
    assert_string_equal(app_reader_name(s.app), "deploy");
    assert_false(app_watches_training(s.app));
    screen_click(&s, "train.discard");
    screen_frame(&s);
    assert_string_equal(app_reader_name(s.app), "deploy");
    assert_int_equal(app_read(s.app)->answer.classes, 10);
}

static void test_leaving_asks_and_keeps(void **state)
{
    (void)state;
    train();
    screen_key(&s, 'q', MOD_CTRL);
    assert_false(s.app->quit);
    screen_frame(&s);
    screen_key(&s, KEY_ESCAPE, 0);
    assert_false(s.app->quit);
    screen_event(&s, EVENT_QUIT);
    screen_event(&s, EVENT_QUIT); /* who insists gets the safe answer */
    while (!s.app->quit)
        screen_step(&s);
    assert_true(is_kept("tiny-1"));
}

/* Nobody can be asked: what was trained is kept, whether the training has ended or goes on. */
static void test_a_signal_keeps_what_was_trained(void **state)
{
    (void)state;
    train();
    screen_event(&s, EVENT_TERMINATE);
    assert_false(s.app->quit);
    while (!s.app->quit)
        screen_step(&s);
    assert_true(is_kept("tiny-1"));
    assert_string_equal(s.app->settings.model, "tiny-1");
    screen_close(&s);
    screen_open(&s, 1000, 700);
    s.app->settings.train_data = TRAIN_KEPT;
    s.app->settings.train_epochs = TRAIN_MAX_EPOCHS;
    snprintf(s.app->settings.train_net, sizeof s.app->settings.train_net, "tiny");
    screen_key(&s, '4', MOD_CTRL);
    screen_click(&s, "train.start");
    while (train_job_news(s.app->training.job)->best_epoch == 0)
        screen_step(&s);
    screen_event(&s, EVENT_TERMINATE);
    while (!s.app->quit)
        screen_step(&s);
    assert_true(is_kept("tiny-2"));
}

static void test_the_question_knows_that_the_training_has_ended(void **state)
{
    (void)state;
    train();
    screen_key(&s, 'q', MOD_CTRL);
    screen_frame(&s);
    rect ended = screen_find(&s, "cancel");
    screen_key(&s, KEY_ESCAPE, 0);
    screen_click(&s, "train.discard");
    s.app->settings.train_data = TRAIN_SYNTHETIC;
    screen_click(&s, "train.start");
    screen_key(&s, 'q', MOD_CTRL);
    screen_frame(&s);
    assert_int_not_equal(screen_find(&s, "cancel").w, ended.w); /* "Go on training", and not "Stay" */
}

static void test_leaving_in_the_first_epoch(void **state)
{
    (void)state;
    s.app->settings.train_data = TRAIN_SYNTHETIC;
    screen_click(&s, "train.start");
    screen_key(&s, 'q', MOD_CTRL);
    screen_frame(&s);
    screen_click(&s, "accept");
    while (!s.app->quit)
        screen_step(&s);
}

static void test_what_is_wrong_is_said_on_the_form(void **state)
{
    (void)state;
    snprintf(s.app->settings.train_net, sizeof s.app->settings.train_net, "nowhere");
    screen_click(&s, "train.start");
    screen_frame(&s);
    screen_await(&s, "train.start");
    assert_non_null(strstr(s.app->training.problem, "nowhere"));
    snprintf(s.app->settings.train_net, sizeof s.app->settings.train_net, "tiny");
    assert_true(nn_file_save(temp_path("state/digits.jsonl"), "{]\n", 3, NN_CONSISTENT, &err));
    screen_click(&s, "train.start");
    screen_await(&s, "train.start");
    assert_non_null(strstr(s.app->training.problem, "line 1"));
}

/* However many processors there are. */
static void test_every_processor_may_train(void **state)
{
    (void)state;
    static const int processors[] = {1, 3, NN_MAX_THREADS, NN_MAX_THREADS + 1, 384};
    for (size_t i = 0; i < sizeof processors / sizeof *processors; i++) {
        int n = processors[i];
        platform_set_processors(n);
        assert_int_equal(platform_threads(), n < NN_MAX_THREADS ? n : NN_MAX_THREADS);
        train();
        assert_int_equal(train_job_news(s.app->training.job)->problem.code, NN_OK);
        assert_int_equal(train_job_news(s.app->training.job)->epoch, 2);
        screen_click(&s, "train.discard");
        screen_frame(&s);
    }
    platform_set_processors(0);
}

static void test_a_path_is_looked_at(void **state)
{
    (void)state;
    assert_false(train_set_path(s.app, temp_path("nowhere"), &err));
    assert_false(train_set_path(s.app, temp_path("state"), &err));
    if (!strstr(err.text, "train-images"))
        fail_msg("%s", err.text);
    assert_int_equal(s.app->settings.train_data, TRAIN_KEPT);
    assert_true(train_set_path(s.app, temp_path("state/digits.jsonl"), &err));
    assert_int_equal(s.app->settings.train_data, TRAIN_PATH);
    train();
}

static int reads;

static void count_read(const char *path)
{
    (void)path;
    reads++;
}

/* And nothing is read for it, however much was kept before. */
static void test_a_drawing_is_kept_with_its_answer(void **state)
{
    (void)state;
    screen_key(&s, 'k', MOD_CTRL); /* an empty canvas is not kept */
    screen_frame(&s);
    assert_false(screen_has(&s, "keep.7"));
    screen_stroke(&s, 300, 100, 300, 500, 20, POINTER_LEFT);
    screen_key(&s, 'k', MOD_CTRL);
    screen_frame(&s);
    reads = 0;
    nn_file_watch_thread(count_read);
    screen_click(&s, "keep.7");
    nn_file_watch_thread(NULL);
    assert_int_equal(reads, 0);
    assert_int_equal(samples_count(temp_path("state/digits.jsonl")), 101);
    screen_wait(&s);
    assert_int_equal(s.app->training.n_kept, 101);
}

/* Four letters as lines, the last one twice where there are but two. */
static const char letter_names[] = "LTFH";
static const float letter_lines[4][3][4] = {{{300, 100, 300, 500}, {300, 500, 500, 500}, {300, 500, 500, 500}},
                                            {{150, 100, 450, 100}, {300, 100, 300, 500}, {300, 100, 300, 500}},
                                            {{200, 100, 200, 500}, {200, 100, 450, 100}, {200, 280, 400, 280}},
                                            {{150, 100, 150, 500}, {450, 100, 450, 500}, {150, 300, 450, 300}}};

static void draw_letter(ink *drawing, int letter, float wobble)
{
    ink_init(drawing);
    for (int k = 0; k < 3; k++) {
        const float *at = letter_lines[letter][k];
        ink_point p[2] = {{at[0] + wobble, at[1], NAN, 1}, {at[2], at[3] - wobble, NAN, 1}};
        assert_true(ink_add(drawing, INK_PEN, INK_DEFAULT_BRUSH, p, 2));
    }
}

/* Rows and columns exchanged, as EMNIST has them. */
static void write_letters(const char *path)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 120; i++) {
        static digit image;
        ink drawing;
        draw_letter(&drawing, i % 4, (float)(i * 7 % 40));
        digit_from_ink(&image, &drawing, &digit_defaults);
        ink_free(&drawing);
        fputc(letter_names[i % 4], f);
        for (int k = 0; k < DIGIT_PIXELS; k++)
            fprintf(f, ",%d", (int)(255 * image.image[k % DIGIT_SIDE * DIGIT_SIDE + k / DIGIT_SIDE] + 0.5f));
        fputc('\n', f);
    }
    assert_int_equal(fclose(f), 0);
}

/* Their network has their names, and reads what is drawn. */
static void test_a_table_of_letters_is_dropped(void **state)
{
    (void)state;
    write_letters(temp_path("letters.csv"));
    s.app->settings.view = VIEW_READ;
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path("letters.csv")});
    assert_int_equal(s.app->settings.view, VIEW_TRAIN);
    assert_int_equal(s.app->settings.train_data, TRAIN_PATH);
    s.app->settings.train_epochs = 25;
    s.app->settings.train_rate = -1.7f;
    screen_frame(&s);
    train();
    assert_true(s.app->training.noted); /* that they were transposed */
    screen_stroke(&s, 200, 200, 200, 500, 20, POINTER_LEFT);
    screen_stroke(&s, 200, 500, 350, 500, 20, POINTER_LEFT);
    screen_frame(&s);
    assert_string_equal(app_read(s.app)->answer.text, "L");
    assert_int_equal(app_read(s.app)->answer.classes, 4);
}

static void test_closing_in_the_middle(void **state)
{
    (void)state;
    s.app->settings.train_data = TRAIN_SYNTHETIC;
    screen_click(&s, "train.start");
    screen_await(&s, "train.cancel"); /* the rest is tear_down's */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_canvas_is_read_with_what_learns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_images_and_network_are_looked_at, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_batch_begins_a_training_and_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_small_window_has_pages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_curves_can_be_read_in_a_small_window, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_was_trained_on_what_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_formulas_are_one_click_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_network_of_ones_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_back_in_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_past_stays_while_it_learns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_was_thrown_away_can_be_fetched_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_are_never_taken_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_past_is_kept_and_looked_at, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_history_is_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_matrix_and_headings_follow_the_slider, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_own_models_are_renamed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_own_models_are_described, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lists_of_models_say_what_numbers_are_of, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_own_models_are_deleted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_model_in_the_meantime, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_leaving_asks_and_keeps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_signal_keeps_what_was_trained, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_question_knows_that_the_training_has_ended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_leaving_in_the_first_epoch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_wrong_is_said_on_the_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_processor_may_train, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_path_is_looked_at, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_drawing_is_kept_with_its_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_table_of_letters_is_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_closing_in_the_middle, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("ui_train", tests, NULL, NULL);
}
