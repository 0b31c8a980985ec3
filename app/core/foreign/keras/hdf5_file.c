/* hdf5_file.c - a walk through groups, datasets and attributes by libhdf5. */
#include "hdf5_file.h"
#define H5_USE_110_API /* the same calls from 1.10 on */
#include "nn/alloc.h"
#include "nn/nn.h"
#include "nn/shape.h"
#include "nn/utf8.h"
#include <hdf5.h>
#include <stdio.h>
#include <string.h>

void hdf5_free(hdf5_file *file)
{
    for (int i = 0; i < file->n_arrays; i++) {
        nn_free(file->array[i].path);
        nn_free(file->array[i].values);
    }
    for (int i = 0; i < file->n_texts; i++) {
        for (int k = 0; k < file->texts[i].n; k++)
            nn_free(file->texts[i].text[k]);
        nn_free(file->texts[i].text);
        nn_free(file->texts[i].path);
    }
    nn_free(file->array);
    nn_free(file->texts);
    *file = (hdf5_file){0};
}

const hdf5_array *hdf5_find(const hdf5_file *file, const char *path)
{
    for (int i = 0; i < file->n_arrays; i++)
        if (strcmp(file->array[i].path, path) == 0)
            return &file->array[i];
    return NULL;
}

const hdf5_texts *hdf5_find_texts(const hdf5_file *file, const char *path, const char *name)
{
    for (int i = 0; i < file->n_texts; i++)
        if (strcmp(file->texts[i].path, path) == 0 && strcmp(file->texts[i].name, name) == 0)
            return &file->texts[i];
    return NULL;
}

const char *hdf5_text(const hdf5_file *file, const char *path, const char *name)
{
    const hdf5_texts *texts = hdf5_find_texts(file, path, name);
    return texts && texts->n > 0 ? texts->text[0] : NULL;
}

enum {
    MAX_PATH = 1024,
    MAX_DEPTH = 24,
    MAX_OBJECTS = 1 << 14,
    MAX_FLOATS = 2 * NN_MAX_FLOATS,
    MAX_BYTES = 16 << 20,       /* of all texts */
    MAX_CHUNK_BYTES = 64 << 20, /* of one piece of an array */
    MAX_CHUNKS = 1 << 16,       /* of one array */
    MAX_TEXTS = 1 << 12         /* of one attribute */
};

typedef struct walk {
    hdf5_file *file;
    const char *const *skip;
    char path[MAX_PATH]; /* of the object that is being read */
    int objects;
    nn_error *err;
} walk;

static bool no_memory(nn_error *err)
{
    return nn_fail(err, NN_NOMEM, 0, "out of memory for what the file holds");
}

static bool broken(const walk *w)
{
    return nn_fail(w->err, NN_FORMAT, 0, "the file is broken or cut short: '%.100s' in it cannot be read",
                   *w->path ? w->path : "/");
}

static bool too_much(const walk *w)
{
    return nn_fail(w->err, NN_LIMIT, 0, "'%.100s' in the file has more or larger parts than a network can have",
                   *w->path ? w->path : "/");
}

/* ---- arrays -------------------------------------------------------------------------------------------------------- */

/* The file's own bytes, in pieces of a size that can be had. */
static bool check_layout(const walk *w, hid_t set, hid_t type, const hsize_t *dims, int rank)
{
    hid_t how = H5Dget_create_plist(set);
    hsize_t chunk[HDF5_RANK] = {0};
    H5D_layout_t layout = how >= 0 ? H5Pget_layout(how) : H5D_LAYOUT_ERROR;
    bool inside = layout == H5D_CONTIGUOUS || layout == H5D_COMPACT || layout == H5D_CHUNKED;
    inside = inside && H5Pget_external_count(how) == 0;
    double bytes = (double)H5Tget_size(type), chunks = 1;
    if (inside && layout == H5D_CHUNKED) {
        inside = H5Pget_chunk(how, rank, chunk) == rank;
        for (int i = 0; inside && i < rank; i++) {
            bytes *= (double)chunk[i];
            chunks *= (double)(dims[i] / (chunk[i] ? chunk[i] : 1) + 1);
        }
    }
    if (how >= 0)
        H5Pclose(how);
    if (!inside)
        return nn_fail(w->err, NN_FORMAT, 0, "the numbers of '%.100s' lie outside of the file", w->path);
    if (bytes > MAX_CHUNK_BYTES || chunks > MAX_CHUNKS)
        return too_much(w);
    return true;
}

static bool count_values(const walk *w, hdf5_array *array, const hsize_t *dims)
{
    array->count = 1;
    for (int i = 0; i < array->rank; i++) {
        if (dims[i] > MAX_FLOATS || !nn_size_mul(array->count, (size_t)dims[i], &array->count) ||
            array->count > MAX_FLOATS - w->file->floats)
            return too_much(w);
        array->dim[i] = (int)dims[i];
    }
    return true;
}

static hdf5_array *add_array(const walk *w)
{
    hdf5_file *file = w->file;
    if (file->n_arrays == file->room_arrays) {
        size_t room = nn_room((size_t)file->n_arrays + 1);
        hdf5_array *more = nn_realloc(file->array, (size_t)file->room_arrays, room, sizeof *more);
        if (!more)
            return NULL;
        file->array = more;
        file->room_arrays = (int)room;
    }
    file->array[file->n_arrays] = (hdf5_array){0};
    return &file->array[file->n_arrays++];
}

static bool read_numbers(const walk *w, hid_t set, hid_t type, const hsize_t *dims, int rank)
{
    hdf5_array *array = add_array(w);
    if (!array)
        return no_memory(w->err);
    array->rank = rank;
    if (!check_layout(w, set, type, dims, rank) || !count_values(w, array, dims))
        return false;
    array->path = nn_strdup(w->path);
    array->values = nn_alloc(array->count ? array->count : 1, sizeof(float));
    if (!array->path || !array->values)
        return no_memory(w->err);
    w->file->floats += array->count;
    return array->count == 0 || H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, array->values) >= 0 ||
           broken(w);
}

/* Arrays of anything but numbers are passed over. */
static bool read_dataset(const walk *w, hid_t set)
{
    hid_t space = H5Dget_space(set), type = H5Dget_type(set);
    hsize_t dims[H5S_MAX_RANK] = {0};
    int rank = space >= 0 ? H5Sget_simple_extent_dims(space, dims, NULL) : -1;
    H5T_class_t kind = type >= 0 ? H5Tget_class(type) : H5T_NO_CLASS;
    bool ok = rank >= 0 && kind != H5T_NO_CLASS;
    if (!ok)
        broken(w);
    else if ((kind == H5T_FLOAT || kind == H5T_INTEGER) && rank <= HDF5_RANK)
        ok = read_numbers(w, set, type, dims, rank);
    if (space >= 0)
        H5Sclose(space);
    if (type >= 0)
        H5Tclose(type);
    return ok;
}

/* ---- texts --------------------------------------------------------------------------------------------------------- */

static hdf5_texts *add_texts(const walk *w, int n)
{
    hdf5_file *file = w->file;
    if (file->n_texts == file->room_texts) {
        size_t room = nn_room((size_t)file->n_texts + 1);
        hdf5_texts *more = nn_realloc(file->texts, (size_t)file->room_texts, room, sizeof *more);
        if (!more)
            return NULL;
        file->texts = more;
        file->room_texts = (int)room;
    }
    hdf5_texts *texts = &file->texts[file->n_texts++];
    *texts = (hdf5_texts){.path = nn_strdup(w->path), .text = nn_alloc(n > 0 ? (size_t)n : 1, sizeof(char *))};
    return texts->path && texts->text ? texts : NULL;
}

static bool add_text(const walk *w, hdf5_texts *texts, const char *bytes, size_t len)
{
    w->file->bytes += len + 1;
    if (w->file->bytes > MAX_BYTES)
        return too_much(w);
    char *text = nn_alloc(len + 1, 1);
    if (!text)
        return no_memory(w->err);
    memcpy(text, bytes, len);
    texts->text[texts->n++] = text;
    return true;
}

/* Texts of their own lengths, which the library allocates. */
static bool read_free_texts(const walk *w, hid_t attribute, hid_t type, hid_t space, hdf5_texts *texts, int n)
{
    char **found = nn_alloc(n > 0 ? (size_t)n : 1, sizeof *found);
    if (!found)
        return no_memory(w->err);
    bool ok = H5Aread(attribute, type, found) >= 0 || broken(w);
    for (int i = 0; ok && i < n; i++)
        ok = add_text(w, texts, found[i] ? found[i] : "", found[i] ? strlen(found[i]) : 0);
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, found);
    nn_free(found);
    return ok;
}

/* Texts of one length, which zeros or blanks fill. */
static bool read_fixed_texts(const walk *w, hid_t attribute, hid_t type, hdf5_texts *texts, int n)
{
    size_t size = H5Tget_size(type), all;
    if (!nn_size_mul(size, (size_t)n, &all) || all > MAX_BYTES)
        return too_much(w);
    char *found = nn_alloc(all + 1, 1);
    if (!found)
        return no_memory(w->err);
    bool ok = H5Aread(attribute, type, found) >= 0 || broken(w);
    for (int i = 0; ok && i < n; i++)
        ok = add_text(w, texts, found + (size_t)i * size, strnlen(found + (size_t)i * size, size));
    nn_free(found);
    return ok;
}

static bool read_texts(const walk *w, hid_t attribute, hid_t type, hid_t space, const char *name)
{
    hssize_t n = H5Sget_simple_extent_npoints(space);
    if (n < 0 || n > MAX_TEXTS)
        return too_much(w);
    hdf5_texts *texts = add_texts(w, (int)n);
    if (!texts)
        return no_memory(w->err);
    snprintf(texts->name, sizeof texts->name, "%s", name);
    return H5Tis_variable_str(type) > 0 ? read_free_texts(w, attribute, type, space, texts, (int)n)
                                        : read_fixed_texts(w, attribute, type, texts, (int)n);
}

static bool read_attribute(const walk *w, hid_t attribute)
{
    char name[HDF5_NAME];
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    ssize_t len = H5Aget_name(attribute, sizeof name, name);
    bool ok = type >= 0 && space >= 0 && len >= 0;
    if (!ok)
        broken(w);
    else if (H5Tget_class(type) == H5T_STRING && len < (ssize_t)sizeof name)
        ok = read_texts(w, attribute, type, space, name);
    if (type >= 0)
        H5Tclose(type);
    if (space >= 0)
        H5Sclose(space);
    return ok;
}

static bool read_attributes(const walk *w, hid_t object)
{
    int n = H5Aget_num_attrs(object);
    for (int i = 0; i < n; i++) {
        hid_t attribute = H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, (hsize_t)i, H5P_DEFAULT, H5P_DEFAULT);
        if (attribute < 0)
            return broken(w);
        bool ok = read_attribute(w, attribute);
        H5Aclose(attribute);
        if (!ok)
            return false;
    }
    return n >= 0 || broken(w);
}

/* ---- groups -------------------------------------------------------------------------------------------------------- */

static bool is_skipped(const walk *w, const char *name)
{
    for (const char *const *skip = w->skip; *skip; skip++)
        if (strcmp(*skip, name) == 0)
            return true;
    return false;
}

static bool read_group(walk *w, hid_t group, int depth);

static bool read_object(walk *w, hid_t object, int depth)
{
    if (++w->objects > MAX_OBJECTS)
        return too_much(w);
    H5I_type_t kind = H5Iget_type(object);
    if (kind == H5I_DATASET)
        return read_dataset(w, object);
    return kind != H5I_GROUP || (read_attributes(w, object) && read_group(w, object, depth));
}

/* What a group has under a name. Links to other places are passed over: no file of Keras has them. */
static bool read_member(walk *w, hid_t group, const char *name, int depth)
{
    H5L_info_t info;
    size_t len = strlen(w->path);
    if (H5Lget_info(group, name, &info, H5P_DEFAULT) < 0)
        return broken(w);
    if (info.type != H5L_TYPE_HARD || is_skipped(w, name))
        return true;
    if ((size_t)snprintf(w->path + len, sizeof w->path - len, "%s%s", len ? "/" : "", name) >= sizeof w->path - len)
        return too_much(w);
    hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    bool ok = object >= 0 ? read_object(w, object, depth + 1) : broken(w);
    if (object >= 0)
        H5Oclose(object);
    w->path[len] = '\0';
    return ok;
}

static bool read_group(walk *w, hid_t group, int depth)
{
    char name[MAX_PATH];
    H5G_info_t info;
    if (depth > MAX_DEPTH)
        return too_much(w);
    if (H5Gget_info(group, &info) < 0)
        return broken(w);
    if (info.nlinks > MAX_OBJECTS)
        return too_much(w);
    for (hsize_t i = 0; i < info.nlinks; i++) {
        ssize_t len = H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT);
        if (len <= 0 || len >= (ssize_t)sizeof name || !nn_utf8_is_valid(name, (size_t)len))
            return broken(w);
        if (!read_member(w, group, name, depth))
            return false;
    }
    return true;
}

/* The library works on a copy of the bytes. */
static hid_t open_image(const unsigned char *data, size_t len)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), file = -1;
    if (access >= 0 && H5Pset_fapl_core(access, 1 << 16, false) >= 0 &&
        H5Pset_file_image(access, (void *)(size_t)data, len) >= 0)
        file = H5Fopen("image", H5F_ACC_RDONLY, access);
    if (access >= 0)
        H5Pclose(access);
    return file;
}

bool hdf5_read(hdf5_file *file, const unsigned char *data, size_t len, const char *const *skip, nn_error *err)
{
    walk w = {.file = file, .skip = skip, .err = err};
    *file = (hdf5_file){0};
    H5Eset_auto(H5E_DEFAULT, NULL, NULL);
    hid_t opened = open_image(data, len);
    if (opened < 0)
        return nn_fail(err, NN_FORMAT, 0, "the HDF5 file is broken or cut short");
    hid_t root = H5Gopen(opened, "/", H5P_DEFAULT);
    bool ok = root >= 0 ? read_object(&w, root, 0) : broken(&w);
    if (root >= 0)
        H5Gclose(root);
    H5Fclose(opened);
    if (!ok)
        hdf5_free(file);
    return ok;
}
