/* calibrate.c - the answers to the check set, and what they should have been. */
#include "calibrate.h"
#include "app/core/model/confidence.h"
#include "app/core/model/model_input.h"
#include <math.h>
#include <stdlib.h>

enum { BATCH = 50, WITHHELD = 7 /* of CHECK_IMAGES: as many as in a training */ };

static bool answer_all(nn_model *model, const check_set *set, float *answers, nn_error *err)
{
    nn_work *work;
    float *room = nn_alloc((size_t)BATCH * MODEL_MAX_INPUT, sizeof *room);
    if (!room)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    bool ok = nn_work_new(&work, model->plan, BATCH, NN_ANSWERS, err);
    for (int i = 0; ok && i < CHECK_IMAGES; i += BATCH) {
        const float *images = set->images + (ptrdiff_t)i * DIGIT_PIXELS;
        nn_predict(work, model, model_input(room, model->plan, images, BATCH), BATCH,
                   answers + (ptrdiff_t)i * model->plan->classes);
    }
    nn_work_free(ok ? work : NULL);
    nn_free(room);
    return ok;
}

static int by_value(const void *left, const void *right)
{
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

static void fit(nn_model *model, const check_set *set, const int *class_digit, const float *answers)
{
    int classes = model->plan->classes;
    unsigned char label[CHECK_IMAGES];
    float top[CHECK_IMAGES];
    for (int i = 0; i < CHECK_IMAGES; i++) {
        label[i] = 0;
        while (class_digit[label[i]] != set->digit[i])
            label[i]++;
    }
    model->temperature = confidence_temperature(answers, label, CHECK_IMAGES, classes);
    for (int i = 0; i < CHECK_IMAGES; i++)
        top[i] = confidence_top(answers + (ptrdiff_t)i * classes, classes, model->temperature);
    qsort(top, CHECK_IMAGES, sizeof *top, by_value);
    model->unsure_threshold = fminf(fmaxf(top[WITHHELD], 0.5f), 0.99f);
}

bool foreign_calibrate(nn_model *model, const check_set *set, const int *class_digit, nn_error *err)
{
    float *answers = nn_alloc((size_t)CHECK_IMAGES * (size_t)model->plan->classes, sizeof *answers);
    if (!answers)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    bool ok = answer_all(model, set, answers, err);
    if (ok)
        fit(model, set, class_digit, answers);
    nn_free(answers);
    return ok;
}
