/* folder.h - what a folder holds, for choosing a file, and what a typed or pasted path means. Any thread. */
#ifndef FOLDER_H
#define FOLDER_H

#include "paths.h"
#include <dirent.h>
#include <stdint.h>

enum { FOLDER_NAME = 256, FOLDER_MAX = 5000 /* entries; more are counted but left out */ };

typedef struct folder_entry {
    char name[FOLDER_NAME];
    bool is_folder;
    uint64_t bytes;
    int64_t modified; /* s since 1970 */
} folder_entry;

/* Folders first, then files, each in the order of their names as people sort them: 2 before 10, a beside A. */
typedef struct folder_listing {
    char path[PATHS_MAX];
    folder_entry *entry;
    int count;
    int left_out;
} folder_listing;

/* The next name in an open folder, for as long as no other is asked for; NULL behind the last. False where it could not be
 * read to its end. */
bool folder_next(DIR *folder, const char **name, nn_error *err);

/* Names that begin with a dot, and what is neither a folder nor a regular file, are not listed. NN_IO where it cannot be
 * read. folder_free it. */
bool folder_list(folder_listing *out, const char *path, nn_error *err);
void folder_free(folder_listing *self);

/* Whether both are the same but for the case of Latin letters; and whether one is in the other. */
bool folder_same_name(const char *a, const char *b);
bool folder_name_has(const char *name, const char *part);

/* The path that a person means: quotes around it, a file:// address with %20 and the like, ~ for the home folder, and what
 * is relative starts in `base`. "." and ".." are resolved by name, without a look at the disk. False when it is too long. */
bool folder_resolve(char out[PATHS_MAX], const char *typed, const char *base);

/* Whether there is a folder or file of that name at all; else the error says so. */
bool folder_is_there(const char *path, nn_error *err);

/* The folder around a path; "/" for what has none. */
void folder_parent(char out[PATHS_MAX], const char *path);

#endif
