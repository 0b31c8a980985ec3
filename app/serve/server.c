/* server.c - the daemon of libmicrohttpd: from its callbacks to head, body and answer. */
#include "server.h"
#include "access_log.h"
#include "app/core/clock.h"
#include "app/core/embedded.h"
#include "app/core/platform.h"
#include "clients.h"
#include "head.h"
#include "lane.h"
#include "nn/alloc.h"
#include "nn/json.h"
#include "nn/thread.h"
#include "rate.h"
#include <string.h>
#include <unistd.h>

#ifdef DIGITSCOPE_SERVE
#include <microhttpd.h>
#include <stdatomic.h>

enum {
    LANE_THREADS = 2,
    IDLE_SECONDS = 10,     /* without a byte */
    HEAD_BYTES = 16 << 10, /* of memory for a connection, head included */
    SWALLOWED = 64 << 10,  /* of the body of a refused request, so that its answer arrives; from there on it is cut */
    DRAIN_SECONDS = 10,    /* for requests that are under way at the end */
    ENDING_SECONDS = 3,    /* for saying to the rest that they are given up */
    TICK_MS = 20
};

static const double moment = 0.1; /* seconds */

struct server {
    guard guard;
    readers *readers;
    lane *lane;
    clients *clients;
    rate *rate;
    struct MHD_Daemon *daemon;
    bool log;
    atomic_bool draining, /* requests under way are answered yet */
        ended;            /* no more */
    double began;
};

/* From its head to the end of its answer. */
typedef struct request {
    server *server;
    struct MHD_Connection *connection;
    client *client;
    const char *method, *path; /* as long as the connection works on it */
    order order;
    unsigned char *body; /* NULL: it is swallowed */
    size_t received;
    int status;        /* of the answer, 0 until it is known */
    char *text;        /* the answer */
    const char *fixed; /* or one that is compiled in, of so many bytes */
    size_t fixed_len;
    double began;
} request;

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static const char *title_of(int status)
{
    switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 421: return "Misdirected Request";
    case 429: return "Too Many Requests";
    case 503: return "Service Unavailable";
    default: return "Internal Server Error";
    }
}

/* A problem in the form of RFC 9457. */
static void set_problem(request *r, int status, const nn_error *err)
{
    json_t *json =
        json_pack("{s:s, s:i, s:o}", "title", title_of(status), "status", status, "detail", nn_json_string(err->text));
    r->status = status;
    r->text = nn_json_text(json, 0);
    json_decref(json);
}

static void set_refusal(request *r, int status, const char *why)
{
    nn_error err;
    nn_fail(&err, NN_LIMIT, 0, "%s", why);
    set_problem(r, status, &err);
}

static void set_json(request *r, json_t *json)
{
    r->text = nn_json_text(json, JSON_REAL_PRECISION(9));
    json_decref(json);
    if (r->text)
        r->status = 200;
    else
        set_refusal(r, 503, "out of memory");
}

static void set_asset(request *r)
{
    const embedded_file *file = embedded_find(r->order.route->asset);
    r->fixed = (const char *)file->data;
    r->fixed_len = (size_t)(file->end - file->data);
    r->status = 200;
}

static void set_health(request *r)
{
    const server *s = r->server;
    set_json(r, json_pack("{s:s, s:s, s:i, s:f}", "status", "ok", "version", DIGITSCOPE_VERSION, "models",
                          readers_models(s->readers), "uptime_s", clock_seconds() - s->began));
}

/* False where that would not be brief. */
static bool set_reading(request *r, bool brief)
{
    nn_error err;
    reader *with = readers_take(r->server->readers);
    r->order.models.brief = brief;
    r->order.models.until = clock_seconds() + READING_SECONDS;
    r->order.models.stop = &r->server->ended;
    r->status = reading_read(&r->text, with, &r->order.models, r->order.kind, (const char *)r->body, r->received, &err);
    readers_give(r->server->readers, with);
    if (r->status == READING_LONG)
        return false;
    if (r->status != 200)
        set_problem(r, r->status, &err);
    return true;
}

/* ---- sending ----------------------------------------------------------------------------------------------------- */

static void add_headers(struct MHD_Response *out, const request *r)
{
    static const char page[] =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                      data[] = "default-src 'none'; frame-ancestors 'none'";
    const route *to = r->order.route;
    bool is_page = r->status == 200 && strcmp(to->path, "/") == 0;
    MHD_add_response_header(out, "Content-Type", r->status == 200 ? to->type : "application/problem+json");
    MHD_add_response_header(out, "Content-Security-Policy", is_page ? page : data);
    MHD_add_response_header(out, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(out, "Cross-Origin-Resource-Policy", "same-origin");
    MHD_add_response_header(out, "Referrer-Policy", "no-referrer");
    MHD_add_response_header(out, "Cache-Control", "no-store");
    if (r->status == 401)
        MHD_add_response_header(out, "WWW-Authenticate", "Bearer");
    if (r->status == 405)
        MHD_add_response_header(out, "Allow", route_posts(to) ? "POST" : "GET, HEAD");
    if (r->status == 429 || r->status == 503)
        MHD_add_response_header(out, "Retry-After", "1");
    if (atomic_load(&r->server->draining))
        MHD_add_response_header(out, "Connection", "close");
}

static enum MHD_Result send_answer(request *r)
{
    static char nothing[] = "";
    size_t len = r->text ? strlen(r->text) : r->fixed_len;
    const char *bytes = r->fixed ? r->fixed : nothing;
    struct MHD_Response *out =
        r->text ? MHD_create_response_from_buffer_with_free_callback(len, r->text, nn_free)
                : MHD_create_response_from_buffer(len, (void *)(uintptr_t)bytes, MHD_RESPMEM_PERSISTENT);
    if (!out)
        return MHD_NO;
    r->text = NULL; /* the response frees it */
    add_headers(out, r);
    clients_turn(r->server->clients, r->client, CLIENT_TAKES);
    enum MHD_Result done = MHD_queue_response(r->connection, (unsigned)r->status, out);
    MHD_destroy_response(out);
    return done;
}

/* ---- from head to answer ----------------------------------------------------------------------------------------- */

static enum MHD_Result take_header(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    head_add_header(ctx, name, value);
    return MHD_YES;
}

static enum MHD_Result take_parameter(void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    head_add_parameter(ctx, name, value);
    return MHD_YES;
}

static const struct sockaddr *sender(struct MHD_Connection *c)
{
    return MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
}

static bool hold_body(request *r)
{
    if (clients_hold(r->server->clients, r->client, r->order.length))
        r->body = nn_alloc(r->order.length, 1);
    return r->body != NULL;
}

static void check_head(request *r)
{
    nn_error err;
    head h = {.method = r->method, .path = r->path};
    address from = address_of(sender(r->connection));
    MHD_get_connection_values(r->connection, MHD_HEADER_KIND, take_header, &h);
    MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, take_parameter, &h);
    int status = head_check(&r->order, &h, &r->server->guard, r->server->readers, &err);
    if (!rate_allows(r->server->rate, &from, r->began))
        set_refusal(r, 429, "too many requests a second");
    else if (status != 200)
        set_problem(r, status, &err);
    else if (r->order.length > 0 && !hold_body(r))
        set_refusal(r, 503, "too much is being sent at once");
}

/* Whether a body may still come behind a refused head. */
static bool is_short(struct MHD_Connection *c)
{
    const char *length = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Content-Length"),
               *transfer = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Transfer-Encoding");
    return length && !transfer && strlen(length) <= 6 && strtoul(length, NULL, 10) <= SWALLOWED;
}

static enum MHD_Result begin(server *s, struct MHD_Connection *c, const char *method, const char *path, void **ctx)
{
    request *r = *ctx = nn_alloc(1, sizeof *r);
    if (!r)
        return MHD_NO;
    r->server = s;
    r->connection = c;
    r->client = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    r->method = method;
    r->path = path;
    r->began = clock_seconds();
    if (!r->client)
        return MHD_NO;
    check_head(r);
    if (!r->status) /* who is refused has no request under way */
        clients_turn(s->clients, r->client, CLIENT_SENDS);
    return r->status && !is_short(c) ? send_answer(r) : MHD_YES;
}

/* Never more than the length that was said. */
static void take_body(request *r, const char *data, size_t len)
{
    size_t length = r->order.length;
    if (r->body && r->received <= length && len <= length - r->received)
        memcpy(r->body + r->received, data, len);
    r->received += len;
}

static void answer_slowly(void *ctx, void *item, bool dropped)
{
    (void)ctx;
    request *r = item;
    if (dropped)
        set_refusal(r, 503, "the server is being stopped");
    else
        set_reading(r, false);
    MHD_resume_connection(r->connection);
}

static enum MHD_Result wait_in_lane(request *r)
{
    address from = address_of(sender(r->connection));
    MHD_suspend_connection(r->connection);
    if (lane_push(r->server->lane, r, &from))
        return MHD_YES;
    set_refusal(r, 503, "there is enough to read already that takes long, as pictures, batches and numbers do");
    MHD_resume_connection(r->connection);
    return MHD_YES;
}

/* Everything has come. */
static enum MHD_Result finish(request *r)
{
    clients_turn(r->server->clients, r->client, CLIENT_WAITS);
    switch (r->order.route->kind) {
    case ROUTE_ASSET: set_asset(r); break;
    case ROUTE_HEALTH: set_health(r); break;
    case ROUTE_MODELS: set_json(r, readers_json(r->server->readers)); break;
    case ROUTE_PREDICT:
    case ROUTE_BATCH:
        if (!set_reading(r, true))
            return wait_in_lane(r);
    }
    return send_answer(r);
}

/* ---- callbacks --------------------------------------------------------------------------------------------------- */

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *path, const char *method,
                                  const char *version, const char *data, size_t *len, void **ctx)
{
    (void)version;
    request *r = *ctx;
    if (!r)
        return begin(cls, c, method, path, ctx);
    if (*len > 0) {
        take_body(r, data, *len);
        *len = 0;
        return MHD_YES;
    }
    return r->status ? send_answer(r) : finish(r);
}

static void on_end(void *cls, struct MHD_Connection *c, void **ctx, enum MHD_RequestTerminationCode code)
{
    server *s = cls;
    request *r = *ctx;
    if (!r)
        return;
    if (s->log)
        access_log(&(access_entry){.from = sender(c),
                                   .method = r->method,
                                   .path = r->path,
                                   .status = code == MHD_REQUEST_TERMINATED_COMPLETED_OK ? r->status : 0,
                                   .received = r->received,
                                   .ms = 1e3 * (clock_seconds() - r->began)});
    nn_free(r->body);
    nn_free(r->text);
    if (r->client)
        clients_turn(s->clients, r->client, CLIENT_IDLE);
    nn_free(r);
    *ctx = NULL;
}

static void on_connection(void *cls, struct MHD_Connection *c, void **socket_ctx,
                          enum MHD_ConnectionNotificationCode code)
{
    server *s = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        address from = address_of(sender(c));
        *socket_ctx =
            clients_add(s->clients, MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd, &from);
    } else {
        clients_remove(s->clients, *socket_ctx);
        *socket_ctx = NULL;
    }
}

/* A zero byte would end a path or name before its end: what has one is left as it is, and so is the name of nothing. */
static size_t unescape(void *cls, struct MHD_Connection *c, char *text)
{
    (void)cls;
    (void)c;
    return strstr(text, "%00") ? strlen(text) : MHD_http_unescape(text);
}

/* ---- start and stop ---------------------------------------------------------------------------------------------- */

static void name_hosts(guard *g, const listener *l)
{
    guard_add_host(g, l->address, l->port);
    if (l->loopback) {
        guard_add_host(g, "127.0.0.1", l->port);
        guard_add_host(g, "localhost", l->port);
    }
}

static bool start_daemon(server *s, const server_options *o, const listener *l, nn_error *err)
{
    unsigned flags = MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME;
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, l->socket, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)o->workers, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CLIENTS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)CLIENTS_MAX_OF_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_NOTIFY_COMPLETED, on_end, s, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, s, MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_THREAD_STACK_SIZE,
        (size_t)NN_THREAD_STACK, MHD_OPTION_END);
    return s->daemon || nn_fail(err, NN_IO, 0, "the server could not be started: threads or files are all in use");
}

static void free_server(server *s)
{
    lane_close(s->lane);
    if (s->daemon)
        MHD_stop_daemon(s->daemon);
    lane_free(s->lane);
    readers_close(s->readers);
    clients_free(s->clients);
    rate_free(s->rate);
    nn_free(s);
}

bool server_start(server **out, const server_options *o, const listener *l, nn_error *err)
{
    server *s = *out = nn_alloc(1, sizeof *s);
    bool ok = s || nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (s) {
        s->log = o->log;
        s->began = clock_seconds();
        name_hosts(&s->guard, l);
        memcpy(s->guard.token, o->token, strlen(o->token) + 1);
    }
    ok = ok && readers_open(&s->readers, o->where, o->model, o->models, o->workers + LANE_THREADS, err) &&
         clients_new(&s->clients, err) && rate_new(&s->rate, o->rate, err) &&
         lane_open(&s->lane, LANE_THREADS, answer_slowly, s, err) && start_daemon(s, o, l, err);
    if (!ok) {
        if (s)
            free_server(s);
        close(l->socket);
        *out = NULL;
    }
    return ok;
}

void server_tick(server *s)
{
    clients_expire(s->clients, clock_seconds());
}

/* Until none has been under way for a moment: what lies in a socket is seen in that time. */
static void await_requests(const server *s, double seconds)
{
    double began = clock_seconds(), idle = began;
    for (double now = began; now - idle < moment && now - began < seconds; now = clock_seconds()) {
        if (clients_busy(s->clients) > 0)
            idle = now;
        platform_sleep_ms(TICK_MS);
    }
}

void server_stop(server *s)
{
    if (!s)
        return;
    atomic_store(&s->draining, true);
    int socket = MHD_quiesce_daemon(s->daemon);
    if (socket >= 0)
        close(socket);
    await_requests(s, DRAIN_SECONDS);
    atomic_store(&s->ended, true);
    await_requests(s, ENDING_SECONDS);
    free_server(s);
}

#else

bool server_start(server **out, const server_options *o, const listener *l, nn_error *err)
{
    (void)o;
    *out = NULL;
    close(l->socket);
    return nn_fail(err, NN_USAGE, 0, "this build was made without libmicrohttpd");
}

void server_tick(server *s)
{
    (void)s;
}

void server_stop(server *s)
{
    (void)s;
}

#endif
