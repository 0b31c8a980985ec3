/* test_tflite.c - a network as TensorFlow Lite keeps it answers as ours; damage, limits, too little memory. Operators one
 * by one: tests/tflite. */
#include "app/core/foreign/tflite/tflite.h"
#include "app/core/model/foreign_kind.h"
#include "support/faults.h"
#include "support/nets.h"
#include "support/tflite_files.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char small[] = "input 6 8 1\nconv 2 3\nrelu\nmaxpool 2\nflatten\ndense 3\nsoftmax\n";
static nn_error err;
static nn_model *model;
static buffer file;

static int begin(void **state)
{
    (void)state;
    model = net_model(small, 5);
    model->temperature = 1;
    model->convention = (nn_convention){.std = 1};
    nn_model_changed(model);
    tflite_file(&file, model, false);
    return file.failed;
}

static int end(void **state)
{
    (void)state;
    nn_model_free(model);
    buffer_free(&file);
    return 0;
}

static bool read_bytes(const void *data, size_t len, foreign *out)
{
    err = (nn_error){0};
    return tflite_read(out, "x.tflite", data, len, &err);
}

static void answer(const nn_model *net, const float *image, float *answers)
{
    nn_work *work;
    assert_true(nn_work_new(&work, net->plan, 1, NN_ANSWERS, &err));
    nn_predict(work, net, image, 1, answers);
    nn_work_free(work);
}

/* The greatest difference of an answer to a few images. */
static float difference(const foreign *read)
{
    nn_model *other;
    uint64_t seed = 3;
    float worst = 0;
    if (!foreign_model(&other, read, &read->net[0], &err))
        fail_msg("%s", err.text);
    for (int k = 0; k < 8; k++) {
        float image[48], ours[3], theirs[3];
        random_fill(&seed, image, 48, 0, 1);
        answer(model, image, ours);
        answer(other, image, theirs);
        for (int i = 0; i < 3; i++)
            worst = isfinite(theirs[i]) ? fmaxf(worst, fabsf(ours[i] - theirs[i])) : INFINITY;
    }
    nn_model_free(other);
    return worst;
}

static void it_answers_as_ours(void **state)
{
    foreign read;
    (void)state;
    assert_int_equal(foreign_recognise((unsigned char *)file.data, file.len), FOREIGN_TFLITE);
    assert_true(read_bytes(file.data, file.len, &read));
    assert_string_equal(read.format, "TensorFlow Lite");
    assert_string_equal(read.net[0].text.data,
                        "input 6 8 1\nconv 2 3 padding=1\nrelu\nmaxpool 2 padding=valid\nflatten\ndense 3\nsoftmax\n");
    assert_true(difference(&read) < 1e-5f);
    foreign_free(&read);
}

/* Steps of a 127th of the largest weight, of which a sum of 24 is rounded. */
static void weights_of_8_bits_become_real_ones(void **state)
{
    buffer whole = {0};
    foreign read;
    (void)state;
    tflite_file(&whole, model, true);
    assert_true(read_bytes(whole.data, whole.len, &read));
    assert_string_equal(read.format, "TensorFlow Lite, 8-bit weights");
    float d = difference(&read);
    assert_true(d > 0 && d < 0.02f);
    foreign_free(&read);
    buffer_free(&whole);
}

/* Behind what is read there may be something that nobody needs. */
static void every_cut_is_noticed(void **state)
{
    int refused = 0;
    (void)state;
    for (size_t len = 0; len < file.len; len++) {
        unsigned char *cut = nn_alloc(len + 1, 1); /* of just this length, for AddressSanitizer */
        foreign read;
        memcpy(cut, file.data, len);
        if (read_bytes(cut, len, &read))
            assert_true(difference(&read) < 1e-5f);
        else
            assert_string_equal(err.text, "the file is cut off or damaged");
        refused += err.code != NN_OK;
        foreign_free(&read);
        nn_free(cut);
    }
    assert_in_range(refused, file.len - 40, file.len);
}

/* Each word of the file as a number that leads far away, back, or to itself: it is read or refused, and ends. */
static void no_word_is_believed(void **state)
{
    static const uint32_t words[] = {0, 4, 0x7fffffff, 0xffffffff};
    char *changed = nn_alloc(file.len, 1);
    int refused = 0;
    (void)state;
    assert_non_null(changed);
    for (size_t at = 0; at + 4 <= file.len; at += 2)
        for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
            foreign read;
            memcpy(changed, file.data, file.len);
            memcpy(changed + at, &words[w], sizeof words[w]);
            bool ok = read_bytes(changed, file.len, &read);
            assert_true(ok || (err.code != NN_OK && err.text[0]));
            refused += !ok;
            foreign_free(&read);
        }
    assert_true(refused > 600);
    nn_free(changed);
}

static bool read_once(void *ctx, nn_error *e)
{
    foreign read;
    (void)ctx;
    bool ok = tflite_read(&read, "x.tflite", (unsigned char *)file.data, file.len, e);
    foreign_free(&read);
    return ok;
}

static void running_out_of_memory_is_survived(void **state)
{
    (void)state;
    assert_true(faults_try_all("reading TensorFlow Lite", &(fault_case){.run = read_once}) > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_answers_as_ours),
        cmocka_unit_test(weights_of_8_bits_become_real_ones),
        cmocka_unit_test(every_cut_is_noticed),
        cmocka_unit_test(no_word_is_believed),
        cmocka_unit_test(running_out_of_memory_is_survived),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
