/* arrays.c - which of the arrays are images, and which are their labels. */
#include "arrays.h"
#include "dataset_build.h"
#include "nn/alloc.h"
#include "part_names.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void arrays_free(arrays *self)
{
    for (int i = 0; i < self->count; i++)
        nn_free(self->array[i].values);
    self->count = 0;
}

array *arrays_add(arrays *self, const char *name, nn_error *err)
{
    if (self->count == ARRAYS_MAX) {
        nn_fail(err, NN_LIMIT, 0, "more than %d arrays in it", ARRAYS_MAX);
        return NULL;
    }
    array *a = &self->array[self->count++];
    *a = (array){0};
    snprintf(a->name, sizeof a->name, "%s", name);
    return a;
}

bool arrays_want(const arrays *self, const char *name)
{
    return !self->wanted || self->wanted(self->ctx, name);
}

static void remark_range(dataset *data, pixel_range range)
{
    if (range.own)
        dataset_remark_range(data, range.low, range.high);
}

/* n images with the label, or each with its own of `words`. */
static bool add_images(dataset_builder *b, const array *a, int n, const char *label, const array *words, nn_error *err)
{
    unsigned char *images;
    char word[4 * NN_NAME]; /* longer than any that is taken */
    pixel_range range;
    int side = b->data.side = array_side(a, n);
    if (!array_images(a, n, &images, &range, err))
        return false;
    remark_range(&b->data, range);
    bool ok = true;
    for (int i = 0; ok && i < n; i++) {
        if (words)
            array_word(words, i, word, sizeof word);
        ok = dataset_add(b, images + (size_t)i * (size_t)(side * side), words ? word : label, err);
    }
    nn_free(images);
    return ok;
}

/* ---- a pair ------------------------------------------------------------------------------------------------------ */

static bool pair_words(const array *images, const array *words, int n, dataset *data, nn_error *err)
{
    dataset_builder b = {0};
    if (add_images(&b, images, n, NULL, words, err))
        return dataset_complete(&b, data, err);
    dataset_free(&b.data);
    return false;
}

static bool pair_numbers(const array *images, const array *labels, int n, dataset *data, int first, nn_error *err)
{
    int *numbers = NULL;
    pixel_range range;
    data->count = n;
    data->side = array_side(images, n);
    bool ok = array_images(images, n, &data->images, &range, err) && array_labels(labels, n, &numbers, err) &&
              dataset_number(data, numbers, first, err);
    if (ok)
        remark_range(data, range);
    else
        dataset_free(data);
    nn_free(numbers);
    return ok;
}

bool arrays_pair(const array *images, const array *labels, dataset *data, int first, nn_error *err)
{
    int n = labels->dim[0];
    *data = (dataset){0};
    if (array_side(images, n) == 0 && labels->rank > 1)
        n = labels->dim[labels->rank - 1];
    return array_is_text(labels) ? pair_words(images, labels, n, data, err)
                                 : pair_numbers(images, labels, n, data, first, err);
}

/* A table of labels, one-hot or QMNIST's, must be called so: it could be anything. */
static bool fit(const array *images, const array *labels)
{
    bool table = labels->rank == 2 && labels->dim[0] > 1 && labels->dim[1] > 1;
    if (table && !names_labels(labels->name))
        return false;
    int rank = labels->rank, step = rank > 1 ? rank - 1 : 1; /* from the first to the last */
    for (int i = 0; i < rank; i += step) {
        int n = labels->dim[i];
        if (array_can_label(labels, n) && array_side(images, n) > 1)
            return true;
    }
    return false;
}

/* What stands before and behind the word for its role is the same in a pair: x_train, y_train. */
static int likeness(const array *images, const array *labels)
{
    int score = 2 * names_labels(labels->name) + names_images(images->name) - 2 * names_labels(images->name);
    return score + 2 * (part_named(images->name) == part_named(labels->name));
}

static bool find_pair(const arrays *self, const array **images, const array **labels)
{
    int best = -100;
    for (int i = 0; i < self->count; i++)
        for (int k = 0; k < self->count; k++) {
            const array *x = &self->array[i], *y = &self->array[k];
            if (i == k || !x->values || !y->values || has_word(y->name, "writers") || !fit(x, y))
                continue;
            int score = likeness(x, y);
            if (score > best)
                best = score, *images = x, *labels = y;
        }
    return best > -100;
}

/* ---- an array for each class ------------------------------------------------------------------------------------- */

/* The number at the end of a name, -1 without one. */
static int class_in_name(const char *name)
{
    size_t end = strlen(name), begin = end;
    while (begin > 0 && isdigit((unsigned char)name[begin - 1]))
        begin--;
    return begin < end && end - begin < 4 ? atoi(name + begin) : -1;
}

/* How many images an array has by itself: those of its first axis. */
static int own_count(const array *a)
{
    int n = a->rank > 1 ? a->dim[0] : 0;
    return n > 0 && array_side(a, n) > 1 ? n : 0;
}

static bool add_class(dataset_builder *b, const array *a, nn_error *err)
{
    char label[16];
    int n = own_count(a), side = array_side(a, n);
    if (b->data.side != 0 && b->data.side != side)
        return nn_fail(err, NN_FORMAT, 0, "%s: images of %dx%d, others are %dx%d", a->name, side, side, b->data.side,
                       b->data.side);
    snprintf(label, sizeof label, "%d", class_in_name(a->name));
    return add_images(b, a, n, label, NULL, err);
}

static bool by_names(const arrays *self, dataset *data, nn_error *err)
{
    dataset_builder b = {0};
    int classes = 0;
    bool ok = true;
    for (int i = 0; ok && i < self->count; i++) {
        const array *a = &self->array[i];
        if (!a->values || class_in_name(a->name) < 0 || own_count(a) == 0)
            continue;
        ok = add_class(&b, a, err);
        classes++;
    }
    if (ok && classes > 1)
        return dataset_complete(&b, data, err);
    dataset_free(&b.data);
    return ok && nn_fail(err, NN_FORMAT, 0, "no images with a label for each in it");
}

bool arrays_dataset(const arrays *self, dataset *data, int first, nn_error *err)
{
    const array *images, *labels;
    *data = (dataset){0};
    return find_pair(self, &images, &labels) ? arrays_pair(images, labels, data, first, err)
                                             : by_names(self, data, err);
}
