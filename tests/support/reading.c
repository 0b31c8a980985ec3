/* reading.c - see reading.h */
#include "support/reading.h"
#include "app/core/made/synth.h"
#include "app/core/model/models.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

recogniser *network;

int reading_set_up(void **state)
{
    paths where;
    nn_model *model;
    nn_error err;
    (void)state;
    paths_find(&where, NULL);
    assert_true(models_open(&model, &where, NULL, &err));
    assert_true(recogniser_new(&network, model, &err));
    return 0;
}

int reading_tear_down(void **state)
{
    (void)state;
    recogniser_free(network);
    return 0;
}

void reading_draw(int i, sketch *drawing, digit *image, answer *read)
{
    for (uint64_t key = (uint64_t)i;; key += 1000) {
        synth_digit(drawing, i % 10, key);
        digit_from_ink(image, &drawing->ink, &digit_defaults);
        recogniser_read(network, image, read);
        if (read->digit == i % 10 && read->confidence > 0.999f)
            return;
    }
}

void reading_see(pixmap picture, const digit_options *options, digit *image, answer *read, int *look)
{
    picture_looks found;
    looks_read looks;
    nn_error err;
    assert_true(picture_find(&found, &picture, &err));
    assert_true(recogniser_read_picture(network, &found, options, image, read, &looks, &err));
    *look = looks.chosen;
    picture_free(&found);
    nn_free(picture.rgba);
}

float reading_difference(const float *a, const float *b)
{
    double sum = 0;
    for (int i = 0; i < DIGIT_PIXELS; i++)
        sum += fabs((double)a[i] - (double)b[i]);
    return (float)(sum / DIGIT_PIXELS);
}
