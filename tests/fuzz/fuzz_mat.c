/* fuzz_mat.c - Matlab's files: what is accepted can be asked for images and labels. */
#include "app/core/data/arrays.h"
#include "fuzz.h"
#include "nn/alloc.h"
#include "sound_array.h"
#include <string.h>
#include <zlib.h>

const char *const fuzz_words[] = {"MATLAB 5.0", "IM",     "MI",     "\x0e\0\0\0", "\x0f\0\0\0",
                                  "\x02\0\0\0", "images", "labels", NULL};

static unsigned char file[4096];
static size_t len;

static void put(const void *bytes, size_t n)
{
    memcpy(file + len, bytes, n);
    len += n;
}

static void put_word(size_t value)
{
    for (int i = 0; i < 4; i++)
        file[len++] = (unsigned char)(value >> 8 * i);
}

static void begin(void)
{
    len = 0;
    put("MATLAB 5.0 MAT-file", 19);
    memset(file + len, ' ', 124 - len);
    len = 124;
    put("\0\1IM", 4);
}

/* (rows, columns) bytes with a name of up to four letters, "" within structures. */
static void put_matrix(const char *name, size_t rows, size_t columns)
{
    size_t values = rows * columns, at = len;
    put_word(14), put_word(0);
    put_word(6), put_word(8), put_word(9), put_word(0);
    put_word(5), put_word(8), put_word(rows), put_word(columns);
    put_word(strlen(name) << 16 | 1), put(name, strlen(name)), put("\0\0\0", 4 - strlen(name));
    put_word(2), put_word(values);
    for (size_t i = 0; i < (values + 7) / 8 * 8; i++)
        file[len++] = (unsigned char)(i % 3);
    file[at + 4] = (unsigned char)(len - at - 8);
}

/* A structure of two fields. */
static void put_structure(void)
{
    size_t at = len;
    put_word(14), put_word(0);
    put_word(6), put_word(8), put_word(2), put_word(0);
    put_word(5), put_word(8), put_word(1), put_word(1);
    put_word(1 << 16 | 1), put("s\0\0\0", 4);
    put_word(4 << 16 | 5), put_word(8);
    put_word(1), put_word(16), put("images\0\0labels\0\0", 16);
    put_matrix("", 3, 4);
    put_matrix("", 3, 1);
    put_word(0);
    len -= 4;
    file[at + 4] = (unsigned char)(len - at - 8);
    file[at + 5] = (unsigned char)((len - at - 8) >> 8);
}

void fuzz_seeds(void (*add)(const void *data, size_t n))
{
    unsigned char packed[1024];
    uLongf packed_len = sizeof packed;
    begin();
    put_matrix("x", 3, 4);
    put_matrix("y", 3, 1);
    add(file, len);
    begin();
    put_structure();
    add(file, len);
    FUZZ_REQUIRE(compress(packed, &packed_len, file + 128, len - 128) == Z_OK);
    begin();
    put_word(15), put_word(packed_len), put(packed, packed_len);
    add(file, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    arrays *all = nn_alloc(1, sizeof *all);
    dataset set = {0};
    nn_error err = {0};
    FUZZ_REQUIRE(all);
    bool ok = mat_read(all, data, n, &err);
    FUZZ_REQUIRE(ok || (err.code != NN_OK && err.text[0]));
    for (int i = 0; ok && i < all->count; i++)
        if (all->array[i].values)
            require_sound_array(&all->array[i]);
    if (ok && arrays_dataset(all, &set, -1, &err))
        FUZZ_REQUIRE(set.count > 0 && set.side > 0 && set.classes > 0);
    dataset_free(&set);
    arrays_free(all);
    nn_free(all);
    return 0;
}
