/* file_io.h - the system calls of file.c and its neighbours: never interrupted, and through nn_file_ops, so that a test
 * can make each of them fail. What fails leaves its reason in errno. */
#ifndef NN_FILE_IO_H
#define NN_FILE_IO_H

#include "file.h"

enum { NN_PATH_ROOM = 4096 }; /* bytes of a path, with its zero */

int nn_io_open(const char *path, int flags, mode_t mode); /* with O_CLOEXEC; -1 on failure */
void nn_io_close(int fd);
ssize_t nn_io_read(int fd, void *data, size_t len); /* at most a gigabyte at once; 0 at the end, -1 on failure */
bool nn_io_write_all(int fd, const unsigned char *data, size_t len);
bool nn_io_sync(int fd);
bool nn_io_truncate(int fd, size_t len);
bool nn_io_rename(const char *from, const char *to);
bool nn_io_unlink(const char *path);
bool nn_io_mkdir(const char *path, mode_t mode);

/* Takes the lock of a file, or fails at once. It says that the owner of the file lives, on this machine or, on a network
 * mount, on another. */
bool nn_io_lock(int fd);

/* What could not be done ("save"), and why by errno; with the path before it. False. */
bool nn_fail_errno(nn_error *err, const char *what);
bool nn_fail_errno_in(nn_error *err, const char *path, const char *what);

#endif
