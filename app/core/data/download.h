/* download.h - one file over HTTP: resumed where it broke off, tried again, checked, and only then put in its place. */
#ifndef DOWNLOAD_H
#define DOWNLOAD_H

#include "nn/error.h"

/* How far it is; total is 0 while unknown. False stops the download. */
typedef bool download_progress(void *ctx, size_t done, size_t total);

typedef struct download {
    const char *url;
    const char *path; /* of the finished file; PATH.part holds what there is of it until then */
    const char *md5;  /* of the content, unpacked where it is gzip */
    size_t cap;       /* bytes; a longer file, packed or unpacked, is refused */
    double seconds;   /* all of it may take so long, however little comes at a time */
    download_progress *progress;
    void *ctx;
} download;

typedef enum download_result {
    DOWNLOAD_FAILED,  /* err says why; PATH.part is kept unless it is empty, wrong or too large */
    DOWNLOAD_STOPPED, /* progress said so; PATH.part is kept */
    DOWNLOAD_DONE,
    DOWNLOAD_RESUMED /* done, and a part of it was there before */
} download_result;

/* Needs curl_global_init before. Blocks; one thread per file. */
download_result download_file(const download *download, nn_error *err);

/* Whether the file exists and its content, unpacked where it is gzip, has this sum. */
bool download_verify(const char *path, const char *wanted, size_t cap, nn_error *err);

#endif
