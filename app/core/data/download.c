/* download.c - libcurl fetches, the part file is an append-only log, MD5 decides whether the result is right. */
#include "download.h"
#ifdef DIGITSCOPE_CURL
#include "app/core/clock.h"
#include "app/core/paths.h"
#include "md5.h"
#include "nn/file.h"
#include "nn/log.h"
#include "nn/stream.h"
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 5, CONNECT_SECONDS = 20, STALL_SECONDS = 30, STALL_BYTES = 100, POLL_MS = 50 };

typedef struct transfer {
    const download *download;
    nn_log *part;
    size_t have; /* bytes in the part file */
    double began;
    bool stopped; /* by progress */
    bool late;    /* its time is over */
    bool wrong;   /* what came is not what was wanted */
    nn_error *err;
    char text[CURL_ERROR_SIZE];
} transfer;

static size_t on_data(char *data, size_t size, size_t count, void *ctx)
{
    transfer *t = ctx;
    size_t len = size * count;
    if (t->have + len > t->download->cap) {
        t->wrong = true;
        nn_fail(t->err, NN_LIMIT, 0, "%s: larger than the %zu bytes expected at most", t->download->url,
                t->download->cap);
        return 0;
    }
    if (!nn_log_append(t->part, data, len, t->err))
        return 0;
    t->have += len;
    return len;
}

static bool report(transfer *t, size_t total)
{
    t->late = clock_seconds() - t->began > t->download->seconds;
    t->stopped = !t->download->progress(t->download->ctx, t->have, total);
    return !t->stopped && !t->late;
}

/* curl counts from where this transfer began. */
static int on_progress(void *ctx, curl_off_t total, curl_off_t done, curl_off_t up_total, curl_off_t up_done)
{
    (void)up_total, (void)up_done;
    transfer *t = ctx;
    return report(t, total > 0 ? t->have + (size_t)(total - done) : 0) ? 0 : 1;
}

/* Redirections included. */
static void allow_http_only(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static CURL *new_request(transfer *t)
{
    CURL *curl = curl_easy_init();
    if (!curl)
        return NULL;
    allow_http_only(curl);
    curl_easy_setopt(curl, CURLOPT_URL, t->download->url);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "digitscope/" DIGITSCOPE_VERSION);
    curl_easy_setopt(curl, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)t->have);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, t->text);
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* a name that is still looked up is left to its own thread */
#endif
    t->text[0] = '\0';
    return curl;
}

/* Until the request has ended, or report says that it shall. curl's own loop would ask only once a second. */
static CURLcode drive(CURLM *multi, transfer *t)
{
    for (int running = 1;;) {
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            return CURLE_OUT_OF_MEMORY;
        int left;
        const CURLMsg *message = curl_multi_info_read(multi, &left);
        if (message && message->msg == CURLMSG_DONE)
            return message->data.result;
        if (!report(t, 0))
            return CURLE_ABORTED_BY_CALLBACK;
        curl_multi_poll(multi, NULL, 0, POLL_MS, NULL);
    }
}

/* One request for what is missing. *status is the server's answer, 0 if there was none. */
static CURLcode request(transfer *t, long *status)
{
    CURLM *multi = curl_multi_init();
    CURL *curl = multi ? new_request(t) : NULL;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    *status = 0;
    if (curl && curl_multi_add_handle(multi, curl) == CURLM_OK) {
        code = drive(multi, t);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
        curl_multi_remove_handle(multi, curl);
    }
    curl_easy_cleanup(curl);
    curl_multi_cleanup(multi);
    return code;
}

/* Whether the same request may work a little later. */
static bool passing(CURLcode code, long status)
{
    switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: return true;
    case CURLE_HTTP_RETURNED_ERROR: return status == 408 || status == 429 || status >= 500;
    default: return false;
    }
}

static bool explain(const transfer *t, CURLcode code, long status)
{
    const char *url = t->download->url;
    if (t->late)
        return nn_fail(t->err, NN_IO, 0, "%s: not complete after %.0f minutes (%zu bytes); run it again to go on", url,
                       t->download->seconds / 60, t->have);
    switch (code) {
    case CURLE_WRITE_ERROR: return false; /* on_data has said it */
    case CURLE_COULDNT_RESOLVE_HOST:
        return nn_fail(t->err, NN_IO, 0, "%s: host not found; is there a network connection?", url);
    case CURLE_COULDNT_CONNECT:
        return nn_fail(t->err, NN_IO, 0,
                       "%s: no connection to the server; it may refuse it, or there is no network connection", url);
    case CURLE_OPERATION_TIMEDOUT: return nn_fail(t->err, NN_IO, 0, "%s: the server did not answer in time", url);
    case CURLE_PEER_FAILED_VERIFICATION:
        return nn_fail(t->err, NN_IO, 0, "%s: the server cannot prove who it is (its certificate)", url);
    case CURLE_HTTP_RETURNED_ERROR:
        return nn_fail(t->err, NN_IO, 0, "%s: the server answered %ld%s", url, status,
                       status == 404 ? ", not found" : "");
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
        return nn_fail(t->err, NN_IO, 0,
                       "%s: the connection broke off after %zu bytes, the last of %d times; "
                       "run the command again to go on from there",
                       url, t->have, TRIES);
    default: return nn_fail(t->err, NN_IO, 0, "%s: %s", url, t->text[0] ? t->text : curl_easy_strerror(code));
    }
}

/* Sleeps, but not past a stop. */
static bool wait_ms(transfer *t, int ms)
{
    for (; ms > 0; ms -= POLL_MS) {
        if (!report(t, 0))
            return false;
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
    return true;
}

static bool restart(transfer *t)
{
    t->have = 0;
    return nn_log_truncate(t->part, 0, t->err);
}

/* Requests until everything is there, the tries are used up, or it makes no sense to go on. */
static bool transfer_all(transfer *t)
{
    for (int attempt = 1;; attempt++) {
        long status;
        CURLcode code = request(t, &status);
        if (code == CURLE_OK)
            return true;
        if (t->stopped)
            return false;
        if (t->late)
            return explain(t, code, status);
        if (t->have && (code == CURLE_RANGE_ERROR || status == 416)) { /* the server knows no ranges */
            if (!restart(t))
                return false;
        } else if (!passing(code, status)) {
            return explain(t, code, status);
        }
        if (attempt == TRIES)
            return explain(t, code, status);
        if (!wait_ms(t, 500 * attempt))
            return t->late && explain(t, code, status);
    }
}

/* The content's sum, which is never in memory as a whole; false with NN_LIMIT where it is longer than cap. */
static bool sum_of(char sum[MD5_HEX], nn_stream *stream, size_t cap, nn_error *err)
{
    unsigned char piece[1 << 14];
    size_t got;
    md5 sum_so_far;
    md5_begin(&sum_so_far);
    do {
        if (!nn_stream_read(stream, piece, sizeof piece, &got, err))
            return false;
        if (nn_stream_pos(stream) > cap)
            return nn_fail(err, NN_LIMIT, cap, "larger than %zu bytes", cap);
        md5_add(&sum_so_far, piece, got);
    } while (got == sizeof piece);
    md5_end(&sum_so_far, sum);
    return true;
}

bool download_verify(const char *path, const char *wanted, size_t cap, nn_error *err)
{
    char sum[MD5_HEX];
    nn_stream *stream;
    if (!nn_stream_open(&stream, path, err))
        return false;
    bool ok = sum_of(sum, stream, cap, err) || nn_fail_in(err, path);
    nn_stream_close(stream);
    return ok && (!strcmp(sum, wanted) ||
                  nn_fail(err, NN_FORMAT, 0, "%s: wrong checksum: MD5 %s, not %s", path, sum, wanted));
}

/* A part left by an older run may itself be the wrong one; then everything is fetched once more. */
static bool transfer_and_verify(transfer *t, const char *part)
{
    bool resumed = t->have > 0;
    for (;;) {
        bool ok = transfer_all(t) && download_verify(part, t->download->md5, t->download->cap, t->err);
        t->wrong = t->wrong || (t->have > 0 && !t->stopped && (t->err->code == NN_FORMAT || t->err->code == NN_LIMIT));
        if (ok || !t->wrong)
            return ok;
        nn_error why = *t->err;
        if (!restart(t))
            return false;
        if (!resumed) {
            *t->err = why;
            return why.code == NN_FORMAT &&
                   nn_fail(t->err, NN_FORMAT, 0, "%s: not the expected content (wrong checksum); removed",
                           t->download->url);
        }
        resumed = t->wrong = false;
    }
}

download_result download_file(const download *d, nn_error *err)
{
    char part[PATHS_MAX];
    if ((size_t)snprintf(part, sizeof part, "%s.part", d->path) >= sizeof part) {
        nn_fail(err, NN_LIMIT, 0, "the path is too long");
        return DOWNLOAD_FAILED;
    }
    transfer t = {.download = d, .began = clock_seconds(), .err = err};
    *err = (nn_error){0};
    if (!nn_log_open(&t.part, part, err)) {
        if (err->code == NN_USAGE)
            nn_fail(err, NN_USAGE, 0, "%s: another process is fetching this file", part);
        return DOWNLOAD_FAILED;
    }
    t.have = nn_log_size(t.part);
    bool resumed = t.have > 0;
    /* The rename is not synced: if a crash loses it, the part is complete and the next run only checks it. */
    bool done = transfer_and_verify(&t, part) && nn_log_sync(t.part, err) && nn_file_rename(part, d->path, err);
    if (!done && t.have == 0)
        nn_file_remove(part, NULL);
    nn_log_close(t.part);
    if (t.stopped)
        return DOWNLOAD_STOPPED;
    return !done ? DOWNLOAD_FAILED : resumed ? DOWNLOAD_RESUMED : DOWNLOAD_DONE;
}
#endif
