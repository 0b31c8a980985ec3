/* head.c - the checks, from who asks to what is asked for. */
#include "head.h"
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* RFC 9110: a name is a token, and the colon is right behind it. Of anything else others may make another request. */
static bool is_name(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~";
    return *name && name[strspn(name, letters)] == 0;
}

static bool is_value(const char *value)
{
    for (const char *c = value; *c; c++)
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
            return false;
    return true;
}

void head_add_header(head *h, const char *name, const char *value)
{
    const struct {
        const char *name, **at;
    } known[] = {
        {"Host", &h->host},
        {"Origin", &h->origin},
        {"Sec-Fetch-Site", &h->site},
        {"Sec-Fetch-Mode", &h->mode},
        {"Authorization", &h->authorization},
        {"Content-Type", &h->type},
        {"Content-Encoding", &h->encoding},
        {"Content-Length", &h->length},
        {"Transfer-Encoding", &h->transfer},
    };
    value = value ? value : "";
    h->odd |= !is_name(name) || !is_value(value);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(name, known[i].name) == 0) {
            h->twice |= *known[i].at != NULL;
            *known[i].at = value;
        }
}

void head_add_parameter(head *h, const char *name, const char *value)
{
    value = value ? value : "";
    if (strcmp(name, "model") == 0) {
        if (h->models < READERS_MAX_MODELS)
            h->model[h->models] = value;
        h->models++;
    } else if (strcmp(name, "numbers") == 0 && !h->numbers)
        h->numbers = value;
    else
        h->unknown = true;
}

static int refuse(int status, nn_error *err, const char *why)
{
    nn_fail(err, NN_USAGE, 0, "%s", why);
    return status;
}

/* A link on another site may lead to the page: that shows itself, and does nothing that nobody asked for. */
static bool is_visit(const head *h, const route *r)
{
    return r && strcmp(r->path, "/") == 0 && h->mode && strcmp(h->mode, "navigate") == 0;
}

static int check_sender(const head *h, const guard *g, const route *r, nn_error *err)
{
    if (h->odd)
        return refuse(400, err, "a header has characters that none may have");
    if (h->twice)
        return refuse(400, err, "a header is there twice");
    if (!h->host)
        return refuse(400, err, "the Host header is missing");
    if (!guard_knows_host(g, h->host))
        return refuse(421, err, "this server has another name: its address is the one that it printed");
    if (!guard_knows_origin(g, h->origin) || (!guard_knows_site(h->site) && !is_visit(h, r)))
        return refuse(403, err, "pages of other places may not ask");
    return 200;
}

static int check_route(const head *h, const guard *g, const route *r, nn_error *err)
{
    if (!r)
        return refuse(404, err, "there is nothing of this name; /v1/openapi.json says what there is");
    bool get = strcmp(h->method, "GET") == 0 || strcmp(h->method, "HEAD") == 0;
    if (route_posts(r) ? strcmp(h->method, "POST") != 0 : !get)
        return refuse(405, err, route_posts(r) ? "this takes POST" : "this takes GET");
    if (!r->open && !guard_knows_token(g, h->authorization))
        return refuse(401, err, h->authorization ? "the token is another one" : "the token is missing");
    return 200;
}

/* All digits. What does not fit is SIZE_MAX, which is more than anything may have. */
static bool parse_length(const char *text, size_t *length)
{
    enum { DIGITS = 19 }; /* fit into 64 bits; size_t may have 32 */
    size_t n = strspn(text, "0123456789");
    uint64_t said = 0;
    for (size_t i = 0; i < n && n <= DIGITS; i++)
        said = 10 * said + (uint64_t)(text[i] - '0');
    *length = n > DIGITS || said > SIZE_MAX ? SIZE_MAX : (size_t)said;
    return n > 0 && text[n] == 0;
}

/* "image/png" in "image/png; name=7". */
static bool is_type(const char *value, const char *type)
{
    size_t n = strlen(type);
    return value && strncasecmp(value, type, n) == 0 && (value[n] == 0 || strchr("; \t", value[n]));
}

static int check_type(order *out, const head *h, const route *r, nn_error *err)
{
    if (h->encoding && strcasecmp(h->encoding, "identity") != 0)
        return refuse(415, err, "the body must not be compressed");
    out->kind = READING_BATCH;
    if (r->kind == ROUTE_BATCH)
        return is_type(h->type, "application/x-ndjson")
                   ? 200
                   : refuse(415, err, "this takes application/x-ndjson, a drawing a line");
    out->kind = is_type(h->type, "image/png")    ? READING_PNG
                : is_type(h->type, "image/jpeg") ? READING_JPEG
                                                 : READING_STROKES;
    return out->kind != READING_STROKES || is_type(h->type, "application/json")
               ? 200
               : refuse(415, err, "this takes application/json, image/png or image/jpeg");
}

static int check_body(order *out, const head *h, nn_error *err)
{
    if (!route_posts(out->route)) {
        bool none = !h->transfer && (!h->length || (parse_length(h->length, &out->length) && out->length == 0));
        return none ? 200 : refuse(400, err, "this takes no body");
    }
    if (h->transfer || !h->length)
        return refuse(411, err, "the length must be said before, by Content-Length alone");
    if (!parse_length(h->length, &out->length) || out->length == 0)
        return refuse(400, err, "there is nothing to read");
    int status = check_type(out, h, out->route, err);
    if (status == 200 && out->length > reading_max_bytes(out->kind)) {
        nn_fail(err, NN_LIMIT, 0, "more than %zu bytes", reading_max_bytes(out->kind));
        return 413;
    }
    return status;
}

/* What a page is asked with is for others, as counters of visits. */
static int check_parameters(order *out, const head *h, nn_error *err)
{
    if (!route_posts(out->route))
        return out->route->kind == ROUTE_ASSET || (!h->models && !h->numbers && !h->unknown)
                   ? 200
                   : refuse(400, err, "this takes no parameters");
    if (h->unknown)
        return refuse(400, err, "of parameters there are model, as often as wanted, and numbers, once");
    if (h->numbers && strcmp(h->numbers, "0") != 0 && strcmp(h->numbers, "1") != 0)
        return refuse(400, err, "numbers is 1, for numbers of one or more digits, or 0");
    return 200;
}

static int check_models(order *out, const head *h, const readers *all, nn_error *err)
{
    if (h->models > READERS_MAX_MODELS)
        return refuse(400, err, "too many models");
    out->models = (choice){.count = h->models ? h->models : 1, .numbers = h->numbers && *h->numbers == '1'};
    for (int i = 0; i < h->models; i++) {
        out->models.model[i] = readers_find(all, h->model[i]);
        if (out->models.model[i] < 0)
            return refuse(400, err, "a model is named that is not served; /v1/models lists those that are");
        for (int j = 0; j < i; j++)
            if (out->models.model[j] == out->models.model[i])
                return refuse(400, err, "a model is named twice");
    }
    return 200;
}

int head_check(order *out, const head *h, const guard *g, const readers *all, nn_error *err)
{
    *out = (order){.route = route_find(h->path)};
    int status = check_sender(h, g, out->route, err);
    if (status == 200)
        status = check_route(h, g, out->route, err);
    if (status == 200)
        status = check_body(out, h, err);
    if (status == 200)
        status = check_parameters(out, h, err);
    return status == 200 ? check_models(out, h, all, err) : status;
}
