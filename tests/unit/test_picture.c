/* Pictures: whatever the size, the colours and the format, the writing ends in nearly the image that the same strokes give
 * as ink, and the network reads it so. */
#include "app/core/image/png.h"
#include "app/core/probe/sweep.h"
#include "app/ui/kit/picture_file.h"
#include "nn/alloc.h"
#include "support/faults.h"
#include "support/painting.h"
#include "support/reading.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include <cmocka.h>

enum { SIDE = 300, DRAWINGS = 20 };

static const colour white = {250, 250, 250, 255}, black = {20, 20, 20, 255};
static sketch scratch;
static digit from_ink, from_picture;
static answer read;
static int taken; /* of the looks */
static nn_error err;

static void draw(int i)
{
    reading_draw(i, &scratch, &from_ink, &read);
}

/* Has the network read a picture, which is freed. */
static void see(pixmap picture, const digit_options *options)
{
    reading_see(picture, options, &from_picture, &read, &taken);
}

/* Of that drawing, dark on light, scaled about the middle, with strokes of `width` pixels. */
static pixmap paint(int i, float scale, float width)
{
    draw(i);
    pixmap p = painting_new(SIDE, SIDE, white);
    float middle = 0.5f * SIDE - 0.5f * INK_CANVAS * scale;
    painting_strokes(&p, &scratch.ink, scale, middle, middle, width, black);
    return p;
}

static pixmap inverse(pixmap p)
{
    for (int i = 0; i < p.w * p.h; i++)
        for (int c = 0; c < 3; c++)
            p.rgba[4 * i + c] = (unsigned char)(255 - p.rgba[4 * i + c]);
    return p;
}

static void a_picture_reads_like_its_ink(void **state)
{
    (void)state;
    static const struct {
        float scale, width, most;
    } cases[] = {{0.5f, 5, 0.02f}, {0.5f, 10, 0.03f}, {0.25f, 4, 0.03f}, {0.5f, 0.5f, 0.03f}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        float sum = 0;
        for (int i = 0; i < DRAWINGS; i++) {
            see(paint(i, cases[c].scale, cases[c].width), &digit_defaults);
            assert_int_equal(read.digit, i % 10);
            sum += reading_difference(from_ink.image, from_picture.image);
        }
        assert_true(sum / DRAWINGS < cases[c].most);
        assert_true(sum > 0);
    }
}

static void light_on_dark_is_the_same(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        see(paint(i, 0.5f, 8), &digit_defaults);
        digit dark = from_picture;
        see(inverse(paint(i, 0.5f, 8)), &digit_defaults);
        assert_true(reading_difference(dark.image, from_picture.image) < 1e-3f);
        assert_memory_equal(dark.box, from_picture.box, sizeof dark.box);
    }
}

static float all_ink(void)
{
    float sum = 0;
    for (int i = 0; i < DIGIT_PIXELS; i++)
        sum += from_picture.image[i];
    return sum;
}

/* Of a tangle that runs off the picture; inside of it the same is a digit that is hatched. */
static void what_is_longer_than_any_digit_is_a_texture(void **state)
{
    (void)state;
    for (int at_border = 0; at_border < 2; at_border++) {
        picture_looks p = {.w = WRITING_SIDE, .h = WRITING_SIDE, .enlarged = 1, .count = 1};
        writing *w = &p.look[0];
        *w = (writing){.w = WRITING_MAP, .h = WRITING_MAP, .scale = 1, .at_border = at_border};
        w->ink = nn_alloc(WRITING_MAP, WRITING_MAP);
        assert_non_null(w->ink);
        memset(w->ink, 0, WRITING_MAP * WRITING_MAP);
        for (int y = WRITING_MARGIN; y < WRITING_MAP - WRITING_MARGIN; y++)
            if (y % 12 < 6)
                memset(w->ink + y * WRITING_MAP + WRITING_MARGIN, 255, WRITING_SIDE);
        assert_true(picture_digit(&from_picture, &p, 0, &digit_defaults, &err));
        assert_int_equal(from_picture.empty, at_border);
        picture_free(&p);
    }
}

/* A look of a map of which `inked` says where ink is, in pixels from its middle; `scale` of them are one of the picture's. */
static writing look_of(bool inked(float x, float y), float scale)
{
    float middle = 0.5f * WRITING_MAP;
    writing w = {.w = WRITING_MAP, .h = WRITING_MAP, .is_clean = true, .scale = scale};
    w.x = w.y = middle * (1 - scale);
    w.ink = nn_alloc(WRITING_MAP, WRITING_MAP);
    assert_non_null(w.ink);
    for (int i = 0; i < WRITING_MAP * WRITING_MAP; i++)
        w.ink[i] = inked((float)(i % WRITING_MAP) - middle, (float)(i / WRITING_MAP) - middle) ? 255 : 0;
    return w;
}

static bool in_ring(float x, float y)
{
    return fabsf(hypotf(1.3f * x, y) - 84) < 8;
}

static bool in_bar(float x, float y)
{
    return fabsf(x) < 7 && fabsf(y) < 84;
}

/* It is read surely by itself. As high as the ring it is a part of that, as what a shadow left; small it stands inside. */
static void what_stands_inside_of_a_frame_leaves_it_open(void **state)
{
    (void)state;
    for (int small = 0; small < 2; small++) {
        picture_looks p = {.w = WRITING_MAP, .h = WRITING_MAP, .enlarged = 1, .count = 2};
        looks_read looks;
        p.look[0] = look_of(in_ring, 1);
        p.look[1] = look_of(in_bar, small ? 4 : 1);
        assert_true(recogniser_read_picture(network, &p, &digit_defaults, &from_picture, &read, &looks, &err));
        assert_true(looks.answer[0].digit == 0 && !looks.answer[0].unsure);
        assert_true(looks.answer[1].digit == 1 && !looks.answer[1].unsure);
        assert_int_equal(read.digit, 0);
        assert_int_equal(read.unsure, small);
        picture_free(&p);
    }
}

/* Writing of few pixels has no width of its own, also where each of them became many. */
static void enlarged_pixels_are_no_more_than_they_were(void **state)
{
    (void)state;
    for (int times = 1; times <= 10; times += 9) {
        pixmap small = paint(7, 0.04f, 1.4f), p = painting_new(small.w * times, small.h * times, (colour){0});
        for (int i = 0; i < p.w * p.h; i++)
            memcpy(p.rgba + 4 * (ptrdiff_t)i, small.rgba + 4 * (ptrdiff_t)(i / p.w / times * small.w + i % p.w / times),
                   4);
        nn_free(small.rgba);
        see(p, &digit_defaults);
        assert_false(from_picture.empty);
        assert_true(from_picture.own_width == 0);
    }
}

static void the_width_can_be_left_alone(void **state)
{
    (void)state;
    digit_options options = digit_defaults;
    options.width = false;
    for (int i = 0; i < 10; i++) {
        see(paint(i, 0.5f, 40), &digit_defaults);
        float thin = all_ink();
        see(paint(i, 0.5f, 40), &options);
        assert_true(all_ink() > 1.2f * thin);
    }
}

/* The whole picture is shrunk: a small 3 stays small, at its place. */
static void the_size_can_be_left_alone(void **state)
{
    (void)state;
    digit_options options = digit_defaults;
    options.scale = options.centre = false;
    see(paint(3, 0.25f, 6), &options);
    float inside = 0;
    for (int y = 8; y < 20; y++)
        for (int x = 8; x < 20; x++)
            inside += from_picture.image[y * DIGIT_SIDE + x];
    assert_true(inside > 5);
    assert_float_equal(inside, all_ink(), 0.01);
}

static void even_pictures_are_empty(void **state)
{
    (void)state;
    for (unsigned level = 0; level < 256; level += 51) {
        unsigned char grey = (unsigned char)level;
        see(painting_new(SIDE, SIDE, (colour){grey, grey, grey, 255}), &digit_defaults);
        assert_true(from_picture.empty);
        assert_int_equal(read.digit, -1);
    }
    see(painting_new(SIDE, SIDE, (colour){0, 0, 0, 0}), &digit_defaults);
    assert_true(from_picture.empty);
    pixmap noise = painting_new(SIDE, SIDE, white);
    for (int i = 0; i < 4 * SIDE * SIDE; i++)
        noise.rgba[i] = i % 4 == 3 ? 255 : (unsigned char)(200 + i * 7 % 11); /* is no ink */
    see(noise, &digit_defaults);
    assert_true(from_picture.empty);
}

static void odd_sizes_are_read(void **state)
{
    (void)state;
    for (int w = 1; w < 40; w += 6)
        for (int h = 1; h < 40; h += 6) {
            pixmap p = painting_new(w, h, white);
            painting_box(&p, w / 2, h / 2, w / 2 + 1, h / 2 + 1, black);
            see(p, &digit_defaults);
            for (int i = 0; i < DIGIT_PIXELS; i++)
                assert_true(from_picture.image[i] >= 0 && from_picture.image[i] <= 1);
        }
    see((pixmap){0, 0, NULL}, &digit_defaults);
    assert_true(from_picture.empty);
}

static void a_large_picture_is_read(void **state)
{
    (void)state;
    enum { LARGE = 4000 };
    pixmap p = painting_new(LARGE, LARGE, white);
    painting_box(&p, 700, 1000, 900, 3000, black);
    see(p, &digit_defaults);
    assert_float_equal(from_picture.box[0], 700, 10);
    assert_float_equal(from_picture.box[3], 2000, 20);
    float across = 0;
    for (int i = 0; i < DIGIT_SIDE; i++)
        across += from_picture.image[14 * DIGIT_SIDE + i];
    assert_float_equal(across, DIGIT_PEN, 0.2);
}

/* ---- the same digit in all ways ---------------------------------------------------------------------------------- */

static uint32_t dice;

static float roll(float from, float to)
{
    dice = dice * 1664525u + 1013904223u;
    return from + (to - from) * (float)(dice >> 8) / (float)(1 << 24);
}

static int choose(int count)
{
    return (int)roll(0, (float)count - 0.001f);
}

/* Ink and ground that differ enough to be seen, in light or only in colour or alpha. */
static const colour pairs[][2] = {{{0, 0, 0, 255}, {255, 255, 255, 255}},
                                  {{255, 255, 255, 255}, {0, 0, 0, 255}},
                                  {{40, 40, 120, 255}, {230, 225, 210, 255}},
                                  {{220, 220, 215, 255}, {40, 60, 50, 255}},
                                  {{200, 85, 60, 255}, {70, 150, 60, 255}},
                                  {{250, 224, 60, 255}, {255, 255, 255, 255}},
                                  {{0, 0, 0, 255}, {0, 0, 0, 0}},
                                  {{255, 255, 255, 255}, {0, 0, 0, 0}},
                                  {{200, 40, 40, 180}, {0, 0, 0, 0}},
                                  {{150, 150, 150, 255}, {110, 110, 110, 255}}};
enum { PAIRS = sizeof pairs / sizeof pairs[0] };

/* ---- through a file ---- */

typedef struct stored {
    unsigned char *data;
    size_t len, room;
} stored;

static void append_bytes(png_structp png, png_bytep data, size_t len)
{
    stored *f = png_get_io_ptr(png);
    if (f->len + len > f->room) {
        f->room = 2 * (f->len + len);
        f->data = realloc(f->data, f->room);
        assert_non_null(f->data);
    }
    memcpy(f->data + f->len, data, len);
    f->len += len;
}

/* Where the pixel (x, y) of the upright picture is kept in one of that orientation, w pixels wide: EXIF says which side
 * of it the first row and the first column are. */
static size_t kept_at(const pixmap *p, int orientation, int x, int y)
{
    static const bool from_right[] = {0, 1, 1, 0, 0, 1, 1, 0}, from_below[] = {0, 0, 1, 1, 0, 0, 1, 1};
    int across = from_right[orientation - 1] ? p->w - 1 - x : x, down = from_below[orientation - 1] ? p->h - 1 - y : y;
    return orientation < 5 ? (size_t)down * (size_t)p->w + (size_t)across
                           : (size_t)across * (size_t)p->h + (size_t)down;
}

/* The rows of a PNG: colours that are not yet times alpha. */
static unsigned char *turned(const pixmap *p, int orientation)
{
    unsigned char *rgba = malloc(4 * (size_t)p->w * (size_t)p->h);
    assert_non_null(rgba);
    for (int y = 0; y < p->h; y++)
        for (int x = 0; x < p->w; x++) {
            const unsigned char *from = p->rgba + 4 * ((ptrdiff_t)y * p->w + x);
            unsigned char *to = rgba + 4 * kept_at(p, orientation, x, y);
            for (int c = 0; c < 3; c++)
                to[c] = (unsigned char)(from[3] > 0 ? 255 * from[c] / from[3] : 0);
            to[3] = from[3];
        }
    return rgba;
}

/* A picture as it comes out of a PNG in which it is kept in that orientation; frees it. */
static pixmap through_file(pixmap p, int orientation)
{
    unsigned char exif[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (unsigned char)orientation,
                            0,   0,   0, 0,  0, 0};
    int w = orientation < 5 ? p.w : p.h, h = orientation < 5 ? p.h : p.w;
    stored f = {.len = 0};
    unsigned char *rgba = turned(&p, orientation);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, &f, append_bytes, NULL);
    png_set_compression_level(png, 1);
    png_set_filter(png, 0, PNG_FILTER_NONE);
    png_set_IHDR(png, info, (png_uint_32)w, (png_uint_32)h, 8, PNG_COLOR_TYPE_RGBA, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_eXIf_1(png, info, sizeof exif, exif);
    png_write_info(png, info);
    for (int y = 0; y < h; y++)
        png_write_row(png, rgba + 4 * (ptrdiff_t)y * w);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    nn_free(p.rgba);
    assert_true(picture_file_decode(&p, f.data, f.len, &err));
    free(rgba);
    free(f.data);
    return p;
}

/* Variant number i: size, place, stroke, colours, a frame, cut to the box or not; kept in any orientation. */
static pixmap make_variant(int i, char *said, size_t size)
{
    static const int sides[] = {20, 28, 40, 64, 100, 160, 250, 400, 700};
    int side = i % 250 == 249 ? 4000 : i % 50 == 49 ? 1500 : sides[choose(9)], cut = choose(4);
    const colour *pair = pairs[choose(PAIRS)];
    bool framed = cut == 0 && side >= 100 && choose(3) == 0;
    float digit_side = roll(0.4f, 0.7f) * (float)side,
          room = 0.5f * ((framed ? 0.8f : 0.95f) * (float)side - digit_side);
    float thin = side > 1000 ? 2 : 1, width = roll(thin, fmaxf(1.5f * thin, 0.14f * digit_side));
    float x = 0.5f * (float)side + roll(-room, room), y = 0.5f * (float)side + roll(-room, room);
    pixmap p = painting_new(side, side, pair[1]);
    pixel_box box = painting_fitted(&p, &scratch.ink, digit_side, x, y, width, pair[0]);
    if (framed)
        painting_frame(&p, choose(2) ? 0 : 1 + p.w / 40, pair[0]);
    snprintf(said, size, "variant %d: a %d of %.0f pixels in %d, %.1f wide, colours %d, %s", i, i % 10,
             (double)digit_side, side, (double)width, (int)(pair - pairs[0]) / 2,
             framed     ? "framed"
             : cut == 3 ? "cut to its box"
                        : "free");
    return cut == 3 && i % 10 != 1 ? painting_cut(p, box) : p; /* a 1 cut to its box may be all ink */
}

/* Colours, size, place, stroke width, orientation, a frame or the cut never change the answer. */
static void all_variants_are_the_same_digit(void **state)
{
    (void)state;
    enum { VARIANTS = 1000, MOST_WRONG = 10 };
    int wrong = 0;
    dice = 1;
    for (int i = 0; i < VARIANTS; i++) {
        char said[128];
        draw(i);
        see(through_file(make_variant(i, said, sizeof said), 1 + i % 8), &digit_defaults);
        if (read.digit == i % 10)
            continue;
        print_message("%s: read as %d\n", said, read.digit);
        wrong++;
    }
    print_message("%d of %d variants read wrongly\n", wrong, VARIANTS);
    assert_true(wrong <= MOST_WRONG);
}

/* Which look and width count does not depend on what is distorted: one that nothing distorts says what a curve says. */
static void what_distorts_a_picture_changes_no_choice(void **state)
{
    (void)state;
    static sweep curves;
    for (int i = 0; i < 10; i++) {
        digit_options how = digit_defaults;
        sweep_init(&curves);
        see(paint(i, 0.5f, 24), &how);
        assert_true(read.digit >= 0);
        int look = taken;
        sweep_begin(&curves, network, &from_picture, &how);
        while (!sweep_step(&curves, network))
            ;
        for (int point = 0; point < SWEEP_POINTS; point++) {
            const sweep_curve *c = &curves.curve[DISTORT_ROTATE];
            distort_set(&how.distort, DISTORT_ROTATE, sweep_value(DISTORT_ROTATE, point));
            see(paint(i, 0.5f, 24), &how);
            assert_int_equal(taken, look);
            assert_int_equal(read.digit, c->top[point]);
            for (int k = 0; k < read.classes; k++)
                assert_float_equal(read.probability[k], c->probability[point][k], 1e-6);
        }
    }
}

/* ---- faults ------------------------------------------------------------------------------------------------------ */

static const pixmap *to_read;

static bool read_once(void *ctx, nn_error *error)
{
    (void)ctx;
    picture_looks found;
    looks_read looks;
    bool ok = picture_find(&found, to_read, error) &&
              recogniser_read_picture(network, &found, &digit_defaults, &from_picture, &read, &looks, error);
    picture_free(&found);
    return ok;
}

static void out_of_memory_is_said(void **state)
{
    (void)state;
    pixmap p = paint(3, 0.1f, 3);
    to_read = &p;
    assert_true(faults_try_all("reading a picture", &(fault_case){.run = read_once}) > 20);
    nn_free(p.rgba);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_reads_like_its_ink),
        cmocka_unit_test(light_on_dark_is_the_same),
        cmocka_unit_test(what_is_longer_than_any_digit_is_a_texture),
        cmocka_unit_test(what_stands_inside_of_a_frame_leaves_it_open),
        cmocka_unit_test(enlarged_pixels_are_no_more_than_they_were),
        cmocka_unit_test(the_width_can_be_left_alone),
        cmocka_unit_test(the_size_can_be_left_alone),
        cmocka_unit_test(even_pictures_are_empty),
        cmocka_unit_test(odd_sizes_are_read),
        cmocka_unit_test(a_large_picture_is_read),
        cmocka_unit_test(all_variants_are_the_same_digit),
        cmocka_unit_test(out_of_memory_is_said),
        cmocka_unit_test(what_distorts_a_picture_changes_no_choice),
    };
    return cmocka_run_group_tests_name("picture", tests, reading_set_up, reading_tear_down);
}
