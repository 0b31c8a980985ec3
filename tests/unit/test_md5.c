/* test_md5.c - the test suite of RFC 1321, and lengths around the edges of a block. */
#include "app/core/data/md5.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* In pieces of every size up to a little more than a block. */
static void sum_up(char sum[MD5_HEX], const char *text, size_t len)
{
    char other[MD5_HEX];
    for (size_t piece = 1; piece <= MD5_BLOCK + 2; piece++) {
        md5 m;
        md5_begin(&m);
        for (size_t at = 0; at < len; at += piece)
            md5_add(&m, text + at, len - at < piece ? len - at : piece);
        md5_end(&m, piece == 1 ? sum : other);
        if (piece > 1)
            assert_string_equal(sum, other);
    }
}

static void test_rfc1321(void **state)
{
    (void)state;
    static const struct {
        const char *text, *sum;
    } suite[] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"a", "0cc175b9c0f1b6a831c399e269772661"},
        {"abc", "900150983cd24fb0d6963f7d28e17f72"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"},
    };
    for (size_t i = 0; i < sizeof suite / sizeof *suite; i++) {
        char sum[MD5_HEX];
        sum_up(sum, suite[i].text, strlen(suite[i].text));
        assert_string_equal(sum, suite[i].sum);
    }
}

/* Where the padding just fits into the last block, and just does not; sums from Python's hashlib. */
static void test_block_edges(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        const char *sum;
    } edges[] = {
        {55, "04364420e25c512fd958a70738aa8f72"},  {56, "668a72d5ba17f08e62dabcafad6db14b"},
        {63, "7dc2ca208106a2f703567bdff99d8981"},  {64, "c1bb4f81d892b2d57947682aeb252456"},
        {65, "1bc932052302d074bdec39795fe00cf6"},  {119, "ab347a5f68c8a443cfcddc633f12c24f"},
        {120, "fb98667f98096de92620b64f46e1c5b5"}, {128, "d69cb61a6ee87200676eb0d4b90edbcb"},
    };
    char text[128];
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        char sum[MD5_HEX];
        sum_up(sum, text, edges[i].len);
        assert_string_equal(sum, edges[i].sum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc1321),
        cmocka_unit_test(test_block_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
