/* file.h - the one way to files of nn and app/core: whole-file reads with a cap, atomic saves; log.h appends.
 *
 * A save either leaves the complete new file or the untouched old one: write a temporary file in the same
 * directory, fsync, rename, close (and fsync the directory for NN_DURABLE). Names: GLib's
 * g_file_set_contents_full. Every system call that changes or reads a file goes through one table that a test can
 * replace. */
#ifndef NN_FILE_H
#define NN_FILE_H

#include "error.h"
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum nn_durability {
    NN_CONSISTENT, /* after a crash the file is the old or the new one */
    NN_DURABLE     /* and once this returned true it is the new one */
} nn_durability;

/* Reads a whole file of at most cap bytes (NN_LIMIT above). It must be a regular one: a pipe or a device could keep the
 * reader waiting for ever; only /dev/stdin and /dev/fd/N may be anything, as somebody asked for just them. *data is the
 * caller's to nn_free and has one zero byte after *len; NULL on failure. Like all errors here, the text starts with the
 * path. Any thread. */
bool nn_file_read(const char *path, size_t cap, unsigned char **data, size_t *len, nn_error *err);

/* The first bytes of a file: at most `size` of them into `data`, *len says how many. Any thread. */
bool nn_file_head(const char *path, void *data, size_t size, size_t *len, nn_error *err);

/* For a thread that must not wait for a disk, as that of a window: on_read is called whenever it opens a file to read
 * that is not between nn_file_exempt(true) and nn_file_exempt(false), which nest. NULL: it may read. */
void nn_file_watch_thread(void (*on_read)(const char *path));
void nn_file_exempt(bool begin);

/* Replaces path atomically with len bytes of data. The mode stays that of the file replaced, a new one has 0644 less the
 * umask. What saves that were killed left in the folder is swept away. A symbolic link keeps pointing to where it
 * points: its target is replaced. On failure the old file is byte-identical and no temporary file stays; only the sync
 * of the directory, the last step of NN_DURABLE, can fail with the new file in place. Any thread. Takes as long as the
 * disk takes. */
bool nn_file_save(const char *path, const void *data, size_t len, nn_durability durability, nn_error *err);

bool nn_file_rename(const char *from, const char *to, nn_error *err); /* replaces `to` */
bool nn_file_remove(const char *path, nn_error *err);                 /* true also where there is none */

/* Removes temporary files that killed saves left in a directory: those that nobody holds a lock on, so not those of
 * saves in progress, here or on another machine. Never fails loudly. */
void nn_file_sweep(const char *directory);

/* Creates a directory and its missing parents. True if it exists afterwards. Private ones have the mode 0700, as XDG asks;
 * those that a person names are as open as the umask leaves them. */
bool nn_file_mkdirs(const char *directory, nn_error *err);
bool nn_file_mkdirs_named(const char *directory, nn_error *err);
void nn_file_rmdir(const char *directory); /* one that is empty; others stay */

/* The system calls behind all of this; each returns what its POSIX namesake returns and sets errno. */
typedef struct nn_file_ops {
    int (*open)(const char *path, int flags, mode_t mode);
    ssize_t (*read)(int fd, void *data, size_t len);
    ssize_t (*write)(int fd, const void *data, size_t len);
    int (*fsync)(int fd);
    int (*close)(int fd);
    int (*rename)(const char *from, const char *to);
    int (*unlink)(const char *path);
    int (*ftruncate)(int fd, off_t len);
    int (*mkdir)(const char *path, mode_t mode);
    int (*flock)(int fd, int operation);
} nn_file_ops;

extern const nn_file_ops nn_file_posix;       /* the real ones */
void nn_file_set_ops(const nn_file_ops *ops); /* for tests; NULL puts the real ones back */

#ifdef __cplusplus
}
#endif

#endif
