/* fuzz_class_names.c - files of names, and EMNIST's mappings as text and as numbers: every class has a name afterwards,
 * and names that were read are read again from what they make. */
#include "app/core/data/class_names.h"
#include "fuzz.h"
#include "nn/file.h"
#include "nn/utf8.h"
#include "support/temp.h"
#include <stdio.h>
#include <string.h>

enum { NAMES, MAPPING, ROWS, KINDS, CLASSES = 26 };

const char *const fuzz_words[] = {"\n",   "\r\n", "one", "zero",      "Eight",    " ",
                                  "1 65", "0 48", "-1",  "999999999", "\xc3\xa4", NULL};

/* The first byte says which of them it is, the second where classes begin. */
void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    static const double rows[] = {1, 65, 2, 66, 26, 90};
    char text[8 + sizeof rows] = {ROWS, 1};
    add("\0\0a\nb\r\nc\n\n", 10);
    add("\0\1zero\none\ntwo\nthree\n", 22);
    add("\1\1"
        "1 65 97\n2 66 98\n26 90 122\n",
        28);
    memcpy(text + 2, rows, sizeof rows);
    add(text, 2 + sizeof rows);
}

static void begin(dataset *data, int first)
{
    *data = (dataset){.classes = CLASSES, .first = first};
    for (int i = 0; i < CLASSES; i++)
        snprintf(data->label[i], NN_NAME, "%d", first + i);
}

static bool find(dataset *data, const char *file, const void *text, size_t len, nn_error *err)
{
    nn_error ignored;
    data_source source = {.set = "x"};
    snprintf(source.images, sizeof source.images, "%s", temp_path("x-train-images-idx3-ubyte"));
    FUZZ_REQUIRE(nn_file_save(temp_path(file), text, len, NN_CONSISTENT, &ignored));
    bool ok = class_names_find(data, &source, err);
    FUZZ_REQUIRE(nn_file_remove(temp_path(file), &ignored));
    return ok;
}

/* What was read, one a line, is read the same. */
static void read_again(const dataset *data, int first)
{
    static dataset again;
    char text[NN_MAX_CLASSES * (NN_NAME + 1)];
    size_t len = 0;
    nn_error err;
    for (int i = 0; i < data->classes; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s\n", data->label[i]);
    begin(&again, first);
    FUZZ_REQUIRE(find(&again, "labels.txt", text, len, &err) && again.classes == data->classes);
    FUZZ_REQUIRE(memcmp(again.label, data->label, sizeof again.label) == 0);
}

static void take_rows(dataset *data, const uint8_t *bytes, size_t len)
{
    double rows[2 * 64];
    int n = (int)(len / (2 * sizeof *rows));
    n = n < 64 ? n : 64;
    memcpy(rows, bytes, (size_t)n * 2 * sizeof *rows);
    array mapping = {.type = ARRAY_F64, .rank = 2, .dim = {n, 2}, .values = (unsigned char *)rows};
    FUZZ_REQUIRE(class_names_from(data, &mapping) == (n > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static dataset data;
    static bool made;
    nn_error err = {0};
    if (!made) {
        temp_make();
        atexit(temp_remove);
        made = true;
    }
    if (len < 2)
        return 0;
    int kind = bytes[0] % KINDS, first = bytes[1] % 2;
    begin(&data, first);
    if (kind == ROWS)
        take_rows(&data, bytes + 2, len - 2);
    else if (!find(&data, kind == NAMES ? "labels.txt" : "x-mapping.txt", bytes + 2, len - 2, &err))
        FUZZ_REQUIRE(err.code != NN_OK && err.text[0]);
    FUZZ_REQUIRE(data.classes >= CLASSES && data.classes <= NN_MAX_CLASSES);
    for (int i = 0; i < data.classes; i++) {
        size_t n = strlen(data.label[i]);
        FUZZ_REQUIRE(n > 0 && n < NN_NAME && nn_utf8_is_valid(data.label[i], n));
    }
    if (kind == NAMES && err.code == NN_OK)
        read_again(&data, first);
    return 0;
}
