/* dataset.c - a folder of IDX files or a CSV file becomes images, labels and the names of their classes. */
#include "dataset.h"
#include "app/core/paths.h"
#include "csv.h"
#include "idx.h"
#include "nn/rng.h"
#include "nn/utf8.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    DATA_MAX_BYTES = 1 << 30, /* EMNIST's largest part has 547 MB */
    LABELS_MAX_BYTES = 64 << 10
};

/* The path of folder/name or folder/name.gz, whichever is there. */
static bool find_idx(char path[PATHS_MAX], const char *folder, const char *name)
{
    char packed[64];
    snprintf(packed, sizeof packed, "%s.gz", name);
    return (paths_join(path, folder, name) && access(path, F_OK) == 0) ||
           (paths_join(path, folder, packed) && access(path, F_OK) == 0);
}

/* Reads folder/name or folder/name.gz and moves the values to the front of *data, which is the caller's to nn_free. */
static bool load_idx(unsigned char **data, int dims[3], const char *folder, const char *name, int rank, nn_error *err)
{
    char path[PATHS_MAX];
    size_t len;
    const unsigned char *values;
    if (!find_idx(path, folder, name))
        return nn_fail(err, NN_IO, 0, "%.100s: neither %s nor %s.gz is there (digitscope fetch-data downloads MNIST)",
                       folder, name, name);
    if (!nn_file_read_gz(path, DATA_MAX_BYTES, data, &len, err))
        return false;
    if (!idx_parse(*data, len, rank, dims, &values, err)) {
        nn_free(*data);
        *data = NULL;
        return nn_fail_in(err, path);
    }
    memmove(*data, values, len - (size_t)(values - *data));
    return true;
}

/* ---- class names ------------------------------------------------------------------------------------------------- */

static bool add_label(dataset *data, const char *text, size_t len, nn_error *err)
{
    if (data->classes == NN_MAX_CLASSES)
        return nn_fail(err, NN_LIMIT, 0, "more than %d labels", NN_MAX_CLASSES);
    if (len == 0 || len >= NN_NAME || !nn_utf8_is_valid(text, len))
        return nn_fail(err, NN_FORMAT, 0, "line %d: a label is 1 to %d bytes of UTF-8", data->classes + 1, NN_NAME - 1);
    memcpy(data->label[data->classes], text, len);
    data->label[data->classes++][len] = 0;
    return true;
}

static bool read_labels(dataset *data, const char *path, nn_error *err)
{
    unsigned char *text;
    size_t len;
    if (!nn_file_read(path, LABELS_MAX_BYTES, &text, &len, err))
        return false;
    bool ok = true;
    for (size_t i = 0, end; ok && i < len; i = end + 1) {
        const unsigned char *newline = memchr(text + i, '\n', len - i);
        end = newline ? (size_t)(newline - text) : len;
        size_t n = end - i;
        n -= n > 0 && text[end - 1] == '\r';
        ok = add_label(data, (const char *)text + i, n, err);
    }
    nn_free(text);
    return ok || nn_fail_in(err, path);
}

static int largest_label(const dataset *data)
{
    int largest = 0;
    for (int i = 0; i < data->count; i++)
        largest = data->labels[i] > largest ? data->labels[i] : largest;
    return largest;
}

static void number_classes(dataset *data, int classes)
{
    for (; data->classes < classes; data->classes++)
        snprintf(data->label[data->classes], NN_NAME, "%d", data->classes);
}

/* Names from labels.txt, else the numbers from 0 to the largest label. */
static bool name_classes(dataset *data, const char *folder, nn_error *err)
{
    char path[PATHS_MAX];
    int largest = largest_label(data);
    if (largest >= NN_MAX_CLASSES)
        return nn_fail(err, NN_LIMIT, 0, "%.100s: a label is %d, at most %d classes are supported", folder, largest,
                       NN_MAX_CLASSES);
    if (paths_join(path, folder, "labels.txt") && access(path, F_OK) == 0) {
        if (!read_labels(data, path, err))
            return false;
        if (largest < data->classes)
            return true;
        return nn_fail(err, NN_FORMAT, 0, "%.100s: labels.txt names %d classes, but a label is %d", folder,
                       data->classes, largest);
    }
    number_classes(data, largest + 1);
    return true;
}

/* ---- data sets --------------------------------------------------------------------------------------------------- */

bool dataset_is_csv(const char *path)
{
    size_t len = strlen(path);
    len -= len > 3 && strcmp(path + len - 3, ".gz") == 0 ? 3 : 0;
    return len > 4 && memcmp(path + len - 4, ".csv", 4) == 0;
}

static bool load_csv(dataset *data, const char *path, nn_error *err)
{
    unsigned char *text;
    size_t len;
    if (!nn_file_read_gz(path, DATA_MAX_BYTES, &text, &len, err))
        return false;
    bool ok = csv_parse(data, text, len, err) || nn_fail_in(err, path);
    nn_free(text);
    if (ok)
        number_classes(data, largest_label(data) + 1);
    return ok;
}

static const char *images_name(dataset_part part)
{
    return part == DATASET_TEST ? "t10k-images-idx3-ubyte" : "train-images-idx3-ubyte";
}

static const char *labels_name(dataset_part part)
{
    return part == DATASET_TEST ? "t10k-labels-idx1-ubyte" : "train-labels-idx1-ubyte";
}

bool dataset_is_there(const char *folder, dataset_part part)
{
    char path[PATHS_MAX];
    return find_idx(path, folder, images_name(part)) && find_idx(path, folder, labels_name(part));
}

bool dataset_load(dataset *data, const char *folder, dataset_part part, nn_error *err)
{
    int images[3], labels[3];
    *data = (dataset){0};
    if (!*folder)
        return nn_fail(err, NN_USAGE, 0, "there is no folder for data (HOME is not set): name one");
    if (dataset_is_csv(folder))
        return load_csv(data, folder, err);
    if (!load_idx(&data->images, images, folder, images_name(part), 3, err) ||
        !load_idx(&data->labels, labels, folder, labels_name(part), 1, err))
        goto fail;
    if (images[1] != images[2] || images[1] > NN_MAX_DIM) {
        nn_fail(err, NN_FORMAT, 0, "%.100s: images of %d x %d, they must be square and at most %d wide", folder,
                images[2], images[1], NN_MAX_DIM);
        goto fail;
    }
    if (images[0] != labels[0]) {
        nn_fail(err, NN_FORMAT, 0, "%.100s: %d %s images but %d labels", folder, images[0],
                part == DATASET_TEST ? "test" : "training", labels[0]);
        goto fail;
    }
    data->count = images[0];
    data->side = images[1];
    if (!name_classes(data, folder, err))
        goto fail;
    return true;

fail:
    dataset_free(data);
    return false;
}

void dataset_free(dataset *data)
{
    nn_free(data->images);
    nn_free(data->labels);
    *data = (dataset){0};
}

static uint64_t add_bytes(uint64_t bits, const void *bytes, size_t len)
{
    const unsigned char *from = bytes;
    for (size_t i = 0; i < len; i += sizeof(uint64_t)) {
        uint64_t word = 0;
        memcpy(&word, from + i, len - i < sizeof word ? len - i : sizeof word);
        bits = nn_key(bits, word);
    }
    return bits;
}

uint64_t dataset_fingerprint(const dataset *data)
{
    const int sizes[] = {data->count, data->side, data->classes, 0};
    size_t count = (size_t)data->count;
    uint64_t bits = add_bytes(0, sizes, sizeof sizes);
    bits = add_bytes(bits, data->labels, count);
    bits = add_bytes(bits, data->images, count * (size_t)(data->side * data->side));
    return add_bytes(bits, data->label, (size_t)data->classes * NN_NAME) >> 11;
}

void dataset_image(const dataset *data, int i, float *image)
{
    size_t count = (size_t)(data->side * data->side);
    const unsigned char *from = data->images + (size_t)i * count;
    for (size_t k = 0; k < count; k++)
        image[k] = (float)from[k] * (1.0f / 255.0f);
}
