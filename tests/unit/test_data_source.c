/* test_data_source.c - the folders in which people keep data sets: which files are found, and what is said if not. */
#include "app/core/data/dataset_load.h"
#include "app/core/data/pictures.h"
#include "nn/file.h"
#include "tests/support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

enum { SIDE = 2, PIXELS = SIDE * SIDE };

static nn_error err;
static dataset data;

static int tear_down(void **state)
{
    (void)state;
    dataset_free(&data);
    temp_remove();
    return 0;
}

/* Makes the folders before the last slash. */
static const char *place(const char *name)
{
    char folder[512];
    snprintf(folder, sizeof folder, "%s", temp_path(name));
    *strrchr(folder, '/') = 0;
    assert_true(nn_file_mkdirs(folder, &err));
    return temp_path(name);
}

static void put(const char *name, const void *bytes, size_t len)
{
    size_t n = strlen(name);
    if (n > 3 && strcmp(name + n - 3, ".gz") == 0) {
        gzFile f = gzopen(place(name), "wb");
        assert_int_equal(gzwrite(f, bytes, (unsigned)len), len);
        assert_int_equal(gzclose(f), Z_OK);
    } else {
        assert_true(nn_file_save(place(name), bytes, len, NN_CONSISTENT, &err));
    }
}

/* `count` images whose first pixel tells sets and parts apart; labels 0, 1, ... */
static void put_idx(const char *images, const char *labels, int count, int mark)
{
    unsigned char i[16 + 64 * PIXELS] = {0, 0, 8, 3, 0, 0, 0, (unsigned char)count, 0, 0, 0, SIDE, 0, 0, 0, SIDE};
    unsigned char l[8 + 64] = {0, 0, 8, 1, 0, 0, 0, (unsigned char)count};
    for (int k = 0; k < count; k++) {
        i[16 + k * PIXELS] = (unsigned char)mark;
        i[16 + k * PIXELS + 1] = 255;
        l[8 + k] = (unsigned char)k;
    }
    put(images, i, 16 + (size_t)count * PIXELS);
    put(labels, l, 8 + (size_t)count);
}

static void loads(const char *path, const char *set, dataset_part part, int mark)
{
    if (!dataset_load(&data, temp_path(path), set, part, &err))
        fail_msg("%s", err.text);
    assert_int_equal(data.images[0], mark);
    dataset_free(&data);
}

static void refused(const char *path, const char *set, dataset_part part, const char *says)
{
    assert_false(dataset_load(&data, temp_path(path), set, part, &err));
    if (!strstr(err.text, says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

static void test_names(void **state)
{
    static const char *const forms[][4] = {
        {"a/train-images-idx3-ubyte", "a/train-labels-idx1-ubyte", "a/t10k-images-idx3-ubyte",
         "a/t10k-labels-idx1-ubyte"},
        {"b/train-images.idx3-ubyte", "b/train-labels.idx1-ubyte.gz", "b/t10k-images.idx3-ubyte.gz",
         "b/t10k-labels.idx1-ubyte"},
        {"c/emnist-digits-train-images-idx3-ubyte.gz", "c/emnist-digits-train-labels-idx1-ubyte.gz",
         "c/emnist-digits-test-images-idx3-ubyte.gz", "c/emnist-digits-test-labels-idx1-ubyte.gz"},
        {"d/train-images-idx3-ubyte/train-images-idx3-ubyte", "d/train-labels-idx1-ubyte/train-labels-idx1-ubyte",
         "d/t10k-images-idx3-ubyte/t10k-images-idx3-ubyte", "d/t10k-labels-idx1-ubyte/t10k-labels-idx1-ubyte"},
        {"e/MNIST/raw/train-images-idx3-ubyte", "e/MNIST/raw/train-labels-idx1-ubyte",
         "e/MNIST/raw/t10k-images-idx3-ubyte.gz", "e/MNIST/raw/t10k-labels-idx1-ubyte.gz"},
        {"f/archive/Train_Images-idx3-ubyte", "f/archive/Train_Labels-idx1-ubyte", "f/archive/Test_Images-idx3-ubyte",
         "f/archive/Test_Labels-idx1-ubyte"},
        {"g/train-images.idx", "g/train-labels.idx.gz", "g/test-images.idx", "g/test-labels.idx"},
        {"h/train-images", "h/train-labels", "h/t10k-images.gz", "h/t10k-labels"},
        {"i/train-images-idx3-ubyte", "i/train-labels-idx1-ubyte", "i/valid-images-idx3-ubyte",
         "i/valid-labels-idx1-ubyte"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const char folder[] = {(char)('a' + i), 0};
        put_idx(forms[i][0], forms[i][1], 3, 40);
        put_idx(forms[i][2], forms[i][3], 2, 50);
        loads(folder, NULL, DATASET_TRAIN, 40);
        loads(folder, NULL, DATASET_TEST, 50);
        loads(forms[i][0], NULL, DATASET_TRAIN, 40); /* one of the files stands for all */
        loads(forms[i][1], NULL, DATASET_TEST, 50);
        assert_true(dataset_has(temp_path(folder), NULL, DATASET_TEST));
    }
}

/* A folder of one part alone is all there is. */
static void test_parts_by_folders(void **state)
{
    (void)state;
    put_idx("a/train/images-idx3-ubyte", "a/train/labels-idx1-ubyte", 3, 40);
    loads("a", NULL, DATASET_TRAIN, 40);
    assert_false(dataset_has(temp_path("a"), NULL, DATASET_TEST));
    put_idx("a/test/images-idx3-ubyte.gz", "a/test/labels-idx1-ubyte", 2, 50);
    loads("a", NULL, DATASET_TRAIN, 40);
    loads("a", NULL, DATASET_TEST, 50);
    loads("a/test", NULL, DATASET_TRAIN, 50);
}

static void put_emnist(const char *set, int count, int mark)
{
    static const char *const parts[] = {"train", "test"};
    for (int i = 0; i < 2; i++) {
        char images[128], labels[128];
        snprintf(images, sizeof images, "gzip/emnist-%s-%s-images-idx3-ubyte.gz", set, parts[i]);
        snprintf(labels, sizeof labels, "gzip/emnist-%s-%s-labels-idx1-ubyte.gz", set, parts[i]);
        put_idx(images, labels, count, mark + i);
    }
}

static void test_several_sets(void **state)
{
    (void)state;
    put_emnist("letters", 27, 60);
    loads(".", NULL, DATASET_TRAIN, 60);
    refused(".", "digits", DATASET_TRAIN, "there is no data set \"digits\" here, but: emnist-letters");
    put_emnist("digits", 10, 70);
    refused(".", NULL, DATASET_TRAIN, "several data sets are here: emnist-digits, emnist-letters; say which by --part");
    loads(".", "letters", DATASET_TRAIN, 60);
    loads("gzip", "digits", DATASET_TEST, 71);
    loads(".", "emnist-letters", DATASET_TEST, 61);
}

/* One that is not there is not replaced by what is, of any kind. */
static void test_a_set_that_is_not_there(void **state)
{
    (void)state;
    put("plain.csv", "label,a,b,c,d\n0,9,0,0,255\n1,0,0,0,0\n", 36);
    loads("plain.csv", "plain", DATASET_TRAIN, 9);
    refused("plain.csv", "foo", DATASET_TRAIN, "plain.csv: there is no data set \"foo\" here, but: plain");
    put_idx("a/train-images-idx3-ubyte", "a/train-labels-idx1-ubyte", 3, 40);
    refused("a", "letters", DATASET_TRAIN, "there is no data set \"letters\" here: the only one has no name");
    refused("a/train-images-idx3-ubyte", "letters", DATASET_TRAIN, "here: the only one has no name");
    put("b/3/1.png", "", 1);
    put("b/4/1.png", "", 1);
    refused("b", "foo", DATASET_TRAIN, "there is no data set \"foo\" here: the only one has no name");
}

static void test_what_is_missing(void **state)
{
    (void)state;
    refused("nowhere", NULL, DATASET_TRAIN, "nowhere: cannot open");
    assert_true(nn_file_mkdirs(temp_path("empty"), &err));
    refused("empty", NULL, DATASET_TRAIN, "no training images: neither train-images-idx3-ubyte nor");
    put_idx("half/train-images-idx3-ubyte", "elsewhere/train-labels-idx1-ubyte", 3, 1);
    refused("half", NULL, DATASET_TRAIN, "train-images-idx3-ubyte is here, but not its labels");
    refused("half/train-images-idx3-ubyte", NULL, DATASET_TRAIN, "the other one is not beside it");
    put_idx("one/train-images-idx3-ubyte", "one/train-labels-idx1-ubyte", 3, 1);
    refused("one", NULL, DATASET_TEST, "is here, but no test images");
    assert_false(dataset_has(temp_path("one"), NULL, DATASET_TEST));
}

static void test_class_names(void **state)
{
    (void)state;
    put_idx("a/train-images-idx3-ubyte", "a/train-labels-idx1-ubyte", 3, 1);
    put("a/labels.txt", "zero\r\none\ntwo\nmany\n\n", 20);
    assert_true(dataset_load(&data, temp_path("a"), NULL, DATASET_TRAIN, &err));
    assert_int_equal(data.classes, 4);
    assert_string_equal(data.label[0], "zero");
    dataset_free(&data);
    put("a/labels.txt", "Nine\none\nclass_4\n", 17); /* all of them are digits */
    assert_true(dataset_load(&data, temp_path("a"), NULL, DATASET_TRAIN, &err));
    assert_string_equal(data.label[0], "9");
    assert_string_equal(data.label[2], "4");
    assert_true(dataset_order(&data, (const char[4][NN_NAME]){"zero", "one", "four", "nine"}, 4));
    assert_int_equal(data.labels[0], 3);
    dataset_free(&data);
    put_emnist("balanced", 47, 1);
    assert_true(dataset_load(&data, temp_path("gzip"), NULL, DATASET_TRAIN, &err));
    assert_string_equal(data.label[10], "A");
    assert_string_equal(data.label[46], "t");
    dataset_free(&data);
    put("gzip/emnist-balanced-mapping.txt", "0 88\n1 89 90\n", 13);
    assert_true(dataset_load(&data, temp_path("gzip"), NULL, DATASET_TRAIN, &err));
    assert_string_equal(data.label[0], "X");
    assert_string_equal(data.label[1], "Y");
    assert_string_equal(data.label[2], "2");
}

/* EMNIST's letters begin at 1; a test part without the first one still means the same classes. */
static void test_labels_from_1(void **state)
{
    unsigned char labels[8 + 26] = {0, 0, 8, 1, 0, 0, 0, 26};
    (void)state;
    put_emnist("letters", 26, 1);
    for (int i = 0; i < 26; i++)
        labels[8 + i] = (unsigned char)(i + 1);
    put("gzip/emnist-letters-train-labels-idx1-ubyte.gz", labels, sizeof labels);
    for (int i = 0; i < 26; i++)
        labels[8 + i] = (unsigned char)(i % 20 + 5);
    put("gzip/emnist-letters-test-labels-idx1-ubyte.gz", labels, sizeof labels);
    assert_true(dataset_load(&data, temp_path("gzip"), NULL, DATASET_TRAIN, &err));
    assert_int_equal(data.classes, 26);
    assert_int_equal(data.labels[0], 0);
    assert_string_equal(data.label[0], "A");
    assert_non_null(strstr(data.note, "labels begin at 1"));
    dataset_free(&data);
    assert_true(dataset_load(&data, temp_path("gzip"), NULL, DATASET_TEST, &err));
    assert_int_equal(data.first, 1);
    assert_int_equal(data.labels[0], 4);
    assert_string_equal(data.label[4], "5");
}

/* ---- archives ---------------------------------------------------------------------------------------------------- */

static void put_number(unsigned char **to, size_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *(*to)++ = (unsigned char)(i < 4 ? value >> 8 * i : 0);
}

static void put_bytes(unsigned char **to, const void *bytes, size_t len)
{
    memcpy(*to, bytes, len);
    *to += len;
}

/* A zip of texts, as they are. */
static void put_zip(const char *path, int count, const char *const (*entries)[2])
{
    unsigned char zip[4096], *to = zip;
    size_t at[8];
    for (int i = 0; i < count; i++) {
        size_t name = strlen(entries[i][0]), len = strlen(entries[i][1]);
        at[i] = (size_t)(to - zip);
        put_bytes(&to, "PK\3\4", 4), put_number(&to, 0, 14), put_number(&to, len, 4), put_number(&to, len, 4);
        put_number(&to, name, 4), put_bytes(&to, entries[i][0], name), put_bytes(&to, entries[i][1], len);
    }
    size_t list = (size_t)(to - zip);
    for (int i = 0; i < count; i++) {
        size_t name = strlen(entries[i][0]), len = strlen(entries[i][1]);
        put_bytes(&to, "PK\1\2", 4), put_number(&to, 0, 16), put_number(&to, len, 4), put_number(&to, len, 4);
        put_number(&to, name, 2), put_number(&to, 0, 12), put_number(&to, at[i], 4);
        put_bytes(&to, entries[i][0], name);
    }
    size_t list_len = (size_t)(to - zip) - list;
    put_bytes(&to, "PK\5\6", 4), put_number(&to, 0, 4), put_number(&to, (size_t)count, 2);
    put_number(&to, (size_t)count, 2), put_number(&to, list_len, 4), put_number(&to, list, 4), put_number(&to, 0, 2);
    put(path, zip, (size_t)(to - zip));
}

#define TABLE(mark) "label,a,b,c,d\n0," #mark ",0,0,255\n1,0,0,0,0\n"

static void test_tables_in_a_zip(void **state)
{
    static const char *const both[][2] = {{"__MACOSX/._a_train.csv", "?"},
                                          {"a_test.csv", TABLE(20)},
                                          {"sample_submission.csv", "id\n"},
                                          {"deep/a_train.csv", TABLE(10)}},
                             *const one[][2] = {{"read me.txt", "words"}, {"digits.CSV", TABLE(30)}},
                             *const none[][2] = {{"3/1.png", "a picture"}};
    (void)state;
    put_zip("a/archive.zip", 4, both);
    put_zip("b/one.zip", 2, one);
    put_zip("c/train.csv.zip", 1, one + 1);
    put_zip("c/test.csv.zip", 1, both + 1);
    put_zip("d/none.zip", 1, none);
    loads("a", NULL, DATASET_TRAIN, 10);
    loads("a/archive.zip", NULL, DATASET_TEST, 20);
    assert_true(dataset_has(temp_path("a"), NULL, DATASET_TEST));
    loads("b", NULL, DATASET_TRAIN, 30);
    loads("b/one.zip", NULL, DATASET_TEST, 30);
    assert_false(dataset_has(temp_path("b"), NULL, DATASET_TEST));
    loads("c", NULL, DATASET_TRAIN, 30);
    loads("c", NULL, DATASET_TEST, 20);
    refused("d", NULL, DATASET_TRAIN, "no training images, but none.zip is here: unpack it first");
    refused("d/none.zip", NULL, DATASET_TRAIN, "neither an array of NumPy nor a table in it");
}

/* What nobody has unpacked is no table with strange letters. */
static void test_archives_are_named(void **state)
{
    unsigned char tar[1024] = "a/train.csv", packed[1024];
    uLongf len = sizeof packed;
    (void)state;
    memcpy(tar + 257, "ustar", 5);
    put("a/set.tar", tar, sizeof tar);
    put("b/set.tar.gz", tar, sizeof tar);
    refused("a/set.tar", NULL, DATASET_TRAIN, "set.tar: a tar archive: unpack it first");
    refused("b/set.tar.gz", NULL, DATASET_TEST, "set.tar.gz: a tar archive: unpack it first");
    refused("b", NULL, DATASET_TEST, "no test images, but set.tar.gz is here: unpack it first");
    z_stream z = {.next_in = tar, .avail_in = sizeof tar, .next_out = packed, .avail_out = sizeof packed};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    len = z.total_out;
    deflateEnd(&z);
    put("c/train.csv.gz", packed, len); /* once more on the way to the file */
    refused("c/train.csv.gz", NULL, DATASET_TRAIN, "train.csv.gz: packed twice: unpack it first");
    put("c/set.7z", "7z\xbc\xaf\x27\x1c", 6);
    refused("c/set.7z", NULL, DATASET_TRAIN, "set.7z: packed: unpack it first");
}

/* ---- pictures ---------------------------------------------------------------------------------------------------- */

/* "WH" and a grey value: a picture of W x H such pixels. How much of the first is there may follow; of the others there
 * is nothing then. */
static bool decode(pixmap *out, const unsigned char *bytes, size_t len, nn_error *e)
{
    out->rgba = NULL;
    if (len != 3 && len != 4)
        return nn_fail(e, NN_FORMAT, 0, "no picture");
    *out = (pixmap){bytes[0], bytes[1], nn_alloc((size_t)(bytes[0] * bytes[1]), 4)};
    if (!out->rgba)
        return nn_fail(e, NN_NOMEM, 0, "out of memory");
    for (int i = 0; i < 4 * out->w * out->h; i++)
        out->rgba[i] = i % 4 == 3 ? 255 : bytes[2];
    for (int i = 0; len == 4 && i < 4 * out->w * out->h; i++)
        out->rgba[i] = i < 4 ? (unsigned char)(out->rgba[i] * bytes[3] / 255) : 0;
    return true;
}

static void put_picture(const char *name, int w, int h, int grey)
{
    put(name, (unsigned char[]){(unsigned char)w, (unsigned char)h, (unsigned char)grey}, 3);
}

static void test_folders_of_pictures(void **state)
{
    (void)state;
    pictures_decode_with(decode);
    put_picture("a/train/yes/1.png", 5, 5, 10);
    put_picture("a/train/yes/2.PNG", 5, 5, 20);
    put_picture("a/train/no/1.jpg", 5, 5, 30);
    put("a/train/no/Thumbs.db", "x", 1);
    put_picture("a/test/no/1.png", 5, 5, 40);
    assert_true(dataset_load(&data, temp_path("a"), NULL, DATASET_TRAIN, &err));
    assert_int_equal(data.count, 3);
    assert_int_equal(data.side, 5);
    assert_string_equal(data.label[0], "no");
    assert_int_equal(data.images[0], 30);
    assert_int_equal(data.images[25], 10);
    dataset_free(&data);
    loads("a", NULL, DATASET_TEST, 40);
    assert_true(dataset_has(temp_path("a"), NULL, DATASET_TEST));

    put_picture("b/sub/7/1.png", 5, 5, 10); /* not divided, and a folder below */
    put_picture("b/sub/9/1.png", 5, 5, 10);
    assert_true(dataset_load(&data, temp_path("b"), NULL, DATASET_TEST, &err));
    assert_int_equal(data.classes, 10);
    assert_int_equal(data.labels[1], 9);
    dataset_free(&data);
    assert_false(dataset_has(temp_path("b"), NULL, DATASET_TEST));

    put_picture("b/sub/9/2.png", 90, 70, 10); /* of two sizes: all are prepared */
    assert_true(dataset_load(&data, temp_path("b"), NULL, DATASET_TRAIN, &err));
    assert_int_equal(data.side, 28);
    assert_int_equal(data.count, 3);
    dataset_free(&data);

    put("b/sub/9/3.png", "broken", 6);
    refused("b", NULL, DATASET_TRAIN, "9/3.png: no picture");
    pictures_decode_with(NULL);
    refused("a", NULL, DATASET_TRAIN, "pictures cannot be read");
}

/* White upon black, and black upon white. */
static void test_transparent_pictures(void **state)
{
    (void)state;
    pictures_decode_with(decode);
    put("a/0/1.png", (unsigned char[]){5, 5, 255, 200}, 4);
    put("a/1/1.png", (unsigned char[]){5, 5, 0, 200}, 4);
    assert_true(dataset_load(&data, temp_path("a"), NULL, DATASET_TRAIN, &err));
    assert_int_equal(data.images[0], 200);
    assert_int_equal(data.images[1], 0);
    assert_int_equal(data.images[25], 55);
    assert_int_equal(data.images[26], 255);
    pictures_decode_with(NULL);
}

/* Classes that are called by a word or behind a noun are the digits, whatever their alphabet says. */
static void test_names_of_digits(void **state)
{
    static const char *const names[][2] = {
        {"three", "seven"}, {"Three", "Seven"}, {"digit_3", "digit_7"}, {"class3", "class7"}, {"3 - three", "seven"}};
    (void)state;
    pictures_decode_with(decode);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[64], folder[] = {(char)('a' + i), 0};
        for (int k = 0; k < 2; k++) {
            snprintf(name, sizeof name, "%s/%s/1.png", folder, names[i][k]);
            put_picture(name, 5, 5, 10 + k);
        }
        assert_true(dataset_load(&data, temp_path(folder), NULL, DATASET_TRAIN, &err));
        assert_int_equal(data.classes, 8);
        assert_string_equal(data.label[7], "7");
        int at = data.images[0] != 10; /* where the first class lies */
        assert_int_equal(data.labels[at], 3);
        assert_int_equal(data.labels[!at], 7);
        assert_non_null(strstr(data.note, "is the digit"));
        dataset_free(&data);
    }
    put_picture("a/twelve/1.png", 5, 5, 30); /* words after all */
    assert_true(dataset_load(&data, temp_path("a"), NULL, DATASET_TRAIN, &err));
    assert_int_equal(data.classes, 3);
    assert_string_equal(data.label[0], "seven");
    assert_string_equal(data.note, "");
    dataset_free(&data);
    pictures_decode_with(NULL);
}

/* What was kept for validation stands for the test, unless there is one. */
static void test_validation_folders(void **state)
{
    static const char *const names[] = {"val", "valid", "Validation", "dev"};
    (void)state;
    pictures_decode_with(decode);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[64], folder[] = {(char)('a' + i), 0};
        snprintf(name, sizeof name, "%s/train/3/1.png", folder);
        put_picture(name, 5, 5, 10);
        snprintf(name, sizeof name, "%s/%s/3/1.png", folder, names[i]);
        put_picture(name, 5, 5, 20);
        loads(folder, NULL, DATASET_TRAIN, 10);
        loads(folder, NULL, DATASET_TEST, 20);
        assert_true(dataset_has(temp_path(folder), NULL, DATASET_TEST));
        snprintf(name, sizeof name, "%s/test/3/1.png", folder);
        put_picture(name, 5, 5, 30);
        loads(folder, NULL, DATASET_TEST, 30);
    }
    put_picture("x/train/3/1.png", 5, 5, 10);
    put_picture("x/extra/3/1.png", 5, 5, 20);
    refused("x", NULL, DATASET_TEST, "no test images");
    pictures_decode_with(NULL);
}

/* In whatever order and under whatever names, beside the pictures or with these in a folder, for each part. */
static void test_tables_of_pictures(void **state)
{
    static const char *const tables[] = {"filename,label\na1.png,3\na2.png,7\n",
                                         "Label;Image\r\n3;a1.png\r\n7;a2.png\r\n",
                                         "a1.png 3\na2.png 7\n",
                                         "\xef\xbb\xbf,\"file\",\"class\",w\n0,\"a1.png\",3,5\n1,\"a2.png\",7,5\n",
                                         "file\tright\tkind\na1.png\t3\tpen\na2.png\t7\tpen\n",
                                         "w\tname\th\tdigit\n5\ta1.png\t5\tthree\n\n5\ta2.png\t5\tseven\n"},
                             *const names[][2] = {{"labels.csv", "."},
                                                  {"train.csv", "images"},
                                                  {"labels.txt", "train_images"},
                                                  {"tables/labels.csv", "pictures"},
                                                  {"index.tsv.gz", "."}};
    (void)state;
    pictures_decode_with(decode);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            char name[64], folder[16], picture[64];
            snprintf(folder, sizeof folder, "%zu%zu", i, k);
            snprintf(name, sizeof name, "%s/%s", folder, names[k][0]);
            put(name, tables[i], strlen(tables[i]));
            for (int j = 1; j <= 2; j++) {
                snprintf(picture, sizeof picture, "%s/%s/a%d.png", folder, names[k][1], j);
                put_picture(picture, 5, 5, 10 * j);
            }
            if (!dataset_load(&data, temp_path(folder), NULL, DATASET_TRAIN, &err))
                fail_msg("%s", err.text);
            assert_int_equal(data.count, 2);
            assert_int_equal(data.labels[0], 3);
            assert_int_equal(data.labels[1], 7);
            assert_int_equal(data.images[25], 20);
            dataset_free(&data);
            loads(name, NULL, DATASET_TRAIN, 10);
        }
    pictures_decode_with(NULL);
}

/* Each part has its pictures, under the same names. A table of what is to be answered is none. */
static void test_tables_of_pictures_by_parts(void **state)
{
    (void)state;
    pictures_decode_with(decode);
    put("a/train.csv", "id,label\n11.png,3\n12.png,4\n", 27);
    put("a/test.csv", "id,label\n11.png,4\n12.png,3\n", 27);
    put("a/sample_submission.csv", "id,label\n11.png,0\n", 18);
    for (int i = 0; i < 4; i++)
        put_picture((const char *const[]){"a/train/11.png", "a/train/12.png", "a/test/11.png", "a/test/12.png"}[i], 5,
                    5, 10 + i);
    loads("a", NULL, DATASET_TRAIN, 10);
    loads("a", NULL, DATASET_TEST, 12);
    assert_true(dataset_has(temp_path("a"), NULL, DATASET_TEST));
    put("a/test.csv", "id\n11.png\n12.png\n", 17);
    loads("a", NULL, DATASET_TRAIN, 10);
    assert_false(dataset_has(temp_path("a"), NULL, DATASET_TEST));
    put("b/labels.csv", "11.png,3\n12.png\n", 16);
    put_picture("b/11.png", 5, 5, 10);
    refused("b", NULL, DATASET_TRAIN, "labels.csv: line 2: 1 columns, its picture and label are the columns 1 and 2");
    put("b/labels.csv", "19.png,3\n", 9);
    refused("b", NULL, DATASET_TRAIN, "labels.csv: 19.png is not beside the table, nor in a folder there");
    pictures_decode_with(NULL);
}

/* Where all names have a digit at one place. */
static void test_names_of_pictures(void **state)
{
    static const struct {
        const char *names[3];
        int labels[3]; /* in the order of the names */
    } folders[] = {{{"3_0001.png", "3_0002.png", "7_0001.png"}, {3, 3, 7}},
                   {{"digit-3-12.png", "digit-7-11.png", "digit-7-12.png"}, {3, 7, 7}},
                   {{"img_3.png", "img_5.png", "img_7.png"}, {3, 5, 7}},
                   {{"0001_7.png", "0002_3.png", "0010-7.png"}, {7, 3, 7}},
                   {{"Seven (1).jpg", "Seven (2).jpg", "Three (1).jpg"}, {7, 7, 3}},
                   {{"mnist2-label3.png", "mnist2-label4.png", "mnist2-label7.png"}, {3, 4, 7}}};
    (void)state;
    pictures_decode_with(decode);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char name[64], folder[] = {(char)('a' + i), 0};
        for (int k = 0; k < 3; k++) {
            snprintf(name, sizeof name, "%s/%s", folder, folders[i].names[k]);
            put_picture(name, 5, 5, 10);
        }
        assert_true(dataset_load(&data, temp_path(folder), NULL, DATASET_TRAIN, &err));
        assert_int_equal(data.count, 3);
        for (int k = 0; k < 3; k++)
            assert_int_equal(data.label[data.labels[k]][0], '0' + folders[i].labels[k]);
        assert_non_null(strstr(data.note, "labels are the digits in the pictures' names"));
        dataset_free(&data);
    }
    put_picture("a/holiday.png", 5, 5, 10); /* not all of them */
    refused("a", NULL, DATASET_TRAIN, "no training images");
    put_picture("x/scan_10.png", 5, 5, 10); /* a counter */
    put_picture("x/scan_9.png", 5, 5, 10);
    refused("x", NULL, DATASET_TRAIN, "no training images");
    put_picture("y/train/3-1.png", 5, 5, 10);
    put_picture("y/train/4-1.png", 5, 5, 10);
    put_picture("y/test/3-1.png", 5, 5, 20);
    put_picture("y/test/4-2.png", 5, 5, 20);
    loads("y", NULL, DATASET_TRAIN, 10);
    loads("y", NULL, DATASET_TEST, 20);
    put_idx("y/deep/train-images-idx3-ubyte", "y/deep/train-labels-idx1-ubyte", 3, 40); /* made for it */
    loads("y", NULL, DATASET_TRAIN, 40);
    pictures_decode_with(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_names, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_parts_by_folders, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_several_sets, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_set_that_is_not_there, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_missing, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_class_names, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_labels_from_1, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tables_in_a_zip, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_archives_are_named, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_folders_of_pictures, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_transparent_pictures, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_of_digits, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_validation_folders, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tables_of_pictures, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tables_of_pictures_by_parts, temp_set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_names_of_pictures, temp_set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
