/* test_keras_ends.c - where a model of Keras begins and ends: shapes of images, answers of every kind, what is refused. */
#include "support/keras_files.h"
#include "support/keras_reference.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#ifdef DIGITSCOPE_KERAS

static nn_error err;

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static void test_inputs(void **state)
{
    static const struct {
        const char *shape;
        nn_shape input;
    } cases[] = {{"'batch_input_shape': [null, 784]", {28, 28, 1}},
                 {"'batch_input_shape': [null, 28, 28]", {28, 28, 1}},
                 {"'batch_input_shape': [64, 28, 28, 1]", {28, 28, 1}},
                 {"'batch_input_shape': [null, 1, 28, 28]", {28, 28, 1}},
                 {"'batch_input_shape': [null, 784, 1]", {28, 28, 1}},
                 {"'batch_shape': [null, 32, 32, 3]", {32, 32, 3}},
                 {"'batch_input_shape': [null, 3, 32, 32]", {32, 32, 3}},
                 {"'batch_input_shape': [null, null, null, 1]", {28, 28, 1}},
                 {"'input_dim': 400", {20, 20, 1}},
                 {"'trainable': true", {28, 28, 1}}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        foreign self;
        nn_model *model;
        nn_shape in = cases[i].input;
        keras_file_begin("2.9.0", "tensorflow");
        keras_file_layer("Flatten", "f", cases[i].shape);
        keras_last_layer(in.h * in.w * in.c, "softmax");
        keras_read_back(&self, cases[i].shape, KERAS_2_HDF5);
        assert_string_equal(self.format, "Keras 2.9, HDF5");
        if (!foreign_model(&model, &self, &self.net[0], &err))
            fail_msg("%s: %s", cases[i].shape, err.text);
        assert_true(nn_same_shape(model->plan->input, in));
        nn_model_free(model);
        foreign_free(&self);
    }
}

/* Biases of 0 and kernels within the bound of their start: nobody trained it. */
static void test_untrained(void **state)
{
    (void)state;
    for (int trained = 0; trained < 3; trained++) {
        foreign self;
        keras_file_begin("2.9.0", "tensorflow");
        keras_file_layer("Conv2D", "c", "'batch_input_shape': [null, 4, 4, 1], 'filters': 2, 'kernel_size': 3");
        float *kernel = keras_file_weight("Conv2D", "c", "kernel", 3, 3, 1, 2);
        float *bias = keras_file_weight("Conv2D", "c", "bias", 2, 0, 0, 0);
        keras_last_layer(8, "softmax");
        bias[0] = bias[1] = 0;
        memset(keras_last_bias, 0, KERAS_CLASSES * sizeof(float));
        kernel[0] = trained == 1 ? 0.6f : kernel[0]; /* the bound is sqrt(6 / 27), about 0.47 */
        for (int i = 0; i < 18; i++)
            kernel[i] = fmaxf(fminf(kernel[i], trained == 1 ? 1 : 0.45f), -0.45f);
        bias[1] = trained == 2 ? 0.001f : 0;
        keras_read_back(&self, "untrained", KERAS_2_HDF5);
        assert_int_equal(self.never_trained, trained == 0);
        foreign_free(&self);
    }
}

/* Whatever the end is, what is answered are its values, made to sum up to 1. */
static void test_outputs(void **state)
{
    static const struct {
        const char *activation;
        foreign_output output;
    } cases[] = {{"softmax", FOREIGN_LOGITS},
                 {"linear", FOREIGN_LOGITS},
                 {"sigmoid", FOREIGN_PROBABILITIES},
                 {"log_softmax", FOREIGN_LOG_PROBABILITIES}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        foreign self;
        nn_model *model;
        nn_work *work;
        float x[16], found[KERAS_CLASSES];
        double sum = 0, wanted[KERAS_CLASSES];
        keras_file_begin("2.9.0", "tensorflow");
        keras_make_inputs(4, 4, 1);
        keras_file_layer("InputLayer", "in", "'batch_input_shape': [null, 4, 4, 1]");
        keras_last_layer(16, cases[i].activation);
        keras_image row = keras_row(&keras_inputs[0]),
                    y = keras_dense(&row, keras_last_kernel, keras_last_bias, KERAS_CLASSES);
        for (int k = 0; k < KERAS_CLASSES; k++)
            sum += wanted[k] = cases[i].output == FOREIGN_PROBABILITIES ? sigmoid(y.v[k]) : exp(y.v[k]);
        keras_read_back(&self, cases[i].activation, KERAS_2_HDF5);
        assert_int_equal(self.net[0].output, cases[i].output);
        assert_true(foreign_model(&model, &self, &self.net[0], &err) &&
                    nn_work_new(&work, model->plan, 1, NN_ANSWERS, &err));
        for (int k = 0; k < 16; k++)
            x[k] = (float)keras_inputs[0].v[k];
        nn_predict(work, model, x, 1, found);
        for (int k = 0; k < KERAS_CLASSES; k++)
            assert_true(fabs((double)found[k] - wanted[k] / sum) < 1e-5);
        nn_work_free(work);
        nn_model_free(model);
        foreign_free(&self);
    }
}

static void test_refusals(void **state)
{
    static const char *const kinds[] = {"LSTM", "Conv1D", "Embedding", "Custom>Capsule", "Conv2DTranspose"};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        keras_file_begin("2.9.0", "tensorflow");
        keras_file_layer(kinds[i], "strange", "'batch_input_shape': [null, 4, 4, 1]");
        keras_last_layer(16, "softmax");
        keras_is_refused(kinds[i], kinds[i]);
    }
    keras_file_begin("2.9.0", "tensorflow");
    keras_file_layer("Lambda", "code", "'batch_input_shape': [null, 4, 4, 1], 'function': ['4wEAAA==', null, null]");
    keras_last_layer(16, "softmax");
    keras_is_refused("Lambda", "Python code");
    keras_file_begin("2.9.0", "tensorflow");
    keras_file_layer("Flatten", "f", "'batch_input_shape': [null, 4, 4, 1]");
    keras_last_layer(16, "my_own");
    keras_is_refused("an activation", "my_own");
    keras_file_begin("2.9.0", "tensorflow");
    keras_file_layer("Flatten", "f", "'batch_input_shape': [null, 4, 5, 1]");
    keras_last_layer(16, "softmax");
    keras_is_refused("a kernel of another size", "its kernel is 16x5");
    keras_file_begin("2.9.0", "tensorflow"); /* an autoencoder */
    keras_file_layer("Conv2D", "c", "'batch_input_shape': [null, 8, 8, 1], 'filters': 1, 'kernel_size': 1");
    keras_file_weight("Conv2D", "c", "kernel", 1, 1, 1, 1);
    keras_file_weight("Conv2D", "c", "bias", 1, 0, 0, 0);
    keras_is_refused("pictures", "makes pictures");
    keras_file_begin("2.9.0", "tensorflow"); /* a discriminator */
    keras_file_layer("Flatten", "f", "'batch_input_shape': [null, 4, 4, 1]");
    keras_file_layer("Dense", "last", "'units': 1");
    keras_file_weight("Dense", "last", "kernel", 16, 1, 0, 0);
    keras_file_weight("Dense", "last", "bias", 1, 0, 0, 0);
    keras_is_refused("one answer", "answers with 1 numbers");
    keras_file_begin("2.9.0", "tensorflow");
    keras_file_describe("{'class_name': 'MyModel', 'config': {'units': 3}}");
    keras_file_weight("Dense", "d", "kernel", 4, 4, 0, 0);
    keras_is_refused("a class", "MyModel");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inputs),
        cmocka_unit_test(test_untrained),
        cmocka_unit_test(test_outputs),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 0;
}

#endif
