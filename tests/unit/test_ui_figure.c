/* test_ui_figure.c - figures and charts: the SVG and the pixels of one list of shapes say the same. */
#include "app/ui/kit/chart.h"
#include "nn/alloc.h"
#include "support/faults.h"
#include "support/png_reader.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { W = 100, H = 60, SCALE = 2 };

static text_engine *engine;

static int open_engine(void **state)
{
    (void)state;
    nn_error err;
    return text_new(&engine, &err) ? 0 : -1;
}

static int close_engine(void **state)
{
    (void)state;
    text_free(engine);
    return 0;
}

/* The pixels at SCALE to a unit; nn_free them. */
static uint32_t *paint(const figure *f)
{
    unsigned char *data;
    size_t len;
    int w, h;
    nn_error err = {0};
    assert_true(figure_png(f, engine, SCALE, &data, &len, &err));
    uint32_t *pixels = png_read(data, len, &w, &h);
    assert_int_equal(w, W * SCALE);
    assert_int_equal(h, H * SCALE);
    nn_free(data);
    return pixels;
}

static uint32_t at(const uint32_t *pixels, float x, float y)
{
    return pixels[(int)(y * SCALE) * W * SCALE + (int)(x * SCALE)];
}

static void assert_svg_has(const figure *f, const char *text)
{
    buffer svg = {0};
    nn_error err = {0};
    assert_true(figure_svg(f, true, &svg, &err));
    if (!strstr(svg.data, text))
        fail_msg("no %s in %s", text, svg.data);
    buffer_free(&svg);
}

static void test_shapes_lie_where_they_were_put(void **state)
{
    (void)state;
    const uint32_t red_blue[] = {0xffff0000, 0xff0000ff};
    figure *f = figure_new("shapes", W, H);
    figure_add_box(f, (figure_box){10, 10, 20, 5}, FIGURE_GOOD, 1);
    figure_add_line(f, (figure_point[]){{50, 30}, {90, 30}}, 2, 4, FIGURE_BAD);
    figure_add_image(f, (figure_box){60, 40, 20, 10}, red_blue, 2, 1);
    uint32_t *pixels = paint(f), paper = at(pixels, 1, 1);
    assert_int_not_equal(at(pixels, 20, 12), paper);
    assert_int_equal(at(pixels, 20, 9), paper);
    assert_int_equal(at(pixels, 31, 12), paper);
    assert_int_not_equal(at(pixels, 70, 31), paper);
    assert_int_equal(at(pixels, 70, 33), paper);
    assert_int_equal(at(pixels, 61, 45), red_blue[0]);
    assert_int_equal(at(pixels, 79, 45), red_blue[1]);
    assert_svg_has(f, "x=\"10\" y=\"10\" width=\"20\" height=\"5\"");
    assert_svg_has(f, "points=\"50.00,30.00 90.00,30.00\"");
    assert_svg_has(f, "x=\"60\" y=\"40\" width=\"20\" height=\"10\"");
    nn_free(pixels);
    figure_free(f);
}

static void test_clip_ends(void **state)
{
    (void)state;
    figure *f = figure_new("clip", W, H);
    figure_clip(f, &(figure_box){20, 0, 20, H});
    figure_add_line(f, (figure_point[]){{5, 30}, {95, 30}}, 2, 4, FIGURE_BAD);
    figure_clip(f, NULL);
    figure_add_box(f, (figure_box){60, 5, 10, 10}, FIGURE_GOOD, 1);
    uint32_t *pixels = paint(f), paper = at(pixels, 1, 1);
    assert_int_equal(at(pixels, 15, 30), paper);
    assert_int_not_equal(at(pixels, 30, 30), paper);
    assert_int_equal(at(pixels, 45, 30), paper);
    assert_int_not_equal(at(pixels, 65, 10), paper);
    assert_svg_has(f, "</svg><rect");
    nn_free(pixels);
    figure_free(f);
}

/* The ink of a text lies before, around or behind its place. */
static void test_text_is_aligned(void **state)
{
    (void)state;
    for (figure_align align = FIGURE_START; align <= FIGURE_END; align++) {
        figure *f = figure_new("text", W, H);
        figure_add_text(f, (figure_label){50, 40, align, {12, FONT_REGULAR}, FIGURE_TEXT}, "MM<M");
        uint32_t *pixels = paint(f), paper = at(pixels, 1, 1);
        int ink[2] = {0};
        for (int i = 0; i < W * H * SCALE * SCALE; i++)
            ink[i % (W * SCALE) >= 50 * SCALE] += pixels[i] != paper;
        assert_true(align == FIGURE_START ? ink[0] == 0 : ink[0] > 50);
        assert_true(align == FIGURE_END ? ink[1] < 10 : ink[1] > 50);
        assert_svg_has(f, ">MM&lt;M</text>");
        nn_free(pixels);
        figure_free(f);
    }
}

static void test_long_labels_are_cut(void **state)
{
    (void)state;
    char out[FIGURE_LABEL], long_text[201] = {0};
    figure_shorten(out, "Sandal", 10, 36);
    assert_string_equal(out, "Sandal"); /* six letters of 6 */
    figure_shorten(out, "Sandal", 10, 35);
    assert_string_equal(out, "Sand\xe2\x80\xa6");
    figure_shorten(out, "\xc3\x84rmel", 10, 20);
    assert_string_equal(out, "\xc3\x84r\xe2\x80\xa6");
    figure_shorten(out, "W", 10, 0);
    assert_string_equal(out, "W");
    memset(long_text, 'x', 200);
    figure_shorten(out, long_text, 10, 1e6f);
    assert_int_equal(strlen(out), FIGURE_LABEL - 1);
    figure_shorten(out, "", 10, 20);
    assert_string_equal(out, "");
}

static void test_ticks_are_round(void **state)
{
    (void)state;
    chart c;
    nn_error err = {0};
    assert_true(chart_new(&c, "ticks", (chart_axis){.title = "x", .min = 1, .max = 9.2},
                          (chart_axis){"y", 0.9871, 0.9993, CHART_PERCENT, NULL}, 0, &err));
    assert_float_equal(c.x.min, 0, 1e-6);
    assert_float_equal(c.x.max, 10, 1e-6);
    assert_float_equal(c.y.min, 0.985, 1e-6);
    assert_float_equal(c.y.max, 1, 1e-6);
    assert_svg_has(c.figure, ">99.5 %</text>");
    figure_free(c.figure);
}

/* A range of nothing, or of nothing but values that are not finite. */
static void test_curves_without_a_range(void **state)
{
    (void)state;
    chart c;
    nn_error err = {0};
    const double x[] = {1, 2, 3}, y[] = {0.5, NAN, 0.5}, none[] = {NAN, NAN, NAN};
    assert_true(chart_new(&c, "flat", (chart_axis){.title = "x"}, (chart_axis){.title = "y"}, 1, &err));
    chart_curve(&c, x, y, 3, FIGURE_GOOD);
    chart_curve(&c, x, none, 3, FIGURE_GOOD);
    chart_curve(&c, x, y, 1, FIGURE_GOOD);
    buffer svg = {0};
    assert_true(figure_svg(c.figure, false, &svg, &err));
    assert_null(strstr(svg.data, "nan"));
    assert_null(strstr(svg.data, "inf"));
    buffer_free(&svg);
    figure_free(c.figure);
}

static bool draw_chart(void *ctx, nn_error *err)
{
    (void)ctx;
    const double x[] = {0, 1, 2}, y[] = {0, 1, 0};
    const uint32_t pixel = 0xffffffff;
    chart c;
    buffer svg = {0};
    bool ok =
        chart_new(&c, "chart", (chart_axis){.max = 2, .title = "x"}, (chart_axis){.max = 1, .title = "y"}, 1, err);
    if (ok) {
        chart_legend(&c, "curve", FIGURE_GOOD);
        chart_curve(&c, x, y, 3, FIGURE_GOOD);
        chart_bar(&c, 0, 1, 0, 1, FIGURE_BAD, 0.5f);
        figure_add_image(c.figure, (figure_box){0, 0, 5, 5}, &pixel, 1, 1);
        ok = figure_svg(c.figure, true, &svg, err);
    }
    buffer_free(&svg);
    figure_free(c.figure);
    return ok;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    const fault_case test = {.run = draw_chart};
    assert_true(faults_try_all("figure", &test) > 20);
}

/* The products of places and sizes in a tall picture go beyond 32 bits. */
static void test_tall_picture(void **state)
{
    enum { ROWS = 60000 };
    (void)state;
    nn_error err = {0};
    unsigned char *data;
    size_t len;
    int w, h;
    uint32_t *rows = nn_alloc(ROWS, sizeof *rows);
    for (int i = 0; i < ROWS; i++)
        rows[i] = 0xff000000 | (uint32_t)i;
    figure *f = figure_new("tall", 1, ROWS / SCALE);
    figure_add_image(f, (figure_box){0, 0, 1, ROWS / SCALE}, rows, 1, ROWS);
    assert_true(figure_png(f, engine, SCALE, &data, &len, &err));
    uint32_t *pixels = png_read(data, len, &w, &h);
    assert_int_equal(h, ROWS);
    for (int y = 0; y < ROWS; y += 999)
        assert_int_equal(pixels[y * w], rows[y]);
    nn_free(pixels);
    nn_free(data);
    nn_free(rows);
    figure_free(f);
    f = figure_new("endless", 1e9f, 1e9f);
    assert_false(figure_png(f, engine, SCALE, &data, &len, &err));
    assert_int_equal(err.code, NN_LIMIT);
    figure_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes_lie_where_they_were_put),
        cmocka_unit_test(test_clip_ends),
        cmocka_unit_test(test_text_is_aligned),
        cmocka_unit_test(test_long_labels_are_cut),
        cmocka_unit_test(test_ticks_are_round),
        cmocka_unit_test(test_curves_without_a_range),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_tall_picture),
    };
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}
