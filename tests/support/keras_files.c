/* keras_files.c - the groups, attributes and members that Keras's versions write. */
#include "keras_files.h"
#ifdef DIGITSCOPE_KERAS
#define H5_USE_110_API
#include "app/core/buffer.h"
#include "nn/alloc.h"
#include "support/nets.h"
#include <ctype.h>
#include <hdf5.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zip.h>

#include <cmocka.h>

enum { MOST = 64, MOST_VALUES = 1 << 16, NAME = 64, PATH = 512 };

typedef struct weight {
    char kind[NAME], layer[NAME], name[NAME], outer[NAME], outer_kind[NAME];
    int rank;
    hsize_t dim[4];
    float *values;
} weight;

static struct {
    const char *version, *backend;
    buffer json;
    bool chain;
    char outer[NAME], outer_kind[NAME];
    int n;
    weight weight[MOST];
    float values[MOST_VALUES];
    size_t used;
    uint64_t seed;
    unsigned char file[1 << 20];
} made;

void keras_file_begin(const char *version, const char *backend)
{
    made.version = version;
    made.backend = backend;
    buffer_free(&made.json);
    made.chain = true;
    made.outer[0] = '\0';
    made.n = 0;
    made.used = 0;
}

static void add_json(const char *text)
{
    for (; *text; text++)
        buffer_add_bytes(&made.json, *text == '\'' ? "\"" : text, 1);
}

void keras_file_layer(const char *kind, const char *name, const char *settings)
{
    char line[PATH];
    assert_true(snprintf(line, sizeof line, "%s{'class_name': '%s', 'config': {'name': '%s'%s%s}}",
                         made.json.len ? ", " : "", kind, name, *settings ? ", " : "", settings) < (int)sizeof line);
    add_json(line);
}

void keras_file_describe(const char *json)
{
    buffer_free(&made.json);
    add_json(json);
    made.chain = false;
}

void keras_file_within(const char *kind, const char *name)
{
    snprintf(made.outer, NAME, "%s", name ? name : "");
    snprintf(made.outer_kind, NAME, "%s", kind ? kind : "");
}

float *keras_file_weight(const char *kind, const char *layer, const char *name, int d0, int d1, int d2, int d3)
{
    const int dims[] = {d0, d1, d2, d3};
    size_t count = 1;
    assert_true(made.n < MOST);
    weight *w = &made.weight[made.n++];
    *w = (weight){.values = made.values + made.used};
    snprintf(w->kind, NAME, "%s", kind), snprintf(w->layer, NAME, "%s", layer), snprintf(w->name, NAME, "%s", name);
    memcpy(w->outer, made.outer, NAME);
    memcpy(w->outer_kind, made.outer_kind, NAME);
    for (; w->rank < 4 && dims[w->rank]; w->rank++)
        count *= (size_t)(w->dim[w->rank] = (hsize_t)dims[w->rank]);
    assert_true(made.used + count <= MOST_VALUES);
    made.used += count;
    bool positive = strstr(name, "variance") || strstr(name, "gamma");
    random_fill(&made.seed, w->values, count, positive ? 0.5 : -0.5, positive ? 1.5 : 0.5);
    return w->values;
}

/* ---- HDF5 ---------------------------------------------------------------------------------------------------------- */

static void put_texts(hid_t file, const char *path, const char *name, const char *const *texts, int n,
                      bool free_lengths)
{
    size_t longest = 1;
    for (int i = 0; i < n; i++)
        longest = strlen(texts[i]) > longest ? strlen(texts[i]) : longest;
    hid_t type = H5Tcopy(H5T_C_S1), object = H5Oopen(file, path, H5P_DEFAULT);
    hsize_t count = (hsize_t)n;
    hid_t space = n == 1 && strstr(name, "names") == NULL ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, NULL);
    H5Tset_size(type, free_lengths ? H5T_VARIABLE : longest);
    hid_t attribute = H5Acreate(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(attribute >= 0);
    char *fixed = nn_alloc((size_t)n * longest + 1, 1);
    for (int i = 0; i < n; i++)
        memcpy(fixed + (size_t)i * longest, texts[i], strlen(texts[i]));
    if (n > 0)
        assert_true(H5Awrite(attribute, type, free_lengths ? (const void *)texts : fixed) >= 0);
    nn_free(fixed);
    H5Aclose(attribute), H5Sclose(space), H5Oclose(object), H5Tclose(type);
}

static void put_array(hid_t file, const char *path, const weight *w)
{
    hid_t links = H5Pcreate(H5P_LINK_CREATE), space = H5Screate_simple(w->rank, w->dim, NULL);
    H5Pset_create_intermediate_group(links, 1);
    hid_t set = H5Dcreate(file, path, H5T_IEEE_F32LE, space, links, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(set >= 0);
    assert_true(H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, w->values) >= 0);
    H5Dclose(set), H5Sclose(space), H5Pclose(links);
}

static void put_group(hid_t file, const char *path)
{
    hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    if (H5Lexists(file, path, H5P_DEFAULT) <= 0)
        H5Gclose(H5Gcreate(file, path, links, H5P_DEFAULT, H5P_DEFAULT));
    H5Pclose(links);
}

/* Keras 1's names of what the others call by whole words. */
static const char *old_name(const char *name)
{
    static const char *const names[][2] = {{"kernel", "W"},
                                           {"bias", "b"},
                                           {"moving_mean", "running_mean"},
                                           {"moving_variance", "running_std"},
                                           {"alpha", "alphas"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i][0], name) == 0)
            return names[i][1];
    return name;
}

static void weight_path(char path[PATH], const weight *w, keras_layout layout)
{
    if (layout == KERAS_1_HDF5)
        snprintf(path, PATH, "%s_%s", w->layer, old_name(w->name));
    else if (layout == KERAS_2_HDF5)
        snprintf(path, PATH, "%s/%s:0", w->layer, w->name);
    else
        snprintf(path, PATH, "sequential/%s/%s", w->layer, w->name);
}

static const char *group_of(const weight *w)
{
    return w->outer[0] ? w->outer : w->layer;
}

/* The weights of each group with the list of their names, and the list of the groups in order. */
static void put_named(hid_t file, const char *top, keras_layout layout)
{
    const char *groups[MOST];
    int n_groups = 0;
    for (int i = 0; i < made.n; i++) {
        const char *group = group_of(&made.weight[i]), *names[MOST];
        char path[2 * PATH + 64], name[PATH], paths[MOST][PATH];
        int n = 0;
        if (i > 0 && strcmp(group, group_of(&made.weight[i - 1])) == 0)
            continue;
        groups[n_groups++] = group;
        for (int k = i; k < made.n && strcmp(group_of(&made.weight[k]), group) == 0; k++) {
            weight_path(name, &made.weight[k], layout);
            snprintf(path, sizeof path, "%s/%s/%s", top, group, name);
            put_array(file, path, &made.weight[k]);
            names[n] = strcpy(paths[n], name);
            n++;
        }
        snprintf(path, sizeof path, "%s/%s", top, group);
        put_texts(file, path, "weight_names", names, n, layout == KERAS_3_HDF5);
    }
    put_texts(file, *top ? top : "/", "layer_names", groups, n_groups, layout == KERAS_3_HDF5);
}

static void snake(char out[NAME], const char *kind)
{
    size_t n = 0;
    for (const char *c = kind; *c; c++) {
        if (c > kind && isupper((unsigned char)*c) && (islower((unsigned char)c[1]) || islower((unsigned char)c[-1])))
            out[n++] = '_';
        out[n++] = (char)tolower((unsigned char)*c);
    }
    out[n] = '\0';
}

/* "conv2d", then "conv2d_1"; with gaps: "conv2d", "conv2d_2". */
static void item_name(char out[PATH], const char *kind, const char *layer, keras_layout layout)
{
    char name[NAME];
    const char *seen[MOST];
    int number = 0;
    snake(name, kind);
    for (int i = 0; i < made.n; i++) {
        const weight *w = &made.weight[i];
        bool outer = strcmp(w->outer_kind, kind) == 0 && w->outer[0];
        const char *is = outer ? w->outer : w->layer;
        if ((!outer && strcmp(w->kind, kind) != 0) || strcmp(is, layer) == 0)
            continue;
        bool before = true;
        for (int k = 0; k < number; k++)
            before = before && strcmp(seen[k], is) != 0;
        for (int k = 0; k < i; k++)
            before = before && strcmp(made.weight[k].layer, layer) != 0 && strcmp(made.weight[k].outer, layer) != 0;
        if (before)
            seen[number++] = is;
    }
    number *= layout == KERAS_2_ZIP_WINDOWS ? 2 : 1;
    snprintf(out, PATH, number ? "%s_%d" : "%s", name, number);
}

static void put_vars(hid_t file, keras_layout layout)
{
    const char *container = layout == KERAS_3_ZIP ? "layers/" : "_layer_checkpoint_dependencies\\";
    for (int i = 0, var = 0; i < made.n; i++, var++) {
        const weight *w = &made.weight[i];
        char path[2 * PATH + 2 * NAME], item[PATH], outer[PATH] = "", number[NAME];
        if (i > 0 && strcmp(w->layer, made.weight[i - 1].layer) != 0)
            var = 0;
        item_name(item, w->kind, w->layer, layout);
        if (w->outer[0])
            item_name(outer, w->outer_kind, w->outer, layout);
        snprintf(number, sizeof number, "%d", var);
        snprintf(path, sizeof path, "%s%s%s%s%s/vars/%s", container, outer, *outer ? "/" : "", *outer ? container : "",
                 item, isalpha((unsigned char)*w->name) ? number : w->name);
        put_array(file, path, w);
    }
}

static size_t put_hdf5(keras_layout layout, const char *description)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 1 << 16, false);
    hid_t file = H5Fcreate("made", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    bool vars = layout >= KERAS_3_ZIP;
    const char *top = description ? "model_weights" : "";
    assert_true(file >= 0);
    if (vars) {
        put_vars(file, layout);
    } else {
        put_group(file, *top ? top : "/");
        put_named(file, top, layout);
        if (made.version)
            put_texts(file, *top ? top : "/", "keras_version", &made.version, 1, layout == KERAS_3_HDF5);
        if (made.backend)
            put_texts(file, *top ? top : "/", "backend", &made.backend, 1, layout == KERAS_3_HDF5);
        if (description)
            put_texts(file, "/", "model_config", &description, 1, layout == KERAS_3_HDF5);
    }
    H5Fflush(file, H5F_SCOPE_GLOBAL);
    ssize_t len = H5Fget_file_image(file, made.file, sizeof made.file);
    assert_true(len > 0);
    H5Fclose(file), H5Pclose(access);
    return (size_t)len;
}

/* ---- zip ----------------------------------------------------------------------------------------------------------- */

static void put_member(zip_t *zip, const char *name, const void *data, size_t len)
{
    zip_source_t *source = zip_source_buffer(zip, data, len, 0);
    assert_true(source && zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) >= 0);
}

typedef struct member {
    const char *name;
    const void *data;
    size_t len;
} member;

static size_t put_zip(const member *members, int n)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *whole = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = zip_open_from_source(whole, ZIP_TRUNCATE, &error);
    assert_non_null(zip);
    zip_source_keep(whole);
    for (int i = 0; i < n; i++)
        put_member(zip, members[i].name, members[i].data, members[i].len);
    assert_int_equal(zip_close(zip), 0);
    assert_int_equal(zip_source_open(whole), 0);
    zip_int64_t len = zip_source_read(whole, made.file, sizeof made.file);
    assert_true(len > 0 && len < (zip_int64_t)sizeof made.file);
    zip_source_close(whole), zip_source_free(whole);
    return (size_t)len;
}

const unsigned char *keras_file_zip(const char *name, const void *data, size_t len, size_t *zip_len)
{
    const member one = {name, data, len};
    *zip_len = put_zip(&one, 1);
    return made.file;
}

const unsigned char *keras_file_make(keras_layout layout, bool described, size_t *len)
{
    buffer chain = {0}, metadata = {0};
    if (layout == KERAS_1_HDF5)
        buffer_format(&chain, "{\"class_name\": \"Sequential\", \"config\": [%s]}", made.json.data);
    else
        buffer_format(&chain, "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [%s]}}",
                      made.json.data);
    const char *text = made.chain ? chain.data : made.json.data;
    *len = put_hdf5(layout, described && layout < KERAS_3_ZIP ? text : NULL);
    if (described && layout >= KERAS_3_ZIP) {
        void *weights = memcpy(nn_alloc(*len, 1), made.file, *len);
        buffer_format(&metadata, "{\"keras_version\": \"%s\"}", made.version);
        const member members[] = {{"metadata.json", metadata.data, metadata.len},
                                  {"config.json", text, strlen(text)},
                                  {"model.weights.h5", weights, *len}};
        *len = put_zip(members, 3);
        nn_free(weights);
    }
    buffer_free(&chain);
    buffer_free(&metadata);
    return made.file;
}

#endif
