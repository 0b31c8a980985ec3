/* test_arrays.c - arrays of NumPy and Matlab as data sets: every type and order, zips, structures, every fault. */
#include "app/core/data/arrays.h"
#include "app/core/data/dataset_load.h"
#include "nn/alloc.h"
#include "tests/support/faults.h"
#include "tests/support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

enum { N = 3, SIDE = 4, PIXELS = SIDE * SIDE };

static nn_error err;
static dataset data;

/* A file that is put together. */
static struct {
    unsigned char bytes[1 << 16];
    size_t len;
} file;

static void put(const void *bytes, size_t len)
{
    assert_true(file.len + len <= sizeof file.bytes);
    memcpy(file.bytes + file.len, bytes, len);
    file.len += len;
}

static void put_number(uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        unsigned char b = (unsigned char)(i < 8 ? value >> 8 * i : 0);
        put(&b, 1);
    }
}

static void put_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_number(bits, sizeof bits);
}

static void put_double(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_number((size_t)(bits & UINT32_MAX), 4);
    put_number((size_t)(bits >> 32), 4);
}

static int pixel(int image, int k)
{
    return (image * 37 + k * 11) % 256;
}

static void save(const char *name)
{
    FILE *f = fopen(temp_path(name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(file.bytes, 1, file.len, f), file.len);
    assert_int_equal(fclose(f), 0);
}

static void is_the_set(const char *what)
{
    static const unsigned char labels[N] = {2, 0, 1};
    if (data.count != N || data.side != SIDE || data.classes != 3 || memcmp(data.labels, labels, N) != 0)
        fail_msg("%s: %d images of %d in %d classes", what, data.count, data.side, data.classes);
    for (int i = 0; i < N * PIXELS; i++)
        if (data.images[i] != pixel(i / PIXELS, i % PIXELS))
            fail_msg("%s: pixel %d is %d", what, i, data.images[i]);
    dataset_free(&data);
}

static void load(const char *name, dataset_part part)
{
    if (!dataset_load(&data, temp_path(name), NULL, part, &err))
        fail_msg("%s: %s", name, err.text);
    is_the_set(name);
}

static void refused(const char *name, const char *says)
{
    assert_false(dataset_load(&data, temp_path(name), NULL, DATASET_TRAIN, &err));
    assert_null(data.images);
    if (!strstr(err.text, says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

/* ---- NumPy ------------------------------------------------------------------------------------------------------- */

static void put_npy(const char *descr, bool fortran, const char *shape)
{
    char header[128];
    int n = snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", descr,
                     fortran ? "True" : "False", shape);
    put("\x93NUMPY\1\0", 8);
    put_number(118, 2);
    put(header, (size_t)n);
    for (; n < 117; n++)
        put(" ", 1);
    put("\n", 1);
}

/* A half of a number 0..255, of which nothing is lost. */
static void put_half(int value)
{
    int exponent = 0;
    while (value >> (exponent + 1) > 0)
        exponent++;
    int fraction = (value << (10 - exponent)) & 1023;
    put_number(value > 0 ? (size_t)((exponent + 15) << 10 | fraction) : 0, 2);
}

/* The pixels as numbers of a type, by rows or by columns of the (N, PIXELS) table. */
static void put_pixels(const char *type, bool fortran)
{
    for (int i = 0; i < N * PIXELS; i++) {
        int value = fortran ? pixel(i % N, i / N) : pixel(i / PIXELS, i % PIXELS);
        if (strcmp(type + 1, "f4") == 0)
            put_float((float)value / 255);
        else if (strcmp(type + 1, "f2") == 0)
            put_half(value);
        else if (strcmp(type + 1, "f8") == 0)
            put_double(value);
        else if (type[0] == '>')
            put_number((size_t)value << 8, 2);
        else
            put_number((size_t)value, type[2] - '0');
    }
}

static void put_labels(int bytes)
{
    static const unsigned char labels[N] = {2, 0, 1};
    for (int i = 0; i < N; i++)
        put_number(labels[i], bytes);
}

static void test_types_and_orders(void **state)
{
    static const struct {
        const char *type, *shape;
        bool fortran;
    } forms[] = {{"|u1", "(3, 4, 4)", false},    {"<u2", "(3, 16)", false},   {"<i4", "(3, 4, 4, 1)", false},
                 {"<i8", "(3, 1, 4, 4)", false}, {"<f4", "(3, 4, 4)", false}, {"<f8", "(3, 16)", false},
                 {">u2", "(3, 4, 4)", false},    {"|u1", "(3, 16)", true},    {"<f4", "(3, 16)", true},
                 {"<f2", "(3, 4, 4)", false}};
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        file.len = 0;
        put_npy(forms[i].type, forms[i].fortran, forms[i].shape);
        put_pixels(forms[i].type, forms[i].fortran);
        save("x_train.npy");
        file.len = 0;
        put_npy(i % 2 ? "<i8" : "|u1", false, i % 3 ? "(3,)" : "(3, 1)");
        put_labels(i % 2 ? 8 : 1);
        save("y_train.npy");
        load(".", DATASET_TRAIN);
        load("x_train.npy", DATASET_TRAIN);
        load("y_train.npy", DATASET_TRAIN);
    }
    assert_false(dataset_has(temp_path("."), NULL, DATASET_TEST));
}

static void test_tables_of_labels(void **state)
{
    (void)state;
    put_npy("|u1", false, "(3, 16)");
    put_pixels("|u1", false);
    save("x_train.npy");
    file.len = 0;
    put_npy("|u1", false, "(3, 3)");
    put("\0\0\1\1\0\0\0\1\0", 9); /* one-hot */
    save("y_train.npy");
    load(".", DATASET_TRAIN);
    file.len = 0;
    put_npy("|u1", false, "(3, 3)");
    put("\0\0\1\1\1\0\0\1\0", 9);
    save("y_train.npy");
    refused(".", "label 2 is 1, ..., no class number");
    file.len = 0;
    put_npy("|u1", false, "(3, 8)");
    put("\2\0\0\0\0\0\0\0\0\0\1\0\0\0\0\0\1\0\0\0\0\0\0\0", 24); /* QMNIST's; the last two could be one-hot */
    save("y_train.npy");
    load(".", DATASET_TRAIN);
    file.len = 0;
    put_npy("<f4", false, "(3,)");
    put("\0\0\0\0\0\0\0\x3f\0\0\0\0", 12);
    save("y_train.npy");
    refused(".", "label 2 is 0.5, no class number");
}

/* Texts of bytes or of four bytes a letter, in either order; digits by name are digits. */
static void test_texts_as_labels(void **state)
{
    static const struct {
        const char *type, *text[N];
        int letters, bytes;
        bool big;
    } forms[] = {{"|S1", {"2", "0", "1"}, 1, 1, false},
                 {"<U1", {"2", "0", "1"}, 1, 4, false},
                 {">U4", {"two", "Zero", "one"}, 4, 4, true},
                 {"|S6", {"digit2", "digit0", "digit1"}, 6, 1, false},
                 {"<U3", {"\xc4gg", "cat", "dog"}, 3, 4, false}};
    (void)state;
    put_npy("|u1", false, "(3, 4, 4)");
    put_pixels("|u1", false);
    save("x_train.npy");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        file.len = 0;
        put_npy(forms[i].type, false, "(3,)");
        for (int k = 0; k < N * forms[i].letters; k++) {
            const char *text = forms[i].text[k / forms[i].letters];
            size_t at = (size_t)(k % forms[i].letters), value = at < strlen(text) ? (unsigned char)text[at] : 0;
            put_number(forms[i].big ? value << 24 : value, forms[i].bytes);
        }
        save("y_train.npy");
        assert_true(dataset_load(&data, temp_path("."), NULL, DATASET_TRAIN, &err));
        assert_string_equal(data.label[2], i < 4 ? "2" : "\xc3\x84gg");
        is_the_set(forms[i].type);
    }
    file.len = 0;
    put_npy("<U0", false, "(3,)");
    save("y_train.npy");
    refused(".", "numbers are of a type ('<U0'");
}

/* One for each image. */
static void save_labels(void)
{
    file.len = 0;
    put_npy("|u1", false, "(3,)");
    put_labels(1);
    save("y_train.npy");
}

static void save_pair(const char *descr, const char *shape, const unsigned char *values, size_t len)
{
    file.len = 0;
    put_npy(descr, false, shape);
    put(values, len);
    save("x_train.npy");
    save_labels();
}

/* Grey as colours, before or behind the other axes; transparent ones upon the contrary of what is drawn. */
static void test_colours(void **state)
{
    static const char *const shapes[] = {"(3, 4, 4, 3)", "(3, 3, 4, 4)", "(3, 4, 4, 4)", "(3, 4, 4, 2)"};
    static const int channels[] = {3, 3, 4, 2};
    static unsigned char values[N * PIXELS * 4];
    (void)state;
    for (int form = 0; form < 4; form++) {
        int n = channels[form];
        for (int i = 0; i < N * PIXELS; i++)
            for (int c = 0; c < n; c++) {
                int at = form == 1 ? (i / PIXELS * n + c) * PIXELS + i % PIXELS : i * n + c;
                bool alpha = n % 2 == 0; /* white ink: how much there is of it */
                values[at] = (unsigned char)(alpha && c < n - 1 ? 255 : pixel(i / PIXELS, i % PIXELS));
            }
        save_pair("|u1", shapes[form], values, (size_t)(N * PIXELS * n));
        load(".", DATASET_TRAIN);
    }
    memset(values, 0, sizeof values);
    for (int i = 0; i < N * PIXELS; i++)
        values[2 * i + 1] = (unsigned char)(255 - pixel(i / PIXELS, i % PIXELS)); /* black ink: on white */
    save_pair("|u1", shapes[3], values, (size_t)(N * PIXELS * 2));
    load(".", DATASET_TRAIN);
    memset(values, 0, sizeof values);
    values[0] = values[4] = values[8] = 255; /* a red, a green and a blue pixel */
    save_pair("|u1", shapes[0], values, (size_t)(N * PIXELS * 3));
    assert_true(dataset_load(&data, temp_path("."), NULL, DATASET_TRAIN, &err));
    static const unsigned char greys[4] = {76, 150, 29, 0};
    assert_memory_equal(data.images, greys, sizeof greys);
    dataset_free(&data);
}

/* Moved and scaled by what mean and deviation there were: from the least to the greatest, and that is said. */
static void test_normalised_pixels(void **state)
{
    static const struct {
        float mean, deviation;
        bool said;
    } forms[] = {{0.1307f, 0.3081f, true}, {0.5f, 0.5f, false}, {0.13f, 1, true}, {0, 0.3081f, true}, {0, 1, false}};
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        file.len = 0;
        put_npy("<f4", false, "(3, 4, 4)");
        for (int k = 0; k < N * PIXELS; k++) {
            int value = k == 1 ? 255 : pixel(k / PIXELS, k % PIXELS);
            put_float(((float)value / 255 - forms[i].mean) / forms[i].deviation);
        }
        save("x_train.npy");
        save_labels();
        assert_true(dataset_load(&data, temp_path("."), NULL, DATASET_TRAIN, &err));
        assert_int_equal(strstr(data.note, "brought to 0 to 255") != NULL, forms[i].said);
        assert_int_equal(data.images[1], 255);
        data.images[1] = (unsigned char)pixel(0, 1);
        is_the_set("normalised");
    }
}

/* Whole or not, a set that stops below the half of 255 is brought there. */
static void test_faint_pixels(void **state)
{
    static const int greatest[] = {15, 100, 127, 128};
    (void)state;
    for (int i = 0; i < 8; i++) {
        unsigned char values[N * PIXELS] = {0};
        int most = greatest[i / 2];
        values[1] = (unsigned char)most;
        file.len = 0;
        put_npy(i % 2 ? "<f4" : "|u1", false, "(3, 4, 4)");
        for (int k = 0; k < N * PIXELS; k++)
            if (i % 2)
                put_float((float)values[k]);
            else
                put(values + k, 1);
        save("x_train.npy");
        save_labels();
        assert_true(dataset_load(&data, temp_path("."), NULL, DATASET_TRAIN, &err));
        assert_int_equal(data.images[1], most < 128 ? 255 : most);
        assert_int_equal(strstr(data.note, "brought to 0 to 255") != NULL, most < 128);
        dataset_free(&data);
    }
}

static void test_broken_npy(void **state)
{
    (void)state;
    save_labels();
    static const struct {
        const char *descr, *shape, *says;
    } broken[] = {{"<c8", "(3, 4, 4)", "numbers are of a type ('<c8'"},
                  {"|u1", "(3, 4, x)", "the array's shape (3, 4, x) is not read"},
                  {"|u1", "(0, 4, 4)", "the array's shape (0, 4, 4) is not read: 1 to 4 dimensions of 1 or more are"},
                  {"|O", "(3,)", "numbers are of a type ('|O') that"},
                  {"|u1", "(3, 4, -4)", "the array's shape"},
                  {"|u1", "(1, 1, 1, 1, 1)", "1 to 4 dimensions"},
                  {"|u1", "(2147483647, 4, 4)", "2147483647 images but 3 labels"},
                  {"|u1", "(3, 4, 5)", "images of 5 x 4, they must be square"},
                  {"|u1", "(3, 5, 5)", "cut short: its header promises 75 bytes"},
                  {"<f4", "(3, 4, 4)", "cut short"}};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        file.len = 0;
        put_npy(broken[i].descr, false, broken[i].shape);
        put_pixels("|u1", false);
        save("x_train.npy");
        refused(".", broken[i].says);
    }
    file.len = 0;
    put("PNG", 3);
    save("x_train.npy");
    refused(".", "x_train.npy: not an array of NumPy");
}

/* ---- zips -------------------------------------------------------------------------------------------------------- */

typedef struct member {
    char name[32];
    size_t at, packed, size;
    bool deflated;
} member;

static member members[8];
static int n_members;

/* What was put since `begin` becomes a member, packed or not. */
static void close_member(const char *name, size_t begin, bool deflated)
{
    static unsigned char raw[1 << 14], packed[1 << 14];
    member *m = &members[n_members++];
    *m = (member){.at = begin, .packed = file.len - begin, .size = file.len - begin, .deflated = deflated};
    snprintf(m->name, sizeof m->name, "%s", name);
    memcpy(raw, file.bytes + begin, m->size);
    if (deflated) {
        z_stream z = {.next_in = raw, .avail_in = (uInt)m->size, .next_out = packed, .avail_out = sizeof packed};
        assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        m->packed = sizeof packed - z.avail_out;
        deflateEnd(&z);
    }
    file.len = begin;
    put("PK\3\4", 4);
    put_number(20, 2), put_number(0, 2), put_number(deflated ? 8 : 0, 2), put_number(0, 4), put_number(0, 4);
    put_number(m->packed, 4), put_number(m->size, 4), put_number(strlen(name), 2), put_number(0, 2);
    put(name, strlen(name));
    put(deflated ? packed : raw, m->packed);
}

static void close_zip(void)
{
    size_t begin = file.len;
    for (int i = 0; i < n_members; i++) {
        const member *m = &members[i];
        put("PK\1\2", 4);
        put_number(20, 2), put_number(20, 2), put_number(0, 2), put_number(m->deflated ? 8 : 0, 2), put_number(0, 8);
        put_number(m->packed, 4), put_number(m->size, 4), put_number(strlen(m->name), 2), put_number(0, 12);
        put_number(m->at, 4);
        put(m->name, strlen(m->name));
    }
    size_t len = file.len - begin;
    put("PK\5\6", 4);
    put_number(0, 4), put_number((size_t)n_members, 2), put_number((size_t)n_members, 2), put_number(len, 4);
    put_number(begin, 4), put_number(0, 2);
}

static void put_zip(bool deflated, const char *const names[4])
{
    file.len = 0;
    n_members = 0;
    for (int i = 0; i < 4; i++) {
        size_t begin = file.len;
        if (i % 2 == 0) {
            put_npy("|u1", false, "(3, 4, 4)");
            put_pixels("|u1", false);
        } else {
            put_npy("<i8", false, "(3,)");
            put_labels(8);
        }
        close_member(names[i], begin, deflated);
    }
    close_zip();
}

static const char *const keras[4] = {"x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"}, *const medmnist[4] = {
                                                                                                    "train_images.npy",
                                                                                                    "train_labels.npy",
                                                                                                    "test_images.npy",
                                                                                                    "test_labels.npy"};

static void test_npz(void **state)
{
    (void)state;
    for (int packed = 0; packed < 2; packed++) {
        put_zip(packed, packed ? medmnist : keras);
        save("mnist.npz");
        load("mnist.npz", DATASET_TRAIN);
        load(".", DATASET_TEST);
        assert_true(dataset_has(temp_path("mnist.npz"), NULL, DATASET_TEST));
    }
    static const char *const nameless[4] = {"arr_0.npy", "arr_1.npy", "a.npy", "b.npy"};
    put_zip(true, nameless);
    save("mnist.npz");
    load("mnist.npz", DATASET_TEST);
    assert_false(dataset_has(temp_path("mnist.npz"), NULL, DATASET_TEST));
}

/* A file's name says nothing about what is in it; arrays for validation stand for those of the test. */
static void test_names_of_npz(void **state)
{
    static const char *const with_validation[4] = {"x_train.npy", "y_train.npy", "x_valid.npy", "y_valid.npy"};
    static const char *const names[] = {"my_images.npz", "train_images.npz", "labels.npz", "x.npz"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        put_zip(true, keras);
        save(names[i]);
        load(names[i], DATASET_TRAIN);
        load(names[i], DATASET_TEST);
        assert_true(dataset_has(temp_path(names[i]), NULL, DATASET_TEST));
        assert_int_equal(remove(temp_path(names[i])), 0);
    }
    put_zip(false, with_validation);
    save("digits.npz");
    load("digits.npz", DATASET_TEST);
    assert_true(dataset_has(temp_path("digits.npz"), NULL, DATASET_TEST));
}

static void refused_set(const char *name, const char *set, const char *says)
{
    assert_false(dataset_load(&data, temp_path(name), set, DATASET_TRAIN, &err));
    if (!strstr(err.text, says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

/* Sets are told apart by what stands before the words for images and labels. */
static void test_sets_in_an_npz(void **state)
{
    static const char *const sets[4] = {"digits_x.npy", "digits_y.npy", "letters_x_test.npy", "letters_y_test.npy"};
    (void)state;
    put_zip(false, keras);
    save("a.npz");
    refused_set("a.npz", "nonsense", "there is no data set \"nonsense\" here: the only one has no name");
    put_zip(false, sets);
    save("b.npz");
    refused_set("b.npz", NULL, "several data sets are here: digits, letters; say which by --part");
    refused_set("b.npz", "signs", "there is no data set \"signs\" here, but: digits, letters");
    assert_true(dataset_load(&data, temp_path("b.npz"), "digits", DATASET_TRAIN, &err));
    is_the_set("digits");
    assert_false(dataset_has(temp_path("b.npz"), "digits", DATASET_TEST));
    assert_true(dataset_has(temp_path("b.npz"), "letters", DATASET_TEST));
}

static bool read_npz(const unsigned char *bytes, size_t len)
{
    arrays *all = nn_alloc(1, sizeof *all);
    bool ok = npz_read(all, bytes, len, &err) && arrays_dataset(all, &data, -1, &err);
    dataset_free(&data);
    arrays_free(all);
    nn_free(all);
    return ok;
}

/* Every prefix is refused; every changed byte is refused, or changes a number. */
static void test_damaged_npz(void **state)
{
    (void)state;
    put_zip(true, keras);
    for (size_t len = 0; len < file.len; len++)
        assert_false(read_npz(file.bytes, len));
    int refusals = 0;
    for (size_t i = 0; i < file.len; i++) {
        file.bytes[i] ^= 0x41;
        refusals += !read_npz(file.bytes, file.len);
        file.bytes[i] ^= 0x41;
    }
    assert_true(refusals > (int)file.len / 4);
    assert_true(read_npz(file.bytes, file.len));
}

/* ---- Matlab ------------------------------------------------------------------------------------------------------ */

static void put_tag(size_t type, size_t len)
{
    put_number(type, 4);
    put_number(len, 4);
}

static size_t element; /* where it begins: compressed ones have any length */

static void pad(void)
{
    while ((file.len - element) % 8)
        put("", 1);
}

/* A matrix's beginning: flags, dimensions, name. Returns where its length is to be put. */
static size_t open_matrix(int kind, size_t rows, size_t columns, const char *name)
{
    size_t at = file.len + 4;
    put_tag(14, 0);
    put_tag(6, 8), put_number((size_t)kind, 4), put_number(0, 4);
    put_tag(5, 8), put_number(rows, 4), put_number(columns, 4);
    if (strlen(name) > 0 && strlen(name) <= 4) { /* in the tag */
        put_number(strlen(name) << 16 | 1, 4);
        put(name, strlen(name));
    } else {
        put_tag(1, strlen(name));
        put(name, strlen(name));
    }
    pad();
    return at;
}

static void close_matrix(size_t at)
{
    size_t len = file.len - at - 4;
    pad();
    for (int i = 0; i < 4; i++)
        file.bytes[at + (size_t)i] = (unsigned char)(len >> 8 * i);
}

/* (N, PIXELS) bytes by columns; each image by columns too where it is turned. */
static void put_images(const char *name, bool turned)
{
    size_t at = open_matrix(9, N, PIXELS, name);
    put_tag(2, N * PIXELS);
    for (int i = 0; i < N * PIXELS; i++) {
        int k = i / N, from = turned ? k % SIDE * SIDE + k / SIDE : k;
        put_number((size_t)pixel(i % N, from), 1);
    }
    pad();
    close_matrix(at);
}

/* Doubles that are stored as bytes, as Matlab does. */
static void put_matlab_labels(const char *name)
{
    size_t at = open_matrix(6, N, 1, name);
    put_number(3 << 16 | 2, 4), put_labels(1);
    pad();
    close_matrix(at);
}

static void put_header(void)
{
    file.len = 0;
    put("MATLAB 5.0 MAT-file", 19);
    while (file.len < 124)
        put(" ", 1);
    put_number(0x0100, 2);
    put("IM", 2);
    element = file.len;
}

/* What was put since `begin` becomes one compressed element. */
static void compress_since(size_t begin)
{
    static unsigned char packed[1 << 14];
    uLongf len = sizeof packed;
    assert_int_equal(compress(packed, &len, file.bytes + begin, file.len - begin), Z_OK);
    file.len = begin;
    put_tag(15, len);
    put(packed, len);
    element = file.len;
}

static void test_matlab_variables(void **state)
{
    (void)state;
    for (int packed = 0; packed < 2; packed++) {
        put_header();
        size_t begin = file.len;
        put_images("train_x", false);
        if (packed)
            compress_since(begin);
        begin = file.len;
        put_matlab_labels("train_y");
        if (packed)
            compress_since(begin);
        put_images("test_x", false);
        put_matlab_labels("test_y");
        save("mnist.mat");
        load("mnist.mat", DATASET_TRAIN);
        load(".", DATASET_TEST);
        assert_true(dataset_has(temp_path("mnist.mat"), NULL, DATASET_TEST));
    }
}

static size_t open_structure(const char *name, const char *const *fields, size_t count)
{
    size_t at = open_matrix(2, 1, 1, name);
    put_number(4 << 16 | 5, 4), put_number(8, 4);
    put_tag(1, 8 * count);
    for (size_t i = 0; i < count; i++) {
        char field[8] = "";
        snprintf(field, sizeof field, "%s", fields[i]);
        put(field, sizeof field);
    }
    return at;
}

/* dataset.train.images and so on, as EMNIST is published: pictures by columns. */
static void put_emnist(void)
{
    static const char *const parts[] = {"train", "test"}, *const fields[] = {"images", "labels"};
    put_header();
    size_t begin = file.len, outer = open_structure("dataset", parts, 2);
    for (int part = 0; part < 2; part++) {
        size_t inner = open_structure("", fields, 2);
        put_images("", true);
        put_matlab_labels("");
        close_matrix(inner);
    }
    close_matrix(outer);
    compress_since(begin);
}

static void test_structures(void **state)
{
    (void)state;
    put_emnist();
    save("emnist-digits.mat");
    for (int part = DATASET_TRAIN; part <= DATASET_TEST; part++) {
        assert_true(dataset_load(&data, temp_path("emnist-digits.mat"), NULL, (dataset_part)part, &err));
        for (int i = 0; i < PIXELS; i++)
            assert_int_equal(data.images[i], pixel(0, i % SIDE * SIDE + i / SIDE));
        dataset_free(&data);
    }
}

static void test_broken_matlab(void **state)
{
    (void)state;
    put_header();
    memcpy(file.bytes, "MATLAB 7.3", 10);
    put_number(0, 8);
    save("a.mat");
    refused("a.mat", "7.3, HDF5) is not read; save it with -v7");
    put_header();
    put_images("x", false);
    save("b.mat");
    refused("b.mat", "no images with a label");
    put_header();
    size_t at = open_matrix(6, 1 << 16, 1 << 13, "x"); /* 2^32 bytes of doubles: none where a size has 32 bits */
    put_tag(9, 0);
    close_matrix(at);
    save("c.mat");
    refused("c.mat", "promises more than");
    put_emnist();
    arrays *all = nn_alloc(1, sizeof *all);
    for (size_t len = 0; len < file.len; len++) {
        assert_false(mat_read(all, file.bytes, len, &err));
        arrays_free(all);
    }
    nn_free(all);
}

/* train0, train1, ... without labels of their own. */
static void test_an_array_for_each_class(void **state)
{
    (void)state;
    put_header();
    put_images("train1", false);
    put_images("train0", false);
    save("mnist_all.mat");
    assert_true(dataset_load(&data, temp_path("mnist_all.mat"), NULL, DATASET_TRAIN, &err));
    assert_int_equal(data.count, 2 * N);
    assert_int_equal(data.classes, 2);
    assert_int_equal(data.labels[0], 1);
    assert_int_equal(data.labels[N], 0);
    dataset_free(&data);
}

/* ---- faults ------------------------------------------------------------------------------------------------------ */

static bool run_load(void *ctx, nn_error *e)
{
    bool ok = dataset_load(&data, temp_path(ctx), NULL, DATASET_TRAIN, e);
    dataset_free(&data);
    return ok;
}

static void test_faults(void **state)
{
    (void)state;
    put_zip(true, keras);
    save("a.npz");
    put_emnist();
    save("a.mat");
    char npz[] = "a.npz", mat[] = "a.mat";
    assert_true(faults_try_all("load a .npz", &(fault_case){.run = run_load, .ctx = npz}) >= 20);
    assert_true(faults_try_all("load a .mat", &(fault_case){.run = run_load, .ctx = mat}) >= 20);
}

static int set_up(void **state)
{
    (void)state;
    temp_make();
    file.len = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dataset_free(&data);
    temp_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_types_and_orders, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tables_of_labels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_faint_pixels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_broken_npy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_texts_as_labels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_colours, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_normalised_pixels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_npz, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_of_npz, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sets_in_an_npz, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damaged_npz, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_matlab_variables, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_structures, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_broken_matlab, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_array_for_each_class, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_faults, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
