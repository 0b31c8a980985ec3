/* test_model_file.c - model files: what is written is read back the same, what is broken is refused with its place. */
#include "nn/op.h"
#include "support/faults.h"
#include "support/nets.h"
#include "support/temp.h"
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char tiny[] = "input 1 1 2\ndense 2\nsoftmax\n";

typedef struct file {
    unsigned char *data;
    size_t len;
} file;

static file written(const nn_model *model)
{
    file f;
    nn_error err = {0};
    if (!nn_model_write(model, &f.data, &f.len, &err))
        fail_msg("%s", err.text);
    return f;
}

static file file_of(const char *text)
{
    nn_model *model = net_model(text, 3);
    file f = written(model);
    nn_model_free(model);
    return f;
}

static size_t header_length(const file *f)
{
    size_t length = 0;
    for (int i = 0; i < 8; i++)
        length |= (size_t)f->data[i] << 8 * i;
    return length;
}

static void assert_same_model(const nn_model *a, const nn_model *b)
{
    assert_string_equal(a->plan->text, b->plan->text);
    assert_int_equal(a->plan->floats, b->plan->floats);
    assert_memory_equal(a->weights, b->weights, a->plan->floats * sizeof(float));
    assert_memory_equal(&a->convention, &b->convention, sizeof a->convention);
    assert_int_equal(a->n_labels, b->n_labels);
    for (int i = 0; i < a->n_labels; i++)
        assert_string_equal(a->label[i], b->label[i]);
    assert_true(a->temperature == b->temperature && a->unsure_threshold == b->unsure_threshold);
    assert_memory_equal(a->scale, b->scale, sizeof a->scale);
    assert_true(!a->training == !b->training);
    if (a->training)
        assert_string_equal(a->training, b->training);
}

/* ---- right ones -------------------------------------------------------------------------------------------------- */

static void round_trip(nn_model *model)
{
    file f = written(model);
    nn_model *read;
    nn_error err = {0};
    if (!nn_model_read(&read, f.data, f.len, &err))
        fail_msg("byte %zu: %s\n%s", err.pos, err.text, model->plan->text);
    assert_same_model(model, read);
    file again = written(read);
    assert_int_equal(again.len, f.len);
    assert_memory_equal(again.data, f.data, f.len);
    nn_free(again.data);
    nn_free(f.data);
    nn_model_free(read);
}

static void test_round_trip_of_every_example(void **state)
{
    (void)state;
    for (int i = 0; nn_op_at(i); i++)
        for (const char *const *text = nn_op_at(i)->examples; *text; text++) {
            nn_model *model = net_model(*text, (uint64_t)i);
            round_trip(model);
            nn_model_free(model);
        }
}

static void test_round_trip_of_odd_values(void **state)
{
    (void)state;
    nn_model *model = net_model(tiny, 1);
    static const float odd[] = {0.0f, -0.0f, 1e-45f, -3.4028235e38f, 1.17549435e-38f, 0.1f};
    memcpy(model->weights, odd, sizeof odd);
    model->convention = (nn_convention){.mean = -1.0f / 3, .std = 1e-3f};
    model->temperature = 0.123456789f;
    model->unsure_threshold = 1;
    model->scale[0] = 0.0123456789f;
    for (int i = 0; i < 4; i++) {
        model->convention.std = -model->convention.std;
        model->convention.binary = i & 1;
        model->convention.transposed = i & 2;
        round_trip(model);
    }
    strcpy(model->label[0], "\xc3\xa9\"\\ /\xf0\x9f\x98\x80");
    memset(model->label[1], 'x', NN_NAME - 1);
    nn_free(model->training);
    model->training = NULL;
    round_trip(model);
    nn_model_free(model);
}

static void test_defaults_of_a_new_model(void **state)
{
    (void)state;
    nn_plan *plan = net_parse("input 1 1 2\ndense 12\nsoftmax\n");
    nn_model *model;
    nn_error err = {0};
    assert_true(nn_model_new(&model, plan, net_weights(plan, 1), &err));
    assert_int_equal(model->n_labels, 12);
    assert_string_equal(model->label[0], "0");
    assert_string_equal(model->label[11], "11");
    assert_true(model->convention.mean == 0 && model->convention.std == 1 && model->temperature == 1);
    nn_model_free(model);
}

static void test_save_and_load(void **state)
{
    (void)state;
    temp_make();
    nn_model *model = net_model(net_small, 5), *loaded;
    nn_error err = {0};
    const char *path = temp_path("a.safetensors");
    assert_true(nn_model_save(model, path, &err));
    assert_true(nn_model_load(&loaded, path, &err));
    assert_same_model(model, loaded);
    nn_model_free(loaded);

    file f = written(model);
    assert_true(nn_file_save(path, f.data, f.len / 2, NN_CONSISTENT, &err));
    assert_false(nn_model_load(&loaded, path, &err));
    assert_int_equal(err.code, NN_FORMAT);
    assert_non_null(strstr(err.text, "a.safetensors: "));
    assert_false(nn_model_load(&loaded, temp_path("none.safetensors"), &err));
    assert_int_equal(err.code, NN_IO);
    assert_null(loaded);
    nn_free(f.data);
    nn_model_free(model);
    temp_remove();
}

/* Left for tests/reference/check_safetensors.py, which looks at each of its bytes. */
static void test_a_file_for_the_python_check(void **state)
{
    (void)state;
    nn_model *model = net_model(net_small, 9);
    nn_error err = {0};
    strcpy(model->label[0], "\xc3\xa9\"\\");
    assert_true(nn_model_save(model, TEST_BUILD "/written.safetensors", &err));
    nn_model_free(model);
}

/* ---- the header, changed ----------------------------------------------------------------------------------------- */

static json_t *header_json(const file *f)
{
    json_t *header = json_loadb((const char *)f->data + 8, header_length(f), 0, NULL);
    assert_non_null(header);
    return header;
}

/* The file with another header text: padded, its length written in front. */
static file with_header_text(const file *f, const char *text, size_t len)
{
    size_t padded = (len + 7) / 8 * 8, buffer = f->len - 8 - header_length(f);
    file changed = {nn_alloc(8 + padded + buffer, 1), 8 + padded + buffer};
    assert_non_null(changed.data);
    for (int i = 0; i < 8; i++)
        changed.data[i] = (unsigned char)((uint64_t)padded >> 8 * i);
    memset(changed.data + 8, ' ', padded);
    memcpy(changed.data + 8, text, len);
    memcpy(changed.data + 8 + padded, f->data + f->len - buffer, buffer);
    return changed;
}

static file with_header(const file *f, json_t *header, size_t flags)
{
    char *text = json_dumps(header, flags);
    assert_non_null(text);
    file changed = with_header_text(f, text, strlen(text));
    free(text);
    json_decref(header);
    return changed;
}

static void must_refuse(const file *f, nn_code code, const char *says)
{
    nn_model *model;
    nn_error err = {0};
    if (nn_model_read(&model, f->data, f->len, &err))
        fail_msg("accepted, but should say: %s", says);
    assert_null(model);
    if (err.code != code || err.pos > f->len || !strstr(err.text, says))
        fail_msg("code %d at %zu of %zu: %s\nexpected code %d: %s", (int)err.code, err.pos, f->len, err.text, (int)code,
                 says);
    assert_false(nn_model_read(&model, f->data, f->len, NULL)); /* nobody asks why */
}

static void must_refuse_change(const file *f, json_t *header, const char *says)
{
    file changed = with_header(f, header, JSON_COMPACT);
    must_refuse(&changed, NN_FORMAT, says);
    nn_free(changed.data);
}

static void test_a_file_saved_again_in_python_loads(void **state)
{
    (void)state;
    nn_model *model = net_model(net_small, 3), *read;
    file f = written(model);
    json_t *header = header_json(&f);
    json_object_set_new(json_object_get(header, "__metadata__"), "format", json_string("pt"));
    /* ", " and ": " between items, and another order of keys. */
    file changed = with_header(&f, header, JSON_SORT_KEYS | JSON_ENSURE_ASCII);
    nn_error err = {0};
    if (!nn_model_read(&read, changed.data, changed.len, &err))
        fail_msg("byte %zu: %s", err.pos, err.text);
    assert_same_model(model, read);
    nn_free(changed.data);
    nn_free(f.data);
    nn_model_free(read);
    nn_model_free(model);
}

/* What is put where in a header; "" takes it out. Paths go through objects, from the outside in. */
static const struct {
    const char *path[2];
    const char *json;
    const char *says;
} edits[] = {
    {{"dense1.bias", "dtype"}, "\"F16\"", "must be F32"},
    {{"dense1.bias", "dtype"}, "\"f32\"", "must be F32"},
    {{"dense1.bias", "dtype"}, "32", "must be F32"},
    {{"dense1.bias", "dtype"}, "", "must be F32"},
    {{"dense1.bias", "shape"}, "[3]", "shape of 'dense1.bias'"},
    {{"dense1.bias", "shape"}, "[1, 2]", "shape of 'dense1.bias'"},
    {{"dense1.bias", "shape"}, "[]", "shape of 'dense1.bias'"},
    {{"dense1.bias", "shape"}, "[-2]", "shape of 'dense1.bias'"},
    {{"dense1.bias", "shape"}, "[2.0]", "shape of 'dense1.bias'"},
    {{"dense1.bias", "shape"}, "[\"2\"]", "shape of 'dense1.bias'"},
    {{"dense1.bias", "shape"}, "[4611686018427387904]", "shape of 'dense1.bias'"},
    {{"dense1.bias", "shape"}, "{}", "shape of 'dense1.bias'"},
    {{"dense1.bias", "data_offsets"}, "[0, 12]", "place of 'dense1.bias'"},
    {{"dense1.bias", "data_offsets"}, "[8, 0]", "place of 'dense1.bias'"},
    {{"dense1.bias", "data_offsets"}, "[-8, 0]", "place of 'dense1.bias'"},
    {{"dense1.bias", "data_offsets"}, "[0, 8, 16]", "place of 'dense1.bias'"},
    {{"dense1.kernel", "data_offsets"}, "[0, 16]", "place of 'dense1.kernel'"},  /* overlap */
    {{"dense1.kernel", "data_offsets"}, "[12, 28]", "place of 'dense1.kernel'"}, /* gap */
    {{"dense1.kernel", "data_offsets"}, "", "place of 'dense1.kernel'"},
    {{"dense1.kernel", "comment"}, "1", "unknown entries"},
    {{"dense1.kernel", NULL}, "", "'dense1.kernel' is missing"},
    {{"dense1.kernel", NULL}, "[]", "'dense1.kernel' is missing"},
    {{"dense2.kernel", NULL}, "{}", "3 tensors, the architecture has 2"},
    {{"__metadata__", NULL}, "", "no Digitscope model"},
    {{"__metadata__", NULL}, "[]", "__metadata__ is no object"},
    {{"__metadata__", "anything"}, "1", "'anything' is no string"},
    {{"__metadata__", "digitscope.version"}, "\"2\"", "version '2'"},
    {{"__metadata__", "digitscope.version"}, "", "no Digitscope model"},
    {{"__metadata__", "architecture"}, "", "no Digitscope model"},
    {{"__metadata__", "architecture"}, "\"input 1 1 2\\nconv3d 2\\n\"", "architecture: line 2: unknown layer"},
    {{"__metadata__", "architecture"}, "\"input 1 1 3\\ndense 2\\nsoftmax\\n\"", "shape of 'dense1.kernel'"},
    {{"__metadata__", "labels"}, "\"[\\\"a\\\"]\"", "'labels'"},
    {{"__metadata__", "labels"}, "\"[\\\"a\\\", \\\"\\\"]\"", "'labels'"},
    {{"__metadata__", "labels"}, "\"[1, 2]\"", "'labels'"},
    {{"__metadata__", "labels"}, "\"[\\\"a\\\", \\\"\\\\u001b[2J\\\"]\"", "'labels'"},
    {{"__metadata__", "labels"}, "\"[\"", "'labels'"},
    {{"__metadata__", "labels"}, "", "'labels'"},
    {{"__metadata__", "convention"}, "\"{}\"", "'convention'"},
    {{"__metadata__", "convention"},
     "\"{\\\"range\\\":\\\"0..1\\\",\\\"ink\\\":\\\"1\\\",\\\"mean\\\":0.0,\\\"std\\\":0.0}\"",
     "'convention'"},
    {{"__metadata__", "convention"},
     "\"{\\\"range\\\":\\\"0..255\\\",\\\"ink\\\":\\\"1\\\",\\\"mean\\\":0.0,\\\"std\\\":1.0}\"",
     "'convention'"},
    {{"__metadata__", "convention"},
     "\"{\\\"range\\\":\\\"0..1\\\",\\\"ink\\\":\\\"1\\\",\\\"mean\\\":0.0,\\\"std\\\":1.0,\\\"binary\\\":1}\"",
     "'convention'"},
    {{"__metadata__", "convention"},
     "\"{\\\"range\\\":\\\"0..1\\\",\\\"ink\\\":\\\"1\\\",\\\"mean\\\":0.0,\\\"std\\\":1.0,\\\"turned\\\":true}\"",
     "'convention'"},
    {{"__metadata__", "temperature"}, "\"0.0\"", "'temperature'"},
    {{"__metadata__", "temperature"}, "\"hot\"", "'temperature'"},
    {{"__metadata__", "unsure_threshold"}, "\"1.5\"", "'unsure_threshold'"},
    {{"__metadata__", "training"}, "\"[]\"", "'training'"},
    {{"__metadata__", "activation_scales"}, "\"0.1\"", "'activation_scales'"},
    {{"__metadata__", "activation_scales"}, "\"{\"", "'activation_scales'"},
    {{"__metadata__", "activation_scales"}, "\"{}\"", "'activation_scales'"},
    {{"__metadata__", "activation_scales"}, "\"{\\\"dense1\\\":\\\"0.1\\\"}\"", "'activation_scales'"},
    {{"__metadata__", "activation_scales"}, "\"{\\\"dense1\\\":0}\"", "'activation_scales'"},
    {{"__metadata__", "activation_scales"}, "\"{\\\"dense1\\\":-0.1}\"", "'activation_scales'"},
    {{"__metadata__", "activation_scales"}, "\"{\\\"dense1\\\":1e10}\"", "'activation_scales'"},
    {{"__metadata__", "activation_scales"}, "\"{\\\"dense2\\\":0.1}\"", "'activation_scales'"},
    {{"__metadata__", "activation_scales"}, "\"{\\\"dense1\\\":0.1,\\\"softmax1\\\":0.1}\"", "'activation_scales'"},
    {{"__metadata__", "activation_scales"}, "\"{\\\"dense1\\\":0.1,\\\"dense1\\\":0.1}\"", "'activation_scales'"},
};

static void test_wrong_headers_are_refused(void **state)
{
    (void)state;
    file f = file_of(tiny);
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        json_t *header = header_json(&f), *place = header;
        const char *key = edits[i].path[0];
        if (edits[i].path[1]) {
            place = json_object_get(header, key);
            key = edits[i].path[1];
        }
        if (*edits[i].json)
            assert_int_equal(json_object_set_new(place, key, json_loads(edits[i].json, JSON_DECODE_ANY, NULL)), 0);
        else
            assert_int_equal(json_object_del(place, key), 0);
        must_refuse_change(&f, header, edits[i].says);
    }
    nn_free(f.data);
}

static void must_refuse_text(const file *f, const char *text, const char *says)
{
    file changed = with_header_text(f, text, strlen(text));
    must_refuse(&changed, NN_FORMAT, says);
    nn_free(changed.data);
}

static void test_headers_that_are_no_object_are_refused(void **state)
{
    (void)state;
    file f = file_of(tiny);
    char *text = nn_alloc(header_length(&f) + 32, 1);
    assert_non_null(text);
    memcpy(text, f.data + 8, header_length(&f));
    char *end = strrchr(text, '}');
    assert_non_null(end);
    strcpy(end, ",\"dense1.bias\":0}");
    must_refuse_text(&f, text, "duplicate");
    strcpy(end, "}}");
    must_refuse_text(&f, text, "no valid JSON");
    must_refuse_text(&f, "[]", "does not begin with '{'");
    must_refuse_text(&f, " {}", "does not begin with '{'");
    must_refuse_text(&f, "{\"a\":\"\xff\"}", "no valid JSON");
    must_refuse_text(&f, "{}", "no Digitscope model");
    nn_free(text);
    nn_free(f.data);
}

static void set_length(file *f, uint64_t length)
{
    for (int i = 0; i < 8; i++)
        f->data[i] = (unsigned char)(length >> 8 * i);
}

static void test_wrong_lengths_are_refused(void **state)
{
    (void)state;
    file f = file_of(tiny);
    size_t length = header_length(&f);
    static const uint64_t huge[] = {(1 << 20) + 1, UINT32_MAX, (uint64_t)1 << 63, UINT64_MAX, UINT64_MAX - 7};
    for (size_t i = 0; i < sizeof huge / sizeof *huge; i++) {
        set_length(&f, huge[i]);
        must_refuse(&f, NN_FORMAT, "its header would have");
    }
    set_length(&f, f.len - 7);
    must_refuse(&f, NN_FORMAT, "cut short");
    set_length(&f, 0);
    must_refuse(&f, NN_FORMAT, "does not begin with '{'");
    set_length(&f, 1);
    must_refuse(&f, NN_FORMAT, "does not begin with '{'");
    set_length(&f, length);

    file longer = {nn_alloc(f.len + 4, 1), f.len + 4};
    memcpy(longer.data, f.data, f.len);
    must_refuse(&longer, NN_FORMAT, "too long");
    nn_free(longer.data);
    nn_free(f.data);
}

static void test_weights_that_are_not_finite_are_refused(void **state)
{
    (void)state;
    nn_model *model = net_model(tiny, 1), *read;
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    file f = written(model);
    for (size_t i = 0; i < model->plan->floats; i++) {
        nn_error err = {0};
        size_t at = f.len - 4 * (model->plan->floats - i);
        float keep = model->weights[i];
        model->weights[i] = bad[i % 3];
        assert_int_equal(nn_first_not_finite(model->weights, model->plan->floats), i);
        memcpy(f.data + at, &bad[i % 3], sizeof *bad);
        assert_false(nn_model_read(&read, f.data, f.len, &err));
        assert_int_equal(err.pos, at);
        memcpy(f.data + at, &keep, sizeof keep);
        model->weights[i] = keep;
    }
    nn_free(f.data);
    nn_model_free(model);
}

/* ---- what could not be read is not written ----------------------------------------------------------------------- */

static void must_not_write(const nn_model *model, const char *says)
{
    file f;
    nn_error err = {0};
    if (nn_model_write(model, &f.data, &f.len, &err))
        fail_msg("written, but should say: %s", says);
    assert_null(f.data);
    if (err.code != NN_USAGE || !strstr(err.text, says))
        fail_msg("code %d: %s\nexpected: %s", (int)err.code, err.text, says);
}

static void test_only_what_can_be_read_is_written(void **state)
{
    (void)state;
    static const float bad[] = {NAN, INFINITY, -1, 1e-4f, 1e4f};
    nn_model *model = net_model("input 1 1 2\ndense 2\nsoftmax\n", 1);
    for (size_t i = 0; i < 5; i++) {
        nn_model damaged = *model;
        damaged.temperature = bad[i];
        must_not_write(&damaged, "'temperature'");
        damaged.temperature = 1;
        damaged.unsure_threshold = i == 3 ? 1.1f : bad[i];
        must_not_write(&damaged, "'unsure_threshold'");
        damaged.unsure_threshold = 0;
        damaged.convention.mean = i == 3 ? -1e4f : i == 2 ? -INFINITY : bad[i];
        must_not_write(&damaged, "'convention'");
        damaged.convention.mean = 0;
        damaged.convention.std = i == 3 ? 0 : i == 2 ? -INFINITY : bad[i];
        must_not_write(&damaged, "'convention'");
    }
    static const char *const labels[] = {"", "\xe9", "a\xff", "\xed\xa0\x80", "\x1b[2J", "a\xc2\x9b", "\xe2\x80\xae"};
    for (size_t i = 0; i < 7; i++) {
        nn_model damaged = *model;
        strcpy(damaged.label[1], labels[i]);
        must_not_write(&damaged, "'labels'");
        memset(damaged.label[1], 'x', NN_NAME);
        must_not_write(&damaged, "'labels'");
    }
    nn_model damaged = *model;
    damaged.training = "{\"who\":\"Ren\xe9\"}";
    must_not_write(&damaged, "'training'");
    damaged = *model;
    damaged.scale[0] = 1e10f;
    must_not_write(&damaged, "'activation_scales'");
    damaged.scale[0] = 1;
    damaged.scale[1] = 1; /* of a softmax */
    must_not_write(&damaged, "'activation_scales'");
    model->weights[3] = NAN;
    must_not_write(model, "not finite");
    nn_model_free(model);
}

static void test_a_good_file_stays_when_the_next_is_broken(void **state)
{
    (void)state;
    temp_make();
    nn_model *model = net_model(tiny, 5), *loaded;
    nn_error err = {0};
    const char *path = temp_path("a.safetensors");
    assert_true(nn_model_save(model, path, &err));
    float keep = model->weights[0];
    model->weights[0] = NAN;
    assert_false(nn_model_save(model, path, &err));
    model->weights[0] = keep;
    assert_true(nn_model_load(&loaded, path, &err));
    assert_same_model(model, loaded);
    nn_model_free(loaded);
    nn_model_free(model);
    temp_remove();
}

/* ---- exhaustively ------------------------------------------------------------------------------------------------ */

/* Refused with a place inside the file, or still a model whose own file reads back the same. Returns whether it was
 * refused. */
static bool refused_or_sound(const unsigned char *data, size_t len)
{
    nn_model *model;
    nn_error err = {0};
    if (!nn_model_read(&model, data, len, &err)) {
        assert_true(err.code != NN_OK && err.code != NN_NOMEM && err.text[0] && err.pos <= len);
        return true;
    }
    round_trip(model);
    nn_model_free(model);
    return false;
}

static void test_every_prefix_is_refused(void **state)
{
    (void)state;
    file f = file_of(net_small);
    size_t header = 8 + header_length(&f), live = nn_alloc_live(), n = 0;
    for (size_t len = 0; len < f.len; len += len < header ? 1 : 7, n++) {
        unsigned char *exact = malloc(len + 1); /* for the address sanitizer; one byte, as malloc(0) may be NULL */
        assert_non_null(exact);
        memcpy(exact, f.data, len);
        assert_true(refused_or_sound(exact, len));
        free(exact);
    }
    assert_int_equal(nn_alloc_live(), live);
    printf("{\"name\": \"prefixes of a model file\", \"n\": %zu, \"accepted\": 0}\n", n);
    nn_free(f.data);
}

static void test_every_byte_of_the_header_changed(void **state)
{
    (void)state;
    file f = file_of(tiny);
    size_t header = 8 + header_length(&f), live = nn_alloc_live(), n = 0, accepted = 0;
    for (size_t i = 0; i < header; i++) {
        unsigned char keep = f.data[i];
        for (int value = 0; value < 256; value++) {
            if (value == keep)
                continue;
            f.data[i] = (unsigned char)value;
            accepted += !refused_or_sound(f.data, f.len);
            n++;
        }
        f.data[i] = keep;
    }
    assert_int_equal(nn_alloc_live(), live);
    assert_true(accepted < n / 4); /* letters of labels and training facts, digits of the convention */
    printf("{\"name\": \"changed header bytes\", \"n\": %zu, \"still a model\": %zu}\n", n, accepted);
    nn_free(f.data);
}

/* ---- out of memory ----------------------------------------------------------------------------------------------- */

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    nn_model *model = net_model(tiny, 1);
    file f = written(model);
    size_t live = nn_alloc_live();
    bool wrote = false, read = false;
    long sites = 0;
    for (; !wrote || !read; sites++) {
        file copy;
        nn_model *again;
        nn_error err = {0};
        faults_alloc(sites, FAULT_ONCE);
        wrote = nn_model_write(model, &copy.data, &copy.len, &err);
        faults_end();
        assert_true(wrote ? copy.len == f.len : err.code == NN_NOMEM && !copy.data);
        nn_free(copy.data);

        faults_alloc(sites, FAULT_ONCE);
        read = nn_model_read(&again, f.data, f.len, &err);
        faults_end();
        assert_true(read ? again != NULL : err.code == NN_NOMEM && !again);
        nn_model_free(again);
        assert_int_equal(nn_alloc_live(), live);
    }
    assert_true(sites > 4);
    printf("{\"name\": \"failed allocations in read and write\", \"n\": %ld}\n", sites - 1);
    nn_free(f.data);
    nn_model_free(model);
}

/* jansson allocates by itself; its failures are counted down here. */
static long jansson_left;

static void *jansson_malloc(size_t size)
{
    return jansson_left-- == 0 ? NULL : malloc(size);
}

/* Writing gives the whole file or none. (Reading is left out: when memory runs out, jansson 2.14's parser itself
 * ends the process by an assertion.) */
static void test_every_allocation_of_jansson_may_fail_while_writing(void **state)
{
    (void)state;
    nn_model *model = net_model(tiny, 1);
    model->scale[0] = 0.1f;
    file f = written(model);
    size_t live = nn_alloc_live();
    bool wrote = false;
    long sites = 0;
    for (; !wrote; sites++) {
        file copy;
        nn_error err = {0};
        jansson_left = sites;
        json_set_alloc_funcs(jansson_malloc, free);
        wrote = nn_model_write(model, &copy.data, &copy.len, &err);
        json_set_alloc_funcs(malloc, free);
        wrote = wrote && jansson_left >= 0;
        if (copy.data && (copy.len != f.len || memcmp(copy.data, f.data, f.len) != 0))
            fail_msg("allocation %ld failed and another file was written", sites);
        nn_free(copy.data);
        assert_int_equal(nn_alloc_live(), live);
    }
    printf("{\"name\": \"failed allocations of jansson in write\", \"n\": %ld}\n", sites - 1);
    nn_free(f.data);
    nn_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip_of_every_example),
        cmocka_unit_test(test_round_trip_of_odd_values),
        cmocka_unit_test(test_defaults_of_a_new_model),
        cmocka_unit_test(test_save_and_load),
        cmocka_unit_test(test_a_file_for_the_python_check),
        cmocka_unit_test(test_a_file_saved_again_in_python_loads),
        cmocka_unit_test(test_wrong_headers_are_refused),
        cmocka_unit_test(test_headers_that_are_no_object_are_refused),
        cmocka_unit_test(test_wrong_lengths_are_refused),
        cmocka_unit_test(test_weights_that_are_not_finite_are_refused),
        cmocka_unit_test(test_only_what_can_be_read_is_written),
        cmocka_unit_test(test_a_good_file_stays_when_the_next_is_broken),
        cmocka_unit_test(test_every_prefix_is_refused),
        cmocka_unit_test(test_every_byte_of_the_header_changed),
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_every_allocation_of_jansson_may_fail_while_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
