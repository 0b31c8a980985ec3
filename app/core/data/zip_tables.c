/* zip_tables.c - which entry is wanted, read as a table. */
#include "zip_tables.h"
#include "array.h"
#include "csv.h"
#include "folder_names.h"
#include "nn/file.h"
#include "part_names.h"
#include "zip_entries.h"
#include <string.h>

/* Kaggle's example of an answer is none, nor is what lies in the folder that macOS adds. */
static bool is_table(const char *name)
{
    return (has_ending(name, ".csv") || has_ending(name, ".tsv")) && !has_word(name, "submission") &&
           strncmp(name, "__MACOSX", 8) != 0;
}

/* The first table whose part is called so; false where there is none. */
static bool find_named(zip_entry *found, const unsigned char *file, size_t len, part_name part)
{
    zip_list list;
    nn_error ignored;
    bool more, ok = zip_begin(&list, file, len, &ignored);
    while (ok && zip_next(found, &more, &list, &ignored) && more)
        if (is_table(found->name) && part_named(found->name) == part)
            return true;
    return false;
}

static bool find_part(zip_entry *found, const unsigned char *file, size_t len, dataset_part part)
{
    return part == DATASET_TRAIN
               ? find_named(found, file, len, PART_TRAIN)
               : find_named(found, file, len, PART_TEST) || find_named(found, file, len, PART_VALIDATION);
}

static bool find_any(zip_entry *found, const unsigned char *file, size_t len, dataset_part part)
{
    (void)part;
    return find_named(found, file, len, PART_ANY) || find_part(found, file, len, DATASET_TRAIN) ||
           find_part(found, file, len, DATASET_TEST);
}

typedef bool finder(zip_entry *found, const unsigned char *file, size_t len, dataset_part part);

static bool has(const char *path, finder *find, dataset_part part)
{
    unsigned char *file;
    size_t len;
    zip_entry ignored;
    nn_error why;
    if (!nn_file_read(path, ARRAY_MAX_BYTES, &file, &len, &why))
        return false;
    bool found = find(&ignored, file, len, part);
    nn_free(file);
    return found;
}

bool zip_has_tables(const char *path)
{
    return has(path, find_any, DATASET_TRAIN);
}

bool zip_has_part(const char *path, dataset_part part)
{
    return has(path, find_part, part);
}

bool zip_table_read(dataset *data, const unsigned char *file, size_t len, dataset_part part, nn_error *err)
{
    zip_entry entry;
    nn_stream *stream;
    *data = (dataset){0};
    if (!find_part(&entry, file, len, part) && !find_named(&entry, file, len, PART_ANY))
        return nn_fail(err, NN_FORMAT, 0, "no %s table in it", part == DATASET_TEST ? "test" : "training");
    if (!zip_entry_open(&stream, &entry, file, len, err))
        return false;
    bool ok = csv_read(data, stream, err) || nn_fail_in(err, entry.name);
    nn_stream_close(stream);
    return ok;
}

bool zip_table_load(dataset *data, const char *path, dataset_part part, nn_error *err)
{
    unsigned char *file;
    size_t len;
    if (!nn_file_read(path, ARRAY_MAX_BYTES, &file, &len, err))
        return false;
    bool ok = zip_table_read(data, file, len, part, err) || nn_fail_in(err, path);
    nn_free(file);
    return ok;
}
