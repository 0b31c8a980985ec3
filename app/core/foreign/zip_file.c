/* zip_file.c - libzip on a block of memory. */
#include "zip_file.h"
#include "nn/alloc.h"
#include <string.h>

bool zip_is(const unsigned char *data, size_t len)
{
    return len >= 4 && memcmp(data, "PK\3\4", 4) == 0;
}

#ifdef DIGITSCOPE_KERAS
#include <zip.h>

static zip_t *open_image(const unsigned char *data, size_t len)
{
    zip_error_t ignored;
    zip_error_init(&ignored);
    zip_source_t *source = zip_source_buffer_create(data, len, 0, &ignored);
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &ignored) : NULL;
    if (source && !zip)
        zip_source_free(source);
    zip_error_fini(&ignored);
    return zip;
}

/* There, or in a folder: somebody may have packed it once more. */
static zip_int64_t locate(zip_t *zip, const char *name)
{
    zip_int64_t index = zip_name_locate(zip, name, 0);
    return index >= 0 ? index : zip_name_locate(zip, name, ZIP_FL_NODIR);
}

bool zip_has(const unsigned char *data, size_t len, const char *name)
{
    zip_t *zip = open_image(data, len);
    bool found = zip && locate(zip, name) >= 0;
    if (zip)
        zip_discard(zip);
    return found;
}

/* All of it: its declared size is not believed, nor its checksum passed over. */
static bool read_member(zip_file_t *member, const char *name, size_t size, unsigned char **out, nn_error *err)
{
    unsigned char beyond;
    *out = nn_alloc(size + 1, 1);
    if (!*out)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for '%s'", name);
    if (zip_fread(member, *out, size) == (zip_int64_t)size && zip_fread(member, &beyond, 1) == 0)
        return true;
    nn_free(*out);
    *out = NULL;
    return nn_fail(err, NN_FORMAT, 0, "'%s' in the zip file is broken or cut short", name);
}

static bool read_from(zip_t *zip, const char *name, size_t cap, unsigned char **out, size_t *len, nn_error *err)
{
    zip_stat_t stat;
    zip_int64_t index = locate(zip, name);
    if (index < 0 || zip_stat_index(zip, (zip_uint64_t)index, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE))
        return nn_fail(err, NN_FORMAT, 0, "the zip file holds no '%s'", name);
    if (stat.size > cap)
        return nn_fail(err, NN_LIMIT, 0, "'%s' in the zip file is larger than %zu bytes", name, cap);
    zip_file_t *member = zip_fopen_index(zip, (zip_uint64_t)index, 0);
    if (!member)
        return nn_fail(err, NN_FORMAT, 0, "'%s' in the zip file is locked or packed in a way that is not read", name);
    *len = (size_t)stat.size;
    bool ok = read_member(member, name, *len, out, err);
    zip_fclose(member);
    return ok;
}

bool zip_read(const unsigned char *data, size_t len, const char *name, size_t cap, unsigned char **out, size_t *out_len,
              nn_error *err)
{
    *out = NULL;
    zip_t *zip = open_image(data, len);
    if (!zip)
        return nn_fail(err, NN_FORMAT, 0, "the zip file is broken or cut short");
    bool ok = read_from(zip, name, cap, out, out_len, err);
    zip_discard(zip);
    return ok;
}

#else

bool zip_has(const unsigned char *data, size_t len, const char *name)
{
    (void)data, (void)len, (void)name;
    return false;
}

bool zip_read(const unsigned char *data, size_t len, const char *name, size_t cap, unsigned char **out, size_t *out_len,
              nn_error *err)
{
    (void)data, (void)len, (void)name, (void)cap, (void)out_len;
    *out = NULL;
    return nn_fail(err, NN_USAGE, 0, "zip files cannot be opened: this program was built without libzip");
}

#endif
