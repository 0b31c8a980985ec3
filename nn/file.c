/* file.c - reading, saving and appending over a replaceable table of system calls. */
#include "file.h"
#include "alloc.h"
#include "file_input.h"
#include "utf8.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, FIRST_ROOM = 1 << 16, CHUNK = 1 << 30 };

#define TEMPORARY ".nn.tmp" /* the end of a temporary file's name */

/* Of NAME in it, so that a file may have a name as long as the file system allows, 255 bytes mostly. */
enum { TEMPORARY_NAME = 200 };

/* ---- system calls ------------------------------------------------------------------------------------------- */

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

/* What could not be done, and why by errno. */
static bool fail_errno(nn_error *err, const char *what)
{
    int code = errno;
    char why[128];

    if (strerror_r(code, why, sizeof why) != 0)
        snprintf(why, sizeof why, "error %d", code);
    return nn_fail(err, NN_IO, 0, "cannot %s: %s", what, why);
}

static bool fail_errno_in(nn_error *err, const char *path, const char *what)
{
    fail_errno(err, what);
    return nn_fail_in(err, path);
}

static int open_file(const char *path, int flags, mode_t mode)
{
    int fd;

    UNINTERRUPTED(fd, sys->open(path, flags | O_CLOEXEC, mode));
    return fd;
}

static bool write_all(int fd, const unsigned char *data, size_t len)
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

static bool sync_file(int fd)
{
    int result;

    UNINTERRUPTED(result, sys->fsync(fd));
    return result == 0;
}

static bool truncate_file(int fd, size_t len)
{
    int result;

    UNINTERRUPTED(result, sys->ftruncate(fd, (off_t)len));
    return result == 0;
}

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

/* Asked before it is opened, which alone would let a pipe's writer go on, and again after, when it may be another. */
static bool check_regular(int asked, const struct stat *info, const char *path, nn_error *err)
{
    if (asked != 0)
        return fail_errno_in(err, path, "open");
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
    if (inherited < 0 && !check_regular(stat(path, &info), &info, path, err))
        return false;
    *fd = inherited >= 0 ? fcntl(inherited, F_DUPFD_CLOEXEC, 0) : open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    if (*fd < 0)
        return fail_errno_in(err, path, "open");
    int asked = fstat(*fd, &info);
    if (inherited < 0 && !check_regular(asked, &info, path, err)) {
        sys->close(*fd);
        return false;
    }
    if (asked == 0 && S_ISREG(info.st_mode)) /* of 64 bits, also where size_t has 32 */
        *size = (uintmax_t)info.st_size < SIZE_MAX ? (size_t)info.st_size : SIZE_MAX;
    return true;
}

ssize_t nn_input_read(int fd, void *data, size_t len, nn_error *err)
{
    ssize_t n;

    UNINTERRUPTED(n, sys->read(fd, data, len < CHUNK ? len : CHUNK));
    if (n < 0)
        fail_errno(err, "read");
    return n;
}

void nn_input_close(int fd)
{
    sys->close(fd);
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

/* ---- saving ------------------------------------------------------------------------------------------------- */

/* Bytes of path up to and with its last slash. */
static size_t folder_len(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* Where path leads when symbolic links are followed; what it names need not exist. Fails with errno. */
static bool follow_links(char out[PATH_ROOM], const char *path)
{
    char link[PATH_ROOM];
    ssize_t n = (ssize_t)strlen(path);
    size_t keep = 0;

    memcpy(link, path, (size_t)n < sizeof link ? (size_t)n : 0);
    for (int hops = 0; hops < 32; hops++) {
        if (keep + (size_t)n >= PATH_ROOM) {
            errno = ENAMETOOLONG;
            return false;
        }
        memcpy(out + keep, link, (size_t)n);
        out[keep + (size_t)n] = '\0';
        n = readlink(out, link, sizeof link);
        if (n < 0)
            return errno == EINVAL || errno == ENOENT; /* no link, or nothing there yet */
        keep = n > 0 && link[0] == '/' ? 0 : folder_len(out);
    }
    errno = ELOOP;
    return false;
}

/* Saving replaces what is there, which must not happen to a device or a directory. *mode gets what the new file shall
 * have. Fails with errno. */
static bool replaceable(const char *path, mode_t *mode, bool *replaces)
{
    struct stat info;

    *mode = 0644;
    *replaces = lstat(path, &info) == 0;
    if (!*replaces)
        return errno == ENOENT;
    *mode = info.st_mode & 0777;
    if (S_ISREG(info.st_mode))
        return true;
    errno = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
    return false;
}

/* A lock says that the owner of a temporary file lives, on this machine or, on a network mount, on another. */
static bool lock(int fd)
{
    int result;

    UNINTERRUPTED(result, sys->flock(fd, LOCK_EX | LOCK_NB));
    return result == 0;
}

static bool is_still_there(int fd)
{
    struct stat info;

    return fstat(fd, &info) == 0 && info.st_nlink > 0;
}

/* Opens .NAME.PID.SERIAL.nn.tmp beside target, which nobody sweeps as long as it is open: the lock is held, or the file
 * system has none and nobody can say that it is free. The serial keeps two threads of this process apart. A long NAME is
 * cut. temp is "" and errno is set on failure. */
static int create_temp(char temp[PATH_ROOM], const char *target, mode_t mode)
{
    static atomic_uint serial;
    size_t folder = folder_len(target);
    size_t name = nn_utf8_fit(target + folder, strlen(target + folder), TEMPORARY_NAME);

    for (int tries = 0; tries < 100; tries++) {
        unsigned number = atomic_fetch_add(&serial, 1);
        int fd, n = snprintf(temp, PATH_ROOM, "%.*s.%.*s.%ld.%u" TEMPORARY, (int)folder, target, (int)name,
                             target + folder, (long)getpid(), number);
        if (n < 0 || n >= PATH_ROOM) {
            errno = ENAMETOOLONG;
            break;
        }
        fd = open_file(temp, O_WRONLY | O_CREAT | O_EXCL, mode);
        if (fd < 0 && errno != EEXIST)
            break;
        if (fd < 0)
            continue;
        if ((lock(fd) || errno != EWOULDBLOCK) && is_still_there(fd))
            return fd;
        sys->close(fd); /* a sweep came between: it is gone, or will be at once */
    }
    temp[0] = '\0';
    return -1;
}

static int open_folder_of(const char *target)
{
    char folder[PATH_ROOM];

    snprintf(folder, sizeof folder, "%.*s.", (int)folder_len(target), target);
    return open_file(folder, O_RDONLY | O_DIRECTORY, 0);
}

/* ---- sweeping ----------------------------------------------------------------------------------------------- */

/* Where the digits of ".DIGITS" begin that end at `end`, or NULL if that is not what stands there. */
static const char *digits_before(const char *begin, const char *end)
{
    const char *p = end;

    while (p > begin && p[-1] >= '0' && p[-1] <= '9')
        p--;
    return p < end && p > begin && p[-1] == '.' ? p : NULL;
}

/* .NAME.PID.SERIAL.nn.tmp */
static bool is_temporary(const char *name)
{
    size_t len = strlen(name), end = sizeof TEMPORARY - 1;
    const char *serial;

    if (name[0] != '.' || len < end || strcmp(name + len - end, TEMPORARY) != 0)
        return false;
    serial = digits_before(name, name + len - end);
    return serial && digits_before(name, serial - 1);
}

/* Removes a temporary file that nobody holds a lock on. Opened to write, as locks on network mounts want it. */
static void remove_orphan(const char *path)
{
    int fd = open_file(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW, 0);

    if (fd < 0)
        return;
    if (lock(fd))
        sys->unlink(path);
    sys->close(fd);
}

void nn_file_sweep(const char *directory)
{
    DIR *dir = opendir(directory);
    const struct dirent *entry;

    if (!dir)
        return;
    while ((entry = readdir(dir))) {
        char path[PATH_ROOM];
        int n = snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (n > 0 && n < PATH_ROOM && is_temporary(entry->d_name))
            remove_orphan(path);
    }
    closedir(dir);
}

/* In the folder of a file that is about to be saved. */
static void sweep_beside(const char *target)
{
    char folder[PATH_ROOM];

    snprintf(folder, sizeof folder, "%.*s.", (int)folder_len(target), target);
    nn_file_sweep(folder);
}

/* ---- saving, with all of these -------------------------------------------------------------------------------- */

bool nn_file_save(const char *path, const void *data, size_t len, nn_durability durability, nn_error *err)
{
    char target[PATH_ROOM], temp[PATH_ROOM] = "";
    int fd = -1, folder = -1;
    mode_t mode;
    bool replaces;

    if (!follow_links(target, path) || !replaceable(target, &mode, &replaces))
        goto fail;
    sweep_beside(target);
    if (durability == NN_DURABLE) {
        folder = open_folder_of(target);
        if (folder < 0)
            goto fail;
    }
    fd = create_temp(temp, target, mode);
    if (fd < 0)
        goto fail;
    if (replaces && fchmod(fd, mode) != 0)
        errno = 0; /* the umask stays in the way on some mounts: the file is then less open than before */
    /* Not closed before it is renamed, which would give the lock up. What close can still report was synced. */
    if (!write_all(fd, data, len) || !sync_file(fd) || sys->rename(temp, target) != 0)
        goto fail;
    temp[0] = '\0';
    sys->close(fd);
    fd = -1;
    if (folder >= 0) {
        if (!sync_file(folder) && errno != EINVAL) /* EINVAL: a file system that cannot sync directories */
            goto fail;
        sys->close(folder);
    }
    return true;

fail:
    fail_errno_in(err, path, "save");
    if (temp[0] != '\0')
        sys->unlink(temp);
    if (fd >= 0)
        sys->close(fd);
    if (folder >= 0)
        sys->close(folder);
    return false;
}

bool nn_file_rename(const char *from, const char *to, nn_error *err)
{
    return sys->rename(from, to) == 0 || fail_errno_in(err, from, "rename");
}

bool nn_file_remove(const char *path, nn_error *err)
{
    return sys->unlink(path) == 0 || errno == ENOENT || fail_errno_in(err, path, "remove");
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

bool nn_file_mkdirs(const char *directory, nn_error *err)
{
    char path[PATH_ROOM];
    size_t len = strlen(directory);

    if (is_directory(directory))
        return true;
    if (len >= sizeof path) {
        errno = ENAMETOOLONG;
        return fail_errno_in(err, directory, "create the folder");
    }
    for (size_t i = 1; i <= len; i++) {
        if (directory[i] != '/' && directory[i] != '\0')
            continue;
        memcpy(path, directory, i);
        path[i] = '\0';
        if (sys->mkdir(path, 0700) == 0)
            continue;
        int reason = errno;
        if (is_directory(path))
            continue;
        errno = reason;
        return fail_errno_in(err, path, "create the folder");
    }
    return true;
}

/* ---- appending ---------------------------------------------------------------------------------------------- */

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
    if (lock(fd))
        return true;
    if (errno != EWOULDBLOCK)
        return fail_errno_in(err, path, "lock");
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
    made->fd = open_file(path, O_WRONLY | O_CREAT | O_APPEND | flags, 0644);
    if (made->fd < 0) {
        fail_errno_in(err, path, "open");
        goto fail;
    }
    if (owned && (!check_regular(fstat(made->fd, &info), &info, path, err) || !lock_file(made->fd, path, err)))
        goto fail;
    if (fstat(made->fd, &info) != 0) { /* again, as the one who had the lock before may have written */
        fail_errno_in(err, path, "open");
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
    ok = go_on_with(log, fresh->fd, fresh->len) || fail_errno_in(err, log->path, "open");
    nn_log_close(fresh);
    return ok;
}

bool nn_log_replace(nn_log *log, const void *data, size_t len, nn_error *err)
{
    char target[PATH_ROOM], temp[PATH_ROOM] = "";
    int fd = follow_links(target, log->path) ? create_temp(temp, target, 0644) : -1;
    bool ok = fd >= 0 && fcntl(fd, F_SETFL, O_APPEND) == 0 && write_all(fd, data, len);

    if (ok && sys->rename(temp, target) == 0) {
        temp[0] = '\0';
        ok = go_on_with(log, fd, len);
    } else {
        ok = false;
    }
    if (!ok)
        fail_errno_in(err, log->path, "save");
    if (temp[0] != '\0')
        sys->unlink(temp);
    if (fd >= 0)
        sys->close(fd);
    return ok;
}

size_t nn_log_size(const nn_log *log)
{
    return log->len;
}

bool nn_log_truncate(nn_log *log, size_t len, nn_error *err)
{
    if (!truncate_file(log->fd, len))
        return fail_errno_in(err, log->path, "write");
    log->len = len;
    log->torn = false;
    return true;
}

bool nn_log_append(nn_log *log, const void *data, size_t len, nn_error *err)
{
    if (log->torn && !nn_log_truncate(log, log->len, err))
        return false;
    if (!write_all(log->fd, data, len)) {
        fail_errno_in(err, log->path, "write");
        log->torn = !truncate_file(log->fd, log->len);
        return false;
    }
    log->len += len;
    return true;
}

bool nn_log_sync(nn_log *log, nn_error *err)
{
    return sync_file(log->fd) || fail_errno_in(err, log->path, "write");
}

void nn_log_close(nn_log *log)
{
    if (!log)
        return;
    if (log->fd >= 0)
        sys->close(log->fd);
    nn_free(log);
}
