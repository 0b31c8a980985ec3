/* recogniser.c - models with their work memory, one image at a time. */
#include "recogniser.h"
#include "app/core/clock.h"
#include "labels.h"
#include "model_input.h"
#include "models.h"
#include <math.h>
#include <string.h>

struct recogniser {
    int count;
    bool shares; /* the models are another one's */
    nn_model *model[RECOGNISER_MAX_MODELS];
    nn_work *work[RECOGNISER_MAX_MODELS];
    const nn_model *stand_in[RECOGNISER_MAX_MODELS]; /* NULL: there is none */
    nn_work *stand_in_work[RECOGNISER_MAX_MODELS];
    int class[RECOGNISER_MAX_MODELS][NN_MAX_CLASSES]; /* of a model's classes: which of the first model's that is */
};

bool recogniser_new(recogniser **out, nn_model *model, nn_error *err)
{
    return recogniser_new_ensemble(out, &model, 1, err);
}

static bool prepare(recogniser *r, int i, nn_error *err)
{
    const nn_model *model = r->model[i], *first = r->model[0];
    return model_reads_digits(model->plan, err) && labels_map_models(r->class[i], model, first, err) &&
           nn_work_new(&r->work[i], model->plan, 1, NN_ANSWERS, err);
}

bool recogniser_new_ensemble(recogniser **out, nn_model *const *models, int count, nn_error *err)
{
    recogniser *r = *out = nn_alloc(1, sizeof *r);
    if (!r) {
        for (int i = 0; i < count; i++)
            nn_model_free(models[i]);
        return nn_fail(err, NN_NOMEM, 0, "not enough memory for the model");
    }
    r->count = count;
    memcpy(r->model, models, (size_t)count * sizeof *models);
    for (int i = 0; i < count; i++)
        if (!prepare(r, i, err)) {
            recogniser_free(r);
            *out = NULL;
            return false;
        }
    return true;
}

bool recogniser_open(recogniser **out, const paths *where, const char *value, nn_error *err)
{
    nn_model *models[RECOGNISER_MAX_MODELS];
    int count = 0;
    *out = NULL;
    return models_open_all(models, RECOGNISER_MAX_MODELS, &count, where, value, err) &&
           recogniser_new_ensemble(out, models, count, err);
}

bool recogniser_share(recogniser **out, const recogniser *first, nn_error *err)
{
    recogniser *r = *out = nn_alloc(1, sizeof *r);
    if (!r)
        return nn_fail(err, NN_NOMEM, 0, "not enough memory for the model");
    *r = *first;
    r->shares = true;
    memset(r->work, 0, sizeof r->work);
    memset(r->stand_in, 0, sizeof r->stand_in);
    for (int i = 0; i < r->count; i++)
        if (!nn_work_share(&r->work[i], first->work[i], err)) {
            recogniser_free(r);
            *out = NULL;
            return false;
        }
    return true;
}

void recogniser_free(recogniser *r)
{
    if (!r)
        return;
    for (int i = 0; i < r->count; i++) {
        nn_work_free(r->work[i]);
        if (!r->shares)
            nn_model_free(r->model[i]);
    }
    nn_free(r);
}

const nn_model *recogniser_model(const recogniser *r)
{
    return r->model[0];
}

int recogniser_members(const recogniser *r)
{
    return r->count;
}

const nn_model *recogniser_member(const recogniser *r, int i)
{
    return r->model[i];
}

size_t recogniser_parameters(const recogniser *r)
{
    size_t sum = 0;
    for (int i = 0; i < r->count; i++)
        sum += r->model[i]->plan->floats;
    return sum;
}

void recogniser_stand_in(recogniser *r, int i, const nn_model *model, nn_work *work)
{
    r->stand_in[i] = model;
    r->stand_in_work[i] = work;
}

void recogniser_set_weights(recogniser *r, const float *weights)
{
    memcpy(r->model[0]->weights, weights, r->model[0]->plan->floats * sizeof *weights);
    nn_model_changed(r->model[0]);
}

void recogniser_read(recogniser *r, const digit *image, answer *out)
{
    *out = answer_none();
    if (image->empty)
        return;
    double start = clock_seconds();
    out->classes = r->model[0]->plan->classes;
    float room[MODEL_MAX_INPUT], threshold = 0, share = 1.0f / (float)r->count, probability[NN_MAX_CLASSES];
    for (int i = 0; i < r->count; i++) {
        const nn_model *model = r->stand_in[i] ? r->stand_in[i] : r->model[i];
        nn_work *work = r->stand_in[i] ? r->stand_in_work[i] : r->work[i];
        nn_predict(work, model, model_input(room, model->plan, image->image, 1), 1, probability);
        threshold += share * r->model[i]->unsure_threshold;
        for (int k = 0; k < out->classes; k++)
            out->probability[r->class[i][k]] += share * probability[k];
    }
    out->infer_us = 1e6 * (clock_seconds() - start);
    if (nn_first_not_finite(out->probability, (size_t)out->classes) < (size_t)out->classes) {
        *out = answer_none();
        out->overflow = true;
        return;
    }
    out->digit = nn_argmax(out->probability, out->classes);
    memcpy(out->text, r->model[0]->label[out->digit], sizeof out->text);
    out->confidence = out->probability[out->digit];
    out->unsure = out->confidence < threshold;
}

/* Of the longer side of a box: so far a part of the writing may reach over the box of all of it, and at least so much is
 * missing. */
static const float rim = 0.05f, missing = 0.1f;

/* Of each side of a box: so much is free around what stands inside of a frame. */
static const float apart = 0.1f;

/* Whether the writing in box a is that in box b, and more. */
static bool takes_in(const float a[4], const float b[4])
{
    float side = fmaxf(a[2], a[3]), over = rim * side;
    return a[0] <= b[0] + over && a[1] <= b[1] + over && a[0] + a[2] >= b[0] + b[2] - over &&
           a[1] + a[3] >= b[1] + b[3] - over && fmaxf(a[2] - b[2], a[3] - b[3]) > missing * side;
}

/* Whether b is what a has all around it. */
static bool surrounds(const float a[4], const float b[4])
{
    float rim_w = apart * a[2], rim_h = apart * a[3];
    return a[0] + rim_w <= b[0] && a[1] + rim_h <= b[1] && a[0] + a[2] - rim_w >= b[0] + b[2] &&
           a[1] + a[3] - rim_h >= b[1] + b[3];
}

/* Pixels that MNIST's strokes are wide, most of them: such strokes are read as they are, too. */
static const float narrow = 1.5f, wide = 3;

typedef struct glance {
    int look;
    bool own_width, on_sheet, contested; /* contested: two sure answers to the same */
    float box[4];                        /* of what was read */
    answer answer;
} glance;

static bool is_sure(const answer *a)
{
    return a->digit >= 0 && !a->unsure;
}

/* Of two looks that leave it unsure, the later one must be this many times as sure. */
static const float favour = 2;

/* Where the edge of a shadow tears a digit, a look may find a part of it, which may be another digit: of two sure
 * answers that to the whole counts, and neither where they differ on the same or on what stands inside, as in a frame.
 * To a sheet belongs what lies on it, not what is around it. */
static void weigh(glance *first, const glance *later)
{
    bool later_sure = is_sure(&later->answer);
    if (!is_sure(&first->answer)) {
        if (later_sure || later->answer.confidence > favour * first->answer.confidence)
            *first = *later;
    } else if (later_sure) {
        bool is_part = takes_in(first->box, later->box);
        if (takes_in(later->box, first->box) || (is_part && later->on_sheet))
            *first = *later;
        else if (later->answer.digit != first->answer.digit && (!is_part || surrounds(first->box, later->box)))
            first->contested = first->answer.unsure = true;
    }
}

static bool read_look(glance *out, recogniser *r, const picture_looks *p, const digit_options *options, digit *image,
                      nn_error *err)
{
    if (!picture_digit(image, p, out->look, options, err))
        return false;
    recogniser_read(r, image, &out->answer);
    out->own_width = !options->width;
    out->on_sheet = out->look < p->count && p->look[out->look].on_sheet && !p->look[out->look].at_border;
    memcpy(out->box, image->box, sizeof out->box);
    return true;
}

/* Whether strokes are about that wide, and not left as they are anyway. */
static bool is_read_twice(const digit *image, const digit_options *options)
{
    return options->width && image->own_width >= narrow && image->own_width <= wide;
}

/* With the pen and, where strokes are about that wide, as they are: that counts first. *image is of the last of them. */
static bool read_both(glance *out, recogniser *r, const picture_looks *p, const digit_options *options, digit *image,
                      nn_error *err)
{
    digit_options own = *options;
    glance as_it_is = *out;
    own.width = false;
    if (!read_look(out, r, p, options, image, err))
        return false;
    if (!is_read_twice(image, options))
        return true;
    if (!read_look(&as_it_is, r, p, &own, image, err))
        return false;
    weigh(&as_it_is, out);
    *out = as_it_is;
    return true;
}

/* *image is of the last look. */
static bool read_looks(glance *best, recogniser *r, const picture_looks *p, const digit_options *options, digit *image,
                       looks_read *looks, nn_error *err)
{
    for (int look = 0; look == 0 || look < p->count; look++) {
        glance here = {.look = look};
        if (!read_both(&here, r, p, options, image, err))
            return false;
        looks->answer[look] = here.answer;
        looks->own_width[look] = here.own_width;
        if (look == 0)
            *best = here;
        else
            weigh(best, &here);
    }
    looks->count = p->count;
    looks->chosen = best->look;
    return true;
}

bool recogniser_read_picture(recogniser *r, const picture_looks *p, const digit_options *options, digit *image,
                             answer *out, looks_read *looks, nn_error *err)
{
    glance best;
    digit_options how = *options;
    how.distort = (distortion){0};
    if (!read_looks(&best, r, p, &how, image, looks, err))
        return false;
    bool own_width = !how.width || is_read_twice(image, &how), is_last = best.look + 1 >= p->count;
    how.width = !best.own_width;
    if ((!is_last || own_width != best.own_width) && !picture_digit(image, p, best.look, &how, err))
        return false;
    *out = best.answer;
    if (!distort_is_none(&options->distort)) {
        digit_from_coverage(image, options);
        recogniser_read(r, image, out);
        out->unsure |= best.contested;
    }
    out->unsure |= p->several;
    return true;
}
