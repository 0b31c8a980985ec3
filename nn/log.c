/* log.c - appending to a file that one process owns. */
#include "log.h"
#include "alloc.h"
#include "file_input.h"
#include "file_io.h"
#include "file_temp.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct nn_log {
    int fd;
    size_t len; /* bytes that count; more may lie in the file after a failure that could not be undone */
    bool torn;  /* they do */
    char path[];
};

static bool fail_in_use(const char *path, nn_error *err)
{
    nn_fail(err, NN_USAGE, 0, "another instance is using it");
    return nn_fail_in(err, path);
}

static bool lock_file(int fd, const char *path, nn_error *err)
{
    if (nn_io_lock(fd))
        return true;
    if (errno != EWOULDBLOCK)
        return nn_fail_errno_in(err, path, "lock");
    return fail_in_use(path, err);
}

static bool open_log(nn_log **log, const char *path, int flags, bool owned, nn_error *err)
{
    size_t bytes = strlen(path) + 1;
    nn_log *made = nn_alloc(1, sizeof *made + bytes);
    struct stat info;

    *log = NULL;
    if (!made) {
        nn_fail(err, NN_NOMEM, 0, "out of memory");
        return nn_fail_in(err, path);
    }
    memcpy(made->path, path, bytes);
    made->fd = nn_io_open(path, O_WRONLY | O_CREAT | O_APPEND | flags, 0644);
    if (made->fd < 0) {
        nn_fail_errno_in(err, path, "open");
        goto fail;
    }
    if (owned && (!nn_check_regular(fstat(made->fd, &info), &info, path, err) || !lock_file(made->fd, path, err)))
        goto fail;
    if (fstat(made->fd, &info) != 0) { /* again, as the one who had the lock before may have written */
        nn_fail_errno_in(err, path, "open");
        goto fail;
    }
    made->len = (size_t)info.st_size;
    *log = made;
    return true;

fail:
    nn_log_close(made);
    return false;
}

bool nn_log_create(nn_log **log, const char *path, nn_error *err)
{
    return open_log(log, path, O_TRUNC, false, err);
}

bool nn_log_is_there(const nn_log *log)
{
    struct stat at_path, ours;

    if (stat(log->path, &at_path) != 0)
        return errno != ENOENT && errno != ENOTDIR;
    return fstat(log->fd, &ours) != 0 || (at_path.st_dev == ours.st_dev && at_path.st_ino == ours.st_ino);
}

bool nn_log_open(nn_log **log, const char *path, nn_error *err)
{
    enum { TRIES = 100 };

    for (int i = 0; i < TRIES; i++) {
        if (!open_log(log, path, O_NONBLOCK | O_NOCTTY, true, err))
            return false;
        if (nn_log_is_there(*log))
            return true;
        nn_log_close(*log); /* the one who had the lock put another file in its place */
    }
    *log = NULL;
    return fail_in_use(path, err);
}

/* The descriptor's number stays, as another thread may be syncing it. */
static bool go_on_with(nn_log *log, int fd, size_t len)
{
    if (dup2(fd, log->fd) < 0)
        return false;
    fcntl(log->fd, F_SETFD, FD_CLOEXEC);
    log->len = len;
    log->torn = false;
    return true;
}

bool nn_log_renew(nn_log *log, nn_error *err)
{
    nn_log *fresh;
    bool ok;

    if (!nn_log_open(&fresh, log->path, err))
        return false;
    ok = go_on_with(log, fresh->fd, fresh->len) || nn_fail_errno_in(err, log->path, "open");
    nn_log_close(fresh);
    return ok;
}

bool nn_log_replace(nn_log *log, const void *data, size_t len, nn_error *err)
{
    char target[NN_PATH_ROOM], temp[NN_PATH_ROOM] = "";
    int fd = nn_follow_links(target, log->path) ? nn_temp_create(temp, target, 0644) : -1;
    bool ok = fd >= 0 && fcntl(fd, F_SETFL, O_APPEND) == 0 && nn_io_write_all(fd, data, len);

    if (ok && nn_io_rename(temp, target)) {
        temp[0] = '\0';
        ok = go_on_with(log, fd, len);
    } else {
        ok = false;
    }
    if (!ok)
        nn_fail_errno_in(err, log->path, "save");
    if (temp[0] != '\0')
        nn_io_unlink(temp);
    if (fd >= 0)
        nn_io_close(fd);
    return ok;
}

size_t nn_log_size(const nn_log *log)
{
    return log->len;
}

bool nn_log_truncate(nn_log *log, size_t len, nn_error *err)
{
    if (!nn_io_truncate(log->fd, len))
        return nn_fail_errno_in(err, log->path, "write");
    log->len = len;
    log->torn = false;
    return true;
}

bool nn_log_append(nn_log *log, const void *data, size_t len, nn_error *err)
{
    if (log->torn && !nn_log_truncate(log, log->len, err))
        return false;
    if (!nn_io_write_all(log->fd, data, len)) {
        nn_fail_errno_in(err, log->path, "write");
        log->torn = !nn_io_truncate(log->fd, log->len);
        return false;
    }
    log->len += len;
    return true;
}

bool nn_log_sync(nn_log *log, nn_error *err)
{
    return nn_io_sync(log->fd) || nn_fail_errno_in(err, log->path, "write");
}

void nn_log_close(nn_log *log)
{
    if (!log)
        return;
    if (log->fd >= 0)
        nn_io_close(log->fd);
    nn_free(log);
}
