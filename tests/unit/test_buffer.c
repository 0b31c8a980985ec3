/* test_buffer.c - growing text: escaping, base 64, and that a failed allocation sticks. */
#include "app/core/buffer.h"
#include "nn/alloc.h"
#include "support/faults.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_grows(void **state)
{
    (void)state;
    buffer b = {0};
    for (int i = 0; i < 10000; i++)
        buffer_format(&b, "%04d,", i);
    buffer_add(&b, "end");
    assert_false(b.failed);
    assert_int_equal(b.len, 50003);
    assert_memory_equal(b.data + 5 * 9999, "9999,end", 9);
    buffer_free(&b);
    assert_null(b.data);
}

static void check_escaped(const char *text, const char *expected)
{
    buffer b = {0};
    buffer_add(&b, "");
    buffer_escaped(&b, text);
    assert_string_equal(b.data, expected);
    buffer_free(&b);
}

static void test_escaped(void **state)
{
    (void)state;
    check_escaped("", "");
    check_escaped("plain", "plain");
    check_escaped("<a href=\"x\" b='y'>&amp;</a>", "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
    check_escaped("a\nb\tc\x01\x7f", "a\nb\tc??");
    check_escaped("\xc3\xa9\xff\xe2\x80<", "\xc3\xa9???&lt;"); /* one '?' a broken byte */
}

/* The test vectors of RFC 4648. */
static void test_base64(void **state)
{
    (void)state;
    static const char *const vectors[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (size_t n = 0; n <= 6; n++) {
        buffer b = {0};
        buffer_base64(&b, (const unsigned char *)"foobar", n);
        assert_string_equal(b.data, vectors[n]);
        buffer_free(&b);
    }
    buffer b = {0};
    buffer_base64(&b, (const unsigned char[]){0xff, 0xef, 0xbe}, 3);
    assert_string_equal(b.data, "/+++");
    buffer_free(&b);
}

static bool write_much(void *ctx, nn_error *err)
{
    (void)ctx;
    buffer b = {0};
    for (int i = 0; i < 1000; i++) {
        buffer_escaped(&b, "<&>");
        buffer_format(&b, "%d", i);
        buffer_base64(&b, (const unsigned char *)"foobar", 6);
    }
    bool ok = !b.failed || nn_fail(err, NN_NOMEM, 0, "out of memory");
    buffer_free(&b);
    return ok;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    const fault_case test = {.run = write_much};
    assert_true(faults_try_all("buffer", &test) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grows),
        cmocka_unit_test(test_escaped),
        cmocka_unit_test(test_base64),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
