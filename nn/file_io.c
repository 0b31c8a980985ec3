/* file_io.c - the system calls behind files, over a table that a test can replace. */
#include "file_io.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1 << 30 }; /* bytes, the most that are asked for at once */

static int posix_open(const char *path, int flags, mode_t mode)
{
    return open(path, flags, mode);
}

static int posix_fsync(int fd)
{
#ifdef F_FULLFSYNC /* on macOS fsync leaves the data in the drive's cache */
    if (fcntl(fd, F_FULLFSYNC) == 0)
        return 0;
#endif
    return fsync(fd);
}

const nn_file_ops nn_file_posix = {
    .open = posix_open,
    .read = read,
    .write = write,
    .fsync = posix_fsync,
    .close = close,
    .rename = rename,
    .unlink = unlink,
    .ftruncate = ftruncate,
    .mkdir = mkdir,
    .flock = flock,
};

static const nn_file_ops *_Atomic sys = &nn_file_posix; /* atomic: the journal syncs in a thread of its own */

void nn_file_set_ops(const nn_file_ops *ops)
{
    sys = ops ? ops : &nn_file_posix;
}

#define UNINTERRUPTED(result, call) \
    do                              \
        (result) = (call);          \
    while ((result) < 0 && errno == EINTR)

bool nn_fail_errno(nn_error *err, const char *what)
{
    int code = errno;
    char why[128];

    if (strerror_r(code, why, sizeof why) != 0)
        snprintf(why, sizeof why, "error %d", code);
    return nn_fail(err, NN_IO, 0, "cannot %s: %s", what, why);
}

bool nn_fail_errno_in(nn_error *err, const char *path, const char *what)
{
    nn_fail_errno(err, what);
    return nn_fail_in(err, path);
}

int nn_io_open(const char *path, int flags, mode_t mode)
{
    int fd;

    UNINTERRUPTED(fd, sys->open(path, flags | O_CLOEXEC, mode));
    return fd;
}

ssize_t nn_io_read(int fd, void *data, size_t len)
{
    ssize_t n;

    UNINTERRUPTED(n, sys->read(fd, data, len < CHUNK ? len : CHUNK));
    return n;
}

bool nn_io_write_all(int fd, const unsigned char *data, size_t len)
{
    while (len > 0) {
        ssize_t n;
        UNINTERRUPTED(n, sys->write(fd, data, len < CHUNK ? len : CHUNK));
        if (n == 0)
            errno = EIO;
        if (n <= 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

bool nn_io_sync(int fd)
{
    int result;

    UNINTERRUPTED(result, sys->fsync(fd));
    return result == 0;
}

bool nn_io_truncate(int fd, size_t len)
{
    int result;

    UNINTERRUPTED(result, sys->ftruncate(fd, (off_t)len));
    return result == 0;
}

bool nn_io_lock(int fd)
{
    int result;

    UNINTERRUPTED(result, sys->flock(fd, LOCK_EX | LOCK_NB));
    return result == 0;
}

bool nn_io_rename(const char *from, const char *to)
{
    return sys->rename(from, to) == 0;
}

bool nn_io_unlink(const char *path)
{
    return sys->unlink(path) == 0;
}

bool nn_io_mkdir(const char *path, mode_t mode)
{
    return sys->mkdir(path, mode) == 0;
}

void nn_io_close(int fd)
{
    sys->close(fd);
}
