/* torch_files.c - pickles by hand, zips without compression. */
#include "torch_files.h"
#include "app/core/export/export.h"
#include "nn/safetensors.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

enum { MAX_MEMBERS = 64 };

typedef struct archive {
    buffer file, list;
    int n;
} archive;

typedef struct writer {
    const torch_form *form;
    buffer pickle;
    buffer storage[MAX_MEMBERS];
    size_t count[MAX_MEMBERS]; /* of values */
    int n, total;
} writer;

static void put(buffer *b, const char *bytes, size_t len)
{
    buffer_add_bytes(b, bytes, len);
}

static void put_number(buffer *b, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        put(b, (const char[]){(char)(i < 8 ? value >> 8 * i : 0)}, 1);
}

/* ---- zip ----------------------------------------------------------------------------------------------------------- */

static void add_member(archive *a, const char *name, const void *bytes, size_t len)
{
    size_t at = a->file.len, name_len = strlen(name);
    uint32_t sum = (uint32_t)crc32(0, bytes, (uInt)len);
    put(&a->file, "PK\3\4\0\0\0\0\0\0\0\0\0\0", 14);
    put_number(&a->file, sum, 4), put_number(&a->file, len, 4), put_number(&a->file, len, 4);
    put_number(&a->file, name_len, 4), put(&a->file, name, name_len), put(&a->file, bytes, len);
    put(&a->list, "PK\1\2\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    put_number(&a->list, sum, 4), put_number(&a->list, len, 4), put_number(&a->list, len, 4);
    put_number(&a->list, name_len, 2), put_number(&a->list, 0, 12), put_number(&a->list, at, 4);
    put(&a->list, name, name_len);
    a->n++;
}

static void end_archive(archive *a, buffer *out)
{
    size_t at = a->file.len;
    put(&a->file, a->list.data, a->list.len);
    put(&a->file, "PK\5\6\0\0\0\0", 8);
    put_number(&a->file, (uint64_t)a->n, 2), put_number(&a->file, (uint64_t)a->n, 2);
    put_number(&a->file, a->list.len, 4), put_number(&a->file, at, 4), put_number(&a->file, 0, 2);
    put(out, a->file.data, a->file.len);
    buffer_free(&a->file);
    buffer_free(&a->list);
}

void torch_zip(buffer *out, const void *pickle, size_t len)
{
    archive a = {0};
    add_member(&a, "archive/data.pkl", pickle, len);
    end_archive(&a, out);
}

/* ---- storages ------------------------------------------------------------------------------------------------------ */

static void put_value(buffer *b, state_type type, float value)
{
    uint32_t bits, exponent;
    uint64_t wide;
    double twice = (double)value;
    memcpy(&bits, &value, sizeof bits);
    memcpy(&wide, &twice, sizeof wide);
    exponent = bits >> 23 & 255;
    switch (type) {
    case STATE_F64: put_number(b, wide, 8); return;
    case STATE_BF16: put_number(b, bits >> 16, 2); return;
    case STATE_F16:
        put_number(b, exponent ? (bits >> 16 & 0x8000) | (exponent - 112) << 10 | (bits >> 13 & 1023) : 0, 2);
        return;
    default: put_number(b, bits, 4);
    }
}

void torch_round(nn_model *model)
{
    for (size_t i = 0; i < model->plan->floats; i++) {
        uint32_t bits;
        float *value = &model->weights[i];
        memcpy(&bits, value, sizeof bits);
        bits &= 0xffff0000;
        memcpy(value, &bits, sizeof bits);
        *value = fabsf(*value) < 1e-4f ? 0.0f : *value;
    }
    nn_model_changed(model);
}

/* ---- pickles ------------------------------------------------------------------------------------------------------- */

static void put_text(buffer *b, const char *text)
{
    put(b, "X", 1);
    put_number(b, strlen(text), 4);
    buffer_add(b, text);
}

static void put_whole(buffer *b, size_t value)
{
    put(b, "J", 1);
    put_number(b, value, 4);
}

/* 14 digits, as the addresses are that older files have for keys. */
static void key_of(const writer *w, int storage, char key[32])
{
    snprintf(key, 32, w->form->old ? "948394893840%02d" : "%d", storage);
}

/* values: of a safetensors file.
 * _rebuild_tensor_v2(storage, offset, sizes, strides, False, OrderedDict()) */
static void put_tensor(writer *w, const char *name, int rank, const size_t *dim, const char *values)
{
    static const char *const types[] = {"Half", "BFloat16", "Float", "Double"};
    buffer *p = &w->pickle;
    char key[32];
    bool turned = w->form->turned && rank == 2;
    int storage = w->form->shared ? 0 : w->n++;
    size_t stride[STATE_RANK], count = 1, offset = w->count[storage];
    float value;
    for (int i = rank; i-- > 0; count *= dim[i])
        stride[i] = count;
    for (size_t i = 0; i < count; i++) {
        nn_floats_copy(&value, values + sizeof value * (turned ? i % dim[0] * dim[1] + i / dim[0] : i), 1);
        put_value(&w->storage[storage], w->form->type, value);
    }
    w->count[storage] += count;
    key_of(w, storage, key);
    put_text(p, name);
    buffer_add(p, "ctorch._utils\n_rebuild_tensor_v2\n((");
    put_text(p, "storage");
    buffer_format(p, "ctorch\n%sStorage\n", types[w->form->type]);
    put_text(p, key);
    put_text(p, "cpu");
    put_whole(p, w->form->shared ? (size_t)w->total : count);
    if (w->form->old)
        buffer_add(p, "N");
    buffer_add(p, "tQ");
    put_whole(p, offset);
    buffer_add(p, "(");
    for (int i = 0; i < rank; i++)
        put_whole(p, dim[i]);
    buffer_add(p, "t(");
    for (int i = 0; i < rank; i++)
        put_whole(p, turned ? (i ? dim[0] : 1) : stride[i]);
    buffer_add(p, "t\x89");
    buffer_add(p, "ccollections\nOrderedDict\n)RtR");
}

/* "features.0.weight" for "conv1.weight". */
static void rename_tensor(const torch_form *form, const char *name, char to[STATE_NAME])
{
    size_t len = strcspn(name, ".");
    snprintf(to, STATE_NAME, "%s", name);
    for (const char *const *pair = form->names; pair && *pair; pair += 2)
        if (strlen(pair[0]) == len && strncmp(name, pair[0], len) == 0)
            snprintf(to, STATE_NAME, "%s%s", pair[1], name + len);
}

/* What stands beside tensors: counters, texts, numbers, dictionaries. */
static void put_others(buffer *p)
{
    put_text(p, "epoch");
    put(p, "K\x07", 2);
    put_text(p, "name");
    put_text(p, "a run");
    put_text(p, "best");
    put(p, "G\x3f\xe0\0\0\0\0\0\0", 9);
    put_text(p, "args");
    put(p, "}(", 2);
    put_text(p, "lr");
    put(p, "N\x8c\x01x]u", 5);
    put_text(p, "optimizer_state_dict");
    put(p, "}", 1);
}

/* A tensor of a safetensors file whose values begin at `start`. */
static void put_row(writer *w, const char *name, const json_t *row, const char *start)
{
    const json_t *shape = json_object_get(row, "shape");
    size_t dim[STATE_RANK], rank = json_array_size(shape);
    char called[STATE_NAME];
    if (strcmp(name, "__metadata__") == 0)
        return;
    for (size_t i = 0; i < rank; i++)
        dim[i] = (size_t)json_integer_value(json_array_get(shape, i));
    json_int_t at = json_integer_value(json_array_get(json_object_get(row, "data_offsets"), 0));
    rename_tensor(w->form, name, called);
    put_tensor(w, called, (int)rank, dim, start + at);
}

static void put_dictionary(writer *w, const nn_model *model)
{
    buffer file = {0};
    nn_error err;
    json_t *header, *row;
    const char *name;
    assert_true(export_model(&file, model, EXPORT_SAFETENSORS, &err));
    assert_true(nn_safetensors_open((unsigned char *)file.data, file.len, &header, &err));
    const char *start = file.data + 8 + (unsigned char)file.data[0] + 256 * (unsigned char)file.data[1] +
                        65536 * (unsigned char)file.data[2];
    w->total = (int)model->plan->floats;
    put(&w->pickle, "\x80\x02}(", 4);
    if (w->form->wrap) {
        put_others(&w->pickle);
        put_text(&w->pickle, w->form->wrap);
        buffer_add(&w->pickle, "ccollections\nOrderedDict\n)R(");
    }
    for (int norms = 0; norms < 1 + w->form->norms_last; norms++)
        json_object_foreach(header, name, row) if (!w->form->norms_last || (strncmp(name, "batchnorm", 9) == 0) ==
                                                                               norms) put_row(w, name, row, start);
    buffer_add(&w->pickle, w->form->wrap ? "uu." : "u.");
    json_decref(header);
    buffer_free(&file);
}

/* ---- the two containers -------------------------------------------------------------------------------------------- */

static void put_zip(buffer *out, writer *w)
{
    archive a = {0};
    add_member(&a, "archive/data.pkl", w->pickle.data, w->pickle.len);
    add_member(&a, "archive/byteorder", w->form->big ? w->form->big : "little", w->form->big ? 3 : 6);
    add_member(&a, "archive/.format_version", "1", 1);
    for (int i = 0; i < MAX_MEMBERS && w->storage[i].data; i++) {
        char name[64], key[32];
        key_of(w, i, key);
        snprintf(name, sizeof name, "archive/data/%s", key);
        add_member(&a, name, w->storage[i].data, w->storage[i].len);
    }
    add_member(&a, "archive/version", "3\n", 2);
    end_archive(&a, out);
}

static void put_old(buffer *out, writer *w)
{
    put(out, "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.", 25);
    put(out, w->pickle.data, w->pickle.len);
    put(out, "\x80\x02](", 4);
    for (int i = 0; i < MAX_MEMBERS && w->storage[i].data; i++) {
        char key[32];
        key_of(w, i, key);
        put_text(out, key);
    }
    put(out, "e.", 2);
    for (int i = 0; i < MAX_MEMBERS && w->storage[i].data; i++) {
        put_number(out, w->count[i], 8);
        put(out, w->storage[i].data, w->storage[i].len);
    }
}

void torch_file(buffer *out, const nn_model *model, const torch_form *form)
{
    writer w = {.form = form};
    put_dictionary(&w, model);
    if (form->old)
        put_old(out, &w);
    else
        put_zip(out, &w);
    buffer_free(&w.pickle);
    for (int i = 0; i < MAX_MEMBERS; i++)
        buffer_free(&w.storage[i]);
}
