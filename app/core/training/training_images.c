/* training_images.c - images of the set, drawings in their place, blends of two, and another network's opinion of them. */
#include "training_images.h"
#include "app/core/made/nondigit.h"
#include "app/core/made/stroke_augment.h"
#include "app/core/made/synth.h"
#include "app/core/model/labels.h"
#include "nn/rng.h"
#include <math.h>

/* ---- life -------------------------------------------------------------------------------------------------------- */

static bool learns_from(const training_config *c, const pens_drawing *drawing)
{
    return !pens_validates(c->pens, drawing) && (c->folds == 0 || !pens_in_fold(drawing, c->fold, c->folds));
}

/* The recorded drawings whose writers are neither left out nor there to validate. */
static bool choose_pens(training_images *t, nn_error *err)
{
    const training_config *c = t->config;
    if (!c->pens)
        return true;
    t->pen = nn_alloc((size_t)c->pens->count, sizeof *t->pen);
    if (!t->pen)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
    for (int i = 0; i < c->pens->count; i++)
        if (learns_from(c, &c->pens->drawing[i]))
            t->pen[t->n_pens++] = i;
    if (c->folds > 0 && (t->n_pens == 0 || t->n_pens == c->pens->count))
        return nn_fail(err, NN_USAGE, 0, "%d writers cannot be divided into %d folds", c->pens->writers, c->folds);
    return true;
}

/* Its classes must be those of the data, in any order. */
static bool new_teacher(training_images *t, const nn_model *teacher, nn_error *err)
{
    const dataset *data = t->data;
    if (teacher->n_labels != data->classes)
        return nn_fail(err, NN_USAGE, 0, "the teacher has %d classes, the data %d", teacher->n_labels, data->classes);
    int unknown = labels_map(t->teacher_class, data->label, data->classes, teacher->label, teacher->n_labels);
    if (unknown >= 0)
        return nn_fail(err, NN_USAGE, 0, "the class \"%s\" of the data is none of the teacher's", data->label[unknown]);
    return nn_works_new(t->teacher, t->config->train.threads, teacher->plan, 1, NN_ANSWERS, err);
}

static bool new_targets(training_images *t, nn_error *err)
{
    int threads = t->config->train.threads;
    t->partner = nn_alloc((size_t)threads * (size_t)(t->data->side * t->data->side), sizeof(float));
    if (!t->partner)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the training");
    return !t->config->teacher || new_teacher(t, t->config->teacher, err);
}

bool training_images_new(training_images *t, const training_config *config, const dataset *data, const int *index,
                         int n_train, nn_error *err)
{
    *t = (training_images){.config = config, .data = data, .index = index, .n_train = n_train};
    return choose_pens(t, err) && new_targets(t, err);
}

void training_images_free(training_images *t)
{
    nn_works_free(t->teacher, NN_MAX_THREADS);
    nn_free(t->partner);
    nn_free(t->pen);
}

/* ---- one image --------------------------------------------------------------------------------------------------- */

/* In place of an image of the set: a digit of the program's own making, no digit at all, or a recorded one. False:
 * the turn of none of them. */
static bool draw(const training_images *t, uint64_t key, float *image, float *target)
{
    const training_config *c = t->config;
    double ticket = (double)nn_uniform(key, 100);
    sketch drawn;
    int label;
    if (ticket < c->synthetic) {
        synth_image(image, &label, nn_key(key, 1), &drawn);
        target[label] = 1.0f;
        return true;
    }
    ticket -= c->synthetic;
    if (ticket < c->negatives) {
        nondigit_image(image, nn_key(key, 1), &drawn);
        nn_target_none(target, t->data->classes);
        return true;
    }
    if (ticket - c->negatives >= c->pens_share)
        return false;
    const pens_drawing *drawing = &c->pens->drawing[t->pen[nn_bits(key, 101) % (uint64_t)t->n_pens]];
    stroke_augment_image(image, &drawing->ink, drawing->digit, nn_key(key, 1), &drawn);
    target[drawing->digit] = 1.0f;
    return true;
}

/* An augmented image of the set, or a drawing in its place. */
static void look_up(const training_images *t, uint64_t key, int index, float *image, float *target)
{
    if (draw(t, key, image, target))
        return;
    int i = t->index[index];
    dataset_image(t->data, i, image);
    target[t->data->labels[i]] = 1.0f;
    nn_augment_image(&t->config->augment, image, t->data->side, key);
}

/* ---- targets between the classes ---- */

/* From the distribution Beta(a, a) (Joehnk 1964); a <= TRAINING_MAX_MIXUP takes at most 70 tries on average. Where a
 * is so small that both powers vanish, one of them is nearly all of the sum: the share is 0 or 1, which is the same
 * to `mix`. */
static float beta(float a, uint64_t key)
{
    for (uint32_t i = 0;; i += 2) {
        float u = powf(nn_uniform(key, i), 1.0f / a), v = powf(nn_uniform(key, i + 1), 1.0f / a);
        if (u + v <= 1.0f)
            return u > 0.0f ? u / (u + v) : 0.0f;
    }
}

static void blend(float *x, const float *other, size_t n, float share)
{
    for (size_t i = 0; i < n; i++)
        x[i] += share * (other[i] - x[i]);
}

/* Mixup (Zhang, Cisse, Dauphin and Lopez-Paz 2018): a part of another image, and the same part of its target. */
static void mix(const training_images *t, int thread, uint64_t key, float *image, float *target)
{
    size_t pixels = (size_t)(t->data->side * t->data->side);
    float *other = t->partner + (size_t)thread * pixels, other_target[NN_MAX_CLASSES] = {0};
    float share = beta((float)t->config->mixup, nn_key(key, 3));
    look_up(t, nn_key(key, 4), (int)(nn_bits(key, 102) % (uint64_t)t->n_train), other, other_target);
    share = share < 0.5f ? share : 1.0f - share;
    blend(image, other, pixels, share);
    blend(target, other_target, (size_t)t->data->classes, share);
}

/* Of such an image no teacher is asked, who may never have seen what is no digit and would name one. */
static bool is_of_no_class(const float *target, int classes)
{
    for (int i = 1; i < classes; i++)
        if (target[i] != target[0])
            return false;
    return true;
}

/* Distillation (Hinton, Vinyals and Dean 2015): what another network sees in the image is a part of the target. */
static void ask_teacher(const training_images *t, int thread, const float *image, float *target)
{
    float said[NN_MAX_CLASSES], answer[NN_MAX_CLASSES];
    nn_predict(t->teacher[thread], t->config->teacher, image, 1, said);
    for (int k = 0; k < t->data->classes; k++)
        answer[k] = said[t->teacher_class[k]];
    blend(target, answer, (size_t)t->data->classes, (float)t->config->distill);
}

void training_images_sample(const void *ctx, int thread, uint64_t epoch, int index, float *image, float *target)
{
    const training_images *t = ctx;
    uint64_t key = nn_key(nn_key(t->config->train.seed ^ 0xa06, epoch), (uint64_t)index);
    look_up(t, key, index, image, target);
    if (t->config->mixup > 0.0)
        mix(t, thread, key, image, target);
    if (t->config->teacher && !is_of_no_class(target, t->data->classes))
        ask_teacher(t, thread, image, target);
}
