/* server.h - the models over HTTP: /v1/predict and others (assets/serve/openapi.json), and a page to draw on.
 *
 * Workers each wait for many connections; what takes a worker less than a millisecond it answers itself, pictures and
 * batches go to a lane of their own (lane.h). Without libmicrohttpd there is no server, and server_start says so. */
#ifndef SERVER_H
#define SERVER_H

#include "app/core/paths.h"
#include "listener.h"

enum { SERVER_MAX_WORKERS = 64 };

typedef struct server_options {
    const paths *where;
    const char *const *model; /* readers_open */
    int models;
    const char *token; /* "": nobody is asked for one */
    int workers;       /* 1..SERVER_MAX_WORKERS */
    double rate;       /* requests a second and address; 0: no limit */
    bool log;          /* requests, on standard error */
} server_options;

typedef struct server server;

/* Takes the listener's socket over, also on failure. */
bool server_start(server **server, const server_options *options, const listener *listener, nn_error *err);

/* To be called some times a second: cuts off who takes too long. */
void server_tick(server *server);

/* Takes no more connections, lets those requests end that are under way, for at most some seconds, and stops. Frees the
 * server. NULL is allowed. */
void server_stop(server *server);

#endif
