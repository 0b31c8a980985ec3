/* test_data_open.c - data sets that lie on their side, inverted, or count from 1; networks for any number of classes. */
#include "app/core/data/samples.h"
#include "app/core/model/fit_net.h"
#include "app/core/model/models.h"
#include "app/core/training/data_open.h"
#include "nn/file.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { COUNT = 120, SIDE = 28, PIXELS = SIDE * SIDE };

static nn_error err;
static paths where;
static dataset made, data;
static unsigned char turned[COUNT * PIXELS];

static int set_up(void **state)
{
    (void)state;
    temp_make();
    paths_find(&where, temp_path("state"));
    return samples_make(&made, COUNT, 1, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    dataset_free(&made);
    dataset_free(&data);
    temp_remove();
    return 0;
}

/* The digits as they lie in a file: what puts them upright again is `lie`. */
static void lay(orientation lie, bool dark)
{
    static const orientation back[ORIENTATIONS] = {UPRIGHT,     TRANSPOSED, TURNED_RIGHT, TURNED_LEFT,
                                                   UPSIDE_DOWN, MIRRORED,   FLIPPED,      ANTITRANSPOSED};
    for (int i = 0; i < COUNT; i++)
        orientation_undo(turned + i * PIXELS, made.images + i * PIXELS, SIDE, back[lie]);
    for (int i = 0; i < COUNT * PIXELS; i++)
        turned[i] = (unsigned char)(dark ? 255 - turned[i] : turned[i]);
}

/* As CSV, with labels that are `add` more. */
static void write_table(const char *name, int count, int add)
{
    FILE *f = fopen(temp_path(name), "w");
    assert_non_null(f);
    for (int i = 0; i < count; i++) {
        fprintf(f, "%d", made.labels[i] + add);
        for (int k = 0; k < PIXELS; k++)
            fprintf(f, ",%d", turned[i * PIXELS + k]);
        fputc('\n', f);
    }
    assert_int_equal(fclose(f), 0);
}

static void open_table(const char *name, data_request request)
{
    request.path = temp_path(name);
    dataset_free(&data);
    if (!data_open(&data, &request, DATASET_TRAIN, &where, NULL, &err))
        fail_msg("%s", err.text);
}

static void test_every_lie_is_put_upright(void **state)
{
    (void)state;
    for (orientation lie = UPRIGHT; lie < ORIENTATIONS; lie++) {
        bool dark = lie % 2;
        lay(lie, dark);
        write_table("digits.csv", COUNT, 0);
        open_table("digits.csv", (data_request){0});
        assert_memory_equal(data.images, made.images, COUNT * PIXELS);
        assert_true((strstr(data.note, orientation_phrases[lie]) != NULL) == (lie != UPRIGHT));
        assert_true((strstr(data.note, "inverted") != NULL) == dark);
    }
}

static void test_what_is_said_counts(void **state)
{
    (void)state;
    lay(TRANSPOSED, true);
    write_table("digits.csv", COUNT, 0);
    open_table("digits.csv", (data_request){.orientation = 1 + (int)UPRIGHT, .polarity = 1});
    assert_memory_equal(data.images, turned, COUNT * PIXELS);
    assert_string_equal(data.note, "");
    open_table("digits.csv", (data_request){.orientation = 1 + (int)TRANSPOSED, .polarity = 2});
    assert_memory_equal(data.images, made.images, COUNT * PIXELS);
    assert_string_equal(data.note, "");
}

/* Nothing is known about what is no digit: it stays as it is. */
static void test_unknown_things_stay(void **state)
{
    (void)state;
    for (int i = 0; i < COUNT * PIXELS; i++)
        turned[i] = (unsigned char)((unsigned)i * 2654435761u >> 25);
    turned[0] = 255; /* of that range */
    write_table("noise.csv", COUNT, 0);
    open_table("noise.csv", (data_request){0});
    assert_memory_equal(data.images, turned, COUNT * PIXELS);
    assert_string_equal(data.note, "");
}

static void test_labels_from_1(void **state)
{
    (void)state;
    lay(TRANSPOSED, false);
    write_table("shifted.csv", COUNT, 1);
    open_table("shifted.csv", (data_request){0});
    assert_memory_equal(data.labels, made.labels, COUNT);
    assert_string_equal(data.label[9], "9");
    assert_non_null(strstr(data.note, "its labels 1 to 10 are the digits 0 to 9"));
    for (int i = 0; i < COUNT; i++)
        made.labels[i] = made.labels[i] == 0 ? 10 : made.labels[i]; /* as SVHN has it */
    write_table("svhn.csv", COUNT, 0);
    open_table("svhn.csv", (data_request){0});
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(data.labels[i], made.labels[i] % 10);
    assert_non_null(strstr(data.note, "its label 10 is the digit 0"));
}

/* Letters, by their shapes: five lines that no turning brings to themselves. */
static void draw_letter(unsigned char *image, char letter)
{
    memset(image, 0, PIXELS);
    for (int y = 4; y < 24; y++)
        for (int x = 6; x < 22; x++) {
            bool left = x < 9, top = y < 7;
            bool bottom = y > 20;
            bool middle = y > 12 && y < 16;
            bool on = letter == 'L'   ? left || bottom
                      : letter == 'F' ? left || top || (middle && x < 18)
                      : letter == 'T' ? top || (x > 12 && x < 16)
                      : letter == 'J' ? (x > 16 && x < 20) || (bottom && x < 20) || (left && y > 17)
                                      : left || (top && x < 20) || (middle && x < 20) || (x > 18 && y < 14);
            image[y * SIDE + x] = on ? 255 : 0;
        }
}

static void test_letters(void **state)
{
    static const char letters[] = "LFTJP";
    static unsigned char upright[5 * PIXELS];
    (void)state;
    for (int i = 0; i < 5; i++)
        draw_letter(upright + i * PIXELS, letters[i]);
    for (orientation lie = UPRIGHT; lie < ORIENTATIONS; lie++) {
        FILE *f = fopen(temp_path("letters.csv"), "w");
        lay(UPRIGHT, false);
        for (int i = 0; i < 5; i++) {
            static const orientation back[ORIENTATIONS] = {UPRIGHT,     TRANSPOSED, TURNED_RIGHT, TURNED_LEFT,
                                                           UPSIDE_DOWN, MIRRORED,   FLIPPED,      ANTITRANSPOSED};
            unsigned char image[PIXELS];
            orientation_undo(image, upright + i * PIXELS, SIDE, back[lie]);
            fprintf(f, "%c", letters[i]);
            for (int k = 0; k < PIXELS; k++)
                fprintf(f, ",%d", image[k]);
            fputc('\n', f);
        }
        assert_int_equal(fclose(f), 0);
        open_table("letters.csv", (data_request){0});
        for (int i = 0; i < 5; i++)
            if (memcmp(data.images + i * PIXELS, upright + i * PIXELS, PIXELS) != 0)
                fail_msg("letter %c lies %s: \"%s\"", letters[i], orientation_words[lie], data.note);
    }
}

/* What is called 0 to 9 need not be digits where there are more classes. */
static void test_numbers_that_are_no_digits_stay(void **state)
{
    static const unsigned char other[10] = {3, 4, 5, 0, 7,
                                            8, 9, 6, 1, 2}; /* so that they look most like such that lie */
    (void)state;
    lay(UPRIGHT, false);
    for (int i = 0; i < COUNT; i++)
        made.labels[i] = i == 0 ? 10 : other[made.labels[i]];
    write_table("numbered.csv", COUNT, 0);
    open_table("numbered.csv", (data_request){0});
    assert_string_equal(data.note, "");
}

/* ---- networks ---------------------------------------------------------------------------------------------------- */

static void test_every_net_fits_any_data(void **state)
{
    static const int classes[] = {2, 10, 26, 47, 64}, sides[] = {8, 9, 12, 16, 20, 28, 32, 48, 64};
    model_entry *nets;
    int count;
    (void)state;
    assert_true(models_list_nets(&nets, &count, &where, &err));
    assert_true(count >= 8);
    for (int i = 0; i < count; i++)
        for (int k = 0; k < (int)(sizeof sides / sizeof *sides); k++) {
            nn_plan *plan;
            int margin, side = sides[k], wanted = classes[k % 5];
            assert_true(models_net(&plan, &where, nets[i].name, &err));
            if (!fit_net(&plan, side, wanted, &margin, &err))
                fail_msg("%s: %s", nets[i].name, err.text);
            assert_int_equal(plan->classes, wanted);
            assert_true(nn_same_shape(plan->input, (nn_shape){side, side, 1}));
            nn_plan_free(plan);
        }
    nn_free(nets);
}

static void test_what_does_not_fit_is_said(void **state)
{
    static const char text[] =
        "input 28 28 1 # as MNIST\nconv 4 9 padding=valid\nflatten\nout: dense  10 # ten\nsoftmax\n";
    nn_plan *plan;
    int margin;
    (void)state;
    assert_true(nn_plan_parse(&plan, text, sizeof text - 1, &err));
    const nn_plan *before = plan;
    assert_true(fit_net(&plan, 28, 10, &margin, &err));
    assert_ptr_equal(plan, before);
    assert_false(fit_net(&plan, 8, NN_MAX_CLASSES + 1, &margin, &err));
    assert_ptr_equal(plan, before);
    assert_non_null(strstr(err.text, "for images of 8x8 in 65 classes"));
    assert_true(fit_net(&plan, 28, 3, &margin, &err));
    assert_int_equal(plan->classes, 3);
    nn_plan_free(plan);
}

/* The least margin with which all windows fit, more of it behind where it is odd. */
static void test_small_images_get_a_margin(void **state)
{
    static const char text[] = "input 28 28 1\nconv 4 9 padding=valid\nflatten\ndense 10\nsoftmax\n";
    nn_plan *plan;
    int margin;
    (void)state;
    assert_true(nn_plan_parse(&plan, text, sizeof text - 1, &err));
    assert_true(fit_net(&plan, 9, 10, &margin, &err));
    assert_null(strstr(plan->text, "\npad"));
    assert_int_equal(margin, 0);
    assert_true(fit_net(&plan, 8, 10, &margin, &err));
    assert_non_null(strstr(plan->text, "input 8 8 1\npad 0,0,1,1\nconv"));
    assert_int_equal(margin, 1);
    assert_true(nn_same_shape(plan->input, (nn_shape){8, 8, 1}));
    nn_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_lie_is_put_upright, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_said_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_unknown_things_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_labels_from_1, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_letters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numbers_that_are_no_digits_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_net_fits_any_data, set_up, tear_down),
        cmocka_unit_test(test_small_images_get_a_margin),
        cmocka_unit_test_setup_teardown(test_what_does_not_fit_is_said, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
