/* Numbers: groups of strokes, delayed bars, digits that hang together, what is remembered, running out of memory. */
#include "app/core/number/number_picture.h"
#include "support/faults.h"
#include "support/painting.h"
#include "support/reading.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static number_reader *reader;
static ink page;
static number_answer found;
static nn_error err;

static int set_up(void **state)
{
    ink_init(&page);
    reader = number_reader_new();
    reading_set_up(state);
    return reader ? 0 : -1;
}

static int tear_down(void **state)
{
    number_reader_free(reader);
    reading_tear_down(state);
    return 0;
}

/* ---- what is drawn ------------------------------------------------------------------------------------------------ */

static float lean; /* of all that is drawn: how far its top is to the right, of its height */

/* Corners of a stroke, 100 high, at x. */
static void stroke(float x, int count, const float (*at)[2])
{
    ink_point p[66];
    for (int i = 0; i < count; i++)
        p[i] = (ink_point){x + at[i][0] + lean * (100 - at[i][1]), 200 + at[i][1], NAN, 1};
    assert_true(ink_add(&page, INK_PEN, 10, p, count));
}

static void one(float x)
{
    stroke(x, 2, (const float[][2]){{4, 0}, {0, 100}});
}

static void zero_at(float x, float y)
{
    float at[33][2];
    for (int i = 0; i <= 32; i++) {
        at[i][0] = 32 - 32 * sinf((float)i * 0.19635f);
        at[i][1] = y + 50 - 50 * cosf((float)i * 0.19635f);
    }
    stroke(x, 33, (const float(*)[2])at);
}

static void zero(float x)
{
    zero_at(x, 0);
}

static void two(float x)
{
    stroke(x, 7, (const float[][2]){{2, 20}, {12, 2}, {36, 0}, {52, 18}, {44, 44}, {0, 100}, {56, 100}});
}

static void seven(float x)
{
    stroke(x, 3, (const float[][2]){{0, 0}, {60, 2}, {24, 100}});
}

static void bar_of_seven(float x)
{
    stroke(x, 2, (const float[][2]){{22, 52}, {60, 50}});
}

static void five(float x)
{
    stroke(x, 9,
           (const float[][2]){{10, 0}, {6, 44}, {30, 38}, {50, 50}, {54, 70}, {44, 90}, {24, 100}, {8, 96}, {0, 88}});
}

static void bar_of_five(float x)
{
    stroke(x, 2, (const float[][2]){{10, 0}, {56, -2}});
}

static void wipe(void)
{
    ink_free(&page);
}

static void reads_as(const char *text)
{
    assert_true(number_read(reader, network, &page, NULL, 0, &found, &err));
    assert_string_equal(found.text, text);
    assert_int_equal(found.count, strlen(text));
}

/* ---- tests --------------------------------------------------------------------------------------------------------- */

static void boxes_have_no_noise(void **state)
{
    (void)state;
    json_t *told = number_digit_json("1", 0.5f, (ink_extent){-5.68e-14f, -1e-9f, 2.5f, 0.1f}), *box;
    double x, y, w, h;
    box = json_object_get(told, "box");
    assert_int_equal(json_unpack(box, "[F,F,F,F]", &x, &y, &w, &h), 0);
    assert_true(x == 0 && !signbit(x) && y == 0 && !signbit(y) && w == 2.5 && h == 0.1);
    json_decref(told);
}

static void nothing_is_no_number(void **state)
{
    (void)state;
    wipe();
    reads_as("");
    assert_false(found.unsure);
    assert_float_equal(found.probability, 0, 0);
}

static void digits_side_by_side(void **state)
{
    (void)state;
    wipe();
    one(100), zero(150), seven(250), one(360);
    reads_as("1071");
    assert_true(found.probability > 0.5f && found.probability <= 1.0001f);
    for (int i = 1; i < found.count; i++)
        assert_true(found.digit[i].box.x0 > found.digit[i - 1].box.x0);
    for (int i = 0; i < found.count; i++)
        assert_true(found.digit[i].answer.confidence >= found.probability - 1e-3f);
}

static void reads_as_alone(const char *text)
{
    digit d;
    answer a;
    digit_from_ink(&d, &page, &digit_defaults);
    recogniser_read(network, &d, &a);
    assert_true(number_read_whole(reader, network, &page, &found, &err));
    assert_string_equal(found.text, text);
    assert_int_equal(found.count, 1);
    assert_memory_equal(found.digit[0].answer.probability, a.probability, sizeof a.probability);
    assert_float_equal(found.probability, a.confidence, 0);
    assert_true(found.unsure == a.unsure);
}

/* A single digit is read as it is without this. */
static void one_digit_is_the_same_answer(void **state)
{
    (void)state;
    wipe();
    five(200), bar_of_five(200);
    reads_as_alone("5");
    wipe();
    one(200);
    reads_as_alone("1");
}

/* The tail of a 9, drawn again beside it, is hardly a digit of its own where the network is sure of the 9. */
static void a_doubtful_number_gives_way_to_a_sure_digit(void **state)
{
    (void)state;
    float at[27][2] = {[25] = {59, 45}, [26] = {57, 66}};
    for (int i = 0; i < 25; i++) {
        at[i][0] = 30 + 30 * cosf((float)i * 0.2618f);
        at[i][1] = 28 - 28 * sinf((float)i * 0.2618f);
    }
    wipe();
    stroke(200, 27, (const float(*)[2])at);
    stroke(200, 3, (const float[][2]){{68, 30}, {67, 70}, {66, 104}});
    reads_as_alone("9");
}

/* Bars that come when the next digits are there already, and lie over them. */
static void delayed_strokes_find_their_digit(void **state)
{
    (void)state;
    wipe();
    seven(100), five(180), one(250), bar_of_five(180), bar_of_seven(100);
    reads_as("751");
    assert_int_equal(__builtin_popcountll(found.digit[0].parts), 2);
    assert_int_equal(__builtin_popcountll(found.digit[1].parts), 2);
}

/* A roof over the next digit: their boxes have most of the x axis in common. */
static void digits_may_lie_over_each_other(void **state)
{
    (void)state;
    wipe();
    stroke(100, 3, (const float[][2]){{0, 0}, {80, 0}, {20, 100}});
    stroke(170, 2, (const float[][2]){{20, 20}, {6, 110}});
    reads_as("71");
}

static void a_stroke_may_span_two_digits(void **state)
{
    (void)state;
    float at[66][2];
    wipe();
    for (int i = 0; i < 66; i++) { /* two zeros, joined at the top */
        float turn = (float)(i % 33) * 0.19635f;
        at[i][0] = (i < 33 ? 32.0f : 122.0f) - 32 * sinf(turn);
        at[i][1] = 50 - 50 * cosf(turn);
    }
    stroke(100, 66, (const float(*)[2])at);
    reads_as("00");
    assert_int_equal(number_reader_parts(reader)->part[0].stroke, number_reader_parts(reader)->part[1].stroke);
}

/* A bar that is drawn last of a 5, and the pen goes on into the next digit: it is lower than all else that is cut off. */
static void a_bar_may_run_on_into_the_next_digit(void **state)
{
    (void)state;
    wipe();
    five(100);
    stroke(100, 10,
           (const float[][2]){
               {10, 2}, {60, 0}, {120, 0}, {92, 40}, {84, 70}, {96, 98}, {124, 92}, {130, 70}, {114, 54}, {88, 66}});
    reads_as("56");
}

/* With its flag and its foot it has the shape of a 2, which nobody draws so. */
static void a_digit_on_a_bar_is_a_one(void **state)
{
    (void)state;
    wipe();
    seven(100);
    stroke(250, 3, (const float[][2]){{30, 8}, {90, 0}, {0, 98}});
    stroke(250, 2, (const float[][2]){{-18, 102}, {72, 96}});
    reads_as("71");
    wipe();
    seven(100);
    stroke(250, 4, (const float[][2]){{30, 8}, {90, 0}, {0, 98}, {72, 96}});
    reads_as("72");
}

/* What is remembered of a drawing that grows gives what a fresh look at it gives. */
static void a_growing_drawing_is_read_as_a_new_one(void **state)
{
    (void)state;
    number_reader *fresh = number_reader_new();
    number_answer other;
    assert_non_null(fresh);
    wipe();
    for (int i = 0; i < 6; i++) {
        (i % 2 ? zero : one)(60 + 80 * (float)i);
        assert_true(number_read(reader, network, &page, NULL, 0, &found, &err));
        number_reader_forget(fresh);
        assert_true(number_read(fresh, network, &page, NULL, 0, &other, &err));
        assert_string_equal(found.text, other.text);
        assert_float_equal(found.probability, other.probability, 0);
    }
    number_reader_free(fresh);
}

/* With little time for each look, looks that follow come to what one long look comes to. */
static void short_looks_come_to_the_same(void **state)
{
    (void)state;
    number_reader *hasty = number_reader_new();
    number_answer other;
    int looks = 0;
    assert_non_null(hasty);
    wipe();
    one(60), zero(110), seven(200), bar_of_seven(200), one(290);
    assert_true(number_read(reader, network, &page, NULL, 0, &found, &err));
    assert_false(found.partial);
    do {
        assert_true(number_read(hasty, network, &page, NULL, 2, &other, &err));
        assert_true(++looks < 30);
    } while (other.partial);
    assert_true(looks > 1);
    assert_string_equal(other.text, found.text);
    assert_float_equal(other.probability, found.probability, 0);
    number_reader_free(hasty);
}

/* Far more different groups than are remembered. */
static void the_memory_is_bounded(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++) {
        wipe();
        for (int k = 0; k < 12; k++)
            (k % 3 ? one : zero)((float)(i % 7) + (float)k * 90 + 0.01f * (float)(i * k));
        assert_true(number_read(reader, network, &page, NULL, 0, &found, &err));
        assert_int_equal(found.count, 12);
    }
}

/* Too far from any digit to be of one, too small to be one. */
static void a_dot_between_digits_is_none(void **state)
{
    (void)state;
    wipe();
    seven(100), zero(340);
    stroke(250, 2, (const float[][2]){{0, 98}, {2, 100}});
    reads_as("70");
    assert_int_equal(__builtin_popcountll(found.digit[0].parts | found.digit[1].parts), 2);
}

/* A bar through a zero, a nine's stem and a seven's flag would be ones by themselves. */
static void a_stroke_beside_its_digit_is_no_digit(void **state)
{
    float ring[26][2];
    (void)state;
    wipe();
    one(60), zero(150);
    stroke(150, 2, (const float[][2]){{35, -6}, {32, 106}});
    reads_as("10");
    wipe();
    one(60);
    for (int i = 0; i < 26; i++) {
        ring[i][0] = 22 + 22 * sinf((float)i * 0.25f);
        ring[i][1] = 28 - 26 * cosf((float)i * 0.25f);
    }
    stroke(150, 26, (const float(*)[2])ring);
    stroke(150, 2, (const float[][2]){{50, 15}, {40, 100}});
    reads_as("19");
    wipe();
    one(60);
    stroke(150, 2, (const float[][2]){{8, 10}, {0, 58}});
    stroke(150, 3, (const float[][2]){{20, 8}, {64, 6}, {38, 100}});
    reads_as("17");
}

/* A stroke drawn again would be a one, and so would the rest of one that the pen left for a moment. */
static void a_stroke_drawn_again_is_no_digit(void **state)
{
    (void)state;
    wipe();
    one(60);
    stroke(60, 2, (const float[][2]){{7, 5}, {3, 90}});
    zero(150);
    reads_as("10");
    wipe();
    stroke(60, 4, (const float[][2]){{0, 20}, {15, 0}, {35, 10}, {30, 40}});
    stroke(60, 3, (const float[][2]){{28, 46}, {-5, 100}, {45, 100}});
    zero(150);
    reads_as("20");
}

/* What the network says of a group without ink holds nobody up. */
static void an_empty_group_leaves_the_others(void **state)
{
    static lattice told;
    lattice_path path;
    const answer nothing = answer_none();
    (void)state;
    wipe();
    one(60), zero(150);
    reads_as("10");
    told = *number_reader_lattice(reader);
    lattice_tell(&told, told.count - 1, &nothing, recogniser_model(network));
    lattice_best(&path, &told);
    assert_true(path.count > 0 && path.probability > 0 && path.probability <= 1.0001f);
}

/* Of wide digits in one stroke the halves may pass for digits, too; of sparse points, at places that no sum of steps comes to
 * exactly. */
static void a_wide_digit_alone_stays_one(void **state)
{
    float at[12][2];
    digit d;
    answer a;
    (void)state;
    for (float wide = 40; wide < 66; wide += 2) {
        wipe();
        for (int i = 0; i < 12; i++) {
            float turn = 0.3f - (float)i * 0.6f;
            at[i][0] = wide + wide * sinf(turn);
            at[i][1] = 50 - 50 * cosf(turn);
        }
        stroke(0.37f, 12, (const float(*)[2])at);
        digit_from_ink(&d, &page, &digit_defaults);
        recogniser_read(network, &d, &a);
        assert_string_equal(a.text, "0");
        reads_as("0");
        for (int i = 1; i < number_reader_parts(reader)->count; i++) /* pieces of it: cut, not torn */
            assert_true(number_reader_parts(reader)->part[i].cut[0] || number_reader_parts(reader)->part[i].cut[1]);
    }
}

/* What a person says of digits holds, and the opposite takes it back. */
static void digits_are_joined_and_split_by_hand(void **state)
{
    (void)state;
    number_hints hints = {0};
    wipe();
    one(100), one(130), zero(240);
    reads_as("110");
    assert_false(number_join(&hints, &found, reader, 2));
    assert_true(number_join(&hints, &found, reader, 0));
    assert_true(number_read(reader, network, &page, &hints, 0, &found, &err));
    assert_int_equal(found.count, 2);
    assert_int_equal(__builtin_popcountll(found.digit[0].parts), 2);
    assert_true(number_split(&hints, &found, reader, 0));
    assert_int_equal(hints.count, 0);
    assert_true(number_read(reader, network, &page, &hints, 0, &found, &err));
    assert_string_equal(found.text, "110");
    assert_true(number_split(&hints, &found, reader, 2));
    assert_true(number_read(reader, network, &page, &hints, 0, &found, &err));
    assert_int_equal(found.count, 4);
    assert_true(number_join(&hints, &found, reader, 2));
    assert_true(number_read(reader, network, &page, &hints, 0, &found, &err));
    assert_string_equal(found.text, "110");
}

/* The pieces of a stroke that is to be several digits do not go to the digits beside it. */
static void what_is_split_leaves_its_neighbours(void **state)
{
    (void)state;
    for (int at = 0; at < 3; at++) {
        number_hints hints = {0};
        wipe();
        two(100), zero(160), two(200), zero(262);
        reads_as("2020");
        number_answer before = found;
        assert_true(number_split(&hints, &found, reader, at));
        assert_true(number_read(reader, network, &page, &hints, 0, &found, &err));
        assert_int_equal(found.count, 5);
        for (int i = 0; i < 4; i++)
            if (i != at)
                assert_memory_equal(&found.digit[i > at ? i + 1 : i].box, &before.digit[i].box,
                                    sizeof before.digit[i].box);
    }
}

static void an_erased_digit_is_gone(void **state)
{
    (void)state;
    wipe();
    one(100), zero(200);
    ink_point across[] = {{80, 190, NAN, 1}, {130, 310, NAN, 1}};
    assert_true(ink_add(&page, INK_ERASER, 200, across, 2));
    assert_true(number_read(reader, network, &page, NULL, 0, &found, &err));
    assert_true(found.count == 1 || found.count == 0);
    assert_string_not_equal(found.text, "10");
}

/* Scribbles, dots and what lies out of bounds: no number, or any, but an end. */
static void what_is_no_number_comes_to_an_end(void **state)
{
    (void)state;
    wipe();
    for (int i = 0; i < PARTS_MAX; i++)
        stroke((float)(i % 5), 2, (const float[][2]){{(float)(i % 9) * 8, (float)(i % 7) * 11}, {60, 40}});
    assert_true(number_read(reader, network, &page, NULL, 0, &found, &err));
    one(300);
    assert_true(number_read(reader, network, &page, NULL, 0, &found, &err));
    assert_int_equal(found.count, 0);
    wipe();
    for (int i = 0; i < 9; i++)
        stroke(10 * (float)i, 1, (const float[][2]){{0, 0}});
    assert_true(number_read(reader, network, &page, NULL, 0, &found, &err));
    wipe();
    stroke(0, 3, (const float[][2]){{-INK_REACH, 0}, {300, 300}, {INK_REACH, 5}});
    assert_true(number_read(reader, network, &page, NULL, 0, &found, &err));
    wipe();
    ink_point *many = nn_alloc(PARTS_MAX_POINTS + 2, sizeof *many);
    for (int i = 0; many && i < PARTS_MAX_POINTS + 2; i++)
        many[i] = (ink_point){(float)(i % 500), (float)(i % 333), NAN, 1};
    assert_true(ink_add(&page, INK_PEN, 10, many, PARTS_MAX_POINTS + 2));
    nn_free(many);
    assert_true(number_read(reader, network, &page, NULL, 0, &found, &err));
    assert_int_equal(found.count, 0);
}

/* ---- pictures ------------------------------------------------------------------------------------------------------ */

static pixmap picture;

static const colour paper = {240, 238, 230, 255}, pencil = {40, 40, 60, 255};

static void paint(void)
{
    nn_free(picture.rgba);
    picture = painting_new(420, 200, paper);
    painting_strokes(&picture, &page, 1, 0, -150, 9, pencil);
}

static void assert_read_as(const char *text)
{
    assert_true(number_read_picture(network, &picture, &found, &err));
    assert_string_equal(found.text, text);
}

static void a_picture_of_several_digits_is_a_number(void **state)
{
    (void)state;
    wipe();
    one(40), zero(100), seven(200), zero(300);
    paint();
    assert_read_as("1070");
    assert_true(found.digit[1].box.x0 > 85 && found.digit[1].box.x1 < 180);
    assert_true(found.digit[1].box.y0 > 35 && found.digit[1].box.y1 < 165);
}

/* What is so far off that it may be something else leaves the answer open. */
static void digits_of_a_picture_may_stand_apart(void **state)
{
    (void)state;
    wipe();
    one(40), zero(300);
    paint();
    assert_read_as("10");
    assert_false(found.unsure);
    wipe();
    one(40), zero(900);
    nn_free(picture.rgba);
    picture = painting_new(1020, 200, paper);
    painting_strokes(&picture, &page, 1, 0, -150, 9, pencil);
    assert_true(number_read_picture(network, &picture, &found, &err));
    assert_int_equal(found.count, 1);
    assert_true(found.unsure);
}

/* The first look finds what lies on one side of the edge. Noise makes a photograph of the picture. */
static void the_edge_of_a_shadow_hides_no_digit(void **state)
{
    (void)state;
    for (int share = 40; share <= 80; share += 20) {
        wipe();
        one(40), zero(100), seven(200), zero(300);
        paint();
        for (int i = 0; i < picture.w * picture.h; i++) {
            int light = i % picture.w < 190 ? 100 : share, noise = i * 7919 % 101 % 9 - 4;
            for (int k = 0; k < 3; k++)
                picture.rgba[4 * i + k] = (uint8_t)(picture.rgba[4 * i + k] * light / 100 + noise);
        }
        assert_read_as("1070");
    }
}

/* Ink that hangs together is cut where it is thin. */
static void digits_of_a_picture_may_touch(void **state)
{
    (void)state;
    wipe();
    zero(100), zero(168), one(300);
    paint();
    assert_read_as("001");
}

/* They may be low beside others. */
static void low_digits_of_a_picture_may_touch(void **state)
{
    (void)state;
    wipe();
    stroke(40, 2, (const float[][2]){{4, -40}, {0, 140}});
    zero_at(100, 20), zero_at(168, 20);
    paint();
    assert_read_as("100");
}

/* Where only a line aslant parts them. */
static void slanted_digits_of_a_picture_may_touch(void **state)
{
    (void)state;
    wipe();
    lean = 0.4f;
    zero(100), zero(172);
    lean = 0;
    paint();
    assert_read_as("00");
}

/* Its bar is thin enough to be cut, and wide enough. */
static void a_wide_digit_of_a_picture_stays_whole(void **state)
{
    (void)state;
    wipe();
    one(60);
    stroke(180, 3, (const float[][2]){{0, 0}, {110, 2}, {50, 100}});
    paint();
    assert_read_as("17");
}

/* They are put in order by place, which is not how anybody reads them. */
static void digits_in_two_lines_are_unsure(void **state)
{
    (void)state;
    for (int lines = 1; lines <= 2; lines++) {
        wipe();
        for (float y = 0; y < 180 * (float)lines; y += 180)
            for (float x = 100; x <= 250; x += 150)
                stroke(x, 3, (const float[][2]){{0, y}, {60, y}, {20, y + 110}});
        nn_free(picture.rgba);
        picture = painting_new(420, 400, paper);
        painting_strokes(&picture, &page, 1, 0, -150, 9, pencil);
        assert_true(number_read_picture(network, &picture, &found, &err));
        assert_int_equal(found.count, 2 * lines);
        assert_int_equal(found.unsure, lines == 2);
    }
}

static void an_empty_picture_has_no_number(void **state)
{
    (void)state;
    wipe();
    paint();
    assert_true(number_read_picture(network, &picture, &found, &err));
    assert_int_equal(found.count, 0);
}

/* A flat stair is cut at every step, and each of its halves again: more parts than a number has. */
static void a_stair_has_no_number(void **state)
{
    enum { UNIT = 4, ALONG = 130, STEP = 10 };
    (void)state;
    nn_free(picture.rgba);
    picture = painting_new(UNIT * (12 + ALONG + 5 * STEP + 60), UNIT * 68, paper);
    for (int x = 0; x < 12 + ALONG + 5 * STEP; x++) {
        int high = x < 12 ? 8 : x < 12 + ALONG ? 6 : 5 - (x - 12 - ALONG) / STEP, at = UNIT * (30 + x);
        painting_box(&picture, at, UNIT * 30, at + UNIT, UNIT * (30 + high), pencil);
    }
    assert_true(number_read_picture(network, &picture, &found, &err));
    assert_true(found.count <= 1);
}

/* Both sides of a cut have a column, however low the line is. */
static void a_thin_line_comes_to_an_end(void **state)
{
    (void)state;
    for (int high = 2; high < 10; high++) {
        nn_free(picture.rgba);
        picture = painting_new(640, 50, paper);
        painting_box(&picture, 20, 20, 620, 20 + high, pencil);
        painting_box(&picture, 220, 20 + high / 2, 420, 20 + high, paper);
        assert_true(number_read_picture(network, &picture, &found, &err));
    }
}

/* Digits that hang together are one piece of ink, in which the network sees no digit: that is not nothing to read. */
static void several_digits_are_told_from_one_and_from_none(void **state)
{
    static digit image;
    answer read;
    picture_looks looks;
    (void)state;
    for (int digits = 0; digits <= 2; digits++) {
        bool several;
        wipe();
        if (digits == 2)
            seven(100), two(150);
        else if (digits == 1)
            zero(200);
        paint();
        assert_true(picture_find(&looks, &picture, &err));
        assert_false(looks.several);
        assert_true(number_read_one(network, &picture, &looks, &image, &read, &several, &err));
        assert_int_equal(several, digits == 2);
        assert_int_equal(read.digit, digits == 1 ? 0 : -1);
        assert_int_equal(read.unsure, digits == 2);
        picture_free(&looks);
    }
}

static bool read_picture(void *ctx, nn_error *e)
{
    (void)ctx;
    return number_read_picture(network, &picture, &found, e);
}

static void memory_for_a_picture_may_run_out(void **state)
{
    (void)state;
    wipe();
    one(60), zero(150);
    paint();
    assert_true(faults_try_all("number in a picture", &(fault_case){.run = read_picture}) > 4);
    nn_free(picture.rgba);
    picture.rgba = NULL;
    wipe();
}

static bool read_anew(void *ctx, nn_error *e)
{
    (void)ctx;
    number_reader *own = number_reader_new();
    bool ok = own ? number_read(own, network, &page, NULL, 0, &found, e) : nn_fail(e, NN_NOMEM, 0, "out of memory");
    number_reader_free(own);
    return ok;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    wipe();
    one(100), seven(150);
    assert_true(faults_try_all("number", &(fault_case){.run = read_anew}) > 4);
    wipe();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_have_no_noise),
        cmocka_unit_test(nothing_is_no_number),
        cmocka_unit_test(digits_side_by_side),
        cmocka_unit_test(one_digit_is_the_same_answer),
        cmocka_unit_test(a_doubtful_number_gives_way_to_a_sure_digit),
        cmocka_unit_test(delayed_strokes_find_their_digit),
        cmocka_unit_test(digits_may_lie_over_each_other),
        cmocka_unit_test(a_stroke_may_span_two_digits),
        cmocka_unit_test(a_bar_may_run_on_into_the_next_digit),
        cmocka_unit_test(a_digit_on_a_bar_is_a_one),
        cmocka_unit_test(a_growing_drawing_is_read_as_a_new_one),
        cmocka_unit_test(short_looks_come_to_the_same),
        cmocka_unit_test(the_memory_is_bounded),
        cmocka_unit_test(a_dot_between_digits_is_none),
        cmocka_unit_test(a_stroke_beside_its_digit_is_no_digit),
        cmocka_unit_test(a_stroke_drawn_again_is_no_digit),
        cmocka_unit_test(an_empty_group_leaves_the_others),
        cmocka_unit_test(a_wide_digit_alone_stays_one),
        cmocka_unit_test(digits_are_joined_and_split_by_hand),
        cmocka_unit_test(what_is_split_leaves_its_neighbours),
        cmocka_unit_test(an_erased_digit_is_gone),
        cmocka_unit_test(what_is_no_number_comes_to_an_end),
        cmocka_unit_test(memory_may_run_out),
        cmocka_unit_test(a_picture_of_several_digits_is_a_number),
        cmocka_unit_test(digits_of_a_picture_may_stand_apart),
        cmocka_unit_test(the_edge_of_a_shadow_hides_no_digit),
        cmocka_unit_test(digits_of_a_picture_may_touch),
        cmocka_unit_test(low_digits_of_a_picture_may_touch),
        cmocka_unit_test(slanted_digits_of_a_picture_may_touch),
        cmocka_unit_test(a_wide_digit_of_a_picture_stays_whole),
        cmocka_unit_test(digits_in_two_lines_are_unsure),
        cmocka_unit_test(an_empty_picture_has_no_number),
        cmocka_unit_test(a_stair_has_no_number),
        cmocka_unit_test(a_thin_line_comes_to_an_end),
        cmocka_unit_test(several_digits_are_told_from_one_and_from_none),
        cmocka_unit_test(memory_for_a_picture_may_run_out),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
