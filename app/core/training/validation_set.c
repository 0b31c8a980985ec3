/* validation_set.c - images and drawings, copied side by side. */
#include "validation_set.h"
#include "app/core/digit/digit.h"
#include "app/core/made/stroke_augment.h"
#include "nn/rng.h"

enum { HANDS = 4 }; /* in which each drawing comes, the recorded one first */

static bool is_judge(const training_config *config, const pens_drawing *drawing)
{
    return pens_validates(config->pens, drawing) &&
           (config->folds == 0 || !pens_in_fold(drawing, config->fold, config->folds));
}

static int count_pens(const training_config *config)
{
    int n = 0;
    for (int i = 0; config->pens && i < config->pens->count; i++)
        n += is_judge(config, &config->pens->drawing[i]) ? HANDS : 0;
    return n;
}

static void put_image(dataset *images, int i, const float image[DIGIT_PIXELS], int label)
{
    digit_bytes(images->images + (size_t)i * DIGIT_PIXELS, image);
    images->labels[i] = (unsigned char)label;
}

/* As the window would have the network see them; the same in every training. */
static void put_drawing(dataset *images, int at, const pens_drawing *drawing)
{
    sketch other;
    float image[DIGIT_PIXELS];
    digit recorded;
    digit_from_ink(&recorded, &drawing->ink, &digit_defaults);
    put_image(images, at, recorded.image, drawing->digit);
    for (int hand = 1; hand < HANDS; hand++) {
        stroke_augment_image(image, &drawing->ink, drawing->digit, nn_key(0xa4d5, (uint64_t)(at + hand)), &other);
        put_image(images, at + hand, image, drawing->digit);
    }
}

bool validation_set_new(validation_set *self, const dataset *data, const int *index, int n,
                        const training_config *config, nn_error *err)
{
    *self = (validation_set){.n_data = n, .n_pens = count_pens(config)};
    if (!dataset_room(&self->images, data, n + self->n_pens, err))
        return false;
    for (int i = 0; i < n; i++)
        dataset_copy_image(&self->images, i, data, index[i]);
    for (int i = 0, at = n; self->n_pens && i < config->pens->count; i++)
        if (is_judge(config, &config->pens->drawing[i])) {
            put_drawing(&self->images, at, &config->pens->drawing[i]);
            at += HANDS;
        }
    return true;
}

void validation_set_free(validation_set *self)
{
    dataset_free(&self->images);
}

static dataset part(const validation_set *self, int begin, int count)
{
    dataset of = self->images;
    of.images += (size_t)begin * (size_t)(of.side * of.side);
    of.labels += begin;
    of.count = count;
    return of;
}

dataset validation_set_data(const validation_set *self)
{
    return part(self, 0, self->n_data);
}

dataset validation_set_pens(const validation_set *self)
{
    return part(self, self->n_data, self->n_pens);
}
