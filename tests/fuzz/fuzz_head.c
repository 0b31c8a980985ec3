/* fuzz_head.c - heads of requests: what is taken names one of the server's own paths, has a host and a token that are the
 * right ones, and a body of a length that was said and is allowed; what is refused has a status and says why. The first
 * line is the method and the path, then there is a header a line, or a parameter behind a question mark. */
#include "app/serve/head.h"
#include "fuzz.h"
#include "nn/alloc.h"
#include <string.h>

const char *const fuzz_words[] = {"POST ",
                                  "GET ",
                                  "/v1/predict",
                                  "/v1/predict/batch",
                                  "/v1/models",
                                  "Host: 127.0.0.1:8137\n",
                                  "Origin: http://127.0.0.1:8137\n",
                                  "Sec-Fetch-Site: same-origin\n",
                                  "Sec-Fetch-Mode: navigate\n",
                                  "Authorization: Bearer abcdefghijklmnop\n",
                                  "Content-Type: image/png\n",
                                  "Content-Encoding: gzip\n",
                                  "Content-Length: ",
                                  "Transfer-Encoding: chunked\n",
                                  "?model=tiny\n",
                                  "?numbers=1\n",
                                  "18446744073709551616",
                                  "\n",
                                  NULL};

static const char token[] = "abcdefghijklmnop", host[] = "127.0.0.1:8137";

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    static const char *const heads[] = {
        "POST /v1/predict\nHost: 127.0.0.1:8137\nAuthorization: Bearer abcdefghijklmnop\n"
        "Content-Type: application/json\nContent-Length: 46\n?model=tiny\n?numbers=1\n",
        "POST /v1/predict/batch\nHost: 127.0.0.1:8137\nAuthorization: Bearer abcdefghijklmnop\n"
        "Content-Type: application/x-ndjson; a=b\nContent-Length: 1048576\nOrigin: http://127.0.0.1:8137\n",
        "GET /\nHost: 127.0.0.1:8137\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\n",
        "POST /v1/predict\nHost: 127.0.0.1:8137\nAuthorization: Bearer abcdefghijklmnop\n"
        "Content-Type: image/png\nContent-Length: 16777216\nTransfer-Encoding: chunked\n",
        "POST /v1/predict\nHost: evil.example\nAuthorization: Bearer abcdefghijklmnop\n"
        "Content-Type: image/jpeg\nContent-Length: 1000\n",
        "POST /v1/predict\nHost: 127.0.0.1:8137\nOrigin: http://evil.example\nAuthorization: Bearer abcdefghijklmno\n"
        "Content-Type: application/json\nContent-Length: 65537\n?model=other\n",
        "GET /v1/models\nHost: 127.0.0.1:8137\nAuthorization: Bearer abcdefghijklmnop\nSec-Fetch-Site: none\n",
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        add(heads[i], strlen(heads[i]));
}

/* The two sides of a separator, which it becomes the end of the first one; NULL without one. */
static const char *split(char *line, const char *separator)
{
    char *at = strstr(line, separator);
    if (!at)
        return NULL;
    *at = 0;
    return at + strlen(separator);
}

/* Points into the text, which it cuts up. */
static void read_head(head *h, char *text)
{
    char *next = strchr(text, '\n');
    *h = (head){.method = text};
    if (next)
        *next++ = 0;
    h->path = split(text, " ");
    h->path = h->path ? h->path : "";
    for (char *line = next; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        if (*line == '?') {
            const char *value = split(line + 1, "=");
            head_add_parameter(h, line + 1, value);
        } else {
            const char *value = split(line, ": ");
            head_add_header(h, line, value);
        }
    }
}

static void check_taken(const order *o, const head *h, const readers *all)
{
    FUZZ_REQUIRE(o->route && o->route == route_find(h->path));
    FUZZ_REQUIRE(!h->twice && !h->odd && h->host && strcmp(h->host, host) == 0);
    FUZZ_REQUIRE(!h->origin || strcmp(h->origin, "http://127.0.0.1:8137") == 0);
    FUZZ_REQUIRE(o->route->open ||
                 (strncmp(h->authorization, "Bearer ", 7) == 0 && strcmp(h->authorization + 7, token) == 0));
    FUZZ_REQUIRE(!h->transfer);
    if (!route_posts(o->route)) {
        FUZZ_REQUIRE(o->length == 0 && strcmp(h->method, "POST") != 0);
        return;
    }
    FUZZ_REQUIRE(strcmp(h->method, "POST") == 0 && o->length > 0 && o->length <= reading_max_bytes(o->kind));
    FUZZ_REQUIRE((o->kind == READING_BATCH) == (o->route->kind == ROUTE_BATCH) && !h->unknown);
    FUZZ_REQUIRE(o->models.count >= 1 && o->models.count <= readers_models(all)); /* each once */
    for (int i = 0; i < o->models.count; i++)
        FUZZ_REQUIRE(o->models.model[i] >= 0 && o->models.model[i] < readers_models(all));
}

/* A small model, opened for each input, so that what is live is the same before and after. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char *const tiny[] = {TEST_SOURCE "/../models/tiny.safetensors"};
    static const int statuses[] = {400, 401, 403, 404, 405, 411, 413, 415, 421};
    paths where = {.models = ""};
    nn_error err = {0};
    readers *all;
    head h;
    order o;
    guard g = {0};
    guard_add_host(&g, "127.0.0.1", 8137);
    memcpy(g.token, token, sizeof token);
    char *text = nn_alloc(len + 1, 1);
    FUZZ_REQUIRE(text && readers_open(&all, &where, tiny, 1, 1, &err));
    if (len > 0)
        memcpy(text, data, len);
    read_head(&h, text);
    int status = head_check(&o, &h, &g, all, &err);
    bool known = status == 200;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        known |= status == statuses[i];
    FUZZ_REQUIRE(known);
    if (status == 200)
        check_taken(&o, &h, all);
    else
        FUZZ_REQUIRE(strlen(err.text) > 10);
    readers_close(all);
    nn_free(text);
    return 0;
}
