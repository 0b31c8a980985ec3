/* test_keras_channels.c - Keras's files whose images have their channels first, and those of Theano, which turns kernels. */
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

static double relu(double x)
{
    return x > 0 ? x : 0;
}

/* Kernels of (out, in, rows, columns), turned by half where Theano made them; flattened channel by channel. */
static void test_keras_1_with_theano(void **state)
{
    (void)state;
    const keras_window o = {true, 3, 3, 1, 1, 1, 1}, pool = {false, 2, 2, 2, 1, 1, 1};
    for (int turned = 0; turned < 2; turned++) {
        keras_image y[KERAS_IMAGES], wanted[KERAS_IMAGES];
        double found[KERAS_IMAGES * NN_MAX_CLASSES];
        float kernel[3 * 3 * 3 * 4];
        foreign self;
        keras_file_begin(NULL, NULL);
        keras_make_inputs(6, 6, 3);
        keras_file_layer(
            "Convolution2D", "convolution2d_1",
            "'batch_input_shape': [null, 3, 6, 6], 'nb_filter': 4, 'nb_row': 3, 'nb_col': 3, 'border_mode': 'same', "
            "'subsample': [1, 1], 'dim_ordering': 'th', 'bias': true, 'activation': 'relu'");
        const float *w = keras_file_weight("Conv2D", "convolution2d_1", "kernel", 4, 3, 3, 3);
        const float *b = keras_file_weight("Conv2D", "convolution2d_1", "bias", 4, 0, 0, 0);
        keras_file_layer("MaxPooling2D", "pool",
                         "'pool_size': [2, 2], 'strides': [2, 2], 'border_mode': 'valid', 'dim_ordering': 'th'");
        keras_file_layer("Flatten", "flatten_1", "");
        keras_file_layer("Dense", "dense_1", "'output_dim': 5, 'bias': true, 'activation': 'softmax'");
        const float *last = keras_file_weight("Dense", "dense_1", "kernel", 36, 5, 0, 0);
        const float *last_b = keras_file_weight("Dense", "dense_1", "bias", 5, 0, 0, 0);
        for (int out = 0, k = 0; out < 4; out++)
            for (int c = 0; c < 3; c++)
                for (int i = 0; i < 9; i++)
                    kernel[((turned ? 8 - i : i) * 3 + c) * 4 + out] = w[k++];
        for (int i = 0; i < KERAS_IMAGES; i++) {
            y[i] = keras_convolve(&keras_inputs[i], kernel, b, 4, o);
            y[i] = keras_map(&y[i], relu);
            y[i] = keras_pool(&y[i], pool, false);
            y[i] = keras_channels_before(&y[i]);
            wanted[i] = keras_dense(&y[i], last, last_b, 5);
        }
        keras_read_back(&self, "Keras 1", KERAS_1_HDF5);
        assert_int_equal(self.n, 2);
        keras_answers(&self, turned, found, 5);
        keras_compare("Keras 1", found, wanted, 5);
        foreign_free(&self);
    }
}

/* Keras 2 with channels first: kernels lie as always, Flatten brings the channels last, Theano turns kernels. */
static void test_keras_2_channels_first(void **state)
{
    const keras_window o = {false, 3, 3, 1, 1, 1, 1};
    (void)state;
    for (int theano = 0; theano < 2; theano++) {
        float kernel[3 * 3 * 2 * 4], gain[4], bias[4];
        keras_image y[KERAS_IMAGES];
        keras_make_inputs(5, 6, 2);
        keras_file_begin("2.1.3", theano ? "theano" : "tensorflow");
        keras_file_layer("Conv2D", "c",
                         "'batch_input_shape': [null, 2, 5, 6], 'filters': 4, 'kernel_size': [3, 3], 'data_format': "
                         "'channels_first'");
        const float *k = keras_file_weight("Conv2D", "c", "kernel", 3, 3, 2, 4);
        const float *b = keras_file_weight("Conv2D", "c", "bias", 4, 0, 0, 0);
        keras_file_layer("BatchNormalization", "n", "'axis': 1, 'epsilon': 0.001, 'scale': false, 'center': false");
        const float *m = keras_file_weight("BatchNormalization", "n", "moving_mean", 4, 0, 0, 0);
        const float *v = keras_file_weight("BatchNormalization", "n", "moving_variance", 4, 0, 0, 0);
        for (int i = 0; i < 9; i++)
            memcpy(kernel + 8 * i, k + 8 * (theano ? 8 - i : i), 8 * sizeof(float));
        for (int i = 0; i < 4; i++)
            gain[i] = 1 / sqrtf(v[i] + 0.001f), bias[i] = -m[i] * gain[i];
        for (int i = 0; i < KERAS_IMAGES; i++) {
            y[i] = keras_convolve(&keras_inputs[i], kernel, b, 4, o);
            y[i] = keras_along(&y[i], 2, gain, bias);
            if (theano)
                y[i] = keras_channels_before(&y[i]);
        }
        keras_file_layer("Flatten", "ordered",
                         theano ? "'data_format': 'channels_last'" : "'data_format': 'channels_first'");
        keras_last_layer(48, "softmax");
        keras_is_right("channels first", y, KERAS_2_HDF5, KERAS_3_HDF5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keras_1_with_theano),
        cmocka_unit_test(test_keras_2_channels_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 0;
}

#endif
