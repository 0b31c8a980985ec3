/* file.c - reading whole files, renaming and removing them, and folders. */
#include "file.h"
#include "alloc.h"
#include "file_input.h"
#include "file_io.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_ROOM = 1 << 16 }; /* bytes, for what has no size */

/* ---- whose threads may wait for a disk ------------------------------------------------------------------------ */

static _Thread_local void (*on_unwanted_read)(const char *path);
static _Thread_local int exemptions;

void nn_file_watch_thread(void (*on_read)(const char *path))
{
    on_unwanted_read = on_read;
}

void nn_file_exempt(bool begin)
{
    exemptions += begin ? 1 : -1;
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

/* The descriptor that a path like /dev/fd/3 names, or -1. */
static int named_descriptor(const char *path)
{
    int fd = -1, end = 0;

    if (strcmp(path, "/dev/stdin") == 0)
        return STDIN_FILENO;
    return sscanf(path, "/dev/fd/%d%n", &fd, &end) == 1 && path[end] == '\0' ? fd : -1;
}

static const char *what_it_is(mode_t mode)
{
    if (S_ISDIR(mode))
        return "a folder";
    if (S_ISFIFO(mode))
        return "a named pipe";
    return S_ISSOCK(mode) ? "a socket" : "a device";
}

bool nn_check_regular(int asked, const struct stat *info, const char *path, nn_error *err)
{
    if (asked != 0)
        return nn_fail_errno_in(err, path, "open");
    if (S_ISREG(info->st_mode))
        return true;
    nn_fail(err, NN_IO, 0, "this is %s, not a file", what_it_is(info->st_mode));
    return nn_fail_in(err, path);
}

bool nn_input_open(int *fd, const char *path, size_t *size, nn_error *err)
{
    struct stat info;
    int inherited = named_descriptor(path);

    if (on_unwanted_read && exemptions == 0)
        on_unwanted_read(path);
    *size = 0;
    *fd = -1;
    /* Asked before it is opened, which alone would let a pipe's writer go on, and again after, when it may be another. */
    if (inherited < 0 && !nn_check_regular(stat(path, &info), &info, path, err))
        return false;
    *fd = inherited >= 0 ? fcntl(inherited, F_DUPFD_CLOEXEC, 0) : nn_io_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    if (*fd < 0)
        return nn_fail_errno_in(err, path, "open");
    int asked = fstat(*fd, &info);
    if (inherited < 0 && !nn_check_regular(asked, &info, path, err)) {
        nn_io_close(*fd);
        return false;
    }
    if (asked == 0 && S_ISREG(info.st_mode)) /* of 64 bits, also where size_t has 32 */
        *size = (uintmax_t)info.st_size < SIZE_MAX ? (size_t)info.st_size : SIZE_MAX;
    return true;
}

ssize_t nn_input_read(int fd, void *data, size_t len, nn_error *err)
{
    ssize_t n = nn_io_read(fd, data, len);

    if (n < 0)
        nn_fail_errno(err, "read");
    return n;
}

void nn_input_close(int fd)
{
    nn_io_close(fd);
}

/* Bytes that grow up to a cap, MOST_BYTES at most. Room goes one byte beyond the cap, so that a longer input shows. */
#define MOST_BYTES (SIZE_MAX / 4) /* twice that and more can be counted */

struct buffer {
    unsigned char *data; /* room + 1 bytes, the last for the terminating zero */
    size_t len, room, cap;
};

static bool buffer_grow(struct buffer *b, size_t room, nn_error *err)
{
    unsigned char *data;

    if (b->len > b->cap)
        return nn_fail(err, NN_LIMIT, b->cap, "larger than %zu bytes", b->cap);
    if (room > b->cap + 1)
        room = b->cap + 1;
    data = nn_realloc(b->data, b->len, room + 1, 1);
    if (!data)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    b->data = data;
    b->room = room;
    return true;
}

static bool read_all(int fd, size_t size, struct buffer *b, nn_error *err)
{
    size_t room = size == 0 ? FIRST_ROOM : size < b->cap ? size + 1 : b->cap + 1;

    for (;;) {
        ssize_t n;
        if (b->len == b->room) {
            if (!buffer_grow(b, room, err))
                return false;
            room = 2 * b->room;
        }
        n = nn_input_read(fd, b->data + b->len, b->room - b->len, err);
        if (n < 0)
            return false;
        if (n == 0)
            break;
        b->len += (size_t)n;
    }
    b->data[b->len] = 0;
    return true;
}

bool nn_file_read(const char *path, size_t cap, unsigned char **data, size_t *len, nn_error *err)
{
    struct buffer b = {.cap = cap < MOST_BYTES ? cap : MOST_BYTES};
    size_t size;
    bool ok;
    int fd;

    *data = NULL;
    *len = 0;
    if (!nn_input_open(&fd, path, &size, err))
        return false;
    ok = read_all(fd, size, &b, err);
    nn_input_close(fd);
    if (!ok) {
        nn_free(b.data);
        return nn_fail_in(err, path);
    }
    *data = b.data;
    *len = b.len;
    return true;
}

bool nn_file_head(const char *path, void *data, size_t size, size_t *len, nn_error *err)
{
    size_t whole;
    ssize_t n;
    int fd;

    *len = 0;
    if (!nn_input_open(&fd, path, &whole, err))
        return false;
    do {
        n = nn_input_read(fd, (char *)data + *len, size - *len, err);
        *len += n > 0 ? (size_t)n : 0;
    } while (n > 0 && *len < size);
    nn_input_close(fd);
    return n >= 0 || nn_fail_in(err, path);
}

/* ---- renaming, removing, folders ------------------------------------------------------------------------------ */

bool nn_file_rename(const char *from, const char *to, nn_error *err)
{
    return nn_io_rename(from, to) || nn_fail_errno_in(err, from, "rename");
}

bool nn_file_remove(const char *path, nn_error *err)
{
    return nn_io_unlink(path) || errno == ENOENT || nn_fail_errno_in(err, path, "remove");
}

static bool is_directory(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

void nn_file_rmdir(const char *directory)
{
    rmdir(directory);
}

static bool make_folders(const char *directory, mode_t mode, nn_error *err)
{
    char path[NN_PATH_ROOM];
    size_t len = strlen(directory);

    if (is_directory(directory))
        return true;
    if (len >= sizeof path) {
        errno = ENAMETOOLONG;
        return nn_fail_errno_in(err, directory, "create the folder");
    }
    for (size_t i = 1; i <= len; i++) {
        if (directory[i] != '/' && directory[i] != '\0')
            continue;
        memcpy(path, directory, i);
        path[i] = '\0';
        if (nn_io_mkdir(path, mode))
            continue;
        int reason = errno;
        if (is_directory(path))
            continue;
        errno = reason;
        return nn_fail_errno_in(err, path, "create the folder");
    }
    return true;
}

bool nn_file_mkdirs(const char *directory, nn_error *err)
{
    return make_folders(directory, 0700, err);
}

bool nn_file_mkdirs_named(const char *directory, nn_error *err)
{
    return make_folders(directory, 0777, err);
}
