/* mnist.h - the four files of MNIST and how they get here. */
#ifndef MNIST_H
#define MNIST_H

#include "app/core/paths.h"
#include "download.h"

#define MNIST_MIRROR "https://ossci-datasets.s3.amazonaws.com/mnist"

enum { MNIST_FILES = 4 };

typedef struct mnist_file {
    const char *name, *md5; /* the sum is of the unpacked file */
    size_t bytes;           /* packed */
} mnist_file;
extern const mnist_file mnist_files[MNIST_FILES];

/* True when a file is in the folder with the right content, packed or not; path gets its place, or where it belongs. */
bool mnist_has(int file, const char *folder, char path[PATHS_MAX]);

/* Whether all files are in the folder, packed or not, by their names alone. */
bool mnist_is_named(const char *folder);

/* Whether a URL is one that can be fetched from. */
bool mnist_is_url(const char *from);

/* Around all fetching: before the first thread that does so, and at the end. */
void mnist_start(void);
void mnist_end(void);

/* Fetches one file from the folder `from` of a server to path. Blocks. DOWNLOAD_FAILED with NN_USAGE when the
 * program was built without libcurl. */
download_result mnist_fetch(int file, const char *from, const char *path, download_progress *progress, void *ctx,
                            nn_error *err);

#endif
