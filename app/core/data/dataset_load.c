/* dataset_load.c - each kind of source by its reader. */
#include "dataset_load.h"
#include "arrays.h"
#include "class_names.h"
#include "csv.h"
#include "data_source.h"
#include "idx.h"
#include "nn/file.h"
#include "part_names.h"
#include "pictures.h"
#include "samples.h"
#include "set_names.h"
#include "zip_tables.h"
#include <string.h>

/* ---- one array a file -------------------------------------------------------------------------------------------- */

static bool read_array(array *a, source_kind kind, const char *path, bool header_only, nn_error *err)
{
    nn_stream *stream;
    if (!nn_stream_open(&stream, path, err))
        return false;
    bool ok = kind == SOURCE_IDX ? idx_read(a, stream, header_only, err) : npy_read(a, stream, header_only, err);
    nn_stream_close(stream);
    return ok || nn_fail_in(err, path);
}

/* The headers first: what does not fit together is not read, however much it promises. */
static bool check_pair(const data_source *source, nn_error *err)
{
    array images = {0}, labels = {0};
    if (!read_array(&images, source->kind, source->images, true, err) ||
        !read_array(&labels, source->kind, source->labels, true, err))
        return false;
    int n = labels.dim[0];
    if (array_side(&images, n) > 0)
        return true;
    int own = images.dim[0];
    if (array_side(&images, own) > 0 && images.rank > 1)
        return nn_fail(err, NN_FORMAT, 0, "%s: %d images but %d labels", source->images, own, n);
    return nn_fail(err, NN_FORMAT, 0, "%s: images of %d x %d, they must be square and at most %d wide", source->images,
                   images.rank > 2 ? images.dim[2] : 1, images.rank > 1 ? images.dim[1] : 1, DATASET_MAX_SIDE);
}

static bool load_pair(dataset *data, const data_source *source, int first, nn_error *err)
{
    array images = {0}, labels = {0};
    bool ok = check_pair(source, err) && read_array(&labels, source->kind, source->labels, false, err) &&
              read_array(&images, source->kind, source->images, false, err) &&
              (arrays_pair(&images, &labels, data, first, err) || nn_fail_in(err, source->images));
    nn_free(images.values);
    nn_free(labels.values);
    return ok;
}

/* ---- several arrays a file --------------------------------------------------------------------------------------- */

/* Which of a file's arrays are wanted. */
typedef struct wish {
    part_name part;
    const char *set; /* NULL: any */
} wish;

static bool is_of_set(const char *name, const char *wanted)
{
    char set[NN_NAME];
    set_named(set, name);
    return set_is_wanted(set, wanted);
}

static bool is_wished(const void *ctx, const char *name)
{
    const wish *w = ctx;
    part_name named = part_named(name);
    return (named == PART_ANY || named == w->part) && is_of_set(name, w->set);
}

static wish wish_for(const data_source *source, part_name part)
{
    return (wish){part, source->is_among ? source->set : NULL};
}

static bool read_arrays(arrays *all, source_kind kind, const char *path, nn_error *err)
{
    unsigned char *file;
    size_t len;
    if (!nn_file_read(path, ARRAY_MAX_BYTES, &file, &len, err))
        return false;
    bool ok =
        (kind == SOURCE_MAT ? mat_read(all, file, len, err) : npz_read(all, file, len, err)) || nn_fail_in(err, path);
    nn_free(file);
    return ok;
}

/* The set whose images array k is, if its labels are in the file, too, and no array before k has images of it. */
static bool names_set(char set[NN_NAME], const arrays *all, int k)
{
    bool first = role_named(all->array[k].name) == ROLE_IMAGES, labelled = false;
    char other[NN_NAME];
    set_named(set, all->array[k].name);
    for (int i = 0; i < all->count && first; i++) {
        role r = role_named(all->array[i].name);
        set_named(other, all->array[i].name);
        bool same = strcmp(other, set) == 0;
        first = !(same && i < k && r == ROLE_IMAGES);
        labelled = labelled || (same && r == ROLE_LABELS);
    }
    return first && labelled;
}

/* Of several sets in a file one must be wanted, unless one has no name, and the one that is wanted must be there. */
static bool check_set(const arrays *all, const data_source *source, nn_error *err)
{
    char names[SET_NAMES] = "", set[NN_NAME];
    int named = 0;
    bool any = false;
    for (int k = 0; k < all->count; k++)
        if (names_set(set, all, k)) {
            if (source->is_among && set_is_wanted(set, source->set))
                return true;
            set_names_add(names, set);
            named += *set != 0;
            any = any || !*set;
        }
    if (source->is_among)
        return set_names_fail(names, source->set, err);
    return any || named < 2 || set_names_ask(names, err);
}

static const array *mapping_in(const arrays *all)
{
    for (int i = 0; i < all->count; i++)
        if (has_word(all->array[i].name, "mapping"))
            return &all->array[i];
    return NULL;
}

static bool load_named(dataset *data, const data_source *source, part_name wanted, int first, nn_error *err)
{
    arrays *all = nn_alloc(1, sizeof *all);
    if (!all)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    wish w = wish_for(source, wanted);
    all->wanted = is_wished;
    all->ctx = &w;
    bool ok =
        read_arrays(all, source->kind, source->images, err) &&
        (!*source->labels || read_arrays(all, source->kind, source->labels, err)) &&
        ((check_set(all, source, err) && arrays_dataset(all, data, first, err)) || nn_fail_in(err, source->images));
    const array *mapping = ok ? mapping_in(all) : NULL;
    if (mapping)
        class_names_from(data, mapping);
    arrays_free(all);
    nn_free(all);
    return ok;
}

static bool load_arrays(dataset *data, const data_source *source, dataset_part part, int first, nn_error *err)
{
    nn_error ignored;
    return load_named(data, source, part == DATASET_TRAIN ? PART_TRAIN : PART_TEST, first, err) ||
           (part == DATASET_TEST && load_named(data, source, PART_VALIDATION, first, &ignored));
}

static bool is_called(part_name name, dataset_part part)
{
    return part == DATASET_TRAIN ? name == PART_TRAIN : name == PART_TEST || name == PART_VALIDATION;
}

/* Whether one of a file's arrays is called after the part. */
static bool have_part(const data_source *source, dataset_part part)
{
    wish none = wish_for(source, PART_OTHER);
    nn_error ignored;
    bool found = false;
    arrays *all = nn_alloc(1, sizeof *all);
    if (all && source->kind == SOURCE_NPZ) {
        all->wanted = is_wished;
        all->ctx = &none;
    }
    if (all && read_arrays(all, source->kind, source->images, &ignored))
        for (int i = 0; i < all->count; i++)
            found =
                found || (is_called(part_named(all->array[i].name), part) && is_of_set(all->array[i].name, none.set));
    if (all)
        arrays_free(all);
    nn_free(all);
    return found;
}

/* ---- all kinds --------------------------------------------------------------------------------------------------- */

static bool load_table(dataset *data, const char *path, nn_error *err)
{
    nn_stream *stream;
    if (!nn_stream_open(&stream, path, err))
        return false;
    bool ok = csv_read(data, stream, err) || nn_fail_in(err, path);
    nn_stream_close(stream);
    return ok;
}

static bool load(dataset *data, const data_source *source, dataset_part part, int first, nn_error *err)
{
    switch (source->kind) {
    case SOURCE_IDX:
    case SOURCE_NPY: return load_pair(data, source, first, err);
    case SOURCE_NPZ:
    case SOURCE_MAT: return load_arrays(data, source, part, first, err);
    case SOURCE_CSV: return load_table(data, source->images, err);
    case SOURCE_ZIP: return zip_table_load(data, source->images, part, err);
    case SOURCE_STROKES: return samples_load(data, source->images, err);
    case SOURCE_TABLE: return pictures_load_table(data, source->images, err);
    case SOURCE_PICTURES: return pictures_load(data, source->images, err);
    }
    return false;
}

/* A few test images may lack the first class, and then seem to count from 1: the training part knows. */
static bool load_test(dataset *data, const data_source *source, const char *path, const char *set, nn_error *err)
{
    dataset training;
    if (!load(data, source, DATASET_TEST, -1, err))
        return false;
    if (data->first == 0 || source->whole)
        return true;
    nn_error ignored;
    data_source other;
    bool known = data_source_find(&other, path, set, DATASET_TRAIN, &ignored) &&
                 load(&training, &other, DATASET_TRAIN, -1, &ignored);
    int first = known ? training.first : data->first;
    if (known)
        dataset_free(&training);
    if (first == data->first)
        return true;
    dataset_free(data);
    return load(data, source, DATASET_TEST, first, err);
}

bool dataset_load(dataset *data, const char *path, const char *set, dataset_part part, nn_error *err)
{
    data_source source;
    *data = (dataset){0};
    if (!data_source_find(&source, path, set, part, err))
        return false;
    bool ok = part == DATASET_TEST ? load_test(data, &source, path, set, err) : load(data, &source, part, -1, err);
    ok = ok && class_names_find(data, &source, err);
    if (!ok)
        dataset_free(data);
    return ok;
}

bool dataset_has(const char *path, const char *set, dataset_part part)
{
    data_source source;
    nn_error ignored;
    if (!data_source_find(&source, path, set, part, &ignored))
        return false;
    if (source.kind == SOURCE_ZIP && source.whole)
        return zip_has_part(source.images, part);
    bool several = (source.kind == SOURCE_NPZ && !*source.labels) || source.kind == SOURCE_MAT;
    return several && source.whole ? have_part(&source, part) : !source.whole;
}
