/* What is said of images where one chooses them, before anything is learned: how they lay, and which are there twice. */
#include "app/core/data/samples.h"
#include "support/fixture.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { COUNT = 120, SIDE = 28, PIXELS = SIDE * SIDE };

/* As EMNIST has its images: transposed. */
static void write_table(const char *path, int repeated)
{
    dataset made;
    nn_error err;
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(samples_make(&made, COUNT, 1, &err));
    for (int i = 0; i < COUNT + repeated; i++) {
        fprintf(f, "%d", made.labels[i % COUNT]);
        for (int k = 0; k < PIXELS; k++)
            fprintf(f, ",%d", made.images[i % COUNT * PIXELS + k % SIDE * SIDE + k / SIDE]);
        fputc('\n', f);
    }
    assert_int_equal(fclose(f), 0);
    dataset_free(&made);
}

static int set_up(void **state)
{
    (void)state;
    temp_make();
    screen_open(&s, 1200, 760);
    return 0;
}

static void test_the_note_and_what_is_repeated_are_shown(void **state)
{
    (void)state;
    write_table(temp_path("turned.csv"), 3);
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path("turned.csv")});
    screen_wait(&s);
    assert_int_equal(s.app->learn.sheet.count, COUNT + 3);
    assert_int_equal(s.app->learn.sheet.repeated, 3);
    assert_true(screen_has(&s, "learn.note"));
    assert_true(screen_lines(&s, "learn.note") > 0);
    s.app->settings.train_data = TRAIN_SYNTHETIC;
    screen_wait(&s);
    assert_true(s.app->learn.sheet.count > 0);
    assert_false(screen_has(&s, "learn.note"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_note_and_what_is_repeated_are_shown, set_up, fixture_close),
    };
    return cmocka_run_group_tests_name("ui_images", tests, NULL, NULL);
}
