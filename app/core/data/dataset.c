/* dataset.c - what can be asked of labelled images, and done with them. */
#include "dataset.h"
#include "app/core/digit/label_digit.h"
#include "nn/rng.h"
#include <stdio.h>
#include <string.h>

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

/* Walks the images in a shuffled order and hands each class its quota. */
int dataset_split(const dataset *data, int aside, uint64_t seed, int *index)
{
    int n = data->count, end = n, wanted[NN_MAX_CLASSES] = {0}, size[NN_MAX_CLASSES] = {0};
    nn_shuffle(index, n, nn_key(seed, 0x5b117));
    for (int i = 0; i < n; i++)
        size[data->labels[i]]++;
    int64_t seen = 0; /* cumulative rounding, so that the quotas add up to `aside` exactly */
    for (int c = 0; c < data->classes; c++) {
        int64_t before = seen * aside / n;
        seen += size[c];
        wanted[c] = (int)(seen * aside / n - before);
    }
    for (int i = n - 1; i >= 0; i--) {
        int image = index[i], class = data->labels[image];
        if (wanted[class] > 0) {
            wanted[class]--;
            index[i] = index[--end];
            index[end] = image;
        }
    }
    return end;
}

bool dataset_room(dataset *images, const dataset *like, int count, nn_error *err)
{
    *images = *like;
    images->count = count;
    images->images = nn_alloc((size_t)count, (size_t)(like->side * like->side));
    images->labels = nn_alloc((size_t)count, 1);
    if (images->images && images->labels)
        return true;
    dataset_free(images);
    return nn_fail(err, NN_NOMEM, 0, "out of memory for the images");
}

void dataset_copy_image(dataset *to, int at, const dataset *from, int i)
{
    size_t pixels = (size_t)(from->side * from->side);
    memcpy(to->images + (size_t)at * pixels, from->images + (size_t)i * pixels, pixels);
    to->labels[at] = from->labels[i];
}

bool dataset_choose(dataset *part, const dataset *data, const int *index, int n, nn_error *err)
{
    if (!dataset_room(part, data, n, err))
        return false;
    for (int i = 0; i < n; i++)
        dataset_copy_image(part, i, data, index[i]);
    return true;
}

void dataset_remark(dataset *data, const char *sentence)
{
    size_t len = strlen(data->note);
    snprintf(data->note + len, sizeof data->note - len, "%s%s", len > 0 ? "; " : "", sentence);
}

bool dataset_has_digits(const dataset *data)
{
    for (int i = 0; i < data->classes; i++)
        if (label_digit(data->label[i]) < 0)
            return false;
    return data->classes > 0;
}

bool dataset_order(dataset *data, const char (*names)[NN_NAME], int n)
{
    unsigned char place[NN_MAX_CLASSES];
    for (int i = 0; i < data->classes; i++) {
        int k = 0;
        while (k < n && !label_same(data->label[i], names[k]))
            k++;
        if (k == n)
            return false;
        place[i] = (unsigned char)k;
    }
    for (int i = 0; i < data->count; i++)
        data->labels[i] = place[data->labels[i]];
    memcpy(data->label, names, (size_t)n * NN_NAME);
    data->classes = n;
    return true;
}
