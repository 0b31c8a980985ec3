/* dataset_build.c - growing, and the order of classes. */
#include "dataset_build.h"
#include "app/core/digit/label_digit.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { MAX_IMAGES_BYTES = 1 << 30 };

static bool fail_no_memory(nn_error *err)
{
    return nn_fail(err, NN_NOMEM, 0, "out of memory for the images");
}

static bool make_room(dataset_builder *b, nn_error *err)
{
    dataset *data = &b->data;
    size_t pixels = (size_t)(data->side * data->side);
    if (data->count < b->room)
        return true;
    if ((size_t)data->count > MAX_IMAGES_BYTES / pixels)
        return nn_fail(err, NN_LIMIT, 0, "more images than fit into %d MB", MAX_IMAGES_BYTES >> 20);
    int room = (int)nn_room((size_t)data->count + 1);
    unsigned char *images = nn_realloc(data->images, (size_t)b->room, (size_t)room, pixels);
    data->images = images ? images : data->images;
    unsigned char *labels = images ? nn_realloc(data->labels, (size_t)b->room, (size_t)room, 1) : NULL;
    data->labels = labels ? labels : data->labels;
    b->room = labels ? room : b->room;
    return labels || fail_no_memory(err);
}

/* The class of a label, a new one if need be. */
static bool class_of(dataset *data, const char *label, int *class, nn_error *err)
{
    size_t len = strlen(label);
    for (*class = 0; *class < data->classes; ++*class)
        if (strcmp(data->label[*class], label) == 0)
            return true;
    if (*class == NN_MAX_CLASSES)
        return nn_fail(err, NN_LIMIT, 0, "more than %d different labels", NN_MAX_CLASSES);
    if (!nn_label_is_valid(label, len))
        return nn_fail(err, NN_FORMAT, 0, "a label is 1 to %d bytes of UTF-8 without control characters", NN_NAME - 1);
    memcpy(data->label[data->classes++], label, len + 1);
    return true;
}

bool dataset_add(dataset_builder *b, const unsigned char *image, const char *label, nn_error *err)
{
    dataset *data = &b->data;
    size_t pixels = (size_t)(data->side * data->side);
    int class;
    if (!class_of(data, label, &class, err) || !make_room(b, err))
        return false;
    memcpy(data->images + (size_t)data->count * pixels, image, pixels);
    data->labels[data->count++] = (unsigned char)class;
    return true;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* Digits need not all be there; but where there are more classes, and none of them is 0, counting began later. */
static int first_of(int least, int greatest)
{
    return least > 0 && greatest > 9 ? least : 0;
}

static bool number_classes(dataset *data, int least, int greatest, int first, nn_error *err)
{
    data->first = first >= 0 && first <= least ? first : first_of(least, greatest);
    if (least < 0)
        return nn_fail(err, NN_FORMAT, 0, "a label is %d; class numbers begin at 0", least);
    if (greatest - data->first >= NN_MAX_CLASSES)
        return nn_fail(err, NN_LIMIT, 0, "a label is %d, at most %d classes are supported", greatest, NN_MAX_CLASSES);
    data->classes = greatest - data->first + 1;
    for (int i = 0; i < data->classes; i++)
        snprintf(data->label[i], NN_NAME, "%d", data->first + i);
    if (data->first > 0) {
        char sentence[80];
        snprintf(sentence, sizeof sentence, "labels begin at %d: that is the first class", data->first);
        dataset_remark(data, sentence);
    }
    return true;
}

bool dataset_number(dataset *data, const int *numbers, int first, nn_error *err)
{
    int least = INT_MAX, greatest = 0;
    for (int i = 0; i < data->count; i++) {
        least = numbers[i] < least ? numbers[i] : least;
        greatest = numbers[i] > greatest ? numbers[i] : greatest;
    }
    if (!number_classes(data, least, greatest, first, err))
        return false;
    data->labels = nn_alloc((size_t)data->count, 1);
    if (!data->labels)
        return fail_no_memory(err);
    for (int i = 0; i < data->count; i++)
        data->labels[i] = (unsigned char)(numbers[i] - data->first);
    return true;
}

/* ---- order ------------------------------------------------------------------------------------------------------- */

/* A whole number without sign or leading zeros, or what a digit is called; -1 for none. */
static int number_of(const char *text)
{
    size_t len = strspn(text, "0123456789");
    int value = 0;
    if (label_digit(text) >= 0)
        return label_digit(text);
    if (len == 0 || text[len] || len > 4 || (len > 1 && text[0] == '0'))
        return -1;
    for (; *text; text++)
        value = value * 10 + *text - '0';
    return value;
}

static void order_by_alphabet(dataset *data, unsigned char place[NN_MAX_CLASSES])
{
    char old[NN_MAX_CLASSES][NN_NAME];
    memcpy(old, data->label, sizeof old);
    for (int i = 0; i < data->classes; i++) {
        place[i] = 0;
        for (int j = 0; j < data->classes; j++)
            place[i] = (unsigned char)(place[i] + (strcmp(old[j], old[i]) < 0));
        memcpy(data->label[place[i]], old[i], NN_NAME);
    }
}

static void remark_digits(dataset *data, const char (*old)[NN_NAME], int n)
{
    for (int i = 0; i < n; i++)
        if (label_digit(old[i]) >= 0 && old[i][1]) {
            char sentence[NN_NAME + 48];
            snprintf(sentence, sizeof sentence, "its class \"%.*s\" is the digit %d", NN_NAME, old[i],
                     label_digit(old[i]));
            dataset_remark(data, sentence);
            return;
        }
}

/* False, without an error, where the labels are not all numbers. */
static bool order_by_number(dataset *data, unsigned char place[NN_MAX_CLASSES], bool *numbers, nn_error *err)
{
    int value[NN_MAX_CLASSES], least = INT_MAX, greatest = 0, classes = data->classes;
    char old[NN_MAX_CLASSES][NN_NAME];
    memcpy(old, data->label, sizeof old);
    *numbers = true;
    for (int i = 0; i < classes; i++) {
        value[i] = number_of(data->label[i]);
        *numbers = *numbers && value[i] >= 0;
        least = value[i] < least ? value[i] : least;
        greatest = value[i] > greatest ? value[i] : greatest;
    }
    if (!*numbers || !number_classes(data, least, greatest, -1, err))
        return false;
    for (int i = 0; i < classes; i++)
        place[i] = (unsigned char)(value[i] - data->first);
    remark_digits(data, (const char(*)[NN_NAME])old, classes);
    return true;
}

bool dataset_complete(dataset_builder *b, dataset *out, nn_error *err)
{
    dataset *data = &b->data;
    unsigned char place[NN_MAX_CLASSES];
    bool numbers;
    if (!order_by_number(data, place, &numbers, err) && numbers) {
        dataset_free(data);
        *out = (dataset){0};
        return false;
    }
    if (!numbers)
        order_by_alphabet(data, place);
    for (int i = 0; i < data->count; i++)
        data->labels[i] = place[data->labels[i]];
    *out = *data;
    return true;
}

void dataset_remark_range(dataset *data, double low, double high)
{
    char sentence[80];
    snprintf(sentence, sizeof sentence, "its pixels go from %.3g to %.3g: brought to 0 to 255", low, high);
    if (!*data->note)
        dataset_remark(data, sentence);
}
