/* test_dataset.c - folders of MNIST's files: what is read, every way to be broken, every fault. */
#include "app/core/data/dataset_load.h"
#include "app/core/data/idx.h"
#include "app/core/data/samples.h"
#include "nn/alloc.h"
#include "tests/support/faults.h"
#include "tests/support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

enum { COUNT = 3, SIDE = 4, IMAGES = 16 + COUNT * SIDE * SIDE, LABELS = 8 + COUNT };

static unsigned char images[IMAGES] = {0, 0, 8, 3, 0, 0, 0, COUNT, 0, 0, 0, SIDE, 0, 0, 0, SIDE};
static unsigned char labels[LABELS] = {0, 0, 8, 1, 0, 0, 0, COUNT, 0, 2, 1};
static dataset data;
static nn_error err;

static void write_file(const char *name, const void *bytes, size_t len)
{
    FILE *f = fopen(temp_path(name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static void write_gz(const char *name, const void *bytes, size_t len)
{
    gzFile f = gzopen(temp_path(name), "wb");
    assert_non_null(f);
    assert_int_equal(gzwrite(f, bytes, (unsigned)len), len);
    assert_int_equal(gzclose(f), Z_OK);
}

static int set_up(void **state)
{
    (void)state;
    temp_make();
    for (int i = 16; i < IMAGES; i++)
        images[i] = (unsigned char)(4 * i);
    write_file("train-images-idx3-ubyte", images, IMAGES);
    write_file("train-labels-idx1-ubyte", labels, LABELS);
    return 0;
}

static bool load(dataset_part part)
{
    return dataset_load(&data, temp_path("."), NULL, part, &err);
}

static void test_load(void **state)
{
    (void)state;
    assert_true(load(DATASET_TRAIN));
    assert_int_equal(data.count, COUNT);
    assert_int_equal(data.side, SIDE);
    assert_int_equal(data.classes, 3);
    assert_memory_equal(data.images, images + 16, COUNT * SIDE * SIDE);
    assert_memory_equal(data.labels, labels + 8, COUNT);
    assert_string_equal(data.label[2], "2");
    dataset_free(&data);
    assert_null(data.images);
}

static void test_gzip(void **state)
{
    (void)state;
    write_gz("t10k-images-idx3-ubyte.gz", images, IMAGES);
    write_gz("t10k-labels-idx1-ubyte.gz", labels, LABELS);
    assert_true(load(DATASET_TEST));
    assert_memory_equal(data.images, images + 16, COUNT * SIDE * SIDE);
    dataset_free(&data);
}

static void refused(dataset_part part, const char *says)
{
    memset(&err, 0, sizeof err);
    assert_false(load(part));
    assert_null(data.images);
    assert_null(data.labels);
    if (!strstr(err.text, says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

static void test_missing(void **state)
{
    (void)state;
    refused(DATASET_TEST, "train-images-idx3-ubyte is here, but no test images");
    unlink(temp_path("train-labels-idx1-ubyte"));
    refused(DATASET_TRAIN, "train-images-idx3-ubyte is here, but not its labels");
    unlink(temp_path("train-images-idx3-ubyte"));
    refused(DATASET_TRAIN, "neither train-images-idx3-ubyte nor a table");
    assert_false(dataset_load(&data, "", NULL, DATASET_TRAIN, &err));
    assert_non_null(strstr(err.text, "HOME is not set"));
}

static void test_wrong_counts(void **state)
{
    (void)state;
    unsigned char other[IMAGES + 1];
    memcpy(other, labels, LABELS);
    other[7] = COUNT - 1;
    write_file("train-labels-idx1-ubyte", other, LABELS - 1);
    refused(DATASET_TRAIN, "train-images-idx3-ubyte: 3 images but 2 labels");
    write_file("train-labels-idx1-ubyte", other, LABELS);
    refused(DATASET_TRAIN, "train-images-idx3-ubyte: 3 images but 2 labels");
    write_file("train-labels-idx1-ubyte", labels, LABELS - 1);
    refused(DATASET_TRAIN, "train-labels-idx1-ubyte: cut short");
    write_file("train-labels-idx1-ubyte", labels, LABELS);

    memcpy(other, images, IMAGES);
    other[11] = 2;
    other[15] = 8;
    write_file("train-images-idx3-ubyte", other, IMAGES);
    refused(DATASET_TRAIN, "images of 8 x 2, they must be square");
    write_file("train-images-idx3-ubyte", "GIF89a", 6);
    refused(DATASET_TRAIN, "train-images-idx3-ubyte: not an IDX file (it begins 47 49 46 38)");
}

static void test_labels(void **state)
{
    (void)state;
    write_file("labels.txt", "zero\r\none\ndreißig\n", 19);
    assert_true(load(DATASET_TRAIN));
    assert_int_equal(data.classes, 3);
    assert_string_equal(data.label[0], "zero");
    assert_string_equal(data.label[2], "dreißig");
    dataset_free(&data);
    write_file("labels.txt", "a\nb\nc\nd", 7); /* more classes than this part has */
    assert_true(load(DATASET_TRAIN));
    assert_int_equal(data.classes, 4);
    dataset_free(&data);
    write_file("labels.txt", "zero\none\n", 9);
    refused(DATASET_TRAIN, "labels.txt: names 2 classes, but a label is 2");
    write_file("labels.txt", "zero\n\ntwo\n", 10);
    refused(DATASET_TRAIN, "labels.txt: line 2: a label is 1 to 47 bytes of UTF-8");
    write_file("labels.txt", "zero\none\nd\xfc\n", 12);
    refused(DATASET_TRAIN, "labels.txt: line 3");
    write_file("labels.txt", "zero\n\033[2J\ntwo\n", 14);
    refused(DATASET_TRAIN, "labels.txt: line 2");
    unlink(temp_path("labels.txt"));
    labels[LABELS - 1] = NN_MAX_CLASSES;
    write_file("train-labels-idx1-ubyte", labels, LABELS);
    refused(DATASET_TRAIN, "a label is 64, at most 64 classes");
    labels[LABELS - 1] = 1;
}

static bool read_idx(array *a, const void *bytes, size_t len)
{
    nn_stream *stream;
    memset(&err, 0, sizeof err);
    assert_true(nn_stream_memory(&stream, bytes, len, NN_DETECT, &err));
    bool ok = idx_read(a, stream, false, &err);
    nn_stream_close(stream);
    assert_true(ok || !a->values);
    return ok;
}

/* Every prefix and every change of one header byte: refused with a position inside, or the same number of bytes. */
static void test_broken_headers(void **state)
{
    (void)state;
    array a;
    unsigned char copy[IMAGES];
    for (size_t len = 0; len < IMAGES; len++) {
        assert_false(read_idx(&a, images, len));
        assert_int_equal(err.code, NN_FORMAT);
        assert_true(err.pos <= len);
    }
    for (int at = 0; at < 16; at++)
        for (int value = 0; value < 256; value++) {
            memcpy(copy, images, IMAGES);
            copy[at] = (unsigned char)value;
            bool ok = read_idx(&a, copy, IMAGES);
            bool same = value == images[at] || (at == 2 && value == 9); /* signed bytes */
            assert_int_equal(ok, same);
            assert_true(ok || err.pos <= IMAGES);
            nn_free(a.values);
        }
    memset(copy + 4, 0x7f, 12); /* sizes whose product overflows */
    assert_false(read_idx(&a, copy, IMAGES));
}

static size_t largest;

static int note_size(void *ctx, size_t bytes)
{
    (void)ctx;
    largest = bytes > largest ? bytes : largest;
    return 1;
}

/* Headers that promise more than can be in the file, packed or not, and files that hold more than they promise. */
static void test_nothing_is_allocated_for_promises(void **state)
{
    static const nn_alloc_hook hook = {.allow = note_size};
    static unsigned char zeros[1 << 20];
    (void)state;
    unsigned char header[16] = {0, 0, 8, 3, 0, 0, 0, COUNT, 0, 0, 0, 60, 0, 0, 0, 60};
    for (int form = 0; form < 3; form++) {
        gzFile f = gzopen(temp_path("train-images-idx3-ubyte"), form == 0 ? "wbT" : "wb9");
        header[6] = form == 2 ? 0 : 255; /* 65283 images, or 3 and much behind them */
        assert_int_equal(gzwrite(f, header, sizeof header), sizeof header);
        for (int i = 0; i < (form == 2 ? 200 : 0); i++)
            assert_int_equal(gzwrite(f, zeros, sizeof zeros), sizeof zeros);
        assert_int_equal(gzclose(f), Z_OK);
        labels[6] = header[6];
        write_file("train-labels-idx1-ubyte", labels, LABELS);
        largest = 0;
        nn_alloc_set_hook(&hook);
        bool ok = load(DATASET_TRAIN);
        nn_alloc_set_hook(NULL);
        assert_false(ok);
        assert_in_range(largest, 1, 4 << 20);
    }
    labels[6] = 0;
}

static bool run_load(void *ctx, nn_error *e)
{
    (void)ctx;
    bool ok = dataset_load(&data, temp_path("."), NULL, DATASET_TRAIN, e);
    dataset_free(&data);
    return ok;
}

static void test_faults(void **state)
{
    (void)state;
    write_file("labels.txt", "a\nb\nc\n", 6);
    const fault_case test = {.run = run_load};
    assert_true(faults_try_all("load a data set", &test) >= 20);
}

static void test_mnist(void **state)
{
    (void)state;
    static const int per_class[] = {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009};
    int found[10] = {0};
    if (access(TEST_DATA "/mnist", R_OK) != 0) {
        print_message("no MNIST in " TEST_DATA ": made-up files only\n");
        skip();
    }
    assert_true(dataset_load(&data, TEST_DATA "/mnist", NULL, DATASET_TEST, &err));
    assert_int_equal(data.count, 10000);
    assert_int_equal(data.side, 28);
    for (int i = 0; i < data.count; i++)
        found[data.labels[i]]++;
    assert_memory_equal(found, per_class, sizeof found);
    dataset_free(&data);
}

/* Each class gives its part, each image is on one side, and the same seed sets the same ones aside. */
static void test_split(void **state)
{
    (void)state;
    enum { ALL = 900, ASIDE = 90 };
    dataset part;
    int index[ALL], again[ALL], seen[ALL] = {0}, aside[10] = {0}, all[10] = {0};
    assert_true(samples_make(&data, ALL, 3, &err));
    assert_int_equal(dataset_split(&data, ASIDE, 7, index), ALL - ASIDE);
    for (int i = 0; i < ALL; i++) {
        seen[index[i]]++;
        all[data.labels[index[i]]]++;
        aside[data.labels[index[i]]] += i >= ALL - ASIDE;
    }
    for (int i = 0; i < ALL; i++)
        assert_int_equal(seen[i], 1);
    for (int c = 0; c < 10; c++)
        assert_in_range(aside[c], all[c] / 10, all[c] / 10 + 1);
    assert_int_equal(dataset_split(&data, ASIDE, 7, again), ALL - ASIDE);
    assert_memory_equal(index, again, sizeof index);
    assert_int_equal(dataset_split(&data, ASIDE, 8, again), ALL - ASIDE);
    assert_memory_not_equal(index, again, sizeof index);
    assert_true(dataset_choose(&part, &data, index + ALL - ASIDE, ASIDE, &err));
    assert_int_equal(part.count, ASIDE);
    assert_int_equal(part.labels[5], data.labels[index[ALL - ASIDE + 5]]);
    assert_memory_equal(part.images, data.images + (size_t)index[ALL - ASIDE] * 784, 784);
    dataset_free(&part);
    dataset_free(&data);
}

/* EMNIST's largest set: the product of two of its counts has 37 bits. */
static void test_split_of_many(void **state)
{
    (void)state;
    enum { ALL = 697932, ASIDE = 116323, CLASSES = 62 };
    dataset many = {.count = ALL, .side = 1, .classes = CLASSES, .labels = nn_alloc(ALL, 1)};
    int *index = nn_alloc(ALL, sizeof *index), aside[CLASSES] = {0};
    for (int i = 0; i < ALL; i++)
        many.labels[i] = (unsigned char)(i % CLASSES);
    assert_int_equal(dataset_split(&many, ASIDE, 7, index), ALL - ASIDE);
    for (int i = ALL - ASIDE; i < ALL; i++)
        aside[many.labels[index[i]]]++;
    for (int c = 0; c < CLASSES; c++)
        assert_in_range(aside[c], ASIDE / CLASSES, ASIDE / CLASSES + 1);
    nn_free(index);
    dataset_free(&many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_split_of_many),
        cmocka_unit_test_setup_teardown(test_load, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_gzip, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_missing, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_counts, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_labels, set_up, temp_tear_down),
        cmocka_unit_test(test_broken_headers),
        cmocka_unit_test_setup_teardown(test_nothing_is_allocated_for_promises, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_faults, set_up, temp_tear_down),
        cmocka_unit_test(test_mnist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
