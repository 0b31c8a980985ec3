/* test_stream.c - files in pieces and lines: plain and packed, cut short and damaged, every fault. */
#include "nn/alloc.h"
#include "nn/stream.h"
#include "support/faults.h"
#include "support/files.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

enum { CAP = 1 << 20 };

/* All of a file, taken in pieces of which the sizes differ; *data is the caller's to nn_free, with a zero byte behind. */
static bool read_gz(const char *path, size_t cap, unsigned char **data, size_t *len, nn_error *err)
{
    nn_stream *stream;
    *len = 0;
    *data = NULL;
    if (!nn_stream_open(&stream, path, err))
        return false;
    *data = nn_alloc(cap + 1, 1);
    bool ok = *data || nn_fail(err, NN_NOMEM, 0, "out of memory");
    for (size_t piece = 1, got = 1; ok && got > 0; piece = piece * 3 % 70001 + 1) {
        size_t most = nn_stream_most(stream);
        ok = nn_stream_read(stream, *data + *len, piece < cap - *len ? piece : cap - *len, &got, err);
        assert_true(got <= most);
        *len += got;
        assert_int_equal(nn_stream_pos(stream), *len);
    }
    nn_stream_close(stream);
    if (ok)
        return true;
    nn_free(*data);
    *data = NULL;
    return nn_fail_in(err, path);
}

/* A gzip member of len bytes of data; returns its length. */
static size_t pack(unsigned char *out, size_t room, const void *data, size_t len)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (z_const Bytef *)data;
    z.avail_in = (uInt)len;
    z.next_out = out;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(deflateEnd(&z), Z_OK);
    return room - z.avail_out;
}

static void test_gz_members_and_plain(void **state)
{
    nn_error err;
    unsigned char packed[4096], *data, zeros[50000] = {0};
    size_t len, n;
    (void)state;
    n = pack(packed, sizeof packed, "draw ", 5);
    n += pack(packed + n, sizeof packed - n, zeros, sizeof zeros);
    file_write(temp_path("a"), packed, n);
    assert_true(read_gz(temp_path("a"), sizeof zeros + 5, &data, &len, &err));
    assert_int_equal(len, sizeof zeros + 5);
    assert_memory_equal(data, "draw ", 5);
    assert_memory_equal(data + 5, zeros, sizeof zeros);
    assert_int_equal(data[len], 0);
    nn_free(data);
    file_write(temp_path("plain"), "draw", 4);
    assert_true(read_gz(temp_path("plain"), 4, &data, &len, &err));
    assert_string_equal((char *)data, "draw");
    nn_free(data);
    file_write(temp_path("empty"), "", 0);
    assert_true(read_gz(temp_path("empty"), 4, &data, &len, &err));
    assert_int_equal(len, 0);
    nn_free(data);
}

static void test_gz_every_truncation_and_damage(void **state)
{
    nn_error err;
    unsigned char packed[4096], *data;
    const char text[] = "one two three two one three two";
    size_t len, n = pack(packed, sizeof packed, text, sizeof text);
    (void)state;
    for (size_t cut = 2; cut < n; cut++) {
        file_write(temp_path("cut"), packed, cut);
        file_assert_refused(read_gz(temp_path("cut"), CAP, &data, &len, &err), NN_FORMAT, temp_path("cut"), &err);
        assert_true(err.pos <= cut);
    }
    int refused = 0;
    for (size_t bit = 0; bit < 8 * n; bit++) { /* some bits mean nothing: the time, what fills the last byte */
        packed[bit / 8] ^= (unsigned char)(1 << bit % 8);
        file_write(temp_path("bad"), packed, n);
        bool plain = packed[0] != 0x1f || packed[1] != 0x8b;
        if (!read_gz(temp_path("bad"), CAP, &data, &len, &err)) {
            refused++;
        } else if (!plain) {
            assert_int_equal(len, sizeof text);
            assert_memory_equal(data, text, sizeof text);
        }
        nn_free(data);
        packed[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    assert_true(refused > 8 * (int)n / 2);
}

/* ---- lines ---- */

static void test_lines(void **state)
{
    static char text[300000];
    nn_error err;
    nn_stream *stream;
    char *line;
    size_t len, at = 0;
    (void)state;
    for (int i = 0; i < 40; i++) { /* of every length up to more than a buffer, ended in both ways */
        memset(text + at, 'a' + i % 26, (size_t)(i * i * 5));
        at += (size_t)(i * i * 5);
        at += (size_t)sprintf(text + at, i % 2 ? "\r\n" : "\n");
    }
    memset(text + at, 'x', 70000);
    file_write(temp_path("lines"), text, at + 70000);
    assert_true(nn_stream_open(&stream, temp_path("lines"), &err));
    for (int i = 0; i < 40; i++) {
        assert_true(nn_stream_line(stream, CAP, &line, &len, &err));
        assert_int_equal(len, i * i * 5);
        assert_int_equal(strlen(line), len);
        assert_true(len == 0 || (line[0] == 'a' + i % 26 && line[len - 1] == line[0]));
    }
    assert_true(nn_stream_line(stream, CAP, &line, &len, &err)); /* the last one has no end */
    assert_int_equal(len, 70000);
    assert_true(nn_stream_line(stream, CAP, &line, &len, &err));
    assert_null(line);
    assert_int_equal(nn_stream_most(stream), 0);
    nn_stream_close(stream);
}

static void test_long_lines_are_refused(void **state)
{
    nn_error err;
    nn_stream *stream;
    char *line;
    size_t len;
    (void)state;
    assert_true(nn_stream_memory(&stream, "four\nlonger\n", 12, NN_DETECT, &err));
    assert_true(nn_stream_line(stream, 4, &line, &len, &err));
    assert_string_equal(line, "four");
    assert_false(nn_stream_line(stream, 4, &line, &len, &err));
    assert_int_equal(err.code, NN_LIMIT);
    nn_stream_close(stream);
}

static void test_packings_in_memory(void **state)
{
    static const int bits[] = {[NN_DETECT] = 16 + MAX_WBITS, [NN_ZLIB] = MAX_WBITS, [NN_DEFLATE] = -MAX_WBITS};
    unsigned char packed[200], text[] = "one two three", found[64];
    nn_error err;
    nn_stream *stream;
    size_t got;
    (void)state;
    for (nn_packing p = NN_DETECT; p <= NN_DEFLATE; p++) {
        z_stream z = {.next_in = text, .avail_in = sizeof text, .next_out = packed, .avail_out = sizeof packed};
        assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, bits[p], 9, Z_DEFAULT_STRATEGY), Z_OK);
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        deflateEnd(&z);
        assert_true(nn_stream_memory(&stream, packed, sizeof packed - z.avail_out, p, &err));
        assert_true(nn_stream_read(stream, found, sizeof found, &got, &err));
        assert_int_equal(got, sizeof text);
        assert_memory_equal(found, text, got);
        nn_stream_close(stream);
    }
}

static bool run_read_gz(void *ctx, nn_error *err)
{
    unsigned char *data;
    size_t len;
    bool ok = read_gz(ctx, CAP, &data, &len, err);
    assert_true(ok == (data != NULL));
    nn_free(data);
    return ok;
}

static void test_survives_every_fault(void **state)
{
    unsigned char packed[4096], zeros[50000] = {0};
    char path[512];
    (void)state;
    snprintf(path, sizeof path, "%s", temp_path("a.gz"));
    file_write(path, packed, pack(packed, sizeof packed, zeros, sizeof zeros));
    assert_true(faults_try_all("read a stream", &(fault_case){.run = run_read_gz, .ctx = path}) > 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_gz_members_and_plain, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_gz_every_truncation_and_damage, temp_set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_lines, temp_set_up, temp_tear_down),
        cmocka_unit_test(test_long_lines_are_refused),
        cmocka_unit_test(test_packings_in_memory),
        cmocka_unit_test_setup_teardown(test_survives_every_fault, temp_set_up, temp_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
