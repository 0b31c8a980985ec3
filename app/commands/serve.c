/* serve.c - `digitscope serve`: the models over HTTP, until Ctrl-C or SIGTERM. */
#include "app/core/buffer.h"
#include "app/core/console/args.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/platform.h"
#include "app/serve/guard.h"
#include "app/serve/qr_text.h"
#include "app/serve/readers.h"
#include "app/serve/server.h"
#include "commands.h"
#include "nn/file.h"
#include "nn/json.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PORT = 8137, TICK_MS = 100, LAN_RATE = 100 };

typedef struct options {
    arg_texts models;
    const char *lan, *token_file, *state;
    int port, workers;
    double rate; /* -1: not said */
    bool no_token, quiet, json, attached;
} options;

/* ---- token ------------------------------------------------------------------------------------------------------- */

static bool make_token(char token[GUARD_TOKEN + 1], nn_error *err)
{
    enum { BYTES = 16 };
    unsigned char secret[BYTES];
    if (!platform_random(secret, sizeof secret))
        return nn_fail(err, NN_IO, 0, "the system gives no random numbers for a token");
    for (size_t i = 0; i < BYTES; i++)
        snprintf(token + 2 * i, 3, "%02x", secret[i]);
    return true;
}

static bool read_token(char token[GUARD_TOKEN + 1], const char *path, nn_error *err)
{
    enum { MOST = 4096 };
    unsigned char *text;
    size_t len;
    if (!nn_file_read(path, MOST, &text, &len, err))
        return false;
    text[strcspn((char *)text, "\r\n")] = 0;
    bool ok = guard_is_token((char *)text) ||
              nn_fail(err, NN_FORMAT, 0, "%.200s: a token is 16 to %d letters, digits and - . _ ~, on one line", path,
                      GUARD_TOKEN);
    if (ok)
        memcpy(token, text, strlen((char *)text) + 1);
    nn_free(text);
    return ok;
}

static bool find_token(char token[GUARD_TOKEN + 1], const options *o, nn_error *err)
{
    *token = 0;
    return o->no_token || (o->token_file ? read_token(token, o->token_file, err) : make_token(token, err));
}

/* ---- what is said at the start ----------------------------------------------------------------------------------- */

enum { URL = 256 };
static void url_text(char url[URL], const listener *l, const char *token)
{
    bool ipv6 = strchr(l->address, ':') != NULL;
    snprintf(url, URL, "http://%s%s%s:%d/%s%s", ipv6 ? "[" : "", l->address, ipv6 ? "]" : "", l->port,
             *token ? "#" : "", token);
}

static void say_warnings(const listener *l, const char *token)
{
    if (!l->loopback)
        terminal_complain("Plain http: whoever shares this network can read along, the token too.\n");
    if (!*token)
        terminal_complain("Without a token every %s can ask for readings and use the processor.\n",
                          l->loopback ? "program and person on this machine" : "device on this network");
}

static bool say_json(const listener *l, const char *url, const char *token)
{
    return command_print_json(json_pack("{s:s, s:s, s:i, s:o}", "url", url, "address", l->address, "port", l->port,
                                        "token", *token ? json_string(token) : json_null()));
}

static bool say_start(const options *o, const listener *l, const char *token)
{
    char url[URL];
    url_text(url, l, token);
    say_warnings(l, token);
    if (o->json)
        return say_json(l, url, token);
    terminal_print("Digitscope is at %s\n", url);
    if (!l->loopback) {
        buffer code = {0};
        qr_add(&code, url, !isatty(STDOUT_FILENO));
        if (!code.failed && code.len > 0)
            terminal_write(code.data);
        buffer_free(&code);
    }
    if (*token)
        terminal_write("What follows # is the token: programs send it as \"Authorization: Bearer TOKEN\".\n");
    terminal_write("Ctrl-C ends it.\n");
    return terminal_flush();
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

static bool start(server **out, const options *o, listener *l, const char *token, nn_error *err)
{
    paths where;
    paths_find(&where, o->state);
    if (listener_is_inherited() ? !listener_inherit(l, err) : !listener_open(l, o->lan, o->port, err))
        return false;
    server_options how = {.where = &where,
                          .model = o->models.text,
                          .models = o->models.count,
                          .token = token,
                          .workers = o->workers,
                          .rate = o->rate >= 0  ? o->rate
                                  : l->loopback ? 0
                                                : LAN_RATE,
                          .log = !o->quiet};
    return server_start(out, &how, l, err);
}

/* True when whoever holds the other end of standard input is gone. */
static bool input_has_ended(void)
{
    char ignored[64];
    struct pollfd input = {STDIN_FILENO, POLLIN, 0};
    return poll(&input, 1, 0) > 0 && read(STDIN_FILENO, ignored, sizeof ignored) <= 0;
}

/* A signal is how a server is meant to end: nothing is broken off by it, so the status is that of success. */
static int run(const options *o)
{
    nn_error err;
    char token[GUARD_TOKEN + 1];
    listener l;
    server *s;
    interrupt_catch();
    if (!find_token(token, o, &err) || !start(&s, o, &l, token, &err))
        return command_fail("serve", &err);
    bool written = say_start(o, &l, token);
    while (written && !interrupted() && !(o->attached && input_has_ended())) {
        platform_sleep_ms(TICK_MS);
        server_tick(s);
    }
    server_stop(s);
    return written ? EXIT_OK : command_finish("serve", false);
}

int command_serve(int argc, char **argv)
{
    options o = {.port = PORT, .workers = platform_threads(), .rate = -1};
    const arg args[] = {
        {"model", ARG_TEXTS, &o.models, "M ...",
         "names or files; the first answers where none is asked for (default: the shipped one)", 0, 0},
        {"workers", ARG_INT, &o.workers, "N", "threads that answer (default: one per processor)", 1,
         SERVER_MAX_WORKERS},
        {"state", ARG_TEXT, &o.state, "DIR", "folder of own models, instead of the usual one", 0, 0},
        {"Where", ARG_GROUP, NULL, NULL, NULL, 0, 0},
        {"port", ARG_INT, &o.port, "N", "on 127.0.0.1; 0: one that is free (default: 8137)", 0, 65535},
        {"lan", ARG_TEXT, &o.lan, "ADDRESS", "on this address of the machine instead, for others on its network", 0, 0},
        {"Who may ask", ARG_GROUP, NULL, NULL, NULL, 0, 0},
        {"no-token", ARG_FLAG, &o.no_token, NULL, "nobody is asked for a token", 0, 0},
        {"token-file", ARG_TEXT, &o.token_file, "F",
         "take the token from the first line of a file (default: a new one each time)", 0, 0},
        {"rate", ARG_NUMBER, &o.rate, "N",
         "requests a second from one address; 0: any number (default: 100 with --lan, else 0)", 0, 1e6},
        {"Output", ARG_GROUP, NULL, NULL, NULL, 0, 0},
        {"quiet", ARG_FLAG, &o.quiet, NULL, "no line on standard error for each request", 0, 0},
        {"json", ARG_FLAG, &o.json, NULL, "address and token as one JSON object", 0, 0},
        {"attached", ARG_FLAG, &o.attached, NULL, "ends when standard input does: for programs that start it", 0, 0},
        {0},
    };
    const arg_command usage = {
        .name = "serve",
        .synopsis = "[--model M ...] [--port N] [--lan ADDRESS] [options]",
        .about = "Reads drawings and pictures over HTTP, and shows a page to draw on, until Ctrl-C. On this machine\n"
                 "alone unless --lan says otherwise; a token keeps others out.",
        .example = "--model digitscope tiny",
        .effect = "serves two models on this machine and prints the address of the page",
        .args = args,
    };
    nn_error err;
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    if (o.lan && !listener_is_address(o.lan, &err))
        return args_refuse("serve", "%s", err.text);
    if (o.models.count > READERS_MAX_MODELS)
        return args_refuse("serve", "more than %d models", READERS_MAX_MODELS);
    if (o.no_token && o.token_file)
        return args_refuse("serve", "--no-token and --token-file exclude each other");
    return run(&o);
}
