/* The pages of "Test" at many sizes, scales and languages. */
#include "app/core/data/samples.h"
#include "app/core/made/synth.h"
#include "app/ui/actions.h"
#include "nn/file.h"
#include "support/fixture.h"
#include "support/layout.h"
#include "support/nets.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static nn_error err;

static const char letters_net[] = "input 28 28 1\nmaxpool 4\nflatten\ndense 26\nsoftmax\n";

static void check_page(test_page page, const char *what)
{
    app_do(s.app, (action){.id = ACTION_TEST_PAGE, .index = (int)page});
    screen_settle(&s);
    layout_in_all_languages(what, layout_check_answer);
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
    layout_show(VIEW_MODELS);
    layout_check_popup(ACTION_TEST_IMAGES, "images to test on");
    layout_check_popup(ACTION_TEST_FOLDER, "other images to test on");
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
    layout_size(1, 1);
    for (test_page page = TEST_MODELS; page < TEST_PAGES; page++) {
        app_do(s.app, (action){.id = ACTION_TEST_PAGE, .index = (int)page});
        layout_check_tooltips("a page of Test");
    }
    layout_size(4, 1);
    layout_check_popup(ACTION_TEST_REPORT, "report");
    layout_assert_no_faults();
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
    layout_show(VIEW_MODELS);
    snprintf(s.app->testing.path, sizeof s.app->testing.path, "%s", temp_path("letters.jsonl"));
    app_do(s.app, (action){.id = ACTION_TEST_IMAGES_SET, .index = TEST_PATH});
    app_do(s.app, (action){.id = ACTION_TEST_START});
    await_test();
    check_page(TEST_MISTAKES, "Test of letters, mistakes");
    check_page(TEST_CLASSES, "Test of letters, classes");
    check_page(TEST_BESIDE, "Letters, side by side");
    layout_assert_no_faults();
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, layout_open, layout_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_test),
        TEST(test_a_test_of_letters),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    layout_report();
    return failed;
}
