/* data_source.c - names of files, sorted by what they say about themselves. */
#include "data_source.h"
#include "app/core/folder.h"
#include "app/core/platform.h"
#include "folder_names.h"
#include "nn/stream.h"
#include "part_names.h"
#include "picture_list.h"
#include "pictures.h"
#include "set_names.h"
#include "zip_tables.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MAX_CANDIDATES = 256, MAX_LEVELS = 3 };

typedef struct candidate {
    source_kind kind;
    role role;
    part_name part;
    char set[NN_NAME];
    char path[PATHS_MAX];
} candidate;

typedef struct search {
    candidate found[MAX_CANDIDATES];
    int count;
} search;

/* ---- one name ---------------------------------------------------------------------------------------------------- */

static bool kind_of(const char *name, source_kind *kind)
{
    static const struct {
        const char *ending;
        source_kind kind;
    } endings[] = {
        {".npz", SOURCE_NPZ}, {".mat", SOURCE_MAT}, {".npy", SOURCE_NPY}, {".csv", SOURCE_CSV}, {".tsv", SOURCE_CSV}};
    char bare[PATHS_MAX];
    without_gz(bare, name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (has_ending(bare, endings[i].ending)) {
            *kind = endings[i].kind;
            return !has_word(name, "submission"); /* Kaggle's example of an answer */
        }
    *kind = SOURCE_IDX;
    return strstr(bare, "idx1") || strstr(bare, "idx2") || strstr(bare, "idx3") || has_ending(bare, "ubyte") ||
           has_ending(bare, ".idx") ||
           (!strchr(bare, '.') && role_named(bare) != ROLE_BOTH && part_named(bare) != PART_ANY); /* "train-images" */
}

/* By its name alone. */
static bool describe(candidate *c, const char *name)
{
    *c = (candidate){.part = part_named(name), .role = role_named(name)};
    if (!kind_of(name, &c->kind))
        return false;
    if (c->kind == SOURCE_CSV || c->kind == SOURCE_MAT) {
        if (c->role == ROLE_LABELS)
            return false;
        c->role = ROLE_BOTH;
    }
    set_named(c->set, name);
    return true;
}

/* The same, and by what is in the file where its name does not tell. */
static bool describe_file(candidate *c, const char *name, const char *path)
{
    bool labelled, fits = describe(c, name);
    if (has_ending(name, ".zip")) {
        *c = (candidate){.kind = SOURCE_ZIP, .part = part_named(name)};
        set_named(c->set, name);
        return zip_has_tables(path);
    }
    bool may_name = (c->kind == SOURCE_CSV || has_ending(name, ".txt")) && !has_word(name, "submission");
    if (!may_name || !picture_list_is_table(path, &labelled))
        return fits;
    c->kind = SOURCE_TABLE;
    c->role = ROLE_BOTH;
    set_named(c->set, name);
    return labelled;
}

/* ---- folders ----------------------------------------------------------------------------------------------------- */

/* The name of a folder says which set is in it, unless it is only where it lies, or called like the file in it. */
static const char *set_of_folder(const char *name, const char *within)
{
    candidate c;
    bool says_nothing = strcasecmp(name, "raw") == 0 || describe(&c, name) || part_named(name) != PART_ANY;
    return says_nothing ? within : name;
}

static bool look_into(search *s, const char *folder, const char *set, int levels, nn_error *err);

static bool look_at(search *s, const char *folder, const char *name, const char *set, int levels, nn_error *err)
{
    char path[PATHS_MAX];
    candidate c;
    if (!paths_join(path, folder, name))
        return true;
    if (platform_is_folder(path))
        return levels == 0 || look_into(s, path, set_of_folder(name, set), levels - 1, err);
    if (levels > 0 || s->count == MAX_CANDIDATES || !describe_file(&c, name, path))
        return true;
    snprintf(c.path, sizeof c.path, "%s", path);
    if (!*c.set)
        snprintf(c.set, sizeof c.set, "%s", set);
    s->found[s->count++] = c;
    return true;
}

/* The files so many levels below a folder. */
static bool look_into(search *s, const char *folder, const char *set, int levels, nn_error *err)
{
    folder_names names;
    if (!folder_names_read(&names, folder, err))
        return false;
    bool ok = true;
    for (int i = 0; ok && i < names.count; i++)
        ok = look_at(s, folder, names.name[i], set, levels, err);
    folder_names_free(&names);
    return ok;
}

/* What the folder around a file says. */
static part_name part_around(const candidate *c)
{
    char folder[PATHS_MAX];
    folder_parent(folder, c->path);
    return part_named(paths_last(folder));
}

/* Where files are called alike in folders for training and test, the folders say which part they are. */
static void take_parts_of_folders(search *s)
{
    bool training = false, test = false;
    for (int i = 0; i < s->count; i++) {
        part_name around = s->found[i].part == PART_ANY ? part_around(&s->found[i]) : PART_ANY;
        training = training || around == PART_TRAIN;
        test = test || around == PART_TEST || around == PART_VALIDATION;
    }
    for (int i = 0; training && test && i < s->count; i++)
        if (s->found[i].part == PART_ANY)
            s->found[i].part = part_around(&s->found[i]);
}

/* ---- choosing ---------------------------------------------------------------------------------------------------- */

static const candidate *find(const search *s, const candidate *like, role wanted, part_name part)
{
    for (int i = 0; i < s->count; i++) {
        const candidate *c = &s->found[i];
        if (c->kind == like->kind && c->role == wanted && c->part == part && strcmp(c->set, like->set) == 0)
            return c;
    }
    return NULL;
}

static bool fill(data_source *source, const search *s, const candidate *like, part_name part)
{
    const candidate *images = find(s, like, ROLE_BOTH, part), *labels = NULL;
    if (!images) {
        images = find(s, like, ROLE_IMAGES, part);
        labels = find(s, like, ROLE_LABELS, part);
    }
    if (like->kind == SOURCE_NPZ && !images != !labels) { /* one without the other has both in it */
        images = images ? images : labels;
        labels = NULL;
    } else if (!images || (images->role == ROLE_IMAGES && !labels)) {
        return false;
    }
    *source = (data_source){.kind = like->kind, .whole = part == PART_ANY};
    snprintf(source->images, sizeof source->images, "%s", images->path);
    snprintf(source->labels, sizeof source->labels, "%s", labels ? labels->path : "");
    snprintf(source->set, sizeof source->set, "%s", like->set);
    return true;
}

/* The files of a part, or of what may stand for it. */
static bool fill_part(data_source *source, const search *s, const candidate *like, dataset_part part)
{
    bool found = part == DATASET_TRAIN ? fill(source, s, like, PART_TRAIN)
                                       : fill(source, s, like, PART_TEST) || fill(source, s, like, PART_VALIDATION);
    return found || fill(source, s, like, PART_ANY);
}

/* The sets that have the part, in the order of kinds. Of several, that without a name goes first. */
static bool choose(data_source *source, const search *s, const char *set, dataset_part part, int *sets, nn_error *err)
{
    char names[SET_NAMES] = "";
    data_source found;
    *sets = 0;
    for (source_kind kind = SOURCE_IDX; kind <= SOURCE_TABLE && *sets == 0; kind++)
        for (int i = 0; i < s->count; i++) {
            const candidate *c = &s->found[i];
            bool first = c->kind == kind;
            for (int k = 0; first && k < i; k++)
                first = s->found[k].kind != kind || strcmp(s->found[k].set, c->set) != 0;
            if (!first || !set_is_wanted(c->set, set) || !fill_part(&found, s, c, part))
                continue;
            if (*sets == 0 || !*found.set)
                *source = found;
            ++*sets;
            set_names_add(names, found.set);
        }
    return *sets <= 1 || !*source->set || set_names_ask(names, err);
}

/* ---- pictures ---------------------------------------------------------------------------------------------------- */

static bool use_pictures(data_source *source, const char *folder, bool whole)
{
    *source = (data_source){.kind = SOURCE_PICTURES, .whole = whole};
    snprintf(source->images, sizeof source->images, "%s", folder);
    return true;
}

/* Whether a folder has them, of so many classes at least: in one alone there is nothing to learn. */
typedef bool has_pictures(const char *folder, int least);

static bool find_part_folder(data_source *source, const char *folder, const folder_names *names, part_name part,
                             has_pictures *has)
{
    char path[PATHS_MAX];
    for (int i = 0; i < names->count; i++)
        if (part_named(names->name[i]) == part && paths_join(path, folder, names->name[i]) && has(path, 1))
            return use_pictures(source, path, false);
    return false;
}

/* A folder called after the part, with those of the classes or the pictures in it; or these right here, or so many levels
 * below. */
static bool find_pictures(data_source *source, const char *folder, dataset_part part, int levels, has_pictures *has)
{
    folder_names names;
    nn_error ignored;
    char path[PATHS_MAX];
    if (!folder_names_read(&names, folder, &ignored))
        return false;
    bool found = part == DATASET_TRAIN ? find_part_folder(source, folder, &names, PART_TRAIN, has)
                                       : find_part_folder(source, folder, &names, PART_TEST, has) ||
                                             find_part_folder(source, folder, &names, PART_VALIDATION, has);
    found = found || (has(folder, 2) && use_pictures(source, folder, true));
    for (int i = 0; !found && levels > 0 && i < names.count; i++)
        found = part_named(names.name[i]) == PART_ANY && paths_join(path, folder, names.name[i]) &&
                platform_is_folder(path) && find_pictures(source, path, part, levels - 1, has);
    folder_names_free(&names);
    return found;
}

/* ---- what is missing --------------------------------------------------------------------------------------------- */

static const char *name_in(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* One that is not read, as it lies in a folder. */
static bool find_archive(char found[NN_NAME], const char *folder)
{
    static const char *const endings[] = {".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar", ".xz", ".bz2", ".zst"};
    folder_names names;
    nn_error ignored;
    *found = 0;
    if (!folder_names_read(&names, folder, &ignored))
        return false;
    for (int i = 0; i < names.count && !*found; i++)
        for (size_t k = 0; k < sizeof endings / sizeof *endings; k++)
            if (has_ending(names.name[i], endings[k]))
                snprintf(found, NN_NAME, "%s", names.name[i]);
    folder_names_free(&names);
    return *found;
}

static bool fail_set(const search *s, const char *set, nn_error *err)
{
    char names[SET_NAMES] = "";
    for (int i = 0; i < s->count; i++) {
        bool first = true;
        for (int k = 0; first && k < i; k++)
            first = strcmp(s->found[k].set, s->found[i].set) != 0;
        if (first)
            set_names_add(names, s->found[i].set);
    }
    return set_names_fail(names, set, err);
}

static bool fail_missing(const search *s, const char *folder, const char *set, dataset_part part, nn_error *err)
{
    char archive[NN_NAME];
    const char *word = part == DATASET_TEST ? "test" : "training";
    for (int i = 0; i < s->count; i++) {
        const candidate *c = &s->found[i];
        role other = c->role == ROLE_IMAGES ? ROLE_LABELS : ROLE_IMAGES;
        if (c->role != ROLE_BOTH && set_is_wanted(c->set, set) && !find(s, c, other, c->part))
            return nn_fail(err, NN_IO, 0, "%.60s is here, but not its %s", name_in(c->path),
                           other == ROLE_LABELS ? "labels" : "images");
    }
    if (s->count > 0 && set)
        return fail_set(s, set, err);
    if (s->count > 0)
        return nn_fail(err, NN_IO, 0, "%.60s is here, but no %s images", name_in(s->found[0].path), word);
    if (find_archive(archive, folder))
        return nn_fail(err, NN_USAGE, 0, "no %s images, but %.60s is here: unpack it first", word, archive);
    return nn_fail(err, NN_IO, 0,
                   "no %s images: neither %s-images-idx3-ubyte nor a table, .npz, .mat or folders of pictures are here "
                   "(digitscope fetch-data downloads MNIST)",
                   word, part == DATASET_TEST ? "t10k" : "train");
}

/* ---- all together ------------------------------------------------------------------------------------------------ */

static bool find_in_folder(data_source *source, search *s, const char *path, const char *set, dataset_part part,
                           nn_error *err)
{
    int sets = 0;
    for (int level = 0; level <= MAX_LEVELS && sets == 0; level++) {
        if (!look_into(s, path, "", level, err))
            return false;
        take_parts_of_folders(s);
        if (!choose(source, s, set, part, &sets, err))
            return false;
        if (level == 0 && sets == 0 && !set && find_pictures(source, path, part, 0, pictures_are_in))
            return true;
    }
    if (sets > 0)
        return true;
    bool pictures = find_pictures(source, path, part, MAX_LEVELS - 1, pictures_are_in) ||
                    find_pictures(source, path, part, MAX_LEVELS - 1, pictures_are_labelled_in);
    if (pictures)
        return !set || fail_set(s, set, err);
    return fail_missing(s, path, set, part, err);
}

/* What can only be read once somebody has unpacked it; of a file that a stream has unpacked once. */
static bool fail_packed(const unsigned char *b, nn_error *err)
{
    static const struct {
        const char *magic;
        size_t len, at;
        const char *kind;
    } archives[] = {{"ustar", 5, 257, "a tar archive"},
                    {"\x1f\x8b", 2, 0, "packed twice"},
                    {"7z\xbc\xaf", 4, 0, "packed"},
                    {"Rar!", 4, 0, "packed"},
                    {"\xfd"
                     "7zXZ",
                     5, 0, "packed"},
                    {"BZh", 3, 0, "packed"},
                    {"\x28\xb5\x2f\xfd", 4, 0, "packed"}};
    for (size_t i = 0; i < sizeof archives / sizeof *archives; i++)
        if (memcmp(b + archives[i].at, archives[i].magic, archives[i].len) == 0)
            return nn_fail(err, NN_USAGE, 0, "%s: unpack it first", archives[i].kind);
    return true;
}

/* By what is in it, whatever its name is. */
static bool kind_of_file(source_kind *kind, const char *path, nn_error *err)
{
    enum { BEGINNING = 512 };
    unsigned char b[BEGINNING] = {0};
    nn_stream *stream;
    size_t got;
    if (!nn_stream_open(&stream, path, err))
        return false;
    bool ok = (nn_stream_read(stream, b, sizeof b, &got, err) && fail_packed(b, err)) || nn_fail_in(err, path);
    nn_stream_close(stream);
    *kind = memcmp(b, "PK", 2) == 0          ? (zip_has_tables(path) ? SOURCE_ZIP : SOURCE_NPZ)
            : memcmp(b, "\x93NUMPY", 6) == 0 ? SOURCE_NPY
            : memcmp(b, "MATLAB", 6) == 0    ? SOURCE_MAT
            : b[0] == '{'                    ? SOURCE_STROKES
            : b[0] == 0 && b[1] == 0 && b[2] >= 8 && b[2] <= 14 && b[3] < 5 ? SOURCE_IDX
                                                                            : SOURCE_CSV;
    return ok;
}

/* A file of a pair, images or labels, brings the other one along, and the set's other part: beside it, or, where each
 * file lies in a folder of its name, in those beside this one. */
static bool find_siblings(data_source *source, search *s, const char *path, dataset_part part, nn_error *err)
{
    static const char *const where[] = {".", ".."};
    candidate c;
    bool known = describe(&c, name_in(path));
    for (int levels = 0; known && levels < 2; levels++) {
        char folder[PATHS_MAX];
        snprintf(folder, sizeof folder, "%.*s%s", (int)(name_in(path) - path), path, where[levels]);
        s->count = 0;
        if (!look_into(s, folder, "", levels, err))
            return false;
        if (fill_part(source, s, &c, part))
            return true;
    }
    return nn_fail(err, NN_IO, 0, "a file of images and one of labels belong together; the other one is not beside it");
}

static bool find_file(data_source *source, search *s, const char *path, dataset_part part, nn_error *err)
{
    source_kind kind;
    if (!kind_of_file(&kind, path, err))
        return false;
    if (kind == SOURCE_IDX || kind == SOURCE_NPY)
        return find_siblings(source, s, path, part, err) || nn_fail_in(err, path);
    nn_error ignored;
    bool labelled;
    if (kind == SOURCE_CSV && picture_list_is_table(path, &labelled))
        kind = SOURCE_TABLE;
    if (kind == SOURCE_NPZ && role_named(name_in(path)) != ROLE_BOTH &&
        find_siblings(source, s, path, part, &ignored) && *source->labels)
        return true;
    *source = (data_source){.kind = kind, .whole = true};
    snprintf(source->images, sizeof source->images, "%s", path);
    set_named(source->set, name_in(path));
    return true;
}

/* A file is the set that is wanted, or may have it in it. */
static bool take_wanted(data_source *source, const char *set, nn_error *err)
{
    char names[SET_NAMES] = "";
    if (set_is_wanted(source->set, set))
        return true;
    source->is_among = source->kind == SOURCE_NPZ && !*source->labels;
    set_names_add(names, source->set);
    snprintf(source->set, sizeof source->set, "%s", set);
    return source->is_among || set_names_fail(names, set, err) || nn_fail_in(err, source->images);
}

bool data_source_is_named(const char *path)
{
    source_kind kind;
    return kind_of(name_in(path), &kind);
}

bool data_source_find(data_source *source, const char *path, const char *set, dataset_part part, nn_error *err)
{
    *source = (data_source){0};
    if (!*path)
        return nn_fail(err, NN_USAGE, 0, "there is no folder for data (HOME is not set): name one");
    search *s = nn_alloc(1, sizeof *s);
    if (!s)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    bool ok = platform_is_folder(path) ? find_in_folder(source, s, path, set, part, err) || nn_fail_in(err, path)
                                       : find_file(source, s, path, part, err) && take_wanted(source, set, err);
    nn_free(s);
    return ok;
}
