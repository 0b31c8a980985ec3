/* pictures.c - decoded one by one, into images of one size. */
#include "pictures.h"
#include "app/core/digit/picture.h"
#include "app/core/job.h"
#include "app/core/paths.h"
#include "app/core/platform.h"
#include "array.h"
#include "dataset_build.h"
#include "folder_names.h"
#include "nn/file.h"
#include "picture_list.h"
#include <string.h>

enum { PICTURE_BYTES = 64 << 20, ANY_SIZE = 0, PREPARED = -1 };

static picture_decoder *decode;

void pictures_decode_with(picture_decoder *decoder)
{
    decode = decoder;
}

/* ---- what there is ----------------------------------------------------------------------------------------------- */

static bool has_pictures(const char *folder)
{
    folder_names files;
    nn_error ignored;
    bool found = false;
    if (!platform_is_folder(folder) || !folder_names_read(&files, folder, &ignored))
        return false;
    for (int i = 0; !found && i < files.count; i++)
        found = picture_is_named(files.name[i], strlen(files.name[i]));
    folder_names_free(&files);
    return found;
}

bool pictures_are_in(const char *folder, int least)
{
    folder_names classes;
    nn_error ignored;
    char path[PATHS_MAX];
    int found = 0;
    if (!folder_names_read(&classes, folder, &ignored))
        return false;
    for (int i = 0; found < least && i < classes.count; i++)
        found +=
            picture_list_is_class(classes.name[i]) && paths_join(path, folder, classes.name[i]) && has_pictures(path);
    folder_names_free(&classes);
    return found >= least;
}

bool pictures_are_labelled_in(const char *folder, int least)
{
    picture_list list;
    nn_error ignored;
    bool found = picture_list_names(&list, folder, &ignored) && list.count >= least;
    picture_list_free(&list);
    return found;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

typedef struct reading {
    dataset_builder built;
    int side;   /* of pictures that are taken as they are; ANY_SIZE before the first, or PREPARED */
    bool mixed; /* they are not all of one size after all */
    digit prepared;
} reading;

/* Where a picture is transparent it lies upon the contrary of what is drawn. */
static void find_greys(unsigned char *grey, const pixmap *picture)
{
    const unsigned char *rgba = picture->rgba;
    int light = 0, there = 0, n = picture->w * picture->h;
    for (int i = 0; i < n; i++) {
        grey[i] = (unsigned char)(255 - pixmap_darkness(rgba + (ptrdiff_t)4 * i)); /* upon white */
        light += grey[i] + rgba[4 * i + 3] - 255;
        there += rgba[4 * i + 3];
    }
    for (int i = 0; i < n && 2 * light > there; i++)
        grey[i] = (unsigned char)(grey[i] + rgba[4 * i + 3] - 255);
}

/* False, with r->mixed, where the picture's size asks for another way to read all of them. */
static bool take_as_is(reading *r, const pixmap *picture, const char *label, nn_error *err)
{
    unsigned char grey[DATASET_MAX_SIDE * DATASET_MAX_SIDE];
    int w = picture->w, h = picture->h;
    if (r->side == ANY_SIZE && w == h && w <= DATASET_MAX_SIDE)
        r->side = r->built.data.side = w;
    r->mixed = w != h || w != r->side;
    if (r->mixed)
        return false;
    find_greys(grey, picture);
    return dataset_add(&r->built, grey, label, err);
}

static bool take_prepared(reading *r, const pixmap *picture, const char *label, nn_error *err)
{
    unsigned char image[DIGIT_PIXELS];
    picture_looks found;
    bool ok = picture_find(&found, picture, err) && picture_digit(&r->prepared, &found, 0, &digit_defaults, err);
    picture_free(&found);
    if (!ok)
        return false;
    digit_bytes(image, r->prepared.image);
    return dataset_add(&r->built, image, label, err);
}

static bool read_picture(reading *r, const char *path, const char *label, nn_error *err)
{
    unsigned char *file;
    size_t len;
    pixmap picture = {.rgba = NULL};
    if (!nn_file_read(path, PICTURE_BYTES, &file, &len, err))
        return false;
    bool ok = decode(&picture, file, len, err) &&
              (r->side == PREPARED ? take_prepared(r, &picture, label, err) : take_as_is(r, &picture, label, err));
    nn_free(picture.rgba);
    nn_free(file);
    return ok || (!r->mixed && nn_fail_in(err, path));
}

static bool read_list(reading *r, const picture_list *list, nn_error *err)
{
    for (int i = 0; i < list->count; i++)
        if (!job_wants_more(err) || !read_picture(r, list->picture[i].path, list->picture[i].label, err))
            return false;
    return true;
}

static bool read_all(reading *r, const picture_list *list, nn_error *err)
{
    if (read_list(r, list, err))
        return true;
    if (!r->mixed)
        return false;
    dataset_free(&r->built.data);
    r->built = (dataset_builder){.data = {.side = DIGIT_SIDE}};
    r->mixed = false;
    r->side = PREPARED;
    return read_list(r, list, err);
}

static bool load(dataset *data, const picture_list *list, const char *path, nn_error *err)
{
    if (list->count == 0)
        return nn_fail(err, NN_FORMAT, 0, "%.100s: no pictures in its folders", path);
    reading *r = nn_alloc(1, sizeof *r);
    bool ok = (r || nn_fail(err, NN_NOMEM, 0, "out of memory")) && read_all(r, list, err) &&
              dataset_complete(&r->built, data, err);
    if (!ok && r)
        dataset_free(&r->built.data);
    nn_free(r);
    return ok;
}

static bool can_decode(const char *path, nn_error *err)
{
    return decode || nn_fail(err, NN_USAGE, 0, "%.100s: built without SDL2_image, pictures cannot be read", path);
}

bool pictures_load(dataset *data, const char *folder, nn_error *err)
{
    picture_list list = {0};
    *data = (dataset){0};
    bool ok = can_decode(folder, err) && picture_list_folders(&list, folder, err), named = ok && list.count == 0;
    ok = ok && (!named || picture_list_names(&list, folder, err)) && load(data, &list, folder, err);
    if (ok && named)
        dataset_remark(data, "labels are the digits in the pictures' names");
    picture_list_free(&list);
    return ok;
}

bool pictures_load_table(dataset *data, const char *table, nn_error *err)
{
    picture_list list = {0};
    *data = (dataset){0};
    bool ok = can_decode(table, err) && picture_list_table(&list, table, err) && load(data, &list, table, err);
    picture_list_free(&list);
    return ok;
}
