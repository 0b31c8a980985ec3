/* test_reference.c - a small network against an independent implementation: logits, all gradients, ten steps' losses.
 *
 * tests/reference/reference.safetensors is made by tests/reference/make_reference.py, in float64 with NumPy. */
#include "nn/safetensors.h"
#include "support/nets.h"
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_BYTES = 1 << 20 };
static const double limit = 1e-4;

static struct dump {
    unsigned char *data;
    size_t len, header_len, floats;
    float *values; /* its buffer, in this machine's order of bytes */
    json_t *header;
    nn_model *model;
    int images;
} dump;

/* A tensor of the dump; count is checked. */
static const float *tensor(const char *name, size_t count)
{
    json_int_t begin, end;
    if (json_unpack(json_object_get(dump.header, name), "{s:[I, I]}", "data_offsets", &begin, &end) != 0)
        fail_msg("the dump has no %s", name);
    assert_int_equal(end - begin, count * sizeof(float));
    assert_true(begin >= 0 && end <= (json_int_t)(dump.floats * sizeof(float)));
    return dump.values + begin / (json_int_t)sizeof(float);
}

static const char *metadata(const char *key)
{
    const char *text = json_string_value(json_object_get(json_object_get(dump.header, "__metadata__"), key));
    assert_non_null(text);
    return text;
}

static float metadata_number(const char *key)
{
    json_t *number = json_loads(metadata(key), JSON_DECODE_ANY, NULL);
    assert_true(json_is_number(number));
    float value = (float)json_number_value(number);
    json_decref(number);
    return value;
}

/* Copies "PREFIX.conv1.kernel" and all others into a block in the plan's layout. */
static void read_weights(const char *prefix, float *block)
{
    const nn_plan *plan = dump.model->plan;
    for (int i = 0; i < plan->n_params; i++) {
        const nn_param *p = &plan->param[i];
        char name[NN_NAME + 16];
        snprintf(name, sizeof name, "%s.%s", prefix, p->name);
        memcpy(block + p->offset, tensor(name, p->count), p->count * sizeof(float));
    }
}

static int open_dump(void **state)
{
    (void)state;
    nn_error err = {0};
    if (!nn_file_read(TEST_SOURCE "/reference/reference.safetensors", MAX_BYTES, &dump.data, &dump.len, &err))
        fail_msg("%s", err.text);
    assert_true(dump.len > 8);
    for (int i = 0; i < 8; i++)
        dump.header_len |= (size_t)dump.data[i] << 8 * i;
    assert_true(dump.header_len <= dump.len - 8);
    dump.floats = (dump.len - 8 - dump.header_len) / sizeof(float);
    assert_non_null(dump.values = nn_alloc(dump.floats, sizeof(float)));
    nn_floats_copy(dump.values, dump.data + 8 + dump.header_len, dump.floats);
    dump.header = json_loadb((const char *)dump.data + 8, dump.header_len, 0, NULL);
    assert_non_null(dump.header);
    dump.model = net_model(metadata("architecture"), 1);
    dump.model->convention = (nn_convention){.mean = metadata_number("mean"), .std = metadata_number("std")};
    dump.model->temperature = 1;
    read_weights("weight", dump.model->weights);
    dump.images =
        (int)json_integer_value(json_array_get(json_object_get(json_object_get(dump.header, "labels"), "shape"), 0));
    assert_true(dump.model->plan->floats <= 5000);
    return 0;
}

static int close_dump(void **state)
{
    (void)state;
    nn_model_free(dump.model);
    json_decref(dump.header);
    nn_free(dump.values);
    nn_free(dump.data);
    return 0;
}

static size_t pixels(void)
{
    nn_shape s = dump.model->plan->input;
    return (size_t)s.h * (size_t)s.w * (size_t)s.c;
}

/* The largest difference, relative to the largest value expected or to `least`. */
static double difference(const float *expected, const float *got, size_t count, double least)
{
    double scale = least, worst = 0;
    for (size_t i = 0; i < count; i++) { /* no fmax: the vectors of it are too much for gcc 12 on arm64 */
        double size = fabs((double)expected[i]);
        scale = size > scale ? size : scale;
    }
    for (size_t i = 0; i < count; i++) {
        double d = fabs((double)expected[i] - (double)got[i]) / scale;
        worst = isnan(d) ? HUGE_VAL : d > worst ? d : worst;
    }
    return worst;
}

static void report(const char *name, size_t n, double worst)
{
    printf("{\"name\": \"reference: %s\", \"n\": %zu, \"worst\": %.2g, \"limit\": %g}\n", name, n, worst, limit);
    if (!(worst <= limit))
        fail_msg("%s: differs by %g from the reference", name, worst);
}

static void test_forward(void **state)
{
    (void)state;
    const nn_plan *plan = dump.model->plan;
    size_t values = (size_t)dump.images * (size_t)plan->classes;
    nn_work *work;
    nn_error err = {0};
    float probabilities[NN_MAX_CLASSES * 16];
    assert_true(values <= sizeof probabilities / sizeof *probabilities);
    assert_true(nn_work_new(&work, plan, dump.images, NN_ACTIVATIONS, &err));
    nn_predict(work, dump.model, tensor("images", (size_t)dump.images * pixels()), dump.images, probabilities);
    report("logits", values, difference(tensor("logits", values), nn_work_output(work, plan->n_nodes - 2), values, 0));
    report("probabilities", values, difference(tensor("probabilities", values), probabilities, values, 0));
    nn_work_free(work);
}

static void sample(const void *ctx, int thread, uint64_t epoch, int index, float *image, float *target)
{
    (void)ctx, (void)thread, (void)epoch;
    memcpy(image, tensor("images", (size_t)dump.images * pixels()) + (size_t)index * pixels(),
           pixels() * sizeof(float));
    target[(int)tensor("labels", (size_t)dump.images)[index]] = 1;
}

static nn_trainer *new_trainer(int threads)
{
    nn_train_config config = nn_train_defaults();
    config.batch = dump.images;
    config.threads = threads;
    config.lr = metadata_number("lr");
    config.schedule = NN_CONSTANT;
    config.label_smoothing = metadata_number("label_smoothing");
    nn_source source = {.count = dump.images, .sample = sample};
    nn_trainer *trainer;
    nn_error err = {0};
    if (!nn_trainer_new(&trainer, dump.model->plan, dump.model->weights, &dump.model->convention, &config, &source,
                        &err))
        fail_msg("%s", err.text);
    return trainer;
}

static bool is_statistic(const nn_param *p)
{
    return p->role == NN_MEAN || p->role == NN_VARIANCE;
}

static void test_gradients(void **state)
{
    (void)state;
    const nn_plan *plan = dump.model->plan;
    for (int threads = 1; threads <= 3; threads++) {
        nn_trainer *trainer = new_trainer(threads);
        nn_step_result result;
        nn_trainer_step(trainer, &result);
        double worst = 0;
        for (int i = 0; i < plan->n_params; i++) {
            const nn_param *p = &plan->param[i];
            char name[NN_NAME + 16];
            snprintf(name, sizeof name, "gradient.%s", p->name);
            if (is_statistic(p))
                continue;
            /* A bias in front of a batchnorm has no gradient; what is computed is rounding, small against all
             * others. */
            double d = difference(tensor(name, p->count), nn_trainer_gradients(trainer) + p->offset, p->count, 0.1);
            worst = d > worst ? d : worst;
        }
        report(threads == 1   ? "gradients"
               : threads == 2 ? "gradients, 2 threads"
                              : "gradients, 3 threads",
               plan->floats, worst);
        nn_trainer_free(trainer);
    }
}

static void test_ten_steps(void **state)
{
    (void)state;
    enum { STEPS = 10 };
    nn_trainer *trainer = new_trainer(2);
    float losses[STEPS];
    for (int i = 0; i < STEPS; i++) {
        nn_step_result result;
        nn_trainer_step(trainer, &result);
        assert_int_equal(result.images, dump.images);
        losses[i] = (float)result.loss;
    }
    report("ten losses", STEPS, difference(tensor("losses", STEPS), losses, STEPS, 0));

    /* Running statistics are averages over all steps; weights alone would be compared by the losses too. */
    const nn_plan *plan = dump.model->plan;
    double worst = 0;
    size_t n = 0;
    for (int i = 0; i < plan->n_params; i++) {
        const nn_param *p = &plan->param[i];
        char name[NN_NAME + 16];
        snprintf(name, sizeof name, "trained.%s", p->name);
        if (p->role != NN_VARIANCE)
            continue;
        double d = difference(tensor(name, p->count), nn_trainer_weights(trainer) + p->offset, p->count, 0);
        worst = fmax(worst, d);
        n += p->count;
    }
    report("running variances", n, worst);
    nn_trainer_free(trainer);
}

/* The comparison itself notices one wrong value, and a NaN. */
static void test_difference_notices(void **state)
{
    (void)state;
    float expected[] = {1, -2, 3}, got[] = {1, -2, 3};
    assert_true(difference(expected, got, 3, 0) == 0);
    got[1] = -2.001f;
    assert_true(difference(expected, got, 3, 0) > limit);
    got[1] = NAN;
    assert_true(difference(expected, got, 3, 0) > limit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_difference_notices),
        cmocka_unit_test(test_forward),
        cmocka_unit_test(test_gradients),
        cmocka_unit_test(test_ten_steps),
    };
    return cmocka_run_group_tests(tests, open_dump, close_dump);
}
