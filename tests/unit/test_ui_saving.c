/* Saving a drawing, opening what was saved, and the clipboard. */
#include "app/ui/actions.h"
#include "app/ui/open.h"
#include "app/ui/save.h"
#include "support/fixture.h"
#include "support/temp.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_saving_never_replaces_silently(void **state)
{
    (void)state;
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    const char *path = temp_path("out.png");
    FILE *file = fopen(path, "w");
    fputs("mine", file);
    fclose(file);
    screen_key(&s, 's', MOD_CTRL);
    screen_type(&s, path);
    screen_click(&s, "accept");
    assert_int_equal(s.app->popup, POPUP_SAVE);
    file = fopen(path, "r");
    assert_int_equal(fgetc(file), 'm');
    fclose(file);
    screen_click(&s, "accept");
    assert_int_equal(s.app->popup, POPUP_NONE);
    file = fopen(path, "r");
    assert_int_equal(fgetc(file), 0x89); /* a PNG now */
    fclose(file);
}

static void assert_begins_with(const char *path, const void *bytes, size_t len)
{
    char begin[16];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(begin, 1, len, file), len);
    fclose(file);
    assert_memory_equal(begin, bytes, len);
}

static void test_saving_as_every_kind(void **state)
{
    (void)state;
    const struct {
        const char *button, *name, *begin;
    } kinds[] = {{"save.28x28", "out-28x28.png", "\x89PNG"},
                 {"save.svg", "out.svg", "<svg "},
                 {"save.strokes", "out.jsonl", "{\"label\""},
                 {"save.picture", "out.png", "\x89PNG"}};
    screen_stroke(&s, 100, 100, 500, 300, 20, POINTER_LEFT);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        screen_key(&s, 's', MOD_CTRL);
        screen_type(&s, temp_path("out.BMP"));
        screen_click(&s, kinds[i].button);
        assert_string_equal(s.app->ui->field.text, temp_path(kinds[i].name));
        screen_click(&s, "accept");
        assert_begins_with(temp_path(kinds[i].name), kinds[i].begin, strlen(kinds[i].begin));
    }
}

static void test_the_28_pixels_are_read_as_they_are(void **state)
{
    (void)state;
    screen_needs_pictures();
    nn_error err;
    screen_stroke(&s, 150, 120, 450, 120, 20, POINTER_LEFT);
    screen_stroke(&s, 450, 120, 250, 500, 20, POINTER_LEFT);
    digit drawn = app_read(s.app)->digit;
    float apart = 0;
    assert_true(app_save(s.app, temp_path("a-28x28.png"), &err));
    assert_true(app_open(s.app, temp_path("a-28x28.png"), &err));
    screen_wait(&s);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        apart += fabsf(app_read(s.app)->digit.image[i] - drawn.image[i]);
    assert_true(apart < 0.025f * DIGIT_PIXELS);                   /* resampled twice */
    assert_true(app_save(s.app, temp_path("b-28x28.png"), &err)); /* of a picture, this kind only */
    assert_false(app_save(s.app, temp_path("b.svg"), &err));
}

static void test_a_saved_drawing_can_be_opened_as_a_picture(void **state)
{
    (void)state;
    screen_needs_pictures();
    nn_error err;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    const char *path = temp_path("one.bmp");
    assert_true(app_save(s.app, path, &err));
    s.now += 5;
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = path});
    screen_wait(&s);
    assert_true(app_shows_picture(s.app));
    assert_true(ink_is_empty(&s.app->drawing));
    assert_in_range(app_read(s.app)->answer.digit, 0, 9);
    assert_int_equal(app_read(s.app)->looks.chosen, 0); /* at even ground */
    answer read = app_read(s.app)->answer;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT); /* drawing takes its place */
    assert_false(app_shows_picture(s.app));
    app_do(s.app, (action){.id = ACTION_UNDO}); /* and undo gives it back */
    screen_frame(&s);
    assert_true(app_shows_picture(s.app));
    assert_memory_equal(app_read(s.app)->answer.probability, read.probability, sizeof(float) * 10);
    app_do(s.app, (action){.id = ACTION_UNDO}); /* before the picture there was a drawing */
    screen_frame(&s);
    assert_false(app_shows_picture(s.app) || ink_is_empty(&s.app->drawing));
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    assert_int_equal(s.app->n_pictures, 0);
}

static void test_broken_files_change_nothing(void **state)
{
    (void)state;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    const char *path = temp_path("broken.png");
    FILE *file = fopen(path, "w");
    fputs("\x89PNG\r\n\x1a\n and then nothing", file);
    fclose(file);
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = path});
    screen_wait(&s);
    assert_int_equal(s.app->n_notices, 1);
    assert_non_null(strstr(s.app->notice[0].text, "broken.png"));
    assert_false(ink_is_empty(&s.app->drawing));
    screen_click(&s, "dismiss");
    assert_int_equal(s.app->n_notices, 0);
}

static void test_copy_and_paste_of_a_drawing(void **state)
{
    (void)state;
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    screen_stroke(&s, 100, 300, 400, 300, 20, POINTER_LEFT);
    screen_key(&s, 'c', MOD_CTRL | MOD_SHIFT);
    assert_non_null(s.clipboard);
    screen_key(&s, KEY_DELETE, 0);
    screen_key(&s, 'v', MOD_CTRL);
    assert_int_equal(s.app->drawing.done - ink_visible_from(&s.app->drawing), 2);
    screen_frame(&s);
    screen_key(&s, 'c', MOD_CTRL);
    assert_string_equal(s.clipboard, app_read(s.app)->answer.text);
    screen_key(&s, 'v', MOD_CTRL); /* a single digit is neither strokes nor a file */
    assert_int_equal(s.app->n_notices, 1);
}

/* Later trouble is seen at once, and the trouble of an action goes when that succeeds. */
static void test_the_newest_message_is_seen_and_success_ends_trouble(void **state)
{
    (void)state;
    nn_error err;
    const char *drawing = temp_path("drawing.jsonl");
    screen_stroke(&s, 200, 100, 300, 500, 20, POINTER_LEFT);
    assert_true(app_save(s.app, drawing, &err));
    s.app->n_notices = 0;
    screen_key(&s, 'c', MOD_CTRL);
    screen_key(&s, 'v', MOD_CTRL);
    assert_non_null(strstr(app_said(s.app)->text, "Paste"));
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path("drawing.none")});
    screen_wait(&s);
    assert_int_equal(s.app->n_notices, 2);
    assert_non_null(strstr(app_said(s.app)->text, "neither"));
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path("drawing.jsonl")});
    screen_wait(&s);
    assert_int_equal(s.app->n_notices, 1);
    assert_non_null(strstr(app_said(s.app)->text, "Paste"));
    screen_key(&s, 'c', MOD_CTRL | MOD_SHIFT);
    screen_key(&s, 'v', MOD_CTRL);
    assert_int_equal(s.app->n_notices, 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_open, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_saving_never_replaces_silently),
        TEST(test_saving_as_every_kind),
        TEST(test_the_28_pixels_are_read_as_they_are),
        TEST(test_a_saved_drawing_can_be_opened_as_a_picture),
        TEST(test_broken_files_change_nothing),
        TEST(test_copy_and_paste_of_a_drawing),
        TEST(test_the_newest_message_is_seen_and_success_ends_trouble),
    };
    return cmocka_run_group_tests_name("saving", tests, NULL, NULL);
}
