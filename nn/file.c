/* file.c - reading, saving and appending over a replaceable table of system calls. */
#include "file.h"
#include "alloc.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { PATH_ROOM = 4096, FIRST_ROOM = 1 << 16, CHUNK = 1 << 30 };

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
    sys = ops != NULL ? ops : &nn_file_posix;
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

/* ---- reading ------------------------------------------------------------------------------------------------ */

/* Bytes that grow up to a cap. Room goes one byte beyond the cap, so that a longer input shows. */
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
    if (data == NULL)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    b->data = data;
    b->room = room;
    return true;
}

/* What fstat says is only a first guess: the file may grow meanwhile, a pipe has no size. */
static size_t size_guess(int fd)
{
    struct stat info;

    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size >= 0)
        return (size_t)info.st_size + 1;
    return FIRST_ROOM;
}

static bool read_all(int fd, struct buffer *b, nn_error *err)
{
    size_t room = size_guess(fd);

    for (;;) {
        ssize_t n;
        if (b->len == b->room) {
            if (!buffer_grow(b, room, err))
                return false;
            room = 2 * b->room;
        }
        UNINTERRUPTED(n, sys->read(fd, b->data + b->len, b->room - b->len < CHUNK ? b->room - b->len : CHUNK));
        if (n < 0)
            return fail_errno(err, "read");
        if (n == 0)
            break;
        b->len += (size_t)n;
    }
    b->data[b->len] = 0;
    return true;
}

bool nn_file_read(const char *path, size_t cap, unsigned char **data, size_t *len, nn_error *err)
{
    struct buffer b = {.cap = cap};
    bool ok;
    int fd = open_file(path, O_RDONLY, 0);

    *data = NULL;
    *len = 0;
    if (fd < 0)
        return fail_errno_in(err, path, "open");
    ok = read_all(fd, &b, err);
    sys->close(fd);
    if (!ok) {
        nn_free(b.data);
        return nn_fail_in(err, path);
    }
    *data = b.data;
    *len = b.len;
    return true;
}

static voidpf zlib_alloc(voidpf ctx, uInt items, uInt size)
{
    (void)ctx;
    return nn_alloc(items, size);
}

static void zlib_free(voidpf ctx, voidpf memory)
{
    (void)ctx;
    nn_free(memory);
}

/* One call of inflate: from in[*pos] to the end of `out`. */
static int inflate_some(z_stream *z, const unsigned char *in, size_t len, size_t *pos, struct buffer *out)
{
    size_t left = len - *pos, room = out->room - out->len;
    int status;

    z->next_in = (z_const Bytef *)(in + *pos);
    z->avail_in = (uInt)(left < CHUNK ? left : CHUNK);
    z->next_out = out->data + out->len;
    z->avail_out = (uInt)(room < CHUNK ? room : CHUNK);
    status = inflate(z, Z_NO_FLUSH);
    *pos = (size_t)(z->next_in - in);
    out->len = (size_t)(z->next_out - out->data);
    return status;
}

/* How much is likely to come out: what the file's last four bytes say of its last member, as far as that is
 * possible. */
static size_t unpacked_guess(const unsigned char *in, size_t len)
{
    const size_t best_ratio = 1032, spare = 64;
    const unsigned char *end = in + len;
    size_t said;

    if (len < 18)
        return FIRST_ROOM;
    said = (size_t)end[-4] | (size_t)end[-3] << 8 | (size_t)end[-2] << 16 | (size_t)end[-1] << 24;
    return said / best_ratio > len ? 4 * len : said + spare;
}

/* All members of a gzip file, one after the other, as gzip itself does. */
static bool inflate_members(z_stream *z, const unsigned char *in, size_t len, struct buffer *out, nn_error *err)
{
    size_t pos = 0;
    int status = Z_OK;

    while (status != Z_STREAM_END || pos < len) {
        if (status == Z_STREAM_END)
            inflateReset(z);
        if (out->len == out->room && !buffer_grow(out, out->room == 0 ? unpacked_guess(in, len) : 2 * out->room, err))
            return false;
        status = inflate_some(z, in, len, &pos, out);
        if (status == Z_MEM_ERROR)
            return nn_fail(err, NN_NOMEM, 0, "out of memory");
        if (status == Z_BUF_ERROR)
            return nn_fail(err, NN_FORMAT, pos, "the compressed data is cut short");
        if (status != Z_OK && status != Z_STREAM_END)
            return nn_fail(err, NN_FORMAT, pos, "damaged compressed data at byte %zu: %s", pos, z->msg ? z->msg : "?");
    }
    if (out->len > out->cap)
        return nn_fail(err, NN_LIMIT, 0, "larger than %zu bytes when unpacked", out->cap);
    out->data[out->len] = 0;
    return true;
}

static bool unpack(const unsigned char *in, size_t len, struct buffer *out, nn_error *err)
{
    z_stream z = {.zalloc = zlib_alloc, .zfree = zlib_free};
    bool ok;

    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    ok = inflate_members(&z, in, len, out, err);
    inflateEnd(&z);
    return ok;
}

bool nn_file_read_gz(const char *path, size_t cap, unsigned char **data, size_t *len, nn_error *err)
{
    size_t packed_cap = cap + cap / 1024 + 4096; /* what cannot be compressed grows a little */
    struct buffer b = {.cap = cap};
    unsigned char *packed;
    bool ok;

    if (!nn_file_read(path, packed_cap, data, len, err))
        return false;
    if (*len < 2 || (*data)[0] != 0x1f || (*data)[1] != 0x8b) {
        if (*len <= cap)
            return true;
        nn_fail(err, NN_LIMIT, cap, "larger than %zu bytes", cap);
        goto fail;
    }
    packed = *data;
    ok = unpack(packed, *len, &b, err);
    *data = b.data;
    *len = b.len;
    nn_free(packed);
    if (ok)
        return true;
fail:
    nn_free(*data);
    *data = NULL;
    *len = 0;
    return nn_fail_in(err, path);
}

/* ---- saving ------------------------------------------------------------------------------------------------- */

/* Bytes of path up to and with its last slash. */
static size_t folder_len(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
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

/* Saving replaces what is there, which must not happen to a device or a directory. Fails with errno. */
static bool replaceable(const char *path)
{
    struct stat info;

    if (lstat(path, &info) != 0)
        return errno == ENOENT;
    if (S_ISREG(info.st_mode))
        return true;
    errno = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
    return false;
}

/* Opens .NAME.PID.SERIAL.tmp beside target; the serial keeps two threads of this process, and what a dead process of
 * the same id left, apart. temp is "" and errno is set on failure. */
static int create_temp(char temp[PATH_ROOM], const char *target)
{
    static atomic_uint serial;
    size_t folder = folder_len(target);

    for (int tries = 0; tries < 100; tries++) {
        unsigned number = atomic_fetch_add(&serial, 1);
        int fd, n = snprintf(temp, PATH_ROOM, "%.*s.%s.%ld.%u.tmp", (int)folder, target, target + folder,
                             (long)getpid(), number);
        if (n < 0 || n >= PATH_ROOM) {
            errno = ENAMETOOLONG;
            break;
        }
        fd = open_file(temp, O_WRONLY | O_CREAT | O_EXCL, 0644);
        if (fd >= 0)
            return fd;
        if (errno != EEXIST)
            break;
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

/* close, where an interruption is no failure: the data was synced and the descriptor is gone. */
static bool close_file(int fd)
{
    return sys->close(fd) == 0 || errno == EINTR;
}

bool nn_file_save(const char *path, const void *data, size_t len, nn_durability durability, nn_error *err)
{
    char target[PATH_ROOM], temp[PATH_ROOM] = "";
    int fd = -1, folder = -1;
    bool closed;

    if (!follow_links(target, path) || !replaceable(target))
        goto fail;
    if (durability == NN_DURABLE) {
        folder = open_folder_of(target);
        if (folder < 0)
            goto fail;
    }
    fd = create_temp(temp, target);
    if (fd < 0 || !write_all(fd, data, len) || !sync_file(fd))
        goto fail;
    closed = close_file(fd);
    fd = -1;
    if (!closed || sys->rename(temp, target) != 0)
        goto fail;
    temp[0] = '\0';
    if (folder >= 0) {
        if (!sync_file(folder) && errno != EINVAL) /* EINVAL: a file system that cannot sync directories */
            goto fail;
        sys->close(folder);
    }
    return true;

fail:
    fail_errno_in(err, path, "save");
    if (fd >= 0)
        sys->close(fd);
    if (temp[0] != '\0')
        sys->unlink(temp);
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

/* Where the digits of ".DIGITS" begin that end at `end`, or NULL if that is not what stands there. */
static const char *digits_before(const char *begin, const char *end)
{
    const char *p = end;

    while (p > begin && p[-1] >= '0' && p[-1] <= '9')
        p--;
    return p < end && p > begin && p[-1] == '.' ? p : NULL;
}

/* Is this .NAME.PID.SERIAL.tmp with a process id that no process has? */
static bool is_orphan(const char *name)
{
    size_t len = strlen(name);
    const char *serial, *pid;

    if (name[0] != '.' || len < 4 || strcmp(name + len - 4, ".tmp") != 0)
        return false;
    serial = digits_before(name, name + len - 4);
    pid = serial != NULL ? digits_before(name, serial - 1) : NULL;
    if (pid == NULL)
        return false;
    return kill((pid_t)strtol(pid, NULL, 10), 0) != 0 && errno == ESRCH;
}

void nn_file_sweep(const char *directory)
{
    DIR *dir = opendir(directory);
    const struct dirent *entry;

    if (dir == NULL)
        return;
    while ((entry = readdir(dir)) != NULL) {
        char path[PATH_ROOM];
        int n = snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (n > 0 && n < PATH_ROOM && is_orphan(entry->d_name))
            sys->unlink(path);
    }
    closedir(dir);
}

static bool is_directory(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
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

static bool lock_file(int fd, const char *path, nn_error *err)
{
    int result;

    UNINTERRUPTED(result, sys->flock(fd, LOCK_EX | LOCK_NB));
    if (result == 0)
        return true;
    if (errno != EWOULDBLOCK)
        return fail_errno_in(err, path, "lock");
    nn_fail(err, NN_USAGE, 0, "another instance is using it");
    return nn_fail_in(err, path);
}

static bool open_log(nn_log **log, const char *path, int flags, bool lock, nn_error *err)
{
    size_t bytes = strlen(path) + 1;
    nn_log *made = nn_alloc(1, sizeof *made + bytes);
    struct stat info;

    *log = NULL;
    if (made == NULL) {
        nn_fail(err, NN_NOMEM, 0, "out of memory");
        return nn_fail_in(err, path);
    }
    memcpy(made->path, path, bytes);
    made->fd = open_file(path, O_WRONLY | O_CREAT | O_APPEND | flags, 0644);
    if (made->fd < 0) {
        fail_errno_in(err, path, "open");
        goto fail;
    }
    if (lock && !lock_file(made->fd, path, err))
        goto fail;
    if (fstat(made->fd, &info) != 0) {
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

bool nn_log_open(nn_log **log, const char *path, nn_error *err)
{
    return open_log(log, path, 0, true, err);
}

bool nn_log_create(nn_log **log, const char *path, nn_error *err)
{
    return open_log(log, path, O_TRUNC, false, err);
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
    if (log == NULL)
        return;
    if (log->fd >= 0)
        sys->close(log->fd);
    nn_free(log);
}
