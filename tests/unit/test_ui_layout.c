/* The window at many sizes, scales and languages: nothing overlaps, leaves the window or is cut without being told. */
#include "app/core/child.h"
#include "app/core/data/samples.h"
#include "app/core/made/synth.h"
#include "app/texts/texts.h"
#include "app/ui/actions.h"
#include "app/ui/frame.h"
#include "app/ui/notice.h"
#include "app/ui/popups.h"
#include "nn/file.h"
#include "support/contrast.h"
#include "support/nets.h"
#include "support/own.h"
#include "support/screen.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LEAST_TEXT = 9 /* pixels of the em */, FAULTS_SHOWN = 40 };
static const double text_contrast = 4.5;

static const char conv_net[] = "input 28 28 1\nconv 6 3\nrelu\nmaxpool 2\nconv 8 3\nrelu\nflatten\ndense 10\nsoftmax\n";
static const char letters_net[] = "input 28 28 1\nmaxpool 4\nflatten\ndense 26\nsoftmax\n";

static const int sizes[][2] = {{480, 360},  {640, 480},   {800, 600},   {1024, 600},  {1200, 760}, {1280, 720},
                               {1366, 768}, {1920, 1080}, {2560, 1080}, {3840, 2160}, {720, 1280}, {1080, 1920}};
static const float scales[] = {1, 1.5f, 2, 2.5f, 3};
enum { SIZES = sizeof sizes / sizeof sizes[0], SCALES = sizeof scales / sizeof scales[0] };

static screen s;
static nn_error err;
static int frames, elements, lines, cuts, faults, all_faults;
static const char *shown; /* what is open */

/* ---- one frame --------------------------------------------------------------------------------------------------- */

/* Says where something is wrong; the test fails at its end, so that one run shows all of it. */
static void fault(rect r, const char *format, ...)
{
    va_list args;
    all_faults++;
    if (++faults > FAULTS_SHOWN)
        return;
    va_start(args, format);
    print_error("%s, %s, %d x %d, scale %g (%.2f): ", shown, texts_language(), s.app->w, s.app->h,
                (double)s.app->options.scale, (double)s.app->ui->scale);
    vprint_error(format, args);
    print_error(" [%d %d %d %d]\n", r.x, r.y, r.w, r.h);
    va_end(args);
}

static int top_layer(void)
{
    int top = 0;
    for (int i = 0; i < s.app->ui->n_elements; i++)
        top = s.app->ui->element[i].layer > top ? s.app->ui->element[i].layer : top;
    return top;
}

static bool lies_in(rect inner, rect outer)
{
    return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w &&
           inner.y + inner.h <= outer.y + outer.h;
}

static bool meet(rect a, rect b)
{
    return !rect_is_empty(rect_intersect(a, b));
}

/* Seen as a whole, or brought into sight by scrolling. */
static bool can_be_reached(rect r, rect visible, int layer)
{
    const ui *u = s.app->ui;
    if (memcmp(&r, &visible, sizeof r) == 0)
        return true;
    rect all = u->scroll_area;
    all.y -= u->scroll;
    all.h += u->scroll_max;
    return u->scroll_layer == layer && lies_in(r, all);
}

static void check_elements(int layer)
{
    const ui *u = s.app->ui;
    rect window = {0, 0, s.app->w, s.app->h};
    for (int i = 0; i < u->n_elements; i++) {
        const element *e = &u->element[i];
        if (e->layer != layer)
            continue;
        elements++;
        if (rect_is_empty(e->r))
            fault(e->r, "%s is nowhere", e->name);
        else if (!can_be_reached(e->r, e->visible, e->layer) ||
                 (!rect_is_empty(e->visible) && !lies_in(e->visible, window)))
            fault(e->r, "%s cannot be seen as a whole", e->name);
        for (int k = 0; k < i; k++)
            if (u->element[k].layer == layer && meet(e->visible, u->element[k].visible))
                fault(e->visible, "%s lies over %s", e->name, u->element[k].name);
    }
}

/* The element that the middle of the line is in. */
static const element *element_around(const text_line *l)
{
    const ui *u = s.app->ui;
    for (int i = u->n_elements - 1; i >= 0; i--) {
        const element *e = &u->element[i];
        if (e->layer == l->layer && rect_contains(e->r, (float)l->r.x, (float)l->r.y + 0.5f * (float)l->r.h))
            return e;
    }
    return NULL;
}

static void check_line(const text_line *l)
{
    const element *e = element_around(l);
    lines++;
    if (l->cut) {
        cuts++;
        if (!e || !e->tip || e->kind == ELEMENT_CANVAS)
            fault(l->r, "\"%s\" is cut, and no tooltip tells the whole", l->cut);
        return;
    }
    if (l->px < LEAST_TEXT)
        fault(l->r, "a text of %d pixels", l->px);
    if (!can_be_reached(l->r, l->visible, l->layer))
        fault(l->r, "a text cannot be seen as a whole");
}

static void check_lines(int layer)
{
    const ui *u = s.app->ui;
    for (int i = 0; i < u->n_lines; i++) {
        const text_line *l = &u->line[i];
        if (l->layer != layer)
            continue;
        check_line(l);
        for (int k = 0; k < i && !l->cut; k++)
            if (u->line[k].layer == layer && !u->line[k].cut && meet(l->visible, u->line[k].visible))
                fault(l->r, "a text lies over another one");
        for (int k = 0; k < u->n_elements && !l->cut; k++) {
            const element *e = &u->element[k];
            if (e->layer == layer && meet(l->visible, e->visible) && !lies_in(l->r, e->r))
                fault(l->r, "a text lies over the edge of %s", e->name);
        }
    }
}

static void check_frame(void)
{
    app_build(s.app);
    frames++;
    check_elements(top_layer());
    check_lines(top_layer());
}

/* What is read stands in every view, large enough. */
static void check_answer(void)
{
    const element *class = ui_find(s.app->ui, "answer"), *bars = ui_find(s.app->ui, "bars");
    const element *e = bars ? bars : class;
    if (!e || 2 * e->visible.h < 3 * LEAST_TEXT || e->visible.w < 8 * LEAST_TEXT)
        fault(e ? e->visible : (rect){0, 0, 0, 0}, "no answer that can be read");
}

/* ---- colours ----------------------------------------------------------------------------------------------------- */

static colour pixel(rect r, int i)
{
    return s.pixels.pixels[(r.y + i / r.w) * s.pixels.stride + r.x + i % r.w];
}

/* The pixel of most of the rectangle's: what a text stands on. */
static colour ground(rect r)
{
    colour most = pixel(r, 0);
    for (int i = 0, best = 0; i < r.w * r.h; i += 1 + r.w * r.h / 97) {
        int same = 0;
        for (int k = 0; k < r.w * r.h; k++)
            same += pixel(r, k) == pixel(r, i);
        if (same > best)
            most = pixel(r, i), best = same;
    }
    return most;
}

/* What stands on the screen, whatever it was painted with and lies on; of a thin letter the pixels that are covered most. */
static void check_contrast(const text_line *l)
{
    const element *e = element_around(l);
    rect r = rect_intersect(l->visible, (rect){0, 0, s.app->w, s.app->h});
    if (l->cut || rect_is_empty(r) || (e && !e->enabled))
        return;
    double most = 1;
    colour behind = ground(r);
    for (int i = 0; i < r.w * r.h; i++)
        most = fmax(most, contrast_of(pixel(r, i), behind));
    if (most < text_contrast)
        fault(r, "%s theme: a text with a contrast of %.2f%s%s", s.app->ui->colours == &theme_dark ? "dark" : "light",
              most, e ? " in " : "", e ? e->name : "");
}

/* In both themes, on a screen whose pixels are fine enough for the colour of thin letters. */
static void check_colours(void)
{
    s.app->options.scale = 2;
    screen_resize(&s, 1920, 1080);
    for (int i = 0; i < 2; i++) {
        app_do(s.app, (action){.id = ACTION_THEME});
        screen_frame(&s);
        int top = top_layer();
        for (int k = 0; k < s.app->ui->n_lines; k++)
            if (s.app->ui->line[k].layer == top)
                check_contrast(&s.app->ui->line[k]);
    }
    s.app->options.scale = 1;
    screen_resize(&s, 1200, 760);
}

/* ---- all sizes --------------------------------------------------------------------------------------------------- */

static void set_size(int size, float scale)
{
    s.app->options.scale = scale;
    app_event(s.app, &(event){.kind = EVENT_RESIZE, .x = (float)sizes[size][0], .y = (float)sizes[size][1]});
}

/* At every size, and every scale that makes a difference there; `step`: at some of them. */
static void at_all_sizes(const char *what, int step, void (*check)(void))
{
    shown = what;
    for (int i = 0; i < SIZES; i += step) {
        float before = 0;
        for (int k = 0; k < SCALES; k += step) {
            set_size(i, scales[k]);
            check_frame();
            if (check && s.app->ui->scale != before)
                check();
            if (s.app->ui->scale == before)
                break;
            before = s.app->ui->scale;
        }
    }
    set_size(4, 1);
    screen_frame(&s);
}

static void in_all_languages(const char *what, void (*check)(void))
{
    static const char *const others[] = {"de", "xx"};
    at_all_sizes(what, 1, check);
    check_colours();
    for (int i = 0; i < 2; i++) {
        assert_true(texts_speak(others[i]));
        at_all_sizes(what, 2, check);
    }
    assert_true(texts_speak("en"));
}

/* ---- views ------------------------------------------------------------------------------------------------------- */

static int set_up(void **state)
{
    (void)state;
    temp_make();
    own_net("tiny");
    own_digits(100);
    assert_true(nn_file_mkdirs(temp_path("Pictures/old"), &err));
    for (int i = 0; i < 20; i++) {
        char name[96];
        snprintf(name, sizeof name, "Pictures/a file with a name that is longer than most names of files %d.txt", i);
        assert_true(nn_file_save(temp_path(name), "x", 1, NN_CONSISTENT, &err));
    }
    setenv("HOME", temp_path("."), 1);
    screen_open(&s, 1200, 760);
    nn_model *model = net_model(conv_net, 3);
    assert_true(nn_model_save(model, temp_path("conv.safetensors"), &err));
    nn_model_free(model);
    screen_use(&s, temp_path("conv.safetensors"));
    faults = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    screen_close(&s);
    temp_remove();
    texts_speak("en");
    return 0;
}

static void show_view(view_choice view)
{
    screen_key(&s, '1' + (int)view, MOD_CTRL);
    screen_wait(&s);
    screen_settle(&s);
}

static void assert_no_faults(void)
{
    if (faults)
        fail_msg("%d faults", faults);
}

static const char *const view_names[VIEW_COUNT] = {"Read", "Break it", "Inside", "Learn", "Test"};

/* The other pages of "Break it", and the map of "Inside". In the language that is longer than all others. */
static void check_pages(void)
{
    static const char *const pages[BREAK_PAGES] = {"Break it, sliders", "Break it, fool", "Break it, dream"};
    show_view(VIEW_BREAK);
    assert_true(texts_speak("xx"));
    for (int i = BREAK_FOOL; i < BREAK_PAGES; i++) {
        app_do(s.app, (action){.id = ACTION_BREAK_PAGE, .index = i});
        screen_settle(&s);
        at_all_sizes(pages[i], 2, check_answer);
    }
    app_do(s.app, (action){.id = ACTION_BREAK_PAGE, .index = BREAK_SLIDERS});
    app_do(s.app, (action){.id = ACTION_ATLAS});
    screen_wait(&s);
    screen_settle(&s);
    at_all_sizes("Inside, the map", 2, check_answer);
    app_do(s.app, (action){.id = ACTION_ATLAS});
    assert_true(texts_speak("en"));
}

static void check_views(void)
{
    for (int i = 0; i < VIEW_COUNT; i++) {
        show_view((view_choice)i);
        in_all_languages(view_names[i], check_answer);
    }
    check_pages();
}

static void test_views_without_a_drawing(void **state)
{
    (void)state;
    check_views();
    assert_no_faults();
}

/* The shipped network knows a one; that of the other tests has learnt nothing, and so is never sure. */
static void test_views_of_a_sure_answer(void **state)
{
    (void)state;
    screen_use(&s, "deploy");
    screen_stroke(&s, 300, 100, 300, 500, 60, POINTER_LEFT);
    screen_settle(&s);
    assert_false(app_read(s.app)->answer.unsure);
    check_views();
    show_view(VIEW_READ);
    screen_key(&s, '1', 0);
    assert_non_null(app_answered(s.app));
    app_dismiss(s.app);
    in_all_languages("Read, kept", check_answer);
    app_do(s.app, (action){.id = ACTION_LEARN});
    app_dismiss(s.app);
    in_all_languages("Read, learning", check_answer);
    while (s.app->teaching.job)
        screen_step(&s);
    screen_wait(&s);
    screen_settle(&s);
    assert_non_null(app_bars_before(s.app));
    in_all_languages("Read, taught", check_answer);
    assert_no_faults();
}

static void test_views_of_an_unsure_answer(void **state)
{
    (void)state;
    screen_stroke(&s, 150, 100, 400, 450, 60, POINTER_LEFT);
    screen_settle(&s);
    assert_true(app_read(s.app)->answer.unsure);
    check_views();
    show_view(VIEW_MODELS);
    for (int i = 0; i < s.app->comparison.n_rows && i < 3; i++)
        app_do(s.app, (action){.id = ACTION_TICK, .index = i});
    screen_wait(&s);
    in_all_languages("Test, some ticked", check_answer);
    show_view(VIEW_INSIDE);
    app_do(s.app, (action){.id = ACTION_LAYER, .index = 0});
    screen_settle(&s);
    in_all_languages("Inside, a layer", check_answer);
    app_do(s.app, (action){.id = ACTION_MAP, .index = 2, .value = 3});
    app_do(s.app, (action){.id = ACTION_SILENCE, .index = 1, .value = 3});
    app_do(s.app, (action){.id = ACTION_TURN, .index = 0, .value = 3});
    screen_settle(&s);
    in_all_languages("Inside, a map, a touched network", check_answer);
    app_do(s.app, (action){.id = ACTION_UNTOUCH});
    screen_use(&s, "ensemble3");
    screen_settle(&s);
    in_all_languages("Inside, of three", check_answer);
    assert_no_faults();
}

static void test_messages(void **state)
{
    (void)state;
    show_view(VIEW_READ);
    app_remark(s.app, FORMAT_NOTICE_SAVED, "/home/somebody/Pictures/a rather long name of a drawing.png");
    s.app->notice[0].take_back = ACTION_REMEMBER;
    in_all_languages("a message", NULL);
    s.app->offer = true;
    in_all_languages("the offer", NULL);
    s.app->offer = false;
    assert_no_faults();
}

/* The canvas and the tabs stay where they are from view to view. */
static void test_nothing_moves_from_view_to_view(void **state)
{
    (void)state;
    static rect canvas[SIZES][SCALES], tab[SIZES][SCALES];
    for (int view = 0; view < VIEW_COUNT; view++) {
        show_view((view_choice)view);
        shown = view_names[view];
        for (int i = 0; i < SIZES; i++)
            for (int k = 0; k < SCALES; k++) {
                set_size(i, scales[k]);
                rect c = screen_find(&s, "canvas"), t = screen_find(&s, "view.models");
                if (view == 0)
                    canvas[i][k] = c, tab[i][k] = t;
                if (memcmp(&c, &canvas[i][k], sizeof c) != 0 || memcmp(&t, &tab[i][k], sizeof t) != 0)
                    fault(c, "the canvas or a tab has moved");
            }
        set_size(4, 1);
    }
    assert_no_faults();
}

/* ---- training ---------------------------------------------------------------------------------------------------- */

static void start_training(int epochs)
{
    s.app->settings.train_data = TRAIN_KEPT;
    s.app->settings.train_epochs = epochs;
    snprintf(s.app->settings.train_net, sizeof s.app->settings.train_net, "tiny");
    screen_frame(&s);
    screen_click(&s, "train.start");
}

static void check_popup(int id, const char *what)
{
    app_do(s.app, (action){.id = id});
    screen_wait(&s);
    assert_int_not_equal(s.app->popup, POPUP_NONE);
    in_all_languages(what, NULL);
    app_do(s.app, (action){.id = ACTION_CLOSE});
}

static void test_a_training(void **state)
{
    (void)state;
    show_view(VIEW_TRAIN);
    check_popup(ACTION_TRAIN_NETS, "nets");
    check_popup(ACTION_TRAIN_DATA, "data");
    screen_wait(&s);
    check_popup(ACTION_NET_CHANGE, "net");
    app_do(s.app, (action){.id = ACTION_NET_CHANGE});
    screen_type(&s, "nothing that is known");
    screen_frame(&s);
    in_all_languages("net, wrong", NULL);
    app_do(s.app, (action){.id = ACTION_CLOSE});
    app_do(s.app, (action){.id = ACTION_NET_CHANGE});
    app_do(s.app, (action){.id = ACTION_ACCEPT});
    assert_int_equal(s.app->popup, POPUP_NET_NAME);
    in_all_languages("the name of a net", NULL);
    app_show(s.app, POPUP_MODEL_NAME);
    in_all_languages("the name of a model", NULL);
    app_do(s.app, (action){.id = ACTION_CLOSE});
    snprintf(s.app->training.problem, sizeof s.app->training.problem, "%s: %s", "/home/somebody/a long path/to a file",
             "this is not what was looked for, and it takes some words to say so");
    in_all_languages("Train with a problem", check_answer);
    start_training(TRAIN_MAX_EPOCHS);
    while (train_job_news(s.app->training.job)->best_epoch == 0)
        screen_step(&s);
    app_do(s.app, (action){.id = ACTION_TRAIN_SLOW, .index = 1}); /* or it ends before all of it was looked at */
    in_all_languages("Train, running", check_answer);
    check_popup(ACTION_QUIT, "leave, running");
    screen_click(&s, "train.cancel");
    screen_await(&s, "train.keep");
    in_all_languages("Train, ended", check_answer);
    check_popup(ACTION_QUIT, "leave, ended");
    check_popup(ACTION_TRAIN_RENAME, "name");
    screen_click(&s, "train.discard");
    assert_no_faults();
}

/* ---- tooltips ---------------------------------------------------------------------------------------------------- */

/* Points at the middle of an element and waits; returns how many lines its tooltip has. */
static int point_at(const element *e)
{
    const ui *u = s.app->ui;
    int layer = e->layer, count = 0;
    rect r = e->visible;
    screen_pointer(&s, EVENT_POINTER_LEAVE, 0, 0, 0);
    screen_pointer(&s, EVENT_POINTER_MOVE, (float)r.x + 0.5f * (float)r.w, (float)r.y + 0.5f * (float)r.h, 0);
    s.app->now = s.now += 1000;
    app_build(s.app);
    for (int i = 0; i < u->n_lines; i++) {
        if (u->line[i].layer <= layer)
            continue;
        check_line(&u->line[i]);
        count++;
    }
    return count;
}

static void check_tooltips(const char *what)
{
    shown = what;
    app_build(s.app);
    for (int i = 0; i < s.app->ui->n_elements; i++) {
        element e = s.app->ui->element[i];
        if (e.layer == top_layer() && e.kind != ELEMENT_CANVAS && !rect_is_empty(e.visible) && point_at(&e) == 0)
            fault(e.visible, "%s has no tooltip", e.name);
    }
}

/* ---- a test ------------------------------------------------------------------------------------------------------ */

static void check_page(test_page page, const char *what)
{
    app_do(s.app, (action){.id = ACTION_TEST_PAGE, .index = (int)page});
    screen_settle(&s);
    in_all_languages(what, check_answer);
}

static void await_test(void)
{
    while (!s.app->testing.done)
        screen_step(&s);
}

/* Of the model in use and another one, on the kept digits. */
static void test_a_test(void **state)
{
    (void)state;
    app_testing *t = &s.app->testing;
    screen_stroke(&s, 150, 100, 400, 450, 60, POINTER_LEFT);
    show_view(VIEW_MODELS);
    check_popup(ACTION_TEST_IMAGES, "images to test on");
    check_popup(ACTION_TEST_FOLDER, "other images to test on");
    for (int i = 0; i < 2; i++)
        app_do(s.app, (action){.id = ACTION_TICK, .index = i});
    app_do(s.app, (action){.id = ACTION_TEST_IMAGES_SET, .index = TEST_KEPT});
    app_do(s.app, (action){.id = ACTION_TEST_START});
    await_test();
    t->done = false; /* as it was a moment ago */
    t->news = (test_news){1234, 5678, 77};
    check_page(TEST_MODELS, "Test, running");
    t->done = true;
    check_page(TEST_MISTAKES, "Test, mistakes");
    check_page(TEST_CLASSES, "Test, classes");
    check_page(TEST_BESIDE, "Test, side by side");
    app_do(s.app, (action){.id = ACTION_TEST_LIST, .index = TEST_HARDEST});
    app_do(s.app, (action){.id = ACTION_TEST_IMAGE, .index = 0});
    check_page(TEST_LIST, "Test, images");
    set_size(1, 1);
    for (test_page page = TEST_MODELS; page < TEST_PAGES; page++) {
        app_do(s.app, (action){.id = ACTION_TEST_PAGE, .index = (int)page});
        check_tooltips("a page of Test");
    }
    set_size(4, 1);
    check_popup(ACTION_TEST_REPORT, "report");
    assert_no_faults();
}

/* Letters in the test: too many classes for a matrix. */
static void test_a_test_of_letters(void **state)
{
    (void)state;
    static sketch drawing;
    nn_model *model = net_model(letters_net, 3);
    for (int i = 0, count = 0; i < 26; i++) {
        model->label[i][0] = (char)('A' + i);
        synth_digit(&drawing, i % 10, (uint64_t)i);
        assert_true(samples_keep(temp_path("letters.jsonl"), &drawing.ink, model->label[i], "", &count, NULL, &err));
    }
    assert_true(nn_model_save(model, temp_path("letters.safetensors"), &err));
    nn_model_free(model);
    screen_use(&s, temp_path("letters.safetensors"));
    show_view(VIEW_MODELS);
    snprintf(s.app->testing.path, sizeof s.app->testing.path, "%s", temp_path("letters.jsonl"));
    app_do(s.app, (action){.id = ACTION_TEST_IMAGES_SET, .index = TEST_PATH});
    app_do(s.app, (action){.id = ACTION_TEST_START});
    await_test();
    check_page(TEST_MISTAKES, "Test of letters, mistakes");
    check_page(TEST_CLASSES, "Test of letters, classes");
    check_page(TEST_BESIDE, "Letters, side by side");
    assert_no_faults();
}

/* ---- dialogs ----------------------------------------------------------------------------------------------------- */

static void test_dialogs(void **state)
{
    (void)state;
    static const struct {
        int id;
        const char *name;
    } all[] = {{ACTION_MENU, "menu"},          {ACTION_MODELS, "models"}, {ACTION_HELP, "help"},
               {ACTION_KEYS, "keys"},          {ACTION_ABOUT, "about"},   {ACTION_RECENT, "recent"},
               {ACTION_SETTINGS, "settings"},  {ACTION_KEEP, "keep"},     {ACTION_LANGUAGE, "languages"},
               {ACTION_OPEN, "open"},          {ACTION_SAVE, "save"},     {ACTION_EXPORT, "export"},
               {ACTION_TRAIN_FOLDER, "folder"}};
    for (int i = 0; i < 8; i++) {
        screen_stroke(&s, 100, 100 + 40 * (float)i, 500, 300, 20, POINTER_LEFT);
        screen_key(&s, KEY_DELETE, 0);
    }
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        check_popup(all[i].id, all[i].name);
        if (app_chooses_file(s.app))
            fail_msg("%s is still open", all[i].name);
    }
    assert_no_faults();
}

static void check_over_digits(int id, int index, const char *what)
{
    app_do(s.app, (action){.id = id, .index = index});
    in_all_languages(what, NULL);
    app_do(s.app, (action){.id = ACTION_CLOSE});
    assert_int_equal(s.app->popup, POPUP_DIGITS);
}

static void test_own_digits(void **state)
{
    (void)state;
    snprintf(s.app->settings.guest, sizeof s.app->settings.guest, "Maximilian-Alexander of the second row");
    app_do(s.app, (action){.id = ACTION_DIGITS});
    while (!s.app->digits.there)
        screen_step(&s);
    in_all_languages("digits", NULL);
    app_do(s.app, (action){.id = ACTION_DIGITS_ALL});
    in_all_languages("digits, chosen", NULL);
    check_over_digits(ACTION_DIGITS_LIST, DIGITS_LABELS, "digits, classes");
    check_over_digits(ACTION_DIGITS_LIST, DIGITS_WRITERS, "digits, guests");
    check_over_digits(ACTION_DIGITS_WRITER, 0, "digits, whose");
    check_over_digits(ACTION_DIGITS_IMPORT, 0, "digits, import");
    check_over_digits(ACTION_DIGITS_EXPORT, 0, "digits, export");
    snprintf(s.app->problem, sizeof s.app->problem, "%s: %s", "/home/somebody/a long path/to a file",
             "this is not what was looked for, and it takes some words to say so");
    in_all_languages("digits, a problem", NULL);
    app_do(s.app, (action){.id = ACTION_CLOSE});
    check_popup(ACTION_GUEST, "guest");
    assert_no_faults();
}

/* The words of everything that the dialog can say, with addresses as long as they get. */
static void test_the_dialog_of_sharing(void **state)
{
    (void)state;
#ifndef DIGITSCOPE_SERVE
    skip();
#endif
    static char here[] = "203.0.113.107";
    app_do(s.app, (action){.id = ACTION_SHARE});
    for (int i = 0; i < LAN_MOST; i++)
        snprintf(s.app->sharing.address[i], LAN_ADDRESS, "%s", here);
    s.app->sharing.count = LAN_MOST;
    in_all_languages("share, many networks", NULL);
    s.app->sharing.count = 0;
    in_all_languages("share, no network", NULL);
    s.app->sharing.count = 1;
    snprintf(s.app->problem, sizeof s.app->problem, "--lan %s: is no address of this machine; this machine has %s",
             here, here);
    in_all_languages("share, a problem", NULL);
    lan_set_address("127.0.0.1");
    child_set_program(TEST_BUILD "/digitscope");
    app_do(s.app, (action){.id = ACTION_SHARE});
    app_do(s.app, (action){.id = ACTION_SHARE_START});
    in_all_languages("share, beginning", NULL);
    screen_await(&s, "share.stop");
    in_all_languages("share, shared", NULL);
    app_do(s.app, (action){.id = ACTION_SHARE_STOP});
    in_all_languages("share, ending", NULL);
    lan_set_address(NULL);
    child_set_program(NULL);
    app_do(s.app, (action){.id = ACTION_CLOSE});
    assert_no_faults();
}

static void test_explanations(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    for (int i = 0; i < VIEW_COUNT; i++) {
        show_view((view_choice)i);
        check_popup(ACTION_EXPLAIN, "explain");
    }
    show_view(VIEW_BREAK);
    for (int i = BREAK_FOOL; i < BREAK_PAGES; i++) {
        app_do(s.app, (action){.id = ACTION_BREAK_PAGE, .index = i});
        screen_settle(&s);
        check_popup(ACTION_EXPLAIN, "explain, a page");
    }
    app_do(s.app, (action){.id = ACTION_ATLAS});
    screen_wait(&s);
    check_popup(ACTION_EXPLAIN, "explain, the map");
    assert_no_faults();
}

static void test_tooltips_stay_in_the_window(void **state)
{
    (void)state;
    screen_stroke(&s, 150, 100, 400, 450, 60, POINTER_LEFT);
    assert_true(texts_speak("xx"));
    for (int size = 0; size < 2; size++)
        for (int i = 0; i < VIEW_COUNT; i++) {
            show_view((view_choice)i);
            set_size(size, 1);
            check_tooltips(view_names[i]);
        }
    show_view(VIEW_BREAK);
    for (int i = BREAK_FOOL; i < BREAK_PAGES; i++) {
        app_do(s.app, (action){.id = ACTION_BREAK_PAGE, .index = i});
        screen_settle(&s);
        check_tooltips("Break it, a page");
    }
    app_do(s.app, (action){.id = ACTION_ATLAS});
    screen_wait(&s);
    check_tooltips("Inside, the map");
    app_do(s.app, (action){.id = ACTION_ATLAS});
    app_do(s.app, (action){.id = ACTION_MENU});
    check_tooltips("menu");
    assert_no_faults();
}

static void test_a_tooltip_tells_what_was_cut(void **state)
{
    (void)state;
    set_size(4, 1);
    app_build(s.app);
    assert_int_equal(point_at(ui_find(s.app->ui, "models")), 1); /* what the button is for */
    nn_model *model = net_model(conv_net, 3);
    char name[80];
    memset(name, 'w', sizeof name - 1);
    memcpy(name + 50, ".safetensors", sizeof ".safetensors");
    assert_true(nn_model_save(model, temp_path(name), &err));
    nn_model_free(model);
    screen_use(&s, temp_path(name));
    set_size(1, 1);
    app_build(s.app);
    assert_true(point_at(ui_find(s.app->ui, "models")) > 1); /* and its name */
    assert_no_faults();
}

/* A tooltip is to be seen a second later. */
static bool has_tooltip(void)
{
    const ui *u = s.app->ui;
    bool there = false;
    s.app->now = s.now += 1000;
    app_build(s.app);
    for (int i = 0; i < u->n_lines; i++)
        there |= u->line[i].layer > top_layer();
    return there;
}

static void test_a_tooltip_ends_with_what_was_in_front(void **state)
{
    (void)state;
    screen_stroke(&s, 150, 100, 400, 450, 60, POINTER_LEFT);
    for (int id = ACTION_OWN; id < ACTION_NAMED_END; id++) {
        const action_info *about = action_about(id);
        app_build(s.app);
        assert_true(point_at(ui_find(s.app->ui, "eraser")) > 0);
        if (!about->key || id == ACTION_QUIT || id == ACTION_FULLSCREEN)
            app_do(s.app, (action){.id = ACTION_SETTINGS}); /* as a worker may */
        else
            screen_key(&s, about->key, about->mods);
        if (has_tooltip())
            fail_msg("the tooltip stays after %s", about->name);
        app_do(s.app, (action){.id = ACTION_CLOSE});
        if (has_tooltip())
            fail_msg("the tooltip comes back after %s", about->name);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_views_without_a_drawing),
        TEST(test_views_of_a_sure_answer),
        TEST(test_views_of_an_unsure_answer),
        TEST(test_nothing_moves_from_view_to_view),
        TEST(test_messages),
        TEST(test_a_training),
        TEST(test_a_test),
        TEST(test_a_test_of_letters),
        TEST(test_dialogs),
        TEST(test_own_digits),
        TEST(test_the_dialog_of_sharing),
        TEST(test_explanations),
        TEST(test_tooltips_stay_in_the_window),
        TEST(test_a_tooltip_tells_what_was_cut),
        TEST(test_a_tooltip_ends_with_what_was_in_front),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    printf("{\"frames\":%d,\"elements\":%d,\"lines\":%d,\"cut\":%d,\"faults\":%d}\n", frames, elements, lines, cuts,
           all_faults);
    return failed;
}
