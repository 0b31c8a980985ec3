/* Numbers of several digits: what else the window shows of them, and what was said of their strokes. */
#include "app/ui/actions.h"
#include "app/ui/drawing.h"
#include "app/ui/open.h"
#include "app/ui/panels/panel.h"
#include "nn/file.h"
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

enum { DIGITS = 20 }; /* more than are read in a frame */

static int set_up(void **state)
{
    fixture_open(state);
    screen_use(&s, "digitscope");
    screen_key(&s, 'n', 0);
    return 0;
}

/* So many digits side by side, at once: of three one is a four of two strokes, the others are sevens. */
static void paste_digits(int count)
{
    nn_error err;
    char text[8192] = "{\"strokes\": [";
    size_t len = strlen(text);
    for (int i = 0; i < count; i++) {
        const char *comma = i > 0 ? ", " : "";
        int x = 22 * i;
        if (i % 3 == 0)
            len += (size_t)snprintf(text + len, sizeof text - len,
                                    "%s[[%d, 10], [%d, 30], [%d, 30]], [[%d, 20], [%d, 55]]", comma, x, x, x + 10,
                                    x + 8, x + 8);
        else
            len += (size_t)snprintf(text + len, sizeof text - len, "%s[[%d, 10], [%d, 10], [%d, 50]]", comma, x, x + 12,
                                    x + 6);
    }
    snprintf(text + len, sizeof text - len, "]}");
    assert_true(app_open_text(s.app, text, &err));
}

static void draw_two(float x)
{
    screen_stroke(&s, x, 150, x, 450, 12, 0);
    screen_stroke(&s, x + 250, 150, x + 250, 450, 12, 0);
    screen_settle(&s);
}

static void assert_earlier_is(const char *text)
{
    while (!*s.app->recent.item[0]->read || s.app->numbers.found.partial)
        screen_step(&s);
    assert_string_equal(s.app->recent.item[0]->read, text);
}

static void earlier_drawings_are_labelled_as_they_were_read(void **state)
{
    (void)state;
    char one[24];
    paste_digits(DIGITS);
    screen_settle(&s);
    char number[24];
    snprintf(number, sizeof number, "%.22s%s", s.app->numbers.found.text, s.app->numbers.found.unsure ? "?" : "");
    assert_true(strlen(number) >= DIGITS);
    screen_key(&s, KEY_DELETE, 0);
    assert_earlier_is(number);
    screen_settle(&s);
    screen_key(&s, 'n', 0);
    screen_settle(&s);
    snprintf(one, sizeof one, "%s", s.app->recent.item[0]->read);
    assert_in_range(strlen(one), 1, 2);
    screen_key(&s, 'n', 0);
    assert_earlier_is(number);
}

/* A long number takes several frames, and the digit that is looked at may be another one after each: the same network
 * says of it beside what it says itself. */
static void what_stands_beside_a_long_number_is_of_its_digit(void **state)
{
    (void)state;
    int partial = 0;
    screen_key(&s, '5', MOD_CTRL);
    screen_wait(&s);
    app_do(s.app, (action){.id = ACTION_TICK, .index = (int)(screen_row(&s, "digitscope") - s.app->comparison.row)});
    screen_wait(&s);
    paste_digits(DIGITS);
    do {
        screen_frame(&s);
        partial += s.app->numbers.found.partial;
    } while (s.app->numbers.found.partial);
    screen_frame(&s);
    assert_true(partial > 0 && app_number(s.app));
    assert_string_equal(screen_row(&s, "digitscope")->answer.text, app_read(s.app)->answer.text);
    assert_float_equal(screen_row(&s, "digitscope")->answer.confidence, app_read(s.app)->answer.confidence, 1e-5);
}

/* Nor is anything still looked for. */
static void a_picture_is_no_number(void **state)
{
    (void)state;
    nn_error err;
    static const unsigned char image[DIGIT_PIXELS] = {[14 * DIGIT_SIDE + 14] = 255};
    draw_two(150);
    assert_non_null(app_number(s.app));
    assert_true(drawing_show_image(s.app, image, 28, &err));
    screen_frame(&s);
    assert_null(app_number(s.app));
    screen_key(&s, KEY_DELETE, 0);
    paste_digits(DIGITS);
    screen_frame(&s);
    assert_true(s.app->numbers.found.partial);
    assert_true(drawing_show_image(s.app, image, 28, &err));
    screen_frame(&s);
    assert_false(s.app->numbers.found.partial);
}

/* The first of two digits with the second. */
static void join_two(void)
{
    assert_non_null(app_number(s.app));
    screen_key(&s, ',', 0);
    screen_settle(&s);
    screen_key(&s, 'j', 0);
    screen_settle(&s);
    assert_null(app_number(s.app));
}

/* The one drawn last is the last: it says so, and nothing that was joined goes apart again. */
static void the_last_digit_is_joined_with_none(void **state)
{
    (void)state;
    text_id why;
    paste_digits(3);
    screen_settle(&s);
    screen_click(&s, "number.2");
    screen_settle(&s);
    assert_false(app_can(s.app, ACTION_JOIN, &why));
    assert_int_equal(why, TEXT_CANNOT_JOIN_LAST);
    assert_false(ui_find(s.app->ui, "join")->enabled);
    screen_key(&s, 'j', 0);
    screen_settle(&s);
    assert_int_equal(app_number(s.app)->count, 3);
    screen_click(&s, "number.1");
    screen_settle(&s);
    for (int again = 0; again < 2; again++) {
        screen_key(&s, 'j', 0);
        screen_settle(&s);
        assert_int_equal(app_number(s.app)->count, 2);
        assert_true(app_chose_digit(s.app, 1));
    }
}

static void key_and_settle(int key, int mods)
{
    screen_key(&s, key, mods);
    screen_settle(&s);
}

/* The last thing done, be it a stroke or what was said of one. */
static void joining_and_splitting_are_undone_and_redone(void **state)
{
    (void)state;
    text_id why;
    draw_two(150);
    join_two();
    key_and_settle('z', MOD_CTRL);
    assert_int_equal(app_number(s.app)->count, 2);
    assert_int_equal(s.app->drawing.done, 2);
    key_and_settle('y', MOD_CTRL);
    assert_null(app_number(s.app));
    for (int back = 0; back < 2; back++)
        key_and_settle('z', MOD_CTRL);
    assert_int_equal(s.app->drawing.done, 1);
    key_and_settle('y', MOD_CTRL);
    assert_int_equal(app_number(s.app)->count, 2);
    assert_true(app_can(s.app, ACTION_REDO, &why));
    key_and_settle('y', MOD_CTRL);
    assert_null(app_number(s.app));
    assert_false(app_can(s.app, ACTION_REDO, &why));
    key_and_settle('x', 0);
    assert_int_equal(app_number(s.app)->count, 2);
    key_and_settle('z', MOD_CTRL);
    assert_null(app_number(s.app));
    screen_stroke(&s, 275, 150, 275, 450, 12, 0);
    screen_settle(&s);
    assert_false(app_can(s.app, ACTION_REDO, &why));
}

static void add_stroke(float x, int count, const float (*at)[2])
{
    ink_point p[8];
    for (int i = 0; i < count; i++)
        p[i] = (ink_point){x + at[i][0], 200 + at[i][1], NAN, 1};
    assert_true(ink_add(&s.app->drawing, INK_PEN, 16, p, count));
}

/* A 1 with a flag that stands on a bar is a 2 to the network alone: box, text and bars say 1. */
static void the_bars_are_of_the_class_that_the_number_has(void **state)
{
    (void)state;
    int apart = 0;
    add_stroke(100, 3, (const float[][2]){{0, 0}, {60, 0}, {24, 100}});
    add_stroke(250, 3, (const float[][2]){{30, 8}, {90, 0}, {0, 98}});
    add_stroke(250, 2, (const float[][2]){{-18, 102}, {72, 96}});
    screen_settle(&s);
    const number_answer *n = app_number(s.app);
    assert_non_null(n);
    for (int i = 0; i < n->count; i++) {
        char name[UI_NAME];
        snprintf(name, sizeof name, "number.%d", i);
        screen_click(&s, name);
        screen_settle(&s);
        const answer *box = &n->digit[i].answer, *bars = &app_read(s.app)->answer;
        assert_int_equal(bars->digit, box->digit);
        assert_string_equal(bars->text, box->text);
        assert_float_equal(bars->confidence, bars->probability[box->digit], 0);
        bool outvoted = nn_argmax(bars->probability, bars->classes) != box->digit;
        assert_true(screen_shows(&s, "the network alone for") == outvoted);
        assert_false(box->unsure && !n->unsure); /* one rule for all that is said */
        apart += outvoted;
    }
    assert_true(apart > 0);
}

/* Also while numbers are off, where nobody asks what was said. */
static void what_was_joined_is_joined_no_more_when_it_is_drawn_anew(void **state)
{
    (void)state;
    for (int off = 0; off < 2; off++) {
        draw_two(150);
        join_two();
        if (off)
            screen_key(&s, 'n', 0);
        for (int steps = off ? 2 : 3; steps > 0; steps--)
            screen_key(&s, 'z', MOD_CTRL);
        assert_true(ink_is_empty(&s.app->drawing));
        draw_two(170);
        if (off)
            screen_key(&s, 'n', 0);
        screen_settle(&s);
        assert_non_null(app_number(s.app));
        screen_key(&s, KEY_DELETE, 0);
    }
}

static const char *label_of(const char *name)
{
    const ui *u = s.app->ui;
    for (int i = 0; i < u->n_elements; i++)
        if (strcmp(u->element[i].name, name) == 0)
            return u->element[i].label;
    return NULL;
}

/* Also where a gap is too narrow for the picture that the network gets. */
static void two_shapes_side_by_side_are_offered_as_two_digits(void **state)
{
    (void)state;
    static const ink_point four[] = {{200, 130, NAN, 1}, {75, 340, NAN, 1}, {290, 340, NAN, 1}},
                           stem[] = {{215, 240, NAN, 1}, {215, 480, NAN, 1}},
                           two[] = {{333, 207, NAN, 1}, {380, 145, NAN, 1}, {455, 140, NAN, 1}, {515, 205, NAN, 1},
                                    {490, 280, NAN, 1}, {330, 458, NAN, 1}, {525, 458, NAN, 1}};
    screen_key(&s, 'n', 0);
    assert_true(ink_add(&s.app->drawing, INK_PEN, 30, four, 3) && ink_add(&s.app->drawing, INK_PEN, 30, stem, 2) &&
                ink_add(&s.app->drawing, INK_PEN, 30, two, 7));
    screen_settle(&s);
    assert_memory_equal(label_of("read_number"), "Two digits?", 11);
}

static void an_empty_canvas_asks_for_a_number(void **state)
{
    (void)state;
    assert_int_equal(answer_headline(s.app), TEXT_ANSWER_DRAW_NUMBER);
    screen_key(&s, 'n', 0);
    screen_settle(&s);
    assert_int_equal(answer_headline(s.app), TEXT_ANSWER_DRAW);
}

static void both_states_stand_on_the_switch(void **state)
{
    (void)state;
    assert_int_equal(screen_lines(&s, "numbers"), 2);
    uint64_t on = screen_hash(&s);
    screen_click(&s, "numbers");
    assert_false(s.app->settings.numbers);
    assert_int_equal(screen_lines(&s, "numbers"), 2);
    assert_true(screen_hash(&s) != on);
}

enum { PAGE_W = 420, PAGE_H = 200, PAGE_HEAD = 15 };
static unsigned char page[PAGE_HEAD + 3 * PAGE_W * PAGE_H + 1] = "P6\n420 200\n255\n";

/* A line from (x, y), with a square nib. */
static void draw_line_by(int x, int y, int dx, int dy)
{
    for (int i = 0; i <= 100; i++)
        for (int row = 0; row < 9; row++)
            memset(page + PAGE_HEAD + 3 * ((y + dy * i / 100 + row) * PAGE_W + x + dx * i / 100), 40, 3 * 9);
}

static void clear_page(void)
{
    memset(page + PAGE_HEAD, 240, 3 * PAGE_W * PAGE_H);
}

static void draw_seven_on_page(int x)
{
    draw_line_by(x, 50, 60, 2);
    draw_line_by(x + 60, 52, -36, 98);
}

/* On the window, which has not read it yet. */
static void drop_page(void)
{
    nn_error err;
    assert_true(nn_file_save(temp_path("page.ppm"), page, sizeof page - 1, NN_CONSISTENT, &err));
    app_event(s.app, &(event){.kind = EVENT_DROP, .text = temp_path("page.ppm")});
    unsigned before = s.app->picture_number;
    while (s.app->picture_number == before)
        screen_step(&s);
    assert_true(app_shows_picture(s.app));
}

static void drop_seven(void)
{
    clear_page();
    draw_seven_on_page(180);
    drop_page();
    screen_settle(&s);
    assert_string_equal(app_read(s.app)->answer.text, "7");
}

/* A 7, a 4 and a 7 on paper. */
static void drop_picture(void)
{
    clear_page();
    draw_seven_on_page(60);
    draw_seven_on_page(270);
    draw_line_by(190, 50, -30, 62);
    draw_line_by(160, 112, 64, 0);
    draw_line_by(206, 80, 0, 70);
    drop_page();
    screen_settle(&s);
}

static void drop_blank(void)
{
    clear_page();
    drop_page();
    screen_settle(&s);
    assert_true(screen_says(&s, "There is nothing to read in the picture"));
    assert_int_equal(app_read(s.app)->answer.digit, -1);
}

static void assert_reads_747(void)
{
    const number_answer *n = app_number(s.app);
    assert_non_null(n);
    assert_string_equal(n->text, "747");
    assert_false(n->unsure || n->partial);
    for (int i = 0; i < 3; i++) {
        ink_extent b = n->digit[i].box; /* 420 x 200 pixels in the middle of a canvas of 600 units */
        assert_true(b.x0 > (float)(600 * (40 + 105 * i)) / 420 && b.x1 < (float)(600 * (145 + 105 * i)) / 420);
        assert_true(b.y0 > 157 + 30 && b.y1 < 443 - 30 && b.y1 - b.y0 > 130);
    }
}

static void a_picture_of_several_digits_is_read_as_a_number(void **state)
{
    (void)state;
    screen_needs_pictures();
    screen_key(&s, 'n', 0);
    drop_picture();
    assert_null(app_number(s.app));
    assert_memory_equal(label_of("read_number"), "Several digits in", 17);
    assert_true(screen_says(&s, "There are several digits in the picture"));
    screen_click(&s, "read_number");
    screen_settle(&s);
    assert_reads_747();
    assert_null(app_said(s.app));
    assert_string_equal(app_read(s.app)->answer.text, "7");
    screen_click(&s, "number.1");
    screen_settle(&s);
    assert_string_equal(app_read(s.app)->answer.text, "4");
    text_id why;
    assert_false(app_can(s.app, ACTION_JOIN, &why) || app_can(s.app, ACTION_SPLIT, &why));
    screen_key(&s, 'j', 0);
    screen_key(&s, 'x', 0);
    screen_settle(&s);
    assert_reads_747();
    drop_picture(); /* another one: nobody has chosen of it */
    assert_false(app_chose_digit(s.app, 1));
    assert_reads_747();
    screen_use(&s, "digitscope");
    screen_settle(&s);
    assert_reads_747();
}

/* Whatever takes its place, and whether numbers are read or not. */
static void what_is_said_of_a_picture_goes_with_it(void **state)
{
    (void)state;
    screen_needs_pictures();
    for (int numbers = 0; numbers < 2; numbers++) {
        screen_key(&s, 'n', 0);
        drop_blank();
        drop_seven();
        assert_null(app_said(s.app));
        drop_blank();
        screen_key(&s, 'z', MOD_CTRL);
        assert_null(app_said(s.app));
        screen_key(&s, 'y', MOD_CTRL);
        drop_blank();
        screen_key(&s, KEY_DELETE, 0);
        assert_null(app_said(s.app));
        drop_blank();
        screen_pointer(&s, EVENT_POINTER_DOWN, (float)s.app->canvas.x + 50, (float)s.app->canvas.y + 50, POINTER_LEFT);
        screen_pointer(&s, EVENT_POINTER_MOVE, (float)s.app->canvas.x + 90, (float)s.app->canvas.y + 150, 0);
        assert_null(app_said(s.app));
        screen_pointer(&s, EVENT_POINTER_UP, (float)s.app->canvas.x + 90, (float)s.app->canvas.y + 150, POINTER_LEFT);
    }
}

static void a_tap_is_of_the_picture_that_was_there(void **state)
{
    (void)state;
    screen_needs_pictures();
    drop_seven();
    float x = (float)s.app->canvas.x + 0.5f * (float)s.app->canvas.w,
          y = (float)s.app->canvas.y + 0.5f * (float)s.app->canvas.w;
    screen_pointer(&s, EVENT_POINTER_DOWN, x, y, POINTER_LEFT);
    screen_pointer(&s, EVENT_POINTER_UP, x, y, POINTER_LEFT);
    screen_settle(&s);
    assert_null(app_number(s.app));
    drop_picture();
    assert_reads_747();
    assert_int_equal(s.app->numbers.chosen, 0);
    assert_false(s.app->numbers.by_hand);
    screen_pointer(&s, EVENT_POINTER_DOWN, x, y, POINTER_LEFT);
    screen_pointer(&s, EVENT_POINTER_UP, x, y, POINTER_LEFT);
    screen_settle(&s);
    assert_true(app_chose_digit(s.app, 1));
}

static bool waits_for_number(void)
{
    return s.app->numbers.found.partial && s.app->numbers.found.count <= 1;
}

static void draw_row_on_page(void)
{
    clear_page();
    for (int i = 0; i < 4; i++) /* digits that hang together */
        draw_seven_on_page(60 + 66 * i);
}

/* Which the words above the bars are of. */
static void a_broken_digit_of_a_number_is_said(void **state)
{
    (void)state;
    char number[NUMBER_TEXT + 8], class[ANSWER_CLASS], one[ANSWER_CLASS + 8];
    paste_digits(3);
    screen_key(&s, '2', MOD_CTRL);
    screen_settle(&s);
    const number_answer *n = app_number(s.app);
    snprintf(number, sizeof number, "%s%s \xc2\xb7 ", n->text, n->unsure ? "?" : "");
    assert_true(screen_shows(&s, number));
    app_do(s.app, (action){ACTION_DISTORT, DISTORT_ROTATE, 90});
    screen_settle(&s);
    answer_class(class, sizeof class, &app_read(s.app)->answer);
    snprintf(one, sizeof one, "%s \xc2\xb7 ", class);
    assert_true(app_number(s.app) && screen_shows(&s, one));
    assert_false(screen_shows(&s, number));
}

static void why_no_dots_are_drawn_on_a_number_is_said(void **state)
{
    (void)state;
    draw_two(150);
    screen_key(&s, '2', MOD_CTRL);
    screen_settle(&s);
    screen_click(&s, "break.fool");
    screen_settle(&s);
    const element *draw = ui_find(s.app->ui, "fool.draw");
    assert_false(draw->enabled);
    assert_non_null(strstr(draw->tip, texts_get(TEXT_CANNOT_FOOL_NUMBER)));
    screen_key(&s, KEY_DELETE, 0);
    screen_settle(&s);
    assert_non_null(strstr(ui_find(s.app->ui, "fool.draw")->tip, texts_get(TEXT_CANNOT_COPY_DRAWING)));
}

/* While it takes some frames; of the same picture it stands until then. */
static void nothing_that_was_read_is_said_of_another_picture(void **state)
{
    (void)state;
    int waited = 0;
    screen_needs_pictures();
    drop_seven();
    draw_row_on_page();
    drop_page();
    for (; waits_for_number(); waited++, screen_frame(&s)) {
        assert_int_equal(app_read(s.app)->answer.digit, -1);
        assert_true(app_read(s.app)->digit.empty);
        assert_int_equal(app_read(s.app)->looks.count, 0);
    }
    assert_true(waited > 0);
    screen_settle(&s);
    assert_string_equal(app_number(s.app)->text, "7777");
    screen_key(&s, 'n', 0);
    drop_seven();
    screen_key(&s, 'n', 0);
    screen_frame(&s);
    assert_string_equal(app_read(s.app)->answer.text, "7");
}

/* The looks were at another picture, or at this one as one digit. */
static void a_number_has_no_look_of_its_own(void **state)
{
    (void)state;
    screen_needs_pictures();
    screen_key(&s, '2', MOD_CTRL);
    s.app->reading.looks = (looks_read){.count = 2, .chosen = 1};
    drop_picture();
    assert_reads_747();
    assert_int_equal(app_read(s.app)->looks.count, 0);
    const digit *shrunk = &s.app->breaking->shrunk; /* all of it */
    assert_true(shrunk->box[0] < 75 && shrunk->box[0] + shrunk->box[2] > 310);
    screen_key(&s, 'n', 0);
    screen_settle(&s);
    assert_int_equal(app_read(s.app)->looks.count, app_shown_picture(s.app)->found.count);
    screen_key(&s, 'n', 0);
    screen_settle(&s);
    assert_int_equal(app_read(s.app)->looks.count, 0);
    screen_key(&s, '3', MOD_CTRL);
    screen_settle(&s);
    assert_memory_equal(ui_find(s.app->ui, "step.ink")->tip, "The picture", 11);
    assert_false(screen_has(&s, "step.writing"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, fixture_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_shapes_side_by_side_are_offered_as_two_digits),
        TEST(an_empty_canvas_asks_for_a_number),
        TEST(both_states_stand_on_the_switch),
        TEST(earlier_drawings_are_labelled_as_they_were_read),
        TEST(what_stands_beside_a_long_number_is_of_its_digit),
        TEST(a_picture_is_no_number),
        TEST(the_last_digit_is_joined_with_none),
        TEST(joining_and_splitting_are_undone_and_redone),
        TEST(the_bars_are_of_the_class_that_the_number_has),
        TEST(what_was_joined_is_joined_no_more_when_it_is_drawn_anew),
        TEST(a_picture_of_several_digits_is_read_as_a_number),
        TEST(what_is_said_of_a_picture_goes_with_it),
        TEST(a_tap_is_of_the_picture_that_was_there),
        TEST(a_broken_digit_of_a_number_is_said),
        TEST(why_no_dots_are_drawn_on_a_number_is_said),
        TEST(nothing_that_was_read_is_said_of_another_picture),
        TEST(a_number_has_no_look_of_its_own),
    };
    return cmocka_run_group_tests_name("ui_numbers", tests, NULL, NULL);
}
