/* mnist.c - names, checksums, addresses. */
#include "mnist.h"
#include "app/core/platform.h"
#include <stdio.h>
#include <string.h>
#ifdef DIGITSCOPE_CURL
#include <curl/curl.h>
#endif

enum { CAP = 64 << 20, URL_MAX = 4096, MOST_SECONDS = 3600 };

const mnist_file mnist_files[MNIST_FILES] = {
    {"train-images-idx3-ubyte.gz", "6bbc9ace898e44ae57da46a324031adb", 9912422},
    {"train-labels-idx1-ubyte.gz", "a25bea736e30d166cdddb491f175f624", 28881},
    {"t10k-images-idx3-ubyte.gz", "2646ac647ad5339dbf082846283269ea", 1648877},
    {"t10k-labels-idx1-ubyte.gz", "27ae3e4e09519cfbb04c329615203637", 4542},
};

bool mnist_is_named(const char *folder)
{
    char path[PATHS_MAX];
    for (int i = 0; i < MNIST_FILES; i++) {
        if (!paths_join(path, folder, mnist_files[i].name))
            return false;
        size_t packed = strlen(path), plain = packed - strlen(".gz");
        bool there = platform_exists(path);
        path[plain] = '\0';
        if (!there && !platform_exists(path))
            return false;
    }
    return true;
}

bool mnist_is_url(const char *from)
{
    return strncmp(from, "http://", 7) == 0 || strncmp(from, "https://", 8) == 0;
}

#ifdef DIGITSCOPE_CURL

bool mnist_has(int file, const char *folder, char path[PATHS_MAX])
{
    nn_error ignored;
    const char *md5 = mnist_files[file].md5;
    if (!paths_join(path, folder, mnist_files[file].name))
        return false;
    if (download_verify(path, md5, CAP, &ignored))
        return true;
    char *extension = path + strlen(path) - strlen(".gz");
    *extension = '\0';
    if (download_verify(path, md5, CAP, &ignored))
        return true;
    *extension = '.';
    return false;
}

void mnist_start(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

void mnist_end(void)
{
    curl_global_cleanup();
}

download_result mnist_fetch(int file, const char *from, const char *path, download_progress *progress, void *ctx,
                            nn_error *err)
{
    char url[URL_MAX];
    size_t len = strlen(from);
    const char *slash = len > 0 && from[len - 1] == '/' ? "" : "/";
    if ((size_t)snprintf(url, sizeof url, "%s%s%s", from, slash, mnist_files[file].name) >= sizeof url) {
        nn_fail(err, NN_LIMIT, 0, "the URL is too long");
        return DOWNLOAD_FAILED;
    }
    download wanted = {url, path, mnist_files[file].md5, CAP, MOST_SECONDS, progress, ctx};
    return download_file(&wanted, err);
}

#else

bool mnist_has(int file, const char *folder, char path[PATHS_MAX])
{
    paths_join(path, folder, mnist_files[file].name);
    return false;
}

void mnist_start(void)
{
}

void mnist_end(void)
{
}

download_result mnist_fetch(int file, const char *from, const char *path, download_progress *progress, void *ctx,
                            nn_error *err)
{
    (void)file, (void)from, (void)path, (void)progress, (void)ctx;
    nn_fail(err, NN_USAGE, 0, "built without libcurl; install libcurl4-openssl-dev and build again");
    return DOWNLOAD_FAILED;
}
#endif
