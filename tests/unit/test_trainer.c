/* test_trainer.c - training as a whole: same bits from the same seed, exact resume, every image once an epoch, and
 * it learns. */
#include "nn/kernel.h"
#include "nn/op.h"
#include "nn/safetensors.h"
#include "nn/walk.h"
#include "support/faults.h"
#include "support/nets.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { IMAGES = 70, BATCH = 16, SPE = 5 }; /* the last batch of an epoch has 6 */

static const nn_convention convention = {.mean = 0.2f, .std = 0.4f};

static nn_train_config config_for(uint64_t seed, int threads)
{
    nn_train_config config = nn_train_defaults();
    config.batch = BATCH;
    config.threads = threads;
    config.seed = seed;
    config.epochs = 4;
    config.lr = 3e-3f;
    config.schedule = NN_ONE_CYCLE;
    config.label_smoothing = 0.1f;
    config.ema = 0.9f;
    return config;
}

static nn_trainer *new_trainer(const nn_plan *plan, const nn_train_config *config, const nn_source *source)
{
    float *weights = nn_weights_new(plan, config->seed);
    nn_trainer *trainer;
    nn_error err = {0};
    assert_non_null(weights);
    if (!nn_trainer_new(&trainer, plan, weights, &convention, config, source, &err))
        fail_msg("%s", err.text);
    nn_free(weights);
    return trainer;
}

/* A training's whole state as bytes: two are equal exactly if their futures are. */
typedef struct image {
    unsigned char *data;
    size_t len;
} image;

static image state_of(const nn_trainer *trainer)
{
    image s;
    nn_error err = {0};
    if (!nn_trainer_checkpoint(trainer, "note", &s.data, &s.len, &err))
        fail_msg("%s", err.text);
    return s;
}

static bool same(const image *a, const image *b)
{
    return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static void steps(nn_trainer *trainer, int count)
{
    for (int i = 0; i < count; i++) {
        nn_step_result result;
        nn_trainer_step(trainer, &result);
        assert_true(isfinite(result.loss));
        if (nn_trainer_steps_done(trainer) % SPE == 0)
            nn_trainer_epoch_done(trainer, result.loss);
    }
}

static image train(const nn_train_config *config, int count)
{
    nn_source source = toy_source(IMAGES);
    nn_plan *plan = net_parse(net_small);
    nn_trainer *trainer = new_trainer(plan, config, &source);
    steps(trainer, count);
    image s = state_of(trainer);
    nn_trainer_free(trainer);
    nn_plan_free(plan);
    return s;
}

/* ---- determinism ------------------------------------------------------------------------------------------------- */

static void test_same_seed_same_bits(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 3; threads++) {
        nn_train_config config = config_for(1, threads);
        image a = train(&config, 12), b = train(&config, 12);
        assert_true(same(&a, &b));
        config.seed = 2;
        image c = train(&config, 12);
        assert_false(same(&a, &c));
        nn_free(a.data);
        nn_free(b.data);
        nn_free(c.data);
    }
}

/* Other sums in another order, but the same training. */
static void test_threads_change_only_rounding(void **state)
{
    (void)state;
    nn_source source = toy_source(IMAGES);
    nn_plan *plan = net_parse(net_small);
    nn_train_config one = config_for(1, 1), three = config_for(1, 3);
    nn_trainer *a = new_trainer(plan, &one, &source), *b = new_trainer(plan, &three, &source);
    nn_step_result from_a, from_b;
    nn_trainer_step(a, &from_a);
    nn_trainer_step(b, &from_b);
    assert_true(fabs(from_a.loss - from_b.loss) < 1e-5);
    assert_int_equal(from_a.correct, from_b.correct);
    for (size_t i = 0; i < plan->floats; i++)
        assert_true(fabsf(nn_trainer_gradients(a)[i] - nn_trainer_gradients(b)[i]) < 1e-4f);
    nn_trainer_free(a);
    nn_trainer_free(b);
    nn_plan_free(plan);
}

/* How far rounding moves the gradients of the first step, relative to their length. */
static double rounding_of_gradients(const char *net)
{
    nn_source source = toy_source(IMAGES);
    nn_plan *plan = net_parse(net);
    nn_train_config floats = config_for(1, 1), rounded = floats;
    rounded.bfloat16 = true;
    nn_trainer *a = new_trainer(plan, &floats, &source), *b = new_trainer(plan, &rounded, &source);
    double difference = 0, size = 0;
    steps(a, 1);
    steps(b, 1);
    for (size_t i = 0; i < plan->floats; i++) {
        size += pow((double)nn_trainer_gradients(a)[i], 2);
        difference += pow((double)(nn_trainer_gradients(a)[i] - nn_trainer_gradients(b)[i]), 2);
    }
    nn_trainer_free(a);
    nn_trainer_free(b);
    nn_plan_free(plan);
    return sqrt(difference / size);
}

/* 8 bits of precision are a rounding of up to 1/512. Without relu, where a rounding may decide between all and nothing.
 * Nothing is rounded where that would be slower. */
static void test_only_wide_layers_are_rounded(void **state)
{
    (void)state;
    bool rounds = nn_kernels_here()->multiplies_pairs;
    double wide = rounding_of_gradients("input 12 12 1\nflatten\ndense 64\ntanh\ndense 96\ntanh\ndense 4\nsoftmax\n");
    printf("{\"name\": \"gradients of 16 bits\", \"error\": %.2g}\n", wide);
    assert_true(rounds ? wide > 1e-4 && wide < 1e-2 : wide == 0);
    double convolution =
        rounding_of_gradients("input 12 12 1\nconv 64 5\ntanh\nconv 64 3\ntanh\nflatten\ndense 4\nsoftmax\n");
    printf("{\"name\": \"gradients of convolutions of 16 bits\", \"error\": %.2g}\n", convolution);
    assert_true(rounds ? convolution > 1e-3 && convolution < 0.1 : convolution == 0);
    assert_true(rounding_of_gradients("input 12 12 1\nflatten\ndense 63\nrelu\ndense 4\nsoftmax\n") == 0);
}

/* What parts a batch is cut into decides the bits; which threads walk them does not. */
static void test_same_parts_same_bits_on_any_threads(void **state)
{
    (void)state;
    nn_train_config config = config_for(1, 1);
    config.parts = 8;
    image one = train(&config, 12);
    for (config.threads = 2; config.threads <= 8; config.threads++) {
        image more = train(&config, 12);
        assert_true(same(&one, &more));
        nn_free(more.data);
    }
    nn_free(one.data);
}

/* ---- resume ------------------------------------------------------------------------------------------------------ */

static void resume_equals_uncut(const nn_train_config *config, int cut, int total)
{
    nn_source source = toy_source(IMAGES);
    nn_plan *plan = net_parse(net_small);
    nn_trainer *first = new_trainer(plan, config, &source), *second = new_trainer(plan, config, &source);
    nn_error err = {0};
    char *note;
    steps(first, cut);
    image at_cut = state_of(first);
    if (!nn_trainer_restore(second, at_cut.data, at_cut.len, &note, &err))
        fail_msg("%s", err.text);
    assert_string_equal(note, "note");
    assert_int_equal(nn_trainer_steps_done(second), cut);
    image again = state_of(second);
    assert_true(same(&at_cut, &again));
    steps(first, total - cut);
    steps(second, total - cut);
    image uncut = state_of(first), resumed = state_of(second);
    assert_true(same(&uncut, &resumed));
    assert_memory_equal(nn_trainer_weights(first), nn_trainer_weights(second), plan->floats * sizeof(float));
    nn_free(note);
    nn_free(at_cut.data);
    nn_free(again.data);
    nn_free(uncut.data);
    nn_free(resumed.data);
    nn_trainer_free(first);
    nn_trainer_free(second);
    nn_plan_free(plan);
}

static void test_resume_equals_the_uncut_run(void **state)
{
    (void)state;
    nn_train_config config = config_for(1, 2);
    resume_equals_uncut(&config, 0, 6);
    resume_equals_uncut(&config, SPE, 3 * SPE);
    resume_equals_uncut(&config, SPE + 2, 3 * SPE);
    config.optimizer = NN_SGD;
    config.schedule = NN_PLATEAU;
    config.ema = 0;
    resume_equals_uncut(&config, 3 * SPE + 1, 5 * SPE);
    config.optimizer = NN_ADAMW;
    config.schedule = NN_COSINE;
    resume_equals_uncut(&config, 3, 2 * SPE);
}

static void refuse(nn_trainer *trainer, const unsigned char *data, size_t len, nn_code code)
{
    image before = state_of(trainer);
    char *note = NULL;
    nn_error err = {0};
    assert_false(nn_trainer_restore(trainer, data, len, &note, &err));
    assert_null(note);
    assert_int_equal(err.code, code);
    assert_true(err.text[0] && err.pos <= len);
    image after = state_of(trainer);
    assert_true(same(&before, &after));
    nn_free(before.data);
    nn_free(after.data);
}

static void test_wrong_checkpoints_are_refused_and_change_nothing(void **state)
{
    (void)state;
    nn_train_config config = config_for(1, 1);
    nn_source source = toy_source(IMAGES);
    nn_plan *plan = net_parse(net_small), *other = net_parse("input 12 12 1\nflatten\ndense 4\nsoftmax\n");
    nn_trainer *trainer = new_trainer(plan, &config, &source), *stranger = new_trainer(other, &config, &source);
    image good = train(&config, 3);
    for (size_t len = 0; len < good.len; len += 97)
        refuse(trainer, good.data, len, NN_FORMAT);
    refuse(stranger, good.data, good.len, NN_USAGE);

    nn_model *model = net_model(net_small, 1);
    unsigned char *file;
    size_t len;
    nn_error err = {0};
    assert_true(nn_model_write(model, &file, &len, &err));
    refuse(trainer, file, len, NN_FORMAT);
    nn_free(file);
    nn_model_free(model);

    const float nan_value = NAN;
    nn_floats_copy(good.data + good.len - 4, &nan_value, 1);
    refuse(trainer, good.data, good.len, NN_FORMAT);
    nn_free(good.data);
    nn_trainer_free(trainer);
    nn_trainer_free(stranger);
    nn_plan_free(plan);
    nn_plan_free(other);
}

static void must_not_write(const nn_trainer *trainer, const char *note, const char *says)
{
    image s;
    nn_error err = {0};
    assert_false(nn_trainer_checkpoint(trainer, note, &s.data, &s.len, &err));
    assert_int_equal(err.code, NN_USAGE);
    assert_null(s.data);
    assert_non_null(strstr(err.text, says));
}

/* So that no good checkpoint is lost to one that cannot be read. */
static void test_only_what_can_be_read_is_written(void **state)
{
    (void)state;
    nn_plan *plan = net_parse(net_small);
    nn_source source = toy_source(IMAGES);
    nn_train_config config = config_for(1, 1);
    nn_trainer *trainer = new_trainer(plan, &config, &source);
    nn_trainer_epoch_done(trainer, -INFINITY);
    nn_trainer_epoch_done(trainer, NAN);
    image s = state_of(trainer);
    nn_free(s.data);
    must_not_write(trainer, "Ren\xe9", "UTF-8");
    nn_trainer_set_lr(trainer, INFINITY);
    must_not_write(trainer, "", "learning rate");
    nn_trainer_set_lr(trainer, config.lr);
    float *weights = (float *)(uintptr_t)nn_trainer_weights(trainer);
    weights[5] = NAN;
    must_not_write(trainer, "", "not finite");
    nn_trainer_free(trainer);
    nn_plan_free(plan);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    nn_train_config config = config_for(1, 2);
    nn_source source = toy_source(IMAGES);
    nn_plan *plan = net_parse(net_small);
    float *weights = nn_weights_new(plan, 1);
    nn_error err = {0};
    size_t live = nn_alloc_live();
    long sites = 0, in_checkpoint = 0, in_restore = 0;
    for (bool done = false; !done; sites++) {
        nn_trainer *trainer;
        faults_alloc(sites, FAULT_ONCE);
        done = nn_trainer_new(&trainer, plan, weights, &convention, &config, &source, &err);
        faults_end();
        assert_true(done || (err.code == NN_NOMEM && !trainer));
        nn_trainer_free(trainer);
        assert_int_equal(nn_alloc_live(), live);
    }
    assert_true(sites > 8);

    nn_trainer *trainer = new_trainer(plan, &config, &source), *fresh = new_trainer(plan, &config, &source);
    steps(trainer, 2);
    image s = state_of(trainer);
    live = nn_alloc_live();
    for (bool done = false; !done; in_checkpoint++) {
        image copy;
        faults_alloc(in_checkpoint, FAULT_ONCE);
        done = nn_trainer_checkpoint(trainer, "note", &copy.data, &copy.len, &err);
        faults_end();
        assert_true(done ? same(&s, &copy) : err.code == NN_NOMEM && !copy.data);
        nn_free(copy.data);
        assert_int_equal(nn_alloc_live(), live);
    }
    image before = state_of(fresh);
    for (bool done = false; !done; in_restore++) {
        char *note;
        faults_alloc(in_restore, FAULT_ONCE);
        done = nn_trainer_restore(fresh, s.data, s.len, &note, &err);
        faults_end();
        image after = state_of(fresh);
        assert_true(same(&after, done ? &s : &before));
        assert_true(done || (err.code == NN_NOMEM && !note));
        nn_free(after.data);
        nn_free(note);
    }
    printf("{\"name\": \"failed allocations in training\", \"n\": %ld}\n", sites + in_checkpoint + in_restore - 3);
    nn_free(before.data);
    nn_free(s.data);
    nn_trainer_free(trainer);
    nn_trainer_free(fresh);
    nn_free(weights);
    nn_plan_free(plan);
}

/* ---- batches ----------------------------------------------------------------------------------------------------- */

/* Counts who was asked for, and when; the order of an epoch in the order of the batches. */
typedef struct witness {
    int asked[2][IMAGES];
} witness;

static void witness_sample(const void *ctx, int thread, uint64_t epoch, int index, float *pixels, float *target)
{
    witness *w = (witness *)(uintptr_t)ctx;
    nn_source toy = toy_source(IMAGES);
    w->asked[epoch][index]++;
    toy.sample(NULL, thread, epoch, index, pixels, target);
}

static void test_each_image_once_an_epoch(void **state)
{
    (void)state;
    witness w = {0};
    nn_source source = {.ctx = &w, .count = IMAGES, .sample = witness_sample};
    nn_train_config config = config_for(1, 1);
    nn_plan *plan = net_parse(net_small);
    nn_trainer *trainer = new_trainer(plan, &config, &source);
    assert_int_equal(nn_trainer_steps_per_epoch(trainer), SPE);
    int images = 0, first_batch[2][IMAGES];
    for (int epoch = 0; epoch < 2; epoch++)
        for (int i = 0; i < SPE; i++) {
            nn_step_result result;
            nn_trainer_step(trainer, &result);
            assert_int_equal(result.images, i < SPE - 1 ? BATCH : IMAGES - (SPE - 1) * BATCH);
            assert_in_range(result.correct, 0, result.images);
            images += result.images;
            if (i == 0)
                memcpy(first_batch[epoch], w.asked[epoch], sizeof first_batch[epoch]);
        }
    assert_int_equal(images, 2 * IMAGES);
    for (int i = 0; i < IMAGES; i++)
        assert_true(w.asked[0][i] == 1 && w.asked[1][i] == 1);
    assert_memory_not_equal(first_batch[0], first_batch[1], sizeof first_batch[0]); /* shuffled anew */
    nn_trainer_free(trainer);
    nn_plan_free(plan);
}

static void test_batches_smaller_than_the_team(void **state)
{
    (void)state;
    nn_source source = toy_source(3);
    nn_train_config config = config_for(1, 4);
    config.batch = 2; /* then 1 */
    nn_plan *plan = net_parse(net_small);
    nn_trainer *trainer = new_trainer(plan, &config, &source);
    for (int i = 0; i < 4; i++) {
        nn_step_result result;
        nn_trainer_step(trainer, &result);
        assert_int_equal(result.images, 2 - i % 2);
        assert_true(isfinite(result.loss));
    }
    assert_int_equal(nn_first_not_finite(nn_trainer_weights(trainer), plan->floats), plan->floats);
    nn_trainer_free(trainer);
    nn_plan_free(plan);
}

static void test_impossible_configurations_are_refused(void **state)
{
    (void)state;
    nn_plan *plan = net_parse(net_small);
    float *weights = nn_weights_new(plan, 1);
    for (int i = 0; i < 16; i++) {
        nn_train_config c = config_for(1, 1);
        nn_source source = toy_source(IMAGES);
        switch (i) {
        case 0: c.batch = 0; break;
        case 1: c.threads = 0; break;
        case 2: c.threads = NN_MAX_THREADS + 1; break;
        case 3: c.epochs = 0; break;
        case 4: c.lr = -1; break;
        case 5: c.lr = NAN; break;
        case 6: c.momentum = 1; break;
        case 7: c.label_smoothing = 1.5f; break;
        case 8: c.ema = 1; break;
        case 9: c.parts = NN_MAX_THREADS + 1; break;
        case 10: c.lr = INFINITY; break;
        case 11: c.weight_decay = INFINITY; break;
        case 12: c.lr_factor = INFINITY; break;
        case 13: c.optimizer = (nn_optimizer)9; break;
        case 14: c.schedule = (nn_schedule)77; break;
        default: source.count = 0; break;
        }
        nn_trainer *trainer;
        nn_error err = {0};
        assert_false(nn_trainer_new(&trainer, plan, weights, &convention, &c, &source, &err));
        assert_int_equal(err.code, NN_USAGE);
        assert_null(trainer);
        bool about_threads = strstr(err.text, " threads, must be 1 to 64") != NULL;
        assert_int_equal(about_threads, i == 1 || i == 2);
    }
    nn_free(weights);
    nn_plan_free(plan);
}

/* ---- gradients of whole networks --------------------------------------------------------------------------------- */

static void random_sample(const void *ctx, int thread, uint64_t epoch, int index, float *pixels, float *target)
{
    (void)thread;
    const nn_plan *plan = ctx;
    uint64_t seed = (uint64_t)index + 100 * epoch;
    random_fill(&seed, pixels, nn_shape_count(plan->input), 0, 1);
    int label = index % (plan->classes + 1) - 1;
    if (label < 0)
        nn_target_none(target, plan->classes);
    else if (label == 0) { /* half of one class and half of another */
        target[0] = 0.6f;
        target[plan->classes - 1] = 0.4f;
    } else
        target[label] = 1;
}

/* The loss of the first batch at weights + along * h; its gradient too, unless NULL. */
static double loss_at(const nn_plan *plan, const float *weights, const float *along, double h, float *gradient)
{
    nn_source source = {.ctx = plan, .count = BATCH, .sample = random_sample};
    nn_train_config config = config_for(1, 2);
    nn_trainer *trainer;
    nn_step_result result;
    nn_error err = {0};
    float *moved = nn_weights_new(plan, 1);
    assert_non_null(moved);
    for (size_t i = 0; i < plan->floats; i++)
        moved[i] = weights[i] + (float)(h * (double)along[i]);
    assert_true(nn_trainer_new(&trainer, plan, moved, &convention, &config, &source, &err));
    nn_trainer_step(trainer, &result);
    if (gradient)
        memcpy(gradient, nn_trainer_gradients(trainer), plan->floats * sizeof(float));
    nn_trainer_free(trainer);
    nn_free(moved);
    return result.loss;
}

/* Slope of the loss along its gradient, over what it must be: the square of the gradient's length. */
static double slope_share(const char *text)
{
    nn_plan *plan = net_parse(text);
    float *weights = net_weights(plan, 5), *gradient = nn_alloc(plan->floats, sizeof(float));
    double square = 0;
    assert_non_null(gradient);
    loss_at(plan, weights, gradient, 0, gradient);
    for (int i = 0; i < plan->n_params; i++) {
        const nn_param *p = &plan->param[i];
        for (size_t k = p->offset; k < p->offset + p->count; k++) {
            gradient[k] = p->role == NN_MEAN || p->role == NN_VARIANCE ? 0 : gradient[k];
            square += (double)gradient[k] * (double)gradient[k];
        }
    }
    double h = 1e-3 / square;
    double rise = loss_at(plan, weights, gradient, h, NULL) - loss_at(plan, weights, gradient, -h, NULL);
    nn_free(gradient);
    nn_free(weights);
    nn_plan_free(plan);
    return rise / (2 * h * square);
}

/* Graphs whose gradients add up in unusual ways. */
static const char *const graphs[] = {
    net_small,
    "input 4 4 2\na: conv 3 3\nadd a\nb: elu\nconv 3 3\nadd b\nadd a\nelu\nflatten\ndense 3\nsoftmax\n",
    "input 4 4 2\na: conv 3 1\nb: conv 3 3\nc: conv 3 3 from=a\nadd b\nadd a\nadd c\nflatten\ndense 3\nsoftmax\n",
    "input 4 4 2\na: conv 2 1\nb: conv 2 1\nadd input\nadd a\nadd b\nadd b\nf: flatten\ng: flatten from=a\nadd f\n"
    "dense 3\nsoftmax\n",
    "input 3 3 2\na: flatten\nb: flatten\nadd a\ndropout 0.3\ndense 4\nflatten\ndropout 0.3\nd: elu\ndense 4\nadd d\n"
    "softmax\n",
    "input 3 3 2\nc: conv 2 3\nbatchnorm\nelu\ndropout 0.2\nbatchnorm\nadd c\nbatchnorm\nflatten\nbatchnorm\n"
    "dense 3\nsoftmax\n",
    /* both inputs of mul and concat have readers behind it */
    "input 4 4 2\na: conv 3 1\nb: conv 3 3\nmul a\nadd a\nadd b\nelu\nflatten\ndense 3\nsoftmax\n",
    "input 4 4 2\na: conv 3 1\nb: conv 3 3\nconcat a\nconv 3 1\nadd a\nadd b\nflatten\ndense 3\nsoftmax\n",
    /* the same node twice, and once more behind */
    "input 4 4 2\na: conv 3 3\nb: mul a\nconcat b\nconv 3 2\nmul b\nadd a\nbatchnorm\nflatten\ndense 3\nsoftmax\n",
    /* a gate of what batchnorm gives, which is not kept */
    "input 4 4 2\nconv 3 3\na: batchnorm\navgpool 4\nconv 3 1\nelu\nmul elu1 from=a\nc: mul elu1\nmul c\nflatten\n"
    "dense 3\nsoftmax\n",
    /* what no gradient of is needed: layers without weights in front of the first that has some, beside others */
    "input 4 4 2\na: pad 1\nelu\nmaxpool 2\nflatten\nb: dense 4\nflatten from=a\ndense 4\nmul b\ndense 3\nsoftmax\n",
    "input 4 4 2\na: elu\nb: conv 2 3\nconcat a\nc: avgpool 2\nd: avgpool 2 from=a\nconcat c\nflatten\ndense "
    "3\nsoftmax\n",
};

static double worst_slope;

static void check_slope(const char *text)
{
    double share = slope_share(text);
    worst_slope = fmax(worst_slope, fabs(share - 1));
    if (!(fabs(share - 1) < 1e-2))
        fail_msg("the loss rises %.4f times as fast as its gradient says\n%s", share, text);
}

static void test_gradients_of_whole_networks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof graphs / sizeof *graphs; i++)
        check_slope(graphs[i]);
    for (int i = 0; nn_op_at(i); i++)
        for (const char *const *text = nn_op_at(i)->examples; *text; text++)
            check_slope(*text);
    printf("{\"name\": \"slope along the gradient\", \"worst\": %.2g, \"limit\": 0.01}\n", worst_slope);
}

/* No gradient is computed that leads to no weights; those of images are wanted whatever they pass. */
static void test_gradients_that_lead_nowhere(void **state)
{
    (void)state;
    nn_plan *plan =
        net_parse("input 4 4 2\na: pad 1\nflatten\ndense 4\nb: relu\nflatten from=a\ndense 4\nadd b\nsoftmax\n");
    static const bool training[] = {false, false, true, true, false, true, true, true};
    nn_walk walk;
    assert_int_equal(plan->n_nodes, sizeof training);
    assert_true(nn_walk_make(&walk, plan, NN_FOR_TRAINING, 1));
    assert_memory_equal(walk.flows, training, sizeof training);
    assert_true(nn_walk_make(&walk, plan, NN_FOR_GRADIENTS, 1));
    for (int i = 0; i < plan->n_nodes; i++)
        assert_true(walk.flows[i]);
    nn_plan_free(plan);
}

/* ---- learning ---------------------------------------------------------------------------------------------------- */

/* Before training all classes are about equally likely, whatever the smoothing: the loss is about log(classes). With
 * zero weights in the last layer it is exactly that. */
static void test_loss_of_a_network_that_knows_nothing(void **state)
{
    (void)state;
    nn_source source = toy_source(IMAGES);
    nn_plan *plan = net_parse(net_small);
    float *weights = nn_weights_new(plan, 1);
    for (int i = 0; i < plan->n_params; i++)
        if (strncmp(plan->param[i].name, "dense2.", 7) == 0)
            memset(weights + plan->param[i].offset, 0, plan->param[i].count * sizeof(float));
    for (int i = 0; i < 3; i++) {
        nn_train_config config = config_for(1, 1);
        config.label_smoothing = 0.3f * (float)i;
        nn_trainer *trainer;
        nn_step_result result;
        nn_error err = {0};
        assert_true(nn_trainer_new(&trainer, plan, weights, &convention, &config, &source, &err));
        nn_trainer_step(trainer, &result);
        assert_true(fabs(result.loss - log(TOY_CLASSES)) < 1e-6);
        nn_trainer_free(trainer);
    }
    nn_free(weights);
    nn_plan_free(plan);
}

/* Share of right answers of a trainer's weights on the images from `first` on. */
static double accuracy(const nn_trainer *trainer, const char *text, const nn_source *source, int first)
{
    nn_model *model = net_model(text, 1);
    model->convention = convention;
    memcpy(model->weights, nn_trainer_weights(trainer), model->plan->floats * sizeof(float));
    nn_work *work;
    nn_error err = {0};
    assert_true(nn_work_new(&work, model->plan, 1, NN_ANSWERS, &err));
    int right = 0, count = 200;
    for (int i = 0; i < count; i++) {
        float pixels[TOY_PIXELS], p[TOY_CLASSES], target[TOY_CLASSES] = {0};
        int best = 0;
        source->sample(source->ctx, 0, 0, first + i, pixels, target);
        nn_predict(work, model, pixels, 1, p);
        for (int c = 1; c < TOY_CLASSES; c++)
            best = p[c] > p[best] ? c : best;
        right += target[best] == 1;
    }
    nn_work_free(work);
    nn_model_free(model);
    return (double)right / count;
}

static void no_class(const void *ctx, int thread, uint64_t epoch, int index, float *pixels, float *target)
{
    const nn_source *toy = ctx;
    toy->sample(toy->ctx, thread, epoch, index, pixels, target);
    nn_target_none(target, TOY_CLASSES);
}

/* A network that knows nothing is right about images of no class, and one that is trained on them stays so. */
static void test_images_of_no_class(void **state)
{
    (void)state;
    nn_source toy = toy_source(IMAGES), source = {.ctx = &toy, .count = IMAGES, .sample = no_class};
    nn_train_config config = config_for(1, 2);
    nn_plan *plan = net_parse(net_small);
    nn_trainer *trainer = new_trainer(plan, &config, &source);
    nn_step_result result;
    double first = 0;
    for (int i = 0; i < 60; i++) {
        nn_trainer_step(trainer, &result);
        first = i == 0 ? result.loss : first;
        assert_true(result.loss >= 0); /* 0 where all classes are equally likely */
    }
    printf("{\"name\": \"loss of images of no class\", \"first\": %.3f, \"last\": %.3f}\n", first, result.loss);
    assert_true(result.loss < 0.5 * first);
    assert_true(result.correct > result.images / 2);
    nn_trainer_free(trainer);
    nn_plan_free(plan);
}

static void learns_with(nn_optimizer optimizer, float lr)
{
    enum { TRAIN = 400, TRAIN_EPOCHS = 12 };
    nn_source source = toy_source(TRAIN);
    nn_train_config config = config_for(1, 2);
    config.optimizer = optimizer;
    config.lr = lr;
    config.epochs = TRAIN_EPOCHS;
    nn_plan *plan = net_parse(net_small);
    nn_trainer *trainer = new_trainer(plan, &config, &source);
    double first = 0, last = 0;
    double before = accuracy(trainer, net_small, &source, TRAIN);
    for (int i = 0, n = TRAIN_EPOCHS * nn_trainer_steps_per_epoch(trainer); i < n; i++) {
        nn_step_result result;
        nn_trainer_step(trainer, &result);
        first = i == 0 ? result.loss : first;
        last = i == 0 ? result.loss : 0.8 * last + 0.2 * result.loss;
    }
    double after = accuracy(trainer, net_small, &source, TRAIN); /* images it has not seen */
    printf("{\"name\": \"learns with optimizer %d\", \"loss\": [%.2f, %.2f], \"accuracy\": [%.2f, %.2f]}\n",
           (int)optimizer, first, last, before, after);
    assert_true(before < 0.6 && after > 0.9 && last < 0.7 * first);
    nn_trainer_free(trainer);
    nn_plan_free(plan);
}

static void test_learns(void **state)
{
    (void)state;
    learns_with(NN_ADAM, 5e-3f);
    learns_with(NN_ADAMW, 5e-3f);
    learns_with(NN_SGD, 5e-2f);
}

/* Nothing is allocated once the training has begun. */
static void test_steps_do_not_allocate(void **state)
{
    (void)state;
    nn_source source = toy_source(IMAGES);
    nn_train_config config = config_for(1, 2);
    nn_plan *plan = net_parse(net_small);
    nn_trainer *trainer = new_trainer(plan, &config, &source);
    faults_alloc(0, FAULT_FOREVER);
    steps(trainer, 2 * SPE);
    assert_false(faults_end());
    nn_trainer_free(trainer);
    nn_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_seed_same_bits),
        cmocka_unit_test(test_threads_change_only_rounding),
        cmocka_unit_test(test_only_wide_layers_are_rounded),
        cmocka_unit_test(test_same_parts_same_bits_on_any_threads),
        cmocka_unit_test(test_resume_equals_the_uncut_run),
        cmocka_unit_test(test_wrong_checkpoints_are_refused_and_change_nothing),
        cmocka_unit_test(test_only_what_can_be_read_is_written),
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_each_image_once_an_epoch),
        cmocka_unit_test(test_batches_smaller_than_the_team),
        cmocka_unit_test(test_impossible_configurations_are_refused),
        cmocka_unit_test(test_gradients_of_whole_networks),
        cmocka_unit_test(test_gradients_that_lead_nowhere),
        cmocka_unit_test(test_loss_of_a_network_that_knows_nothing),
        cmocka_unit_test(test_images_of_no_class),
        cmocka_unit_test(test_learns),
        cmocka_unit_test(test_steps_do_not_allocate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
