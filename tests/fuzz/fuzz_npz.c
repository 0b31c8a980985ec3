/* fuzz_npz.c - NumPy's arrays, zips of them and of tables: what is accepted can be asked for images and labels. */
#include "app/core/data/arrays.h"
#include "app/core/data/zip_tables.h"
#include "fuzz.h"
#include "nn/alloc.h"
#include "sound_array.h"
#include <string.h>
#include <zlib.h>

const char *const fuzz_words[] = {"\x93NUMPY",  "PK\x03\x04", "PK\x01\x02", "PK\x05\x06", "train.csv",
                                  "test.tsv",   "label,p\n",  "'descr': '", "|u1'",       "<f4'",
                                  "'shape': (", "True",       "(3,)",       "65536",      NULL};

static unsigned char file[4096];
static size_t file_len;

static void put(const void *bytes, size_t len)
{
    memcpy(file + file_len, bytes, len);
    file_len += len;
}

static void put_number(size_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        file[file_len++] = (unsigned char)(i < 8 ? value >> 8 * i : 0);
}

static size_t make_array(unsigned char *to, const char *header, size_t values)
{
    size_t len = strlen(header);
    memcpy(to, "\x93NUMPY\1\0", 8);
    to[8] = (unsigned char)len, to[9] = 0;
    memcpy(to + 10, header, len);
    for (size_t i = 0; i < values; i++)
        to[10 + len + i] = (unsigned char)(i % 3);
    return 10 + len + values;
}

/* Two arrays, the second one packed. */
static void make_zip(void)
{
    static const char *const headers[] = {"{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2, 2), }",
                                          "{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }"},
                             *const names[] = {"x.npy", "y.npy"};
    size_t at[2], len[2];
    file_len = 0;
    for (int i = 0; i < 2; i++) {
        unsigned char raw[256], packed[256];
        size_t n = make_array(raw, headers[i], 12);
        z_stream z = {.next_in = raw, .avail_in = (uInt)n, .next_out = packed, .avail_out = sizeof packed};
        FUZZ_REQUIRE(deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) == Z_OK);
        FUZZ_REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
        len[i] = i ? sizeof packed - z.avail_out : n;
        deflateEnd(&z);
        at[i] = file_len;
        put("PK\3\4", 4), put_number(0, 4), put_number(i ? 8 : 0, 2), put_number(0, 8);
        put_number(len[i], 4), put_number(n, 4), put_number(5, 4), put(names[i], 5), put(i ? packed : raw, len[i]);
    }
    size_t list = file_len;
    for (int i = 0; i < 2; i++) {
        put("PK\1\2", 4), put_number(0, 6), put_number(i ? 8 : 0, 2), put_number(0, 8), put_number(len[i], 4);
        put_number(0, 4), put_number(5, 2), put_number(0, 12), put_number(at[i], 4), put(names[i], 5);
    }
    size_t list_len = file_len - list;
    put("PK\5\6", 4), put_number(0, 4), put_number(2, 2), put_number(2, 2), put_number(list_len, 4);
    put_number(list, 4), put_number(0, 2);
}

/* One table, as it is. */
static void make_zip_of_table(void)
{
    static const char table[] = "label,a,b,c,d\n3,0,1,2,3\n7,3,2,1,0\n", name[] = "train.csv";
    const size_t len = sizeof table - 1, name_len = sizeof name - 1;
    file_len = 0;
    put("PK\3\4", 4), put_number(0, 14), put_number(len, 4), put_number(len, 4), put_number(name_len, 4);
    put(name, name_len), put(table, len);
    size_t list = file_len;
    put("PK\1\2", 4), put_number(0, 16), put_number(len, 4), put_number(len, 4), put_number(name_len, 2);
    put_number(0, 16), put(name, name_len);
    size_t list_len = file_len - list;
    put("PK\5\6", 4), put_number(0, 4), put_number(1, 2), put_number(1, 2), put_number(list_len, 4);
    put_number(list, 4), put_number(0, 2);
}

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    unsigned char one[256];
    add(one, make_array(one, "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2, 2), }", 12));
    add(one, make_array(one, "{'descr': '>f8', 'fortran_order': True, 'shape': (2, 4), }", 64));
    make_zip();
    add(file, file_len);
    make_zip_of_table();
    add(file, file_len);
}

/* Positions in what is unpacked may lie behind the input's end. */
static void require_reason(const nn_error *err)
{
    FUZZ_REQUIRE(err->code != NN_OK && err->text[0]);
}

static void run_array(const uint8_t *data, size_t len)
{
    array a = {0};
    nn_stream *stream;
    nn_error err = {0};
    FUZZ_REQUIRE(nn_stream_memory(&stream, data, len, NN_DETECT, &err));
    if (npy_read(&a, stream, false, &err))
        require_sound_array(&a);
    else
        require_reason(&err);
    nn_free(a.values);
    nn_stream_close(stream);
}

static void run_tables(const uint8_t *data, size_t len)
{
    for (dataset_part part = DATASET_TRAIN; part <= DATASET_TEST; part++) {
        dataset set;
        nn_error err = {0};
        if (zip_table_read(&set, data, len, part, &err))
            FUZZ_REQUIRE(set.count > 0 && set.side > 0 && set.classes > 0);
        else
            require_reason(&err);
        dataset_free(&set);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    arrays *all = nn_alloc(1, sizeof *all);
    dataset set = {0};
    nn_error err = {0};
    FUZZ_REQUIRE(all);
    run_array(data, len);
    run_tables(data, len);
    if (npz_read(all, data, len, &err)) {
        for (int i = 0; i < all->count; i++)
            if (all->array[i].values)
                require_sound_array(&all->array[i]);
        if (arrays_dataset(all, &set, -1, &err))
            FUZZ_REQUIRE(set.count > 0 && set.side > 0 && set.classes > 0);
        else
            require_reason(&err);
        dataset_free(&set);
    } else {
        require_reason(&err);
    }
    arrays_free(all);
    nn_free(all);
    return 0;
}
