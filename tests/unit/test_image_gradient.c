/* The gradient of a network's answer with respect to its images, against differences of what it answers. */
#include "nn/kernel.h"
#include "nn/op.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { IMAGES = 3 };

/* Nothing in them has a kink, so that a difference has no error but rounding's. The second one computes by Winograd; in
 * the third the image is read three times. */
static const char *const smooth[] = {
    ("input 8 7 2\nconv 4 3\nbatchnorm\nelu\nconv 6 3 stride=2 groups=2\nscale\ntanh\ndropout 0.5\navgpool 2\nflatten\n"
     "dense 5\nbatchnorm\nsigmoid\ndense 4\nsoftmax\n"),
    "input 12 12 1\nconv 16 3\nbatchnorm\nelu\nconv 16 3\nbatchnorm\ngelu\navgpool 3\nflatten\ndense 10\nsoftmax\n",
    "input 6 6 1\nleft: conv 1 3\nright: conv 1 1 from=input\nmul left\nsum: add input\nflatten\ndense 4\nsoftmax\n",
};

static nn_error err;

typedef struct bench {
    nn_model *model;
    nn_work *work;
    size_t pixels;
    float *image, *gradient, *weight, *probability;
} bench;

static float *random_floats(uint64_t *seed, size_t count, double low, double high)
{
    float *values = nn_alloc(count, sizeof *values);
    assert_non_null(values);
    random_fill(seed, values, count, low, high);
    return values;
}

static bench open_bench(const char *net, uint64_t seed)
{
    bench b = {.model = net_model(net, seed)};
    size_t classes = (size_t)b.model->plan->classes;
    b.pixels = nn_shape_count(b.model->plan->input);
    b.image = random_floats(&seed, IMAGES * b.pixels, 0.1, 0.9);
    b.gradient = random_floats(&seed, IMAGES * b.pixels, 5, 9);
    b.weight = random_floats(&seed, IMAGES * classes, -1, 1);
    b.probability = random_floats(&seed, IMAGES * classes, 0, 1);
    assert_true(nn_work_new(&b.work, b.model->plan, IMAGES, NN_GRADIENTS, &err));
    return b;
}

static void close_bench(bench *b)
{
    nn_work_free(b->work);
    nn_model_free(b->model);
    nn_free(b->image);
    nn_free(b->gradient);
    nn_free(b->weight);
    nn_free(b->probability);
}

/* weight times logits, over all images. */
static double value(const bench *b)
{
    double sum = 0;
    nn_predict(b->work, b->model, b->image, IMAGES, b->probability);
    for (int i = 0; i < IMAGES * b->model->plan->classes; i++)
        sum += (double)b->weight[i] * (double)nn_work_logits(b->work)[i];
    return sum;
}

static void differentiate(const bench *b)
{
    value(b);
    nn_image_gradient(b->work, b->model, b->weight, IMAGES, b->gradient);
}

static double value_at(const bench *b, float *pixel, float at)
{
    float before = *pixel;
    *pixel = at;
    double v = value(b);
    *pixel = before;
    return v;
}

static void check_every_pixel(const bench *b)
{
    double squares = 0, worst = 0;
    const float h = 0.02f;
    differentiate(b);
    for (size_t i = 0; i < IMAGES * b->pixels; i++)
        squares += (double)b->gradient[i] * (double)b->gradient[i];
    double typical = sqrt(squares / (double)(IMAGES * b->pixels));
    assert_true(typical > 1e-4);
    for (size_t i = 0; i < IMAGES * b->pixels; i++) {
        float *p = &b->image[i], x = *p;
        double near = value_at(b, p, x + h) - value_at(b, p, x - h);
        double far = value_at(b, p, x + 2 * h) - value_at(b, p, x - 2 * h);
        worst = fmax(worst, fabs((8 * near - far) / (12 * (double)h) - (double)b->gradient[i]) / typical);
    }
    if (!(worst < 5e-3))
        fail_msg("%s: an error of %g of the typical gradient", b->model->plan->text, worst);
}

static void every_pixel_of_smooth_networks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof smooth / sizeof smooth[0]; i++) {
        bench b = open_bench(smooth[i], 3 + i);
        b.model->convention = (nn_convention){.std = 1};
        check_every_pixel(&b);
        close_bench(&b);
    }
}

static void what_the_network_is_taught_to_read_counts(void **state)
{
    (void)state;
    bench b = open_bench("input 8 8 1\nconv 3 3\ntanh\nflatten\ndense 4\nsoftmax\n", 8);
    b.model->convention = (nn_convention){.mean = 0.8f, .std = -0.5f, .transposed = true};
    check_every_pixel(&b);
    close_bench(&b);
}

/* More images than go through the layers at a time: the logits of all are there, though their layer is one that is
 * usually computed again. */
static void logits_of_many_images(void **state)
{
    (void)state;
    static const char *const nets[] = {"input 28 28 10\navgpool all\nbatchnorm\nsoftmax\n",
                                       "input 28 28 1\nconv 10 3 stride=28 padding=valid\nsoftmax\n"};
    enum { MANY = 70 };
    for (size_t net = 0; net < sizeof nets / sizeof nets[0]; net++) {
        bench one = open_bench(nets[net], 6);
        int classes = one.model->plan->classes;
        uint64_t seed = 7;
        float *images = random_floats(&seed, MANY * one.pixels, 0, 1), *answers = random_floats(&seed, MANY * 10, 0, 1);
        nn_work *all;
        assert_int_equal(classes, 10);
        assert_true(nn_work_new(&all, one.model->plan, MANY, NN_GRADIENTS, &err));
        nn_predict(all, one.model, images, MANY, answers);
        for (int i = 0; i < MANY; i++) {
            nn_predict(one.work, one.model, images + (size_t)i * one.pixels, 1, answers);
            for (int k = 0; k < classes; k++)
                assert_float_equal(nn_work_logits(all)[i * classes + k], nn_work_logits(one.work)[k], 1e-5);
        }
        nn_work_free(all);
        nn_free(answers);
        nn_free(images);
        close_bench(&one);
    }
}

/* Along random directions, since layers with kinks follow their slope only nearly: of every kind of layer. */
static void check_directions(const char *net)
{
    enum { DIRECTIONS = 9 };
    const float h = 2e-3f;
    bench b = open_bench(net, 11);
    uint64_t seed = 5;
    size_t count = IMAGES * b.pixels;
    int right = 0;
    float *before = random_floats(&seed, count, 0, 0);
    memcpy(before, b.image, count * sizeof *before);
    differentiate(&b);
    for (int k = 0; k < DIRECTIONS; k++) {
        float *way = random_floats(&seed, count, -1, 1);
        double slope = 0, size = 0, there = 0;
        for (size_t i = 0; i < count; i++) {
            slope += (double)b.gradient[i] * (double)way[i];
            size += fabs((double)b.gradient[i] * (double)way[i]);
        }
        for (int side = -1; side <= 1; side += 2) {
            for (size_t i = 0; i < count; i++)
                b.image[i] = before[i] + (float)side * h * way[i];
            there += side * value(&b);
        }
        right += fabs(there / (2 * (double)h) - slope) <= 0.02 * size;
        nn_free(way);
    }
    if (right < DIRECTIONS - 2)
        fail_msg("%s: right along %d of %d directions", net, right, DIRECTIONS);
    nn_free(before);
    close_bench(&b);
}

static void every_kind_of_layer(void **state)
{
    (void)state;
    const nn_op *const *ops = nn_kernels_here()->ops;
    for (int i = 0; ops[i]; i++)
        for (const char *const *text = ops[i]->examples; *text; text++)
            check_directions(*text);
    check_directions(net_small);
}

/* The same for a batch as for its images one by one, however often it is asked for, and the answers are those of a work
 * for answers: no dropout, and the running statistics. */
static void a_batch_is_its_images(void **state)
{
    (void)state;
    bench b = open_bench(net_small, 4);
    nn_work *answers;
    float *again = nn_alloc(b.pixels, sizeof *again), p[NN_MAX_CLASSES * IMAGES];
    assert_non_null(again);
    int classes = b.model->plan->classes;
    differentiate(&b);
    assert_true(nn_work_new(&answers, b.model->plan, IMAGES, NN_ANSWERS, &err));
    nn_predict(answers, b.model, b.image, IMAGES, p);
    for (int i = 0; i < IMAGES * classes; i++)
        assert_float_equal(p[i], b.probability[i], 1e-5);
    for (int i = 0; i < IMAGES; i++)
        for (int round = 0; round < 2; round++) {
            if (round == 0)
                nn_predict(b.work, b.model, b.image + (size_t)i * b.pixels, 1, p);
            nn_image_gradient(b.work, b.model, b.weight + i * classes, 1, again);
            for (size_t k = 0; k < b.pixels; k++)
                assert_float_equal(again[k], b.gradient[(size_t)i * b.pixels + k], 1e-5);
        }
    nn_work_free(answers);
    nn_free(again);
    close_bench(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pixel_of_smooth_networks),
        cmocka_unit_test(what_the_network_is_taught_to_read_counts),
        cmocka_unit_test(logits_of_many_images), cmocka_unit_test(every_kind_of_layer),
        cmocka_unit_test(a_batch_is_its_images),
    };
    return cmocka_run_group_tests_name("gradients of images", tests, NULL, NULL);
}
