/* test_png.c - what is written as PNG reads back the same. */
#include "app/core/image/png.h"
#include "nn/alloc.h"
#include "support/faults.h"
#include "support/png_reader.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { W = 37, H = 11 }; /* odd, so that the last byte of a grey row is half used */

static void test_colours(void **state)
{
    (void)state;
    uint32_t pixels[W * H], *back;
    unsigned char *data;
    size_t len;
    int w, h;
    nn_error err = {0};
    for (uint32_t i = 0; i < W * H; i++)
        pixels[i] = 0xff000000 | (i * 2654435761u >> 8);
    assert_true(png_encode(pixels, W, H, &data, &len, &err));
    back = png_read(data, len, &w, &h);
    assert_int_equal(w, W);
    assert_int_equal(h, H);
    assert_memory_equal(back, pixels, sizeof pixels);
    nn_free(back);
    nn_free(data);
}

static void test_greys(void **state)
{
    (void)state;
    unsigned char bytes[W * H], *data;
    size_t len;
    int w, h;
    nn_error err = {0};
    for (int i = 0; i < W * H; i++)
        bytes[i] = (unsigned char)(i * 7);
    bytes[0] = 0;
    bytes[1] = 255;
    assert_true(png_encode_grey(bytes, W, H, &data, &len, &err));
    uint32_t *back = png_read(data, len, &w, &h);
    assert_int_equal(back[0], 0xff000000);
    assert_int_equal(back[1], 0xffffffff);
    for (int i = 0; i < W * H; i++)
        assert_in_range((int)(back[i] & 255) - bytes[i] + 9, 0, 18); /* to the nearest of 16 levels, 17 apart */
    nn_free(back);
    nn_free(data);
}

static bool encode_both(void *ctx, nn_error *err)
{
    (void)ctx;
    unsigned char bytes[W * H] = {0}, *data;
    uint32_t pixels[W * H] = {0};
    size_t len;
    bool ok = png_encode(pixels, W, H, &data, &len, err);
    nn_free(data);
    ok = ok && png_encode_grey(bytes, W, H, &data, &len, err);
    if (ok)
        nn_free(data);
    return ok;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    const fault_case test = {.run = encode_both};
    assert_true(faults_try_all("png", &test) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_colours),
        cmocka_unit_test(test_greys),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
