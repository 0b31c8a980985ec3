/* Pictures: whatever the size, the colours, the light and what lies beside it, the writing ends in nearly the image that
 * the same strokes give as ink, and the network reads it so. */
#include "app/core/image/png.h"
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

#include <jpeglib.h>
#include <png.h>

#include <cmocka.h>

enum { SIDE = 300, DRAWINGS = 20 };

static const colour white = {250, 250, 250, 255}, black = {20, 20, 20, 255};
static sketch scratch;
static digit from_ink, from_picture;
static answer read;
static int taken; /* of the looks */
static recogniser *reader;
static nn_error err;

static int open_reader(void **state)
{
    (void)state;
    reader = reading_open();
    return 0;
}

static int close_reader(void **state)
{
    (void)state;
    recogniser_free(reader);
    return 0;
}

static void draw(int i)
{
    reading_draw(reader, i, &scratch, &from_ink, &read);
}

/* Has the network read a picture, which is freed. */
static void see(pixmap picture, const digit_options *options)
{
    picture_looks found;
    assert_true(picture_find(&found, &picture, &err));
    assert_true(recogniser_read_picture(reader, &found, options, &from_picture, &read, &taken, &err));
    picture_free(&found);
    nn_free(picture.rgba);
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

static float mean_difference(const float *a, const float *b)
{
    double sum = 0;
    for (int i = 0; i < DIGIT_PIXELS; i++)
        sum += fabs((double)a[i] - (double)b[i]);
    return (float)(sum / DIGIT_PIXELS);
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
            sum += mean_difference(from_ink.image, from_picture.image);
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
        assert_true(mean_difference(dark.image, from_picture.image) < 1e-3f);
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

static void add_frame(pixmap *p, colour with)
{
    int at = choose(2) ? 0 : 1 + p->w / 40, thick = 1 + p->w / 120, end = p->w - at;
    painting_box(p, at, at, end, at + thick, with);
    painting_box(p, at, end - thick, end, end, with);
    painting_box(p, at, at, at + thick, end, with);
    painting_box(p, end - thick, at, end, end, with);
}

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
        add_frame(&p, pair[0]);
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

/* ---- paper and photographs --------------------------------------------------------------------------------------- */

/* Share of the full light at a place of the paper, 0..1 across and down. */
typedef float light(float x, float y);

static float from_the_left(float x, float y)
{
    (void)y;
    return 1 - 0.65f * x;
}

static float hard_shadow(float x, float y)
{
    return x + 0.4f * y < 0.7f ? 1 : 0.5f;
}

static float soft_shadow(float x, float y)
{
    return 0.45f + 0.55f / (1 + expf(-25 * (x - 0.5f + 0.3f * y)));
}

static float vignette(float x, float y)
{
    return 1 - 1.1f * ((x - 0.5f) * (x - 0.5f) + (y - 0.5f) * (y - 0.5f));
}

static float full_light(float x, float y)
{
    (void)x, (void)y;
    return 1;
}

/* The picture in that light, with noise of so many levels. */
static pixmap photograph_loud(pixmap p, light *falls, uint32_t levels)
{
    uint32_t noise = 1;
    for (int i = 0; i < p.w * p.h; i++) {
        float share = falls((float)(i % p.w) / (float)p.w, (float)(i / p.w) / (float)p.h);
        for (int c = 0; c < 3; c++) {
            noise = noise * 1664525u + 1013904223u;
            unsigned char *level = p.rgba + 4 * i + c;
            *level = (unsigned char)(share * (float)(*level < 256 - levels ? *level : 256 - levels) +
                                     (float)((noise >> 16) * levels >> 16));
        }
    }
    return p;
}

/* With the noise of a camera. */
static pixmap photograph(pixmap p, light *falls)
{
    return photograph_loud(p, falls, 16);
}

static light *const lights[] = {full_light, from_the_left, hard_shadow, soft_shadow, vignette};
enum { LIGHTS = sizeof lights / sizeof lights[0] };

/* Whether what was just read is the digit as `even` has it, but for a few pixels at the edges. */
static bool is_the_same(const digit *even, int wanted)
{
    bool same = read.digit == wanted && !read.unsure && mean_difference(even->image, from_picture.image) < 0.025f;
    for (int side = 0; side < 4; side++)
        same = same && fabsf(even->box[side] - from_picture.box[side]) <= 3;
    return same;
}

/* Nor is any a sure answer to what the edge of a shadow left of it. */
static void photos_in_uneven_light_are_read_as_in_even_light(void **state)
{
    (void)state;
    enum { PHOTOGRAPHED = 60, MOST_OTHERS = PHOTOGRAPHED * LIGHTS / 200 };
    int others = 0;
    for (int i = 0; i < PHOTOGRAPHED; i++) {
        see(paint(i, 0.4f, 7), &digit_defaults);
        digit even = from_picture;
        for (int k = 0; k < LIGHTS; k++) {
            see(photograph(paint(i, 0.4f, 7), lights[k]), &digit_defaults);
            assert_true(read.digit == i % 10 || read.unsure);
            others += !is_the_same(&even, i % 10);
        }
    }
    print_message("%d of %d photographs are read otherwise\n", others, PHOTOGRAPHED * LIGHTS);
    assert_true(others <= MOST_OTHERS);
}

static void chalk_on_an_uneven_board_is_read(void **state)
{
    (void)state;
    const colour chalk = {215, 215, 210, 255}, board = {45, 65, 55, 255};
    for (int i = 0; i < 60; i++)
        for (int k = 0; k < LIGHTS; k++) {
            draw(i);
            pixmap p = painting_new(SIDE, SIDE, board);
            painting_strokes(&p, &scratch.ink, 0.4f, 30, 30, 8, chalk);
            see(photograph(p, lights[k]), &digit_defaults);
            assert_int_equal(read.digit, i % 10);
            assert_false(read.unsure);
        }
}

/* The more pixels, the more noise: in a smaller picture there is less of it. The eye sees the digit, and that there is none. */
static void much_noise_hides_no_digit(void **state)
{
    (void)state;
    enum { LEVELS = 52, DRAWN = 40, MOST_LOST = 3 * DRAWN / 40 };
    const colour board = {60, 60, 60, 255};
    int lost = 0;
    for (int i = 0; i < DRAWN; i++)
        for (int k = 0; k < 3; k++) {
            draw(i);
            light *const falls = (light *const[]){full_light, soft_shadow, vignette}[k];
            see(photograph_loud(painting_new(SIDE, SIDE, board), falls, LEVELS), &digit_defaults);
            assert_int_equal(read.digit, -1);
            pixmap p = painting_new(SIDE, SIDE, board);
            painting_strokes(&p, &scratch.ink, 0.4f, 30, 30, 8, (colour){255, 255, 255, 255});
            see(photograph_loud(p, falls, LEVELS), &digit_defaults);
            assert_true(read.digit == i % 10 || read.unsure);
            lost += read.digit != i % 10;
        }
    print_message("%d of %d digits are lost in the noise\n", lost, 3 * DRAWN);
    assert_true(lost <= MOST_LOST);
}

/* What is added to the picture of a digit. */
typedef void addition(pixmap *p);

static void add_specks(pixmap *p)
{
    for (int k = 0; k < 3; k++)
        painting_box(p, 15 + 120 * k, 20 + 90 * k, 17 + 120 * k, 22 + 90 * k, black);
}

static void add_bar(pixmap *p)
{
    painting_box(p, 0, 0, SIDE, 14, black);
}

static void add_table(pixmap *p)
{
    painting_box(p, 0, 0, 40, SIDE, (colour){90, 60, 40, 255});
}

static void add_finger(pixmap *p)
{
    for (int y = 0; y < 60; y++)
        painting_box(p, 100 - y / 2, SIDE - 60 + y, 140 + y / 2, SIDE - 59 + y, (colour){190, 130, 110, 255});
}

static void add_rule(pixmap *p)
{
    for (int y = 11; y < SIDE; y += 20)
        painting_box(p, 0, y, SIDE, y + 1, (colour){90, 120, 190, 255});
}

static void add_squares(pixmap *p)
{
    add_rule(p);
    for (int x = 7; x < SIDE; x += 20)
        painting_box(p, x, 0, x + 1, SIDE, (colour){110, 110, 110, 255});
}

static void add_corners(pixmap *p)
{
    for (int y = 0; y < SIDE; y++) {
        int from_end = y < SIDE / 2 ? y : SIDE - 1 - y, cut = 40 - from_end;
        if (cut > 0) {
            painting_box(p, 0, y, cut, y + 1, black);
            painting_box(p, SIDE - cut, y, SIDE, y + 1, black);
        }
    }
}

static void add_ring(pixmap *p)
{
    add_frame(p, black);
}

/* Of a program to paint with, or print. */
static void add_buttons(pixmap *p)
{
    for (int k = 0; k < 9; k++)
        painting_box(p, 20 + 22 * k, 12, 34 + 22 * k, 26, k % 2 ? black : (colour){60, 120, 60, 255});
}

static void what_lies_beside_is_left_out(void **state)
{
    (void)state;
    addition *const additions[] = {add_specks,  add_bar,     add_table, add_finger, add_rule,
                                   add_squares, add_corners, add_ring,  add_buttons};
    for (int i = 0; i < 10; i++) {
        see(paint(i, 0.35f, 7), &digit_defaults);
        digit alone = from_picture;
        for (size_t k = 0; k < sizeof additions / sizeof additions[0]; k++)
            for (int lit = 0; lit < 2; lit++) {
                pixmap p = paint(i, 0.35f, 7);
                additions[k](&p);
                see(lit ? photograph(p, from_the_left) : p, &digit_defaults);
                if (read.digit != i)
                    print_message("digit %d, addition %zu, %s\n", i, k, lit ? "in uneven light" : "clean");
                assert_true(is_the_same(&alone, i));
            }
    }
}

static void add_grid(pixmap *p, int first, int step, bool both, colour with)
{
    for (int at = first; at < p->w; at += step) {
        painting_box(p, 0, at, p->w, at + 1, with);
        if (both)
            painting_box(p, at, 0, at + 1, p->h, with);
    }
}

/* A picture as a camera's file has it; frees it. */
static pixmap through_jpeg(pixmap p, int quality)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long len = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &data, &len);
    jpeg.image_width = (JDIMENSION)p.w;
    jpeg.image_height = (JDIMENSION)p.h;
    jpeg.input_components = 4;
    jpeg.in_color_space = JCS_EXT_RGBA;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < p.h; y++) {
        unsigned char *row = p.rgba + 4 * (ptrdiff_t)y * p.w;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    nn_free(p.rgba);
    assert_true(picture_file_decode(&p, data, len, &err));
    free(data);
    return p;
}

/* Nothing is left of lines that are now above, now below what counts as ink. */
static void pale_squares_are_left_out(void **state)
{
    (void)state;
    enum { PAPER = 600, STEP = 24 };
    for (int i = 0; i < DRAWINGS; i++) {
        draw(i);
        pixmap p = painting_new(PAPER, PAPER, white);
        add_grid(&p, 10, STEP, true, (colour){150, 180, 210, 255});
        painting_fitted(&p, &scratch.ink, PAPER / 2, PAPER / 2, PAPER / 2, 8, black);
        see(through_jpeg(p, 80), &digit_defaults);
        assert_int_equal(read.digit, i % 10);
        assert_false(read.unsure);
    }
}

/* Looked at closely it has a line or two above and below, which are then as thick as a stroke. */
static void small_writing_on_ruled_paper_is_read(void **state)
{
    (void)state;
    enum { PAPER = 900, STEP = 60, HIGH = 55 };
    for (int i = 0; i < 10; i++) {
        draw(i);
        pixmap p = painting_new(PAPER, PAPER, white);
        for (int k = 0; k < 2; k++)
            add_grid(&p, 20 + k, STEP, false, (colour){150, 180, 220, 255});
        painting_fitted(&p, &scratch.ink, HIGH, 300 + 10 * (float)i, 20 + 5.5f * STEP, 5, black);
        see(photograph(p, from_the_left), &digit_defaults);
        assert_int_equal(read.digit, i % 10);
        assert_false(read.unsure);
    }
}

/* The border is not the paper. */
static void a_photo_pasted_on_another_colour_is_read(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        const colour grounds[] = {{255, 255, 255, 255}, {0, 0, 0, 255}, {0, 0, 0, 0}, {120, 60, 30, 255}};
        for (int k = 0; k < 4; k++) {
            pixmap sheet = photograph(paint(i, 0.4f, 7), full_light), p = painting_new(500, 500, grounds[k]);
            for (int y = 0; y < SIDE; y++)
                memcpy(p.rgba + 4 * ((80 + y) * 500 + 120), sheet.rgba + (ptrdiff_t)4 * SIDE * y, (size_t)4 * SIDE);
            nn_free(sheet.rgba);
            see(p, &digit_defaults);
            assert_int_equal(read.digit, i);
            assert_false(read.unsure);
        }
    }
}

static void empty_paper_is_empty_in_any_light(void **state)
{
    (void)state;
    for (int k = 0; k < LIGHTS; k++) {
        see(photograph(painting_new(SIDE, SIDE, white), lights[k]), &digit_defaults);
        assert_int_equal(read.digit, -1);
    }
}

static void several_digits_are_noticed(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        picture_looks found;
        for (int count = 1; count <= 3; count++) {
            pixmap p = painting_new(count * SIDE / 2, SIDE / 2, white);
            for (int k = 0; k < count; k++) {
                draw((i + k) % 10);
                painting_fitted(&p, &scratch.ink, 100, SIDE / 4 + (float)(k * SIDE / 2), SIDE / 4, 8, black);
            }
            assert_true(picture_find(&found, &p, &err));
            assert_true(recogniser_read_picture(reader, &found, &digit_defaults, &from_picture, &read, &taken, &err));
            assert_int_equal(found.several, count > 1);
            assert_true(read.unsure || count == 1);
            picture_free(&found);
            nn_free(p.rgba);
        }
    }
}

/* Small writing is looked at closely; what lies out of that look is still there. */
static void another_digit_far_away_is_noticed(void **state)
{
    (void)state;
    for (int count = 1; count <= 2; count++) {
        pixmap p = painting_new(4 * SIDE, SIDE, white);
        picture_looks found;
        draw(3);
        for (int k = 0; k < count; k++)
            painting_fitted(&p, &scratch.ink, 60, SIDE / 2 + (float)(3 * k * SIDE), SIDE / 2, 6, black);
        assert_true(picture_find(&found, &p, &err));
        assert_int_equal(found.several, count > 1);
        picture_free(&found);
        nn_free(p.rgba);
    }
}

/* ---- faults ------------------------------------------------------------------------------------------------------ */

static const pixmap *to_read;

static bool read_once(void *ctx, nn_error *error)
{
    (void)ctx;
    picture_looks found;
    bool ok = picture_find(&found, to_read, error) &&
              recogniser_read_picture(reader, &found, &digit_defaults, &from_picture, &read, &taken, error);
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
        cmocka_unit_test(the_width_can_be_left_alone),
        cmocka_unit_test(the_size_can_be_left_alone),
        cmocka_unit_test(even_pictures_are_empty),
        cmocka_unit_test(odd_sizes_are_read),
        cmocka_unit_test(a_large_picture_is_read),
        cmocka_unit_test(all_variants_are_the_same_digit),
        cmocka_unit_test(photos_in_uneven_light_are_read_as_in_even_light),
        cmocka_unit_test(chalk_on_an_uneven_board_is_read),
        cmocka_unit_test(much_noise_hides_no_digit),
        cmocka_unit_test(what_lies_beside_is_left_out),
        cmocka_unit_test(pale_squares_are_left_out),
        cmocka_unit_test(small_writing_on_ruled_paper_is_read),
        cmocka_unit_test(a_photo_pasted_on_another_colour_is_read),
        cmocka_unit_test(empty_paper_is_empty_in_any_light),
        cmocka_unit_test(several_digits_are_noticed),
        cmocka_unit_test(another_digit_far_away_is_noticed),
        cmocka_unit_test(out_of_memory_is_said),
    };
    return cmocka_run_group_tests_name("picture", tests, open_reader, close_reader);
}
