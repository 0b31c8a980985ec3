/* test_torch.c - weights of PyTorch's and of foreign safetensors: every kind of storage and container, networks found by
 * their sizes, what is refused and why, files cut short at every length. */
#include "app/core/export/export.h"
#include "app/core/foreign/tensors.h"
#include "app/core/foreign/torch/pickle.h"
#include "app/core/foreign/torch/torch.h"
#include "nn/op.h"
#include "support/faults.h"
#include "support/nets.h"
#include "support/torch_files.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef bool (*reader)(foreign *out, const char *path, const unsigned char *data, size_t len, nn_error *err);

static const char small[] = "input 12 12 1\nconv 3 3\nbatchnorm\nrelu\nmaxpool 2\nflatten\ndense 4\nsoftmax\n";
static nn_error err;

/* PyTorch's newer files are zips. */
static void needs_zips(void)
{
#ifndef DIGITSCOPE_KERAS
    skip();
#endif
}

static bool read_it(foreign *out, reader read, const buffer *file)
{
    return read(out, "a file", (const unsigned char *)file->data, file->len, &err);
}

static nn_model *candidate(const foreign *all, int i)
{
    nn_model *model;
    if (!foreign_model(&model, all, &all->net[i], &err))
        fail_msg("%s", err.text);
    return model;
}

/* Of three images, with conventions and temperatures put aside. */
static bool answers_as(const nn_model *a, const nn_model *b)
{
    enum { IMAGES = 3 };
    uint64_t dice = 5;
    const nn_model *both[] = {a, b};
    float p[2][IMAGES * NN_MAX_CLASSES] = {{0}}, *images;
    size_t pixels = nn_shape_count(a->plan->input);
    if (!nn_same_shape(a->plan->input, b->plan->input) || a->plan->classes != b->plan->classes)
        return false;
    images = nn_alloc(IMAGES * pixels, sizeof *images);
    random_fill(&dice, images, IMAGES * pixels, 0, 1);
    for (int k = 0; k < 2; k++) {
        nn_work *work;
        nn_model plain = *both[k];
        plain.temperature = 1;
        plain.convention = (nn_convention){.std = 1};
        assert_true(nn_work_new(&work, plain.plan, IMAGES, NN_ANSWERS, &err));
        nn_predict(work, &plain, images, IMAGES, p[k]);
        nn_work_free(work);
    }
    nn_free(images);
    for (int i = 0; i < IMAGES * NN_MAX_CLASSES; i++)
        if (!(fabsf(p[0][i] - p[1][i]) < 1e-5f))
            return false;
    return true;
}

/* The first candidate that answers as the model does; -1: none. */
static int place_of(const foreign *all, const nn_model *model)
{
    for (int i = 0; i < all->n; i++) {
        nn_model *other = candidate(all, i);
        bool same = answers_as(model, other);
        nn_model_free(other);
        if (same)
            return i;
    }
    return -1;
}

/* ---- exported and read again ----------------------------------------------------------------------------------------- */

static void test_exports_come_back(void **state)
{
    (void)state;
    int n = 0;
    for (int k = 0; nn_op_at(k); k++)
        for (const char *const *text = nn_op_at(k)->examples; *text; text++) {
            nn_model *model = net_model(*text, 3);
            buffer file = {0};
            foreign all = {0};
            if (export_model(&file, model, EXPORT_SAFETENSORS, &err)) {
                if (!read_it(&all, tensors_read, &file))
                    fail_msg("%s:\n%s", err.text, *text);
                assert_int_equal(all.n, 1);
                assert_int_equal(place_of(&all, model), 0);
                n++;
            }
            foreign_free(&all);
            buffer_free(&file);
            nn_model_free(model);
        }
    assert_true(n > 40);
}

/* ---- PyTorch --------------------------------------------------------------------------------------------------------- */

static void test_every_form(void **state)
{
    (void)state;
    needs_zips();
    nn_model *model = net_model(small, 4);
    torch_round(model);
    for (int i = 0; i < 64; i++) {
        torch_form form = {.old = i & 1,
                           .shared = i & 2,
                           .turned = i & 4,
                           .type = (state_type)(i >> 3 & 3),
                           .wrap = i & 32 ? "model_state_dict" : NULL};
        buffer file = {0};
        foreign all = {.architecture = small};
        torch_file(&file, model, &form);
        if (!read_it(&all, torch_read, &file))
            fail_msg("form %d: %s", i, err.text);
        assert_int_equal(all.n, 1);
        assert_int_equal(place_of(&all, model), 0);
        foreign_free(&all);
        buffer_free(&file);
    }
    nn_model_free(model);
}

/* ---- networks by their sizes ------------------------------------------------------------------------------------------ */

/* One of the first candidates for the weights of a network is that network. */
static void expect_within(const char *text, const torch_form *form, int most)
{
    nn_model *model = net_model(text, 6);
    buffer file = {0};
    foreign all = {0};
    torch_file(&file, model, form);
    if (!read_it(&all, torch_read, &file))
        fail_msg("%s:\n%s", err.text, text);
    int place = place_of(&all, model);
    if (place < 0 || place > most)
        fail_msg("is at place %d of %d:\n%s", place, all.n, text);
    for (int k = 0; k < all.n; k++)
        assert_true(all.net[k].guessed[0]);
    foreign_free(&all);
    buffer_free(&file);
    nn_model_free(model);
}

/* Networks as people define them, and how likely they must at least be. */
static void test_networks_are_found(void **state)
{
    (void)state;
    needs_zips();
    static const struct {
        const char *text;
        int place;
    } nets[] = {
        {"input 28 28 1\nflatten\ndense 20\nrelu\ndense 10\nsoftmax\n", 0},
        {"input 28 28 1\nflatten\ndense 10\nsoftmax\n", 0},
        {"input 28 28 1\nflatten\ndense 20\nsigmoid\ndense 10\nsoftmax\n", 3},
        {"input 20 20 1\nflatten\ndense 9\ntanh\ndense 10\nsoftmax\n", 2},
        {"input 32 32 3\nflatten\ndense 9\nrelu\ndense 10\nsoftmax\n", 0},
        {"input 28 28 1\nconv 4 3 padding=valid\nrelu\nconv 6 3 padding=valid\nrelu\nmaxpool 2\nflatten\ndense "
         "10\nsoftmax\n",
         0},
        {"input 28 28 1\nconv 4 5 padding=valid\nrelu\nmaxpool 2\nconv 6 5 padding=valid\nrelu\nmaxpool "
         "2\nflatten\ndense 9\nrelu\ndense "
         "10\nsoftmax\n",
         0},
        {"input 28 28 1\nconv 4 3\nbatchnorm\nrelu\nmaxpool 2\nconv 6 3\nbatchnorm\nrelu\nmaxpool 2\nflatten\ndense "
         "9\nbatchnorm\nrelu\n"
         "dense 10\nsoftmax\n",
         0},
        {"input 28 28 1\nconv 4 3\nrelu\nbatchnorm\nmaxpool 2\nconv 6 3\nrelu\nbatchnorm\nmaxpool 2\nflatten\ndense "
         "10\nsoftmax\n",
         4},
        {"input 28 28 1\nconv 4 3\nrelu\nconv 4 3\nrelu\nmaxpool 2\nconv 6 3\nrelu\nconv 6 3\nrelu\nmaxpool "
         "2\nflatten\ndense 10\nsoftmax\n",
         0},
        {"input 28 28 1\nconv 6 5 padding=same\ntanh\navgpool 2\nconv 16 5 padding=valid\ntanh\navgpool "
         "2\nflatten\ndense 10\nsoftmax\n",
         12},
        {"input 32 32 1\nconv 6 5 padding=valid\nrelu\nmaxpool 2\nconv 16 5 padding=valid\nrelu\nmaxpool 2\nconv 12 5 "
         "padding=valid\nrelu\n"
         "flatten\ndense 10\nsoftmax\n",
         16},
        {"input 28 28 1\nconv 4 3 stride=2 padding=1\nrelu\nconv 6 3 stride=2 padding=1\nrelu\nflatten\ndense "
         "10\nsoftmax\n",
         8},
        {"input 28 28 1\nconv 4 3\nrelu\nmaxpool 2\nconv 6 3\nrelu\navgpool all\nflatten\ndense 10\nsoftmax\n", 16},
        {"input 28 28 1\nconv 4 3 padding=valid\nprelu\nmaxpool 2\nconv 6 3 padding=valid\nprelu\nmaxpool "
         "2\nflatten\ndense 10\nsoftmax\n",
         0},
        {"input 28 28 1\nconv 4 5 padding=1\nrelu\nmaxpool 2\nconv 6 5 padding=1\nrelu\nmaxpool 2\nflatten\ndense "
         "10\nsoftmax\n",
         4},
        {"input 28 28 1\nconv 4 3 padding=2\nrelu\nconv 6 3 padding=2\nrelu\nmaxpool 2\nflatten\ndense 10\nsoftmax\n",
         4},
        {"input 28 28 1\nconv 4 3\nrelu\nconv 4 3 groups=4\nrelu\nconv 6 1\nrelu\nmaxpool 2\nflatten\ndense "
         "10\nsoftmax\n",
         4},
    };
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
        expect_within(nets[i].text, &(torch_form){.type = STATE_F32}, nets[i].place);
}

/* The shipped networks are found at one of the first places. */
static void test_shipped_networks_are_found(void **state)
{
    (void)state;
    needs_zips();
    static const char *const names[] = {"deploy", "digitscope", "enhanced", "lenet5",
                                        "mlp",    "primary",    "quick",    "simple"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[256];
        unsigned char *text;
        size_t len;
        snprintf(path, sizeof path, TEST_SOURCE "/../models/%s.net", names[i]);
        assert_true(nn_file_read(path, 1 << 16, &text, &len, &err));
        expect_within((const char *)text, &(torch_form){.type = STATE_F32}, 8);
        nn_free(text);
    }
}

/* What order and names tell: where these leave one way, it is the first. */
static void expect_first(const char *text, const torch_form *form)
{
    expect_within(text, form, 0);
}

static void test_norms_behind_all_layers(void **state)
{
    (void)state;
    needs_zips();
    expect_first(
        "input 28 28 1\nconv 4 3\nbatchnorm\nrelu\nmaxpool 2\nconv 4 3\nbatchnorm\nrelu\nmaxpool 2\nflatten\ndense 4\n"
        "batchnorm\nrelu\ndense 10\nsoftmax\n",
        &(torch_form){.type = STATE_F32, .norms_last = true});
}

static void test_numbers_of_a_sequential(void **state)
{
    (void)state;
    needs_zips();
    static const char *const before[] = {"conv1",      "0", "batchnorm1", "2", "conv2", "4",
                                         "batchnorm2", "6", "dense1",     "9", NULL};
    static const char *const pools[] = {"conv1", "f.0", "conv2", "f.3", "conv3", "f.5", "dense1", "c.1", NULL};
    static const char *const linear[] = {"dense1", "1", "dense2", "2", "dense3", "4", NULL};
    expect_first(
        "input 28 28 1\nconv 4 3\nrelu\nbatchnorm\nmaxpool 2\nconv 6 3\nrelu\nbatchnorm\nmaxpool 2\nflatten\ndense 10\n"
        "softmax\n",
        &(torch_form){.type = STATE_F32, .names = before});
    expect_first(
        "input 28 28 1\nconv 4 3\nrelu\nmaxpool 2\nconv 6 3\nrelu\nconv 5 3\nrelu\nflatten\ndense 10\nsoftmax\n",
        &(torch_form){.type = STATE_F32, .names = pools});
    expect_first("input 28 28 1\nflatten\ndense 9\ndense 8\nrelu\ndense 10\nsoftmax\n",
                 &(torch_form){.type = STATE_F32, .names = linear});
}

/* Of more answers than there can be classes the first ten are the digits. */
static void test_too_many_answers_are_cut(void **state)
{
    (void)state;
    needs_zips();
    static const char *const nets[] = {
        "input 28 28 1\nflatten\ndense 9\nrelu\ndense 128\ncrop 0 channels=10\nsoftmax\n",
        "input 28 28 1\nconv 4 3\nrelu\nmaxpool 2\nflatten\ndense 65\ncrop 0 channels=10\nsoftmax\n",
        "input 28 28 1\nflatten\ndense 62\nsoftmax\n",
    };
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
        expect_first(nets[i], &(torch_form){.type = STATE_F32});
}

/* ---- what is refused --------------------------------------------------------------------------------------------------- */

static void expect_refusal(reader read, const char *bytes, size_t len, const char *architecture, const char *why)
{
    foreign all = {.architecture = architecture};
    buffer file = {0};
    if (read == torch_read)
        torch_zip(&file, bytes, len);
    else
        buffer_add_bytes(&file, bytes, len);
    assert_false(read_it(&all, read, &file));
    if (!strstr(err.text, why))
        fail_msg("'%s' does not say '%s'", err.text, why);
    foreign_free(&all);
    buffer_free(&file);
}
#define REFUSED(pickle, why) expect_refusal(torch_read, "\x80\x02" pickle, sizeof pickle + 1, NULL, why)

static void test_other_files_of_torch_are_named(void **state)
{
    (void)state;
    needs_zips();
    REFUSED("c__main__\nNet\n)\x81}b.", "a whole module of PyTorch (class Net)");
    REFUSED("}(X\5\0\0\0modelc__main__\nNet\n)\x81}bu.", "a whole module of PyTorch (class Net)");
    REFUSED("}(X\5\0\0\0state}X\14\0\0\0param_groups]u.", "the state of an optimizer");
    REFUSED("}X\5\0\0\0epochK\1s.", "without the weights of a network");
    REFUSED("K\1.", "without the weights of a network");
    REFUSED("cos\nsystem\nX\2\0\0\0ls\x85R.", "without the weights of a network");
    REFUSED("(dp0\n.", "instruction (0x64)");
    REFUSED("}(X\1\0\0\0au.", "broken or cut short");
    REFUSED("h\5.", "broken or cut short");
    REFUSED("", "broken or cut short");
}

static void test_big_numbers_are_refused(void **state)
{
    (void)state;
    needs_zips();
    nn_model *model = net_model(small, 4);
    buffer file = {0};
    foreign all = {0};
    torch_file(&file, model, &(torch_form){.type = STATE_F32, .big = "big"});
    assert_false(read_it(&all, torch_read, &file));
    assert_non_null(strstr(err.text, "highest byte first"));
    foreign_free(&all);
    buffer_free(&file);
    nn_model_free(model);
}

/* Headers of safetensors of zeros. */
static void expect_header(const char *header, size_t bytes, const char *architecture, const char *why)
{
    buffer file = {0};
    char zero = 0;
    uint64_t len = strlen(header);
    for (int i = 0; i < 8; i++)
        buffer_add_bytes(&file, (const char[]){(char)(len >> 8 * i)}, 1);
    buffer_add(&file, header);
    for (size_t i = 0; i < bytes; i++)
        buffer_add_bytes(&file, &zero, 1);
    expect_refusal(tensors_read, file.data, file.len, architecture, why);
    buffer_free(&file);
}
#define ROW(name, type, shape, end) \
    "\"" name "\":{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":[0," end "]}"

static void test_other_safetensors_are_named(void **state)
{
    (void)state;
    expect_header("{}", 0, NULL, "holds no tensors");
    expect_header("{" ROW("images", "U8", "[60000,2]", "120000") "}", 120000, NULL,
                  "a data set (images holds 60000 items)");
    expect_header("{" ROW("x", "F32", "[9000,1,1]", "36000") "}", 36000, NULL, "a data set");
    expect_header("{" ROW("exp_avg.fc.weight", "F32", "[1,1]", "4") "}", 4, NULL, "the state of a training");
    expect_header("{" ROW("lstm.weight_ih_l0", "F32", "[4,4]", "64") "}", 64, NULL, "lstm.weight_ih_l0 is no part of");
    expect_header("{" ROW("a.weight", "F32", "[4,4,4]", "256") "}", 256, NULL, "a is no convolution");
    expect_header("{" ROW("a.weight", "F32", "[10,17]", "680") "}", 680, NULL,
                  "reads 17 values, which are no square picture");
    expect_header("{" ROW("a.weight", "F32", "[10,16]", "640") "}", 639, NULL, "cut short");
    expect_header("{" ROW("a.weight", "F32", "[10,16]", "600") "}", 640, NULL, "described wrongly");
    expect_header("{" ROW("a.weight", "F32", "[10,-16]", "640") "}", 640, NULL, "described wrongly");
    expect_header("{" ROW("a.weight", "F32", "[10,16]", "640") "," ROW("b.weight", "F32", "[10,16]", "640") "}", 640,
                  NULL, "do not follow one after the other");
    expect_header("{" ROW("a.weight", "F32", "[10,16]", "640") "," ROW("n.running_mean", "F32", "[3]", "12") "," ROW(
                      "n.running_var", "F32", "[3]", "12") "}",
                  640, NULL, "n stands behind no layer of its 3 values");
    expect_header("{" ROW("c.weight", "F32", "[2,1,3,3]", "72") "," ROW("a.weight", "F32", "[10,2000]", "80000") "}",
                  80000, NULL, "no padding and pooling leads");
}

static void test_an_architecture_must_fit(void **state)
{
    (void)state;
    static const char header[] = "{" ROW("a.weight", "F32", "[10,16]", "640") "}";
    expect_header(header, 640, "input 4 4 1\nflatten\ndense 9\nsoftmax\n", "a has other sizes than dense1.kernel");
    expect_header(header, 640, "input 4 4 1\nflatten\ndense 8\ndense 10\nsoftmax\n", "a has other sizes");
    expect_header(header, 640, "input 4 4 1\nflatten\nsoftmax\n", "the architecture has no layer for a");
    expect_header(header, 640, "input 4 4 1\nconv 2 3\nflatten\ndense 10\nsoftmax\n",
                  "the weights of conv1 are missing");
    expect_header(header, 640, "rubbish", "an architecture begins with");
}

static void test_fresh_weights_are_noticed(void **state)
{
    (void)state;
    needs_zips();
    nn_model *model = net_model("input 28 28 1\nflatten\ndense 10\nsoftmax\n", 3);
    for (int trained = 0; trained < 2; trained++) {
        buffer file = {0};
        foreign all = {0};
        uint64_t dice = 9;
        random_fill(&dice, model->weights, model->plan->floats, -1.0 / 28, 1.0 / 28);
        if (trained)
            model->weights[99] = 0.1f;
        torch_file(&file, model, &(torch_form){.type = STATE_F32});
        assert_true(read_it(&all, torch_read, &file));
        assert_int_equal(all.never_trained, !trained);
        foreign_free(&all);
        buffer_free(&file);
    }
    nn_model_free(model);
}

/* ---- cut short, out of memory ------------------------------------------------------------------------------------------ */

/* In a block of just that length, so that a sanitizer sees what is read behind it. */
static void read_prefix(reader read, const buffer *file, size_t len)
{
    foreign all = {.architecture = small};
    unsigned char *data = nn_alloc(len + 1, 1), *end = NULL;
    memcpy(data, file->data, len);
    end = nn_realloc(data, len + 1, len ? len : 1, 1);
    assert_false(read(&all, "a file", end, len, &err));
    assert_true(err.text[0]);
    foreign_free(&all);
    nn_free(end);
}

static void test_cut_short_at_every_length(void **state)
{
    (void)state;
    nn_model *model = net_model(small, 4);
    for (int form = 0; form < 3; form++) {
        buffer file = {0};
        if (form < 2)
            torch_file(&file, model, &(torch_form){.old = form, .type = STATE_F16, .wrap = "net"});
        else
            assert_true(export_model(&file, model, EXPORT_SAFETENSORS, &err));
        for (size_t len = 0; len < file.len; len++)
            read_prefix(form < 2 ? torch_read : tensors_read, &file, len);
        buffer_free(&file);
    }
    nn_model_free(model);
}

struct attempt {
    reader read;
    buffer file;
    const char *architecture;
};

static bool attempt(void *ctx, nn_error *why)
{
    const struct attempt *a = ctx;
    foreign all = {.architecture = a->architecture};
    bool ok = a->read(&all, "a file", (const unsigned char *)a->file.data, a->file.len, why);
    nn_model *model = NULL;
    ok = ok && foreign_model(&model, &all, &all.net[0], why);
    nn_model_free(model);
    foreign_free(&all);
    return ok;
}

static void test_memory_may_run_out(void **state)
{
    (void)state;
    needs_zips();
    nn_model *model = net_model("input 28 28 1\nconv 3 3\nbatchnorm\nrelu\nmaxpool 2\nflatten\ndense 4\nsoftmax\n", 4);
    torch_round(model);
    for (int form = 0; form < 3; form++) {
        struct attempt a = {.read = form < 2 ? torch_read : tensors_read};
        if (form < 2)
            torch_file(&a.file, model, &(torch_form){.old = form, .type = STATE_F16});
        else
            assert_true(export_model(&a.file, model, EXPORT_SAFETENSORS, &err));
        assert_true(faults_try_all("read", &(fault_case){.run = attempt, .ctx = &a}) > 0);
        buffer_free(&a.file);
    }
    nn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exports_come_back),         cmocka_unit_test(test_every_form),
        cmocka_unit_test(test_networks_are_found),        cmocka_unit_test(test_shipped_networks_are_found),
        cmocka_unit_test(test_norms_behind_all_layers),   cmocka_unit_test(test_numbers_of_a_sequential),
        cmocka_unit_test(test_too_many_answers_are_cut),  cmocka_unit_test(test_other_files_of_torch_are_named),
        cmocka_unit_test(test_big_numbers_are_refused),   cmocka_unit_test(test_other_safetensors_are_named),
        cmocka_unit_test(test_an_architecture_must_fit),  cmocka_unit_test(test_fresh_weights_are_noticed),
        cmocka_unit_test(test_cut_short_at_every_length), cmocka_unit_test(test_memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
