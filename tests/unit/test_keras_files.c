/* test_keras_files.c - Keras's files with weights only, in all forms, cut short, and made to do harm. */
#include "app/core/foreign/keras/keras.h"
#include "nn/op.h"
#include "support/faults.h"
#include "support/keras_files.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#ifdef DIGITSCOPE_KERAS
#define H5_USE_110_API
#include <hdf5.h>

static nn_error err;

/* A digit reader as most are. */
static void small_network(const char *version)
{
    keras_file_begin(version, version ? "tensorflow" : NULL);
    keras_file_layer(
        "Conv2D", "conv2d_1",
        "'batch_input_shape': [null, 28, 28, 1], 'filters': 4, 'kernel_size': [3, 3], 'activation': 'relu'");
    keras_file_weight("Conv2D", "conv2d_1", "kernel", 3, 3, 1, 4);
    keras_file_weight("Conv2D", "conv2d_1", "bias", 4, 0, 0, 0);
    keras_file_layer("MaxPooling2D", "pool", "'pool_size': [2, 2]");
    keras_file_layer("Conv2D", "conv2d_2", "'filters': 8, 'kernel_size': [3, 3], 'activation': 'relu'");
    keras_file_weight("Conv2D", "conv2d_2", "kernel", 3, 3, 4, 8);
    keras_file_weight("Conv2D", "conv2d_2", "bias", 8, 0, 0, 0);
    keras_file_layer("MaxPooling2D", "pool_2", "'pool_size': [2, 2]");
    keras_file_layer("Flatten", "flatten_1", "");
    keras_file_layer("Dense", "dense_1", "'units': 10, 'activation': 'softmax'");
    keras_file_weight("Dense", "dense_1", "kernel", 200, 10, 0, 0);
    keras_file_weight("Dense", "dense_1", "bias", 10, 0, 0, 0);
}

static void predict(const foreign *self, int k, float answer[10])
{
    nn_model *model;
    nn_work *work;
    float image[784];
    for (int i = 0; i < 784; i++)
        image[i] = (float)(i * 7 % 13) / 13;
    if (!foreign_model(&model, self, &self->net[k], &err))
        fail_msg("%s\n%s", err.text, self->net[k].text.data);
    assert_true(nn_work_new(&work, model->plan, 1, NN_ANSWERS, &err));
    nn_predict(work, model, image, 1, answer);
    nn_work_free(work);
    nn_model_free(model);
}

static void read_as(foreign *self, const char *path, keras_layout layout, bool described)
{
    size_t len;
    const unsigned char *data = keras_file_make(layout, described, &len);
    if (!keras_read(self, path, data, len, &err))
        fail_msg("layout %d: %s", (int)layout, err.text);
}

/* The same answers, whichever the form, from what is described and from the likeliest guess. */
static void test_weights_only(void **state)
{
    static const char *const names[] = {NULL, "2.9.0", "3.4.1", "3.4.1", "2.13.0"};
    (void)state;
    for (int layout = 0; layout < KERAS_LAYOUTS; layout++) {
        foreign described = {0}, guessed = {0};
        float right[10], answer[10];
        small_network(names[layout]);
        if (layout > KERAS_1_HDF5) {
            read_as(&described, "m.h5", (keras_layout)layout, true);
            predict(&described, 0, right);
        }
        read_as(&guessed, "m.h5", (keras_layout)layout, false);
        assert_string_equal(guessed.format, layout == KERAS_1_HDF5   ? "Keras 1, weights only, HDF5"
                                            : layout == KERAS_2_HDF5 ? "Keras 2.9, weights only, HDF5"
                                            : layout == KERAS_3_HDF5 ? "Keras 3.4, weights only, HDF5"
                                                                     : "Keras 3, weights only, HDF5");
        assert_true(guessed.n > 3);
        predict(&guessed, 0, answer);
        for (int i = 0; i < 10 && layout > KERAS_1_HDF5; i++)
            assert_true(fabsf(answer[i] - right[i]) < 1e-5f);
        foreign_free(&described);
        foreign_free(&guessed);
    }
}

/* Arrays that no layer has. */
static void test_odd_numbers(void **state)
{
    static const char *const names[] = {"-99999999", "4294967295", "1x", " 1", "+1"};
    foreign guessed = {0};
    (void)state;
    small_network("3.4.1");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        keras_file_weight("Dense", "dense_1", names[i], 200, 10, 0, 0);
    read_as(&guessed, "m.h5", KERAS_3_ZIP, false);
    predict(&guessed, 0, (float[10]){0});
    foreign_free(&guessed);
}

static void put_file(const char *name, const char *text)
{
    assert_true(nn_file_save(temp_path(name), text, strlen(text), NN_CONSISTENT, &err));
}

/* tanh and two strides are what no shape tells. */
static const char described_json[] =
    "{\"class_name\": \"Sequential\", \"config\": [{\"class_name\": \"Conv2D\", \"config\": {\"name\": \"other_1\", "
    "\"batch_input_shape\": [null, 28, 28, 1], \"filters\": 4, \"kernel_size\": [3, 3], \"strides\": [2, 2], "
    "\"activation\": \"tanh\"}}, {\"class_name\": \"Conv2D\", \"config\": {\"name\": \"other_2\", \"filters\": 8, "
    "\"kernel_size\": [3, 3], \"strides\": [2, 2], \"padding\": \"same\"}}, {\"class_name\": \"Cropping2D\", "
    "\"config\": "
    "{\"name\": \"crop\", \"cropping\": 1}}, {\"class_name\": \"Flatten\", \"config\": {\"name\": \"flat\"}}, "
    "{\"class_name\": \"Dense\", \"config\": {\"name\": \"other_3\", \"units\": 10, \"activation\": \"softmax\"}}]}";

static void test_description_beside(void **state)
{
    static const char *const beside[] = {"mnist.json", "model.json", "mnist.weights.json"};
    (void)state;
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        foreign self = {0};
        temp_make();
        small_network("2.9.0");
        put_file(beside[i], described_json);
        read_as(&self, temp_path("mnist.weights.h5"), KERAS_2_HDF5, false);
        assert_int_equal(self.n, 1);
        assert_non_null(strstr(self.net[0].text.data, "tanh"));
        foreign_free(&self);
        temp_remove();
    }
    temp_make(); /* one that belongs to another network */
    foreign self = {0};
    small_network("2.9.0");
    put_file("model.json",
             "{\"class_name\": \"Sequential\", \"config\": [{\"class_name\": \"Dense\", \"config\": {\"units\": 3}}]}");
    read_as(&self, temp_path("mnist.h5"), KERAS_2_HDF5, false);
    assert_true(self.n > 3);
    foreign_free(&self);
    temp_remove();
}

static void test_given_architecture(void **state)
{
    static const char net[] =
        "input 28 28 1\nconv 4 3 stride=2 padding=valid\ntanh\nconv 8 3 stride=2\ncrop 1\nflatten\n"
        "dense 10\nsoftmax\n";
    (void)state;
    for (int layout = 0; layout < KERAS_LAYOUTS; layout++) {
        foreign self = {.architecture = net};
        float answer[10];
        small_network("2.9.0");
        read_as(&self, "m.h5", (keras_layout)layout, false);
        assert_int_equal(self.n, 1);
        assert_string_equal(self.net[0].text.data, net);
        predict(&self, 0, answer);
        foreign_free(&self);
    }
}

/* ---- broken files --------------------------------------------------------------------------------------------------- */

static void test_cut_short_everywhere(void **state)
{
    (void)state;
    for (int layout = KERAS_2_HDF5; layout < KERAS_LAYOUTS; layout++) {
        size_t len;
        small_network("2.9.0");
        const unsigned char *data = keras_file_make((keras_layout)layout, true, &len);
        for (size_t cut = 0; cut < len; cut += cut < 256 || len - cut < 256 ? 1 : 97) {
            foreign self = {0};
            unsigned char *part = memcpy(nn_alloc(cut + 1, 1), data, cut);
            err = (nn_error){0};
            if (keras_read(&self, "m.h5", part, cut, &err))
                fail_msg("layout %d: %zu of %zu bytes are read", layout, cut, len);
            assert_true(err.code != NN_OK && err.text[0]);
            foreign_free(&self);
            nn_free(part);
        }
    }
}

static unsigned char image_bytes[1 << 20];

/* A file with one array that declares those sizes but holds nothing, in pieces of `chunk` if that is not 0; `outside`:
 * in another file. */
static size_t make_bomb(hsize_t rows, hsize_t columns, hsize_t chunk, bool outside)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), how = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t dims[] = {rows, columns}, chunks[] = {chunk, chunk};
    H5Pset_fapl_core(access, 1 << 16, false);
    hid_t file = H5Fcreate("bomb", H5F_ACC_TRUNC, H5P_DEFAULT, access), space = H5Screate_simple(2, dims, NULL);
    if (chunk)
        assert_true(H5Pset_chunk(how, 2, chunks) >= 0);
    else if (outside)
        assert_true(H5Pset_external(how, "/etc/passwd", 0, H5F_UNLIMITED) >= 0);
    else
        assert_true(H5Pset_alloc_time(how, H5D_ALLOC_TIME_LATE) >= 0);
    hid_t set = H5Dcreate(file, "kernel:0", H5T_IEEE_F32LE, space, H5P_DEFAULT, how, H5P_DEFAULT);
    assert_true(set >= 0);
    H5Dclose(set), H5Sclose(space), H5Pclose(how);
    H5Fflush(file, H5F_SCOPE_GLOBAL);
    ssize_t len = H5Fget_file_image(file, image_bytes, sizeof image_bytes);
    assert_true(len > 0);
    H5Fclose(file), H5Pclose(access);
    return (size_t)len;
}

static void test_bombs(void **state)
{
    static const struct {
        hsize_t rows, columns, chunk;
        bool outside;
        const char *reason;
    } bombs[] = {{1 << 30, 1 << 30, 0, false, "larger parts"},
                 {1 << 20, 1 << 10, 0, false, "larger parts"},
                 {1 << 14, 1 << 14, 1 << 13, false, "larger parts"},
                 {1 << 12, 1 << 12, 1, false, "larger parts"},
                 {4, 4, 0, true, "outside of the file"}};
    (void)state;
    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
        foreign self = {0};
        size_t len = make_bomb(bombs[i].rows, bombs[i].columns, bombs[i].chunk, bombs[i].outside);
        if (keras_read(&self, "m.h5", image_bytes, len, &err) || !strstr(err.text, bombs[i].reason))
            fail_msg("bomb %zu: %s", i, err.text);
        foreign_free(&self);
    }
}

/* A member of 64 MiB of blanks, which packs to a thousandth. */
static void test_zip_bomb(void **state)
{
    (void)state;
    size_t size = (size_t)64 << 20, len;
    foreign self = {0};
    char *blanks = memset(nn_alloc(size, 1), ' ', size);
    const unsigned char *data = keras_file_zip("config.json", blanks, size, &len);
    assert_true(len < 1 << 20);
    assert_false(keras_read(&self, "m.keras", data, len, &err));
    assert_non_null(strstr(err.text, "is larger than"));
    foreign_free(&self);
    nn_free(blanks);
}

/* ---- faults ---------------------------------------------------------------------------------------------------------- */

typedef struct file_at_hand {
    const unsigned char *data;
    size_t len;
} file_at_hand;

static bool read_once(void *ctx, nn_error *why)
{
    const file_at_hand *file = ctx;
    foreign self = {0};
    bool ok = keras_read(&self, "there/is/none.h5", file->data, file->len, why);
    foreign_free(&self);
    return ok;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    for (int weights_only = 0; weights_only < 2; weights_only++)
        for (int layout = KERAS_2_HDF5; layout < KERAS_2_ZIP_WINDOWS; layout++) {
            file_at_hand file;
            const fault_case test = {.run = read_once, .ctx = &file};
            small_network("3.4.1");
            file.data = keras_file_make((keras_layout)layout, !weights_only, &file.len);
            assert_true(faults_try_all("Keras", &test) > 20);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_only),
        cmocka_unit_test(test_odd_numbers),
        cmocka_unit_test(test_description_beside),
        cmocka_unit_test(test_given_architecture),
        cmocka_unit_test(test_cut_short_everywhere),
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_zip_bomb),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 0;
}

#endif
