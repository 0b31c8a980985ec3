/* data_open.c - a network and a font are asked which way is up. */
#include "data_open.h"
#include "app/core/data/array.h"
#include "app/core/digit/digit.h"
#include "app/core/digit/label_digit.h"
#include "app/core/digit/resize.h"
#include "app/core/job.h"
#include "app/core/model/models.h"
#include "app/core/platform.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ASKED = 256, FEWEST_CLASSES = 3 };

/* A network that reads fewer of them than half does not know these digits; it must read clearly more in another lie. */
static const double readable = 0.5, clearly = 0.25, clearly_alike = 0.12, alike_digits = 0.35;

/* ---- digits: read them ------------------------------------------------------------------------------------------- */

typedef struct asking {
    const dataset *data;
    nn_model *model;
    nn_work *work;
    int image[ASKED], count; /* those that are asked about, all of digits */
} asking;

/* Digits from all over the set. */
static void choose_images(asking *a)
{
    int step = a->data->count / (2 * ASKED) + 1;
    for (int i = 0; i < a->data->count && a->count < ASKED; i += step)
        if (label_digit(a->data->label[a->data->labels[i]]) >= 0)
            a->image[a->count++] = i;
}

static bool reads_right(const asking *a, int i, orientation lie)
{
    enum { MOST = DATASET_MAX_SIDE * DATASET_MAX_SIDE };
    unsigned char turned[MOST];
    float image[MOST], fitted[DIGIT_PIXELS], p[NN_MAX_CLASSES];
    int side = a->data->side;
    orientation_undo(turned, a->data->images + (size_t)i * (size_t)(side * side), side, lie);
    for (int k = 0; k < side * side; k++)
        image[k] = (float)turned[k] / 255;
    resize_image(fitted, DIGIT_SIDE, image, side);
    nn_predict(a->work, a->model, fitted, 1, p);
    return label_same(a->model->label[nn_argmax(p, a->model->plan->classes)], a->data->label[a->data->labels[i]]);
}

static double accuracy_in(const asking *a, orientation lie)
{
    int right = 0;
    for (int i = 0; i < a->count && !job_is_unwanted(); i++)
        right += reads_right(a, a->image[i], lie);
    return (double)right / a->count;
}

/* False where no lie makes them readable. */
static bool find_by_reading(const asking *a, orientation *lie)
{
    double upright = accuracy_in(a, UPRIGHT), best = upright;
    *lie = UPRIGHT;
    for (orientation i = UPRIGHT + 1; i < ORIENTATIONS && upright < readable + clearly; i++) {
        double accuracy = accuracy_in(a, i);
        if (accuracy > best && accuracy > upright + clearly)
            best = accuracy, *lie = i;
    }
    return best >= readable && !job_is_unwanted();
}

/* With the default network, if it reads digits of 28x28. */
static bool read_digits(const dataset *data, const paths *where, orientation *lie)
{
    asking a = {.data = data};
    nn_error ignored;
    bool known = false;
    choose_images(&a);
    if (a.count > 0 && models_open(&a.model, where, NULL, &ignored) &&
        nn_same_shape(a.model->plan->input, (nn_shape){DIGIT_SIDE, DIGIT_SIDE, 1}) &&
        nn_work_new(&a.work, a.model->plan, 1, NN_ANSWERS, &ignored))
        known = find_by_reading(&a, lie);
    nn_work_free(a.work);
    nn_model_free(a.model);
    return known;
}

/* ---- digits whose labels begin at 1 ------------------------------------------------------------------------------ */

static void name_digits(dataset *data, int first)
{
    for (int i = 0; i < 10; i++)
        snprintf(data->label[i], NN_NAME, "%d", (first + i) % 10);
}

/* Labels 1 to 10 of digits are those of 0 to 9, or the last one is 0, as with SVHN; reading them tells. */
static void tell_digits_from_1(dataset *data, const paths *where)
{
    static const char *const said[] = {"its labels 1 to 10 are the digits 0 to 9", "its label 10 is the digit 0"};
    char before[NN_MAX_CLASSES][NN_NAME], digits[10][NN_NAME];
    orientation ignored;
    if (data->first != 1 || data->classes != 10 || strcmp(data->label[9], "10") != 0)
        return;
    memcpy(before, data->label, sizeof before);
    for (int first = 0; first < 2; first++) {
        name_digits(data, first);
        if (!read_digits(data, where, &ignored))
            continue;
        for (int i = 0; i < 10; i++)
            snprintf(digits[i], NN_NAME, "%d", i);
        dataset_order(data, (const char(*)[NN_NAME])digits, 10);
        data->note[0] = 0;
        dataset_remark(data, said[first]);
        return;
    }
    memcpy(data->label, before, sizeof before);
}

/* ---- letters: compare them --------------------------------------------------------------------------------------- */

/* Of more than ten classes that are called by numbers, 0 to 9 may be digits, or anything. */
static bool are_numbered(const dataset *data)
{
    for (int i = 0; i < data->classes; i++)
        if (data->label[i][strspn(data->label[i], "0123456789")])
            return false;
    return true;
}

static bool compare_shapes(const dataset *data, orientation *lie)
{
    double likeness[ORIENTATIONS], least = are_numbered(data) ? alike_digits : clearly_alike;
    if (orientation_by_shape(data, likeness) < FEWEST_CLASSES)
        return false;
    orientation best = UPRIGHT;
    for (orientation i = UPRIGHT; i < ORIENTATIONS; i++)
        best = likeness[i] > likeness[best] ? i : best;
    *lie = likeness[best] > fmax(least, likeness[UPRIGHT] + clearly_alike) ? best : UPRIGHT;
    return likeness[best] > least;
}

/* ---- all together ------------------------------------------------------------------------------------------------ */

static bool find_orientation(const dataset *data, const paths *where, orientation *lie)
{
    *lie = UPRIGHT;
    return read_digits(data, where, lie) || (!dataset_has_digits(data) && compare_shapes(data, lie));
}

static void find_polarity(dataset *data, int said, data_lie *lie)
{
    lie->dark_on_light = said > 0 ? said == 2 : dataset_is_dark_on_light(data);
    if (!lie->dark_on_light)
        return;
    dataset_invert(data);
    if (said == 0)
        dataset_remark(data, "the ink is dark on light: inverted");
}

/* As the training part lies, where the test part does not tell. */
static orientation lie_of_training(const data_request *request, const char *path, const paths *where)
{
    dataset training;
    data_lie lie = {.orientation = UPRIGHT};
    nn_error ignored;
    orientation found = UPRIGHT;
    if (!dataset_has(path, request->set, DATASET_TRAIN) ||
        !dataset_load(&training, path, request->set, DATASET_TRAIN, &ignored))
        return UPRIGHT;
    find_polarity(&training, request->polarity, &lie);
    find_orientation(&training, where, &found);
    dataset_free(&training);
    return found;
}

static bool put_upright(dataset *data, const data_lie *lie, bool said, nn_error *err)
{
    char sentence[80];
    if (lie->orientation == UPRIGHT)
        return true;
    snprintf(sentence, sizeof sentence, "the images are %s: put upright", orientation_phrases[lie->orientation]);
    if (!said)
        dataset_remark(data, sentence);
    return dataset_put_upright(data, lie->orientation, err);
}

static const char *path_of(const data_request *request, const paths *where)
{
    return request->path ? request->path : where->mnist;
}

bool data_open(dataset *data, const data_request *request, dataset_part part, const paths *where, data_lie *lie,
               nn_error *err)
{
    data_lie found = {.orientation = UPRIGHT};
    const char *path = path_of(request, where);
    if (!request->path && !platform_exists(path))
        return nn_fail(err, NN_USAGE, 0, "MNIST is not in %s yet: `digitscope fetch-data` downloads it", path);
    if (!dataset_load(data, path, request->set, part, err))
        return false;
    find_polarity(data, request->polarity, &found);
    tell_digits_from_1(data, where);
    if (request->orientation > 0)
        found.orientation = (orientation)(request->orientation - 1);
    else
        found.known = find_orientation(data, where, &found.orientation);
    if (request->orientation == 0 && !found.known && part == DATASET_TEST)
        found.orientation = lie_of_training(request, path, where);
    if (lie)
        *lie = found;
    if (put_upright(data, &found, request->orientation > 0, err))
        return true;
    dataset_free(data);
    return false;
}

bool data_has_test(const data_request *request, const paths *where)
{
    return dataset_has(path_of(request, where), request->set, DATASET_TEST);
}
