/* files.c - writing and comparing files. */
#include "files.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

void file_write(const char *path, const void *data, size_t len)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

void file_assert(const char *path, const void *data, size_t len)
{
    nn_error err;
    unsigned char *found;
    size_t found_len;

    assert_true(nn_file_read(path, 1 << 20, &found, &found_len, &err));
    assert_int_equal(found_len, len);
    assert_memory_equal(found, data, len);
    nn_free(found);
}

void file_assert_refused(bool ok, nn_code code, const char *path, const nn_error *err)
{
    assert_false(ok);
    assert_int_equal(err->code, code);
    assert_memory_equal(err->text, path, strlen(path));
}
