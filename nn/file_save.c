/* file_save.c - saving: a new file beside the old one takes its place when it is whole. */
#include "file.h"
#include "file_io.h"
#include "file_temp.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

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

static int open_folder_of(const char *target)
{
    char folder[NN_PATH_ROOM];

    snprintf(folder, sizeof folder, "%.*s.", (int)nn_path_folder(target), target);
    return nn_io_open(folder, O_RDONLY | O_DIRECTORY, 0);
}

/* In the folder of a file that is about to be saved. */
static void sweep_beside(const char *target)
{
    char folder[NN_PATH_ROOM];

    snprintf(folder, sizeof folder, "%.*s.", (int)nn_path_folder(target), target);
    nn_file_sweep(folder);
}

bool nn_file_save(const char *path, const void *data, size_t len, nn_durability durability, nn_error *err)
{
    char target[NN_PATH_ROOM], temp[NN_PATH_ROOM] = "";
    int fd = -1, folder = -1;
    mode_t mode;
    bool replaces;

    if (!nn_follow_links(target, path) || !replaceable(target, &mode, &replaces))
        goto fail;
    sweep_beside(target);
    if (durability == NN_DURABLE) {
        folder = open_folder_of(target);
        if (folder < 0)
            goto fail;
    }
    fd = nn_temp_create(temp, target, mode);
    if (fd < 0)
        goto fail;
    if (replaces && fchmod(fd, mode) != 0)
        errno = 0; /* the umask stays in the way on some mounts: the file is then less open than before */
    /* Not closed before it is renamed, which would give the lock up. What close can still report was synced. */
    if (!nn_io_write_all(fd, data, len) || !nn_io_sync(fd) || !nn_io_rename(temp, target))
        goto fail;
    temp[0] = '\0';
    nn_io_close(fd);
    fd = -1;
    if (folder >= 0) {
        if (!nn_io_sync(folder) && errno != EINVAL) /* EINVAL: a file system that cannot sync directories */
            goto fail;
        nn_io_close(folder);
    }
    return true;

fail:
    nn_fail_errno_in(err, path, "save");
    if (temp[0] != '\0')
        nn_io_unlink(temp);
    if (fd >= 0)
        nn_io_close(fd);
    if (folder >= 0)
        nn_io_close(folder);
    return false;
}
