/* file_temp.c - temporary files beside what they will replace, and the sweeping of those that were left. */
#include "file_temp.h"
#include "file_io.h"
#include "utf8.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY ".nn.tmp" /* the end of a temporary file's name */

/* Of NAME in it, so that a file may have a name as long as the file system allows, 255 bytes mostly. */
enum { TEMPORARY_NAME = 200 };

size_t nn_path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (size_t)(slash - path) + 1 : 0;
}

bool nn_follow_links(char out[NN_PATH_ROOM], const char *path)
{
    char link[NN_PATH_ROOM];
    ssize_t n = (ssize_t)strlen(path);
    size_t keep = 0;

    memcpy(link, path, (size_t)n < sizeof link ? (size_t)n : 0);
    for (int hops = 0; hops < 32; hops++) {
        if (keep + (size_t)n >= NN_PATH_ROOM) {
            errno = ENAMETOOLONG;
            return false;
        }
        memcpy(out + keep, link, (size_t)n);
        out[keep + (size_t)n] = '\0';
        n = readlink(out, link, sizeof link);
        if (n < 0)
            return errno == EINVAL || errno == ENOENT; /* no link, or nothing there yet */
        keep = n > 0 && link[0] == '/' ? 0 : nn_path_folder(out);
    }
    errno = ELOOP;
    return false;
}

static bool is_still_there(int fd)
{
    struct stat info;

    return fstat(fd, &info) == 0 && info.st_nlink > 0;
}

int nn_temp_create(char temp[NN_PATH_ROOM], const char *target, mode_t mode)
{
    static atomic_uint serial;
    size_t folder = nn_path_folder(target);
    size_t name = nn_utf8_fit(target + folder, strlen(target + folder), TEMPORARY_NAME);

    for (int tries = 0; tries < 100; tries++) {
        unsigned number = atomic_fetch_add(&serial, 1);
        int fd, n = snprintf(temp, NN_PATH_ROOM, "%.*s.%.*s.%ld.%u" TEMPORARY, (int)folder, target, (int)name,
                             target + folder, (long)getpid(), number);
        if (n < 0 || n >= NN_PATH_ROOM) {
            errno = ENAMETOOLONG;
            break;
        }
        fd = nn_io_open(temp, O_WRONLY | O_CREAT | O_EXCL, mode);
        if (fd < 0 && errno != EEXIST)
            break;
        if (fd < 0)
            continue;
        if ((nn_io_lock(fd) || errno != EWOULDBLOCK) && is_still_there(fd))
            return fd;
        nn_io_close(fd); /* a sweep came between: it is gone, or will be at once */
    }
    temp[0] = '\0';
    return -1;
}

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
    int fd = nn_io_open(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW, 0);

    if (fd < 0)
        return;
    if (nn_io_lock(fd))
        nn_io_unlink(path);
    nn_io_close(fd);
}

void nn_file_sweep(const char *directory)
{
    DIR *dir = opendir(directory);
    const struct dirent *entry;

    if (!dir)
        return;
    while ((entry = readdir(dir))) {
        char path[NN_PATH_ROOM];
        int n = snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (n > 0 && n < NN_PATH_ROOM && is_temporary(entry->d_name))
            remove_orphan(path);
    }
    closedir(dir);
}
