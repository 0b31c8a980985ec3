/* test_optimizer.c - one step of each optimizer against its formula, in double; learning-rate schedules; averaged
 * weights. */
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_FLOATS = 2000, IMAGES = 64, BATCH = 8, STEPS = 5 };

static const char net[] = "input 12 12 1\nconv 2 3 stride=2\nbatchnorm\nrelu\nflatten\ndense 4\nsoftmax\n";

typedef struct run {
    nn_plan *plan;
    float *start;
    nn_trainer *trainer;
} run;

static void run_open(run *r, const nn_train_config *config)
{
    nn_source source = toy_source(IMAGES);
    nn_error err = {0};
    r->plan = net_parse(net);
    assert_true(r->plan->floats <= MAX_FLOATS);
    r->start = net_weights(r->plan, 1);
    if (!nn_trainer_new(&r->trainer, r->plan, r->start, &(nn_convention){.mean = 0.1f, .std = 0.5f}, config, &source,
                        &err))
        fail_msg("%s", err.text);
}

static void run_close(run *r)
{
    nn_trainer_free(r->trainer);
    nn_free(r->start);
    nn_plan_free(r->plan);
}

static nn_train_config config_for(nn_optimizer optimizer)
{
    nn_train_config config = nn_train_defaults();
    config.batch = BATCH;
    config.optimizer = optimizer;
    config.schedule = NN_CONSTANT;
    config.lr = 0.01f;
    config.weight_decay = 0.1f;
    return config;
}

static nn_role role_of(const nn_plan *plan, size_t i)
{
    int p = 0;
    while (i >= plan->param[p].offset + plan->param[p].count)
        p++;
    return plan->param[p].role;
}

/* What a formula keeps per weight. */
typedef struct moments {
    double w, m, v;
} moments;

static void adam(moments *s, double g, int t, const nn_train_config *c, double decay)
{
    s->m = 0.9 * s->m + 0.1 * g;
    s->v = 0.999 * s->v + 0.001 * g * g;
    double step = s->m / (1 - pow(0.9, t)) / (sqrt(s->v / (1 - pow(0.999, t))) + 1e-8);
    s->w -= (double)c->lr * (step + decay * s->w);
}

static void adam_formula(moments *s, double g, int t, const nn_train_config *c, nn_role role)
{
    (void)role;
    adam(s, g, t, c, 0);
}

static void adamw_formula(moments *s, double g, int t, const nn_train_config *c, nn_role role)
{
    adam(s, g, t, c, role == NN_KERNEL ? (double)c->weight_decay : 0);
}

static void nesterov_formula(moments *s, double g, int t, const nn_train_config *c, nn_role role)
{
    (void)t, (void)role;
    double mu = (double)c->momentum;
    s->m = mu * s->m + g;
    s->w -= (double)c->lr * (g + mu * s->m);
}

typedef void formula(moments *s, double g, int t, const nn_train_config *c, nn_role role);

/* The largest difference after STEPS steps, relative to the learning rate. The formula gets the library's own
 * gradients, which test_gradients.c and test_reference.c have checked. */
static double deviation(const nn_train_config *config, formula *f)
{
    static moments state[MAX_FLOATS];
    run r;
    run_open(&r, config);
    for (size_t i = 0; i < r.plan->floats; i++)
        state[i] = (moments){.w = (double)r.start[i]};
    for (int t = 1; t <= STEPS; t++) {
        nn_step_result result;
        nn_trainer_step(r.trainer, &result);
        assert_true(result.lr == config->lr);
        for (size_t i = 0; i < r.plan->floats; i++)
            f(&state[i], (double)nn_trainer_gradients(r.trainer)[i], t, config, role_of(r.plan, i));
    }
    double worst = 0;
    for (size_t i = 0; i < r.plan->floats; i++) {
        nn_role role = role_of(r.plan, i);
        if (role != NN_MEAN && role != NN_VARIANCE)
            worst = fmax(worst, fabs(state[i].w - (double)nn_trainer_weights(r.trainer)[i]));
    }
    run_close(&r);
    return worst / (double)config->lr;
}

static void test_formulas(void **state)
{
    (void)state;
    nn_train_config adam_config = config_for(NN_ADAM), adamw = config_for(NN_ADAMW), sgd = config_for(NN_SGD);
    assert_true(deviation(&adam_config, adam_formula) < 1e-3);
    assert_true(deviation(&adamw, adamw_formula) < 1e-3);
    assert_true(deviation(&sgd, nesterov_formula) < 1e-3);

    /* The check tells them apart. */
    assert_true(deviation(&adam_config, nesterov_formula) > 0.1);
    assert_true(deviation(&adam_config, adamw_formula) > 1e-2);
    assert_true(deviation(&adamw, adam_formula) > 1e-2);
    sgd.momentum = 0.8f;
    assert_true(deviation(&sgd, nesterov_formula) < 1e-3);
    sgd.momentum = 0;
    assert_true(deviation(&sgd, nesterov_formula) < 1e-3);
}

static void test_running_statistics_follow_the_batches(void **state)
{
    (void)state;
    nn_train_config config = config_for(NN_ADAMW);
    config.lr = 0;
    run r;
    run_open(&r, &config);
    nn_step_result result;
    nn_trainer_step(r.trainer, &result);
    for (size_t i = 0; i < r.plan->floats; i++) {
        nn_role role = role_of(r.plan, i);
        bool moved = nn_trainer_weights(r.trainer)[i] != r.start[i];
        assert_int_equal(moved, role == NN_MEAN || role == NN_VARIANCE);
    }
    run_close(&r);
}

/* ---- schedules --------------------------------------------------------------------------------------------------- */

/* Rates of all steps of a training of 4 epochs of 8 steps, and some steps beyond. */
enum { EPOCHS = 4, SPE = IMAGES / BATCH, TOTAL = EPOCHS * SPE, BEYOND = 4 };

static void rates_warm(nn_schedule schedule, double warmup, float lr[TOTAL + BEYOND])
{
    nn_train_config config = config_for(NN_SGD);
    config.schedule = schedule;
    config.epochs = EPOCHS;
    config.warmup = warmup;
    config.lr_factor = 0.1f;
    run r;
    run_open(&r, &config);
    assert_int_equal(nn_trainer_steps_per_epoch(r.trainer), SPE);
    for (int i = 0; i < TOTAL + BEYOND; i++) {
        nn_step_result result;
        assert_int_equal(nn_trainer_steps_done(r.trainer), i);
        nn_trainer_step(r.trainer, &result);
        lr[i] = result.lr;
    }
    run_close(&r);
}

static void rates(nn_schedule schedule, float lr[TOTAL + BEYOND])
{
    rates_warm(schedule, 0, lr);
}

static void assert_close(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance))
        fail_msg("%.9g is not %.9g", a, b);
}

static void test_constant(void **state)
{
    (void)state;
    float lr[TOTAL + BEYOND];
    rates(NN_CONSTANT, lr);
    for (int i = 0; i < TOTAL + BEYOND; i++)
        assert_true(lr[i] == 0.01f);
}

static void test_one_cycle(void **state)
{
    (void)state;
    float lr[TOTAL + BEYOND];
    rates(NN_ONE_CYCLE, lr);
    assert_close((double)lr[0], 0.01 / 25, 1e-8);
    assert_close((double)lr[TOTAL / 8], (0.01 / 25 + 0.01) / 2, 1e-7);            /* half-way up */
    assert_close((double)lr[TOTAL / 4], 0.01, 1e-8);                              /* the peak */
    assert_close((double)lr[TOTAL / 4 + TOTAL * 3 / 8], (0.01 + 1e-6) / 2, 1e-7); /* half-way down */
    assert_close((double)lr[TOTAL], 1e-6, 1e-8);
    for (int i = 1; i < TOTAL; i++)
        assert_true(i <= TOTAL / 4 ? lr[i] > lr[i - 1] : lr[i] < lr[i - 1]);
    assert_true(lr[TOTAL + 1] == lr[TOTAL]);
}

static void test_cosine(void **state)
{
    (void)state;
    float lr[TOTAL + BEYOND];
    rates(NN_COSINE, lr);
    for (int i = 0; i <= TOTAL; i++)
        assert_close((double)lr[i], 0.005 * (1 + cos(acos(-1) * i / TOTAL)), 1e-8);
    assert_true(lr[TOTAL + 1] == lr[TOTAL]);
}

static void test_step(void **state)
{
    (void)state;
    float lr[TOTAL + BEYOND];
    rates(NN_STEP, lr);
    for (int i = 0; i < TOTAL; i++)
        assert_close((double)lr[i], i < 2 * SPE ? 0.01 : 0.001, 1e-8);
}

static void test_warm_up(void **state)
{
    (void)state;
    static const nn_schedule schedules[] = {NN_CONSTANT, NN_STEP, NN_COSINE, NN_PLATEAU};
    float lr[TOTAL + BEYOND], plain[TOTAL + BEYOND];
    for (size_t s = 0; s < sizeof schedules / sizeof *schedules; s++) {
        rates_warm(schedules[s], 1.5, lr);
        for (int i = 0; i < SPE * 3 / 2; i++)
            assert_close((double)lr[i], 0.01 * (i + 1) / (1.5 * SPE), 1e-8);
        assert_true(lr[SPE * 3 / 2] == 0.01f);
        rates(schedules[s], plain);
        for (int i = SPE * 3 / 2; schedules[s] != NN_COSINE && i < TOTAL; i++)
            assert_true(lr[i] == plain[i]);
    }
    rates_warm(NN_COSINE, 1.5, lr);
    assert_close((double)lr[SPE * 3 / 2 + SPE * 5 / 4], 0.005, 1e-8); /* half of what is left after the warm-up */
    assert_true(lr[TOTAL] == 0);
}

static void test_impossible_warm_ups_are_refused(void **state)
{
    (void)state;
    static const struct {
        nn_schedule schedule;
        double warmup;
    } wrong[] = {{NN_ONE_CYCLE, 1}, {NN_COSINE, EPOCHS}, {NN_CONSTANT, EPOCHS + 1}, {NN_STEP, -1}};
    nn_plan *plan = net_parse(net_small);
    float *weights = net_weights(plan, 1);
    nn_source source = toy_source(IMAGES);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        nn_train_config config = config_for(NN_SGD);
        nn_trainer *trainer;
        nn_error err = {0};
        config.epochs = EPOCHS;
        config.schedule = wrong[i].schedule;
        config.warmup = wrong[i].warmup;
        assert_false(nn_trainer_new(&trainer, plan, weights, &(nn_convention){.std = 1}, &config, &source, &err));
        assert_int_equal(err.code, NN_USAGE);
        assert_non_null(strstr(err.text, "warm-up"));
    }
    nn_free(weights);
    nn_plan_free(plan);
}

/* The rate of the next step after epochs with these validation losses. */
static float rate_after(nn_schedule schedule, const double *losses, int epochs)
{
    nn_train_config config = config_for(NN_SGD);
    config.schedule = schedule;
    run r;
    run_open(&r, &config);
    for (int i = 0; i < epochs; i++)
        nn_trainer_epoch_done(r.trainer, losses[i]);
    nn_step_result result;
    nn_trainer_step(r.trainer, &result);
    run_close(&r);
    return result.lr;
}

static void test_plateau_halves_after_two_epochs_without_improvement(void **state)
{
    (void)state;
    static const double losses[] = {1.0, 0.9, 0.9, 0.8, 0.85, 0.8, 0.81, 0.82, 0.7};
    static const float expected[] = {1, 1, 1, 1, 1, 0.5f, 0.5f, 0.25f, 0.25f};
    for (int n = 1; n <= 9; n++)
        assert_close((double)rate_after(NN_PLATEAU, losses, n), 0.01 * (double)expected[n - 1], 1e-9);
    assert_true(rate_after(NN_CONSTANT, losses, 9) == 0.01f);
}

static void test_scaled_rate(void **state)
{
    (void)state;
    nn_train_config config = config_for(NN_SGD);
    run r;
    run_open(&r, &config);
    nn_step_result result;
    nn_trainer_set_lr(r.trainer, 0.5f);
    nn_trainer_set_lr(r.trainer, 0.0025f);
    nn_trainer_step(r.trainer, &result);
    assert_float_equal(result.lr, 0.0025f, 1e-9);
    nn_trainer_set_lr(r.trainer, config.lr);
    nn_trainer_step(r.trainer, &result);
    assert_true(result.lr == config.lr);
    run_close(&r);
}

/* ---- averaged weights -------------------------------------------------------------------------------------------- */

/* The average follows the weights of the same run without averaging; its decay grows as (1 + t) / (10 + t) up to
 * ema. */
static void test_averaged_weights(void **state)
{
    (void)state;
    nn_train_config config = config_for(NN_ADAM);
    run plain, averaged;
    run_open(&plain, &config);
    config.ema = 0.3f;
    run_open(&averaged, &config);
    double average[MAX_FLOATS], difference = 0;
    for (size_t i = 0; i < plain.plan->floats; i++)
        average[i] = (double)plain.start[i];
    for (int t = 0; t < 2 * STEPS; t++) {
        nn_step_result result;
        nn_trainer_step(plain.trainer, &result);
        nn_trainer_step(averaged.trainer, &result);
        double decay = fmin((1.0 + t) / (10.0 + t), 0.3);
        for (size_t i = 0; i < plain.plan->floats; i++) {
            average[i] = decay * average[i] + (1 - decay) * (double)nn_trainer_weights(plain.trainer)[i];
            assert_close((double)nn_trainer_weights(averaged.trainer)[i], average[i], 1e-5);
            difference = fmax(difference, fabs(average[i] - (double)nn_trainer_weights(plain.trainer)[i]));
        }
    }
    assert_true(difference > 1e-3); /* else the average would prove nothing */
    run_close(&plain);
    run_close(&averaged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formulas),
        cmocka_unit_test(test_running_statistics_follow_the_batches),
        cmocka_unit_test(test_constant),
        cmocka_unit_test(test_one_cycle),
        cmocka_unit_test(test_step),
        cmocka_unit_test(test_warm_up),
        cmocka_unit_test(test_impossible_warm_ups_are_refused),
        cmocka_unit_test(test_cosine),
        cmocka_unit_test(test_plateau_halves_after_two_epochs_without_improvement),
        cmocka_unit_test(test_scaled_rate),
        cmocka_unit_test(test_averaged_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
