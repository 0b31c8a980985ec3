/* listener.c - binding, and what to say where that fails. */
#include "listener.h"
#include "app/core/share/lan.h"
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 128, INHERITED = 3 /* the first one after standard input, output and error */ };

typedef union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage room;
} any_address;

static bool describe(listener *l, nn_error *err)
{
    any_address bound;
    socklen_t size = sizeof bound;
    if (getsockname(l->socket, &bound.any, &size) != 0 ||
        (bound.any.sa_family != AF_INET && bound.any.sa_family != AF_INET6))
        return nn_fail(err, NN_IO, 0, "the socket is none of the internet");
    address_text(l->address, &bound.any);
    l->port = ntohs(bound.any.sa_family == AF_INET ? bound.v4.sin_port : bound.v6.sin6_port);
    l->loopback = address_is_loopback(&bound.any);
    return !address_is_wildcard(&bound.any) ||
           nn_fail(err, NN_USAGE, 0, "the socket is bound to all addresses: it needs one, so that others are refused");
}

/* "192.168.1.20, 10.0.0.3": what --lan may be. */
static void list_addresses(char *text, size_t size)
{
    char there[LAN_MOST][LAN_ADDRESS];
    size_t used = 0;
    *text = 0;
    for (int i = 0, count = lan_addresses(there); i < count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", there[i]);
}

static bool refuse_address(const char *lan, const char *why, nn_error *err)
{
    char there[200];
    list_addresses(there, sizeof there);
    return nn_fail(err, NN_USAGE, 0, "--lan %.60s: %s; this machine has %s", lan, why,
                   *there ? there : "none but loopback");
}

static bool parse(any_address *out, socklen_t *size, const char *lan, int port, nn_error *err)
{
    char service[16];
    struct addrinfo how = {.ai_flags = AI_NUMERICHOST | AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *found;
    snprintf(service, sizeof service, "%d", port);
    if (getaddrinfo(lan, service, &how, &found) != 0)
        return refuse_address(lan, "is no address as 192.168.1.20", err);
    memcpy(out, found->ai_addr, found->ai_addrlen);
    *size = found->ai_addrlen;
    freeaddrinfo(found);
    return !address_is_wildcard(&out->any) || refuse_address(lan, "stands for all addresses, one is to be chosen", err);
}

bool listener_is_address(const char *lan, nn_error *err)
{
    any_address at;
    socklen_t size;
    return parse(&at, &size, lan, 0, err);
}

static bool fail_bind(const char *lan, int port, int why, nn_error *err)
{
    if (why == EADDRNOTAVAIL)
        return refuse_address(lan, "is no address of this machine", err);
    if (why == EADDRINUSE)
        return nn_fail(err, NN_IO, 0, "port %d is taken by another program; --port chooses another", port);
    if (why == EACCES)
        return nn_fail(err, NN_IO, 0, "port %d is not for everybody; those from 1024 on are", port);
    return nn_fail(err, NN_IO, 0, "port %d: %s", port, strerror(why));
}

bool listener_open(listener *l, const char *lan, int port, nn_error *err)
{
    any_address at;
    socklen_t size = 0;
    int yes = 1;
    *l = (listener){.socket = -1};
    if (!parse(&at, &size, lan ? lan : "127.0.0.1", port, err))
        return false;
    l->socket = socket(at.any.sa_family, SOCK_STREAM, 0);
    if (l->socket < 0)
        return nn_fail(err, NN_IO, 0, "no socket: %s", strerror(errno));
    setsockopt(l->socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    bool ok = bind(l->socket, &at.any, size) == 0 && listen(l->socket, BACKLOG) == 0;
    ok = (ok || fail_bind(lan, port, errno, err)) && describe(l, err);
    if (!ok)
        close(l->socket);
    return ok;
}

bool listener_is_inherited(void)
{
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    return pid && count && strtol(pid, NULL, 10) == (long)getpid() && strtol(count, NULL, 10) > 0;
}

bool listener_inherit(listener *l, nn_error *err)
{
    int listens = 0;
    socklen_t size = sizeof listens;
    *l = (listener){.socket = INHERITED};
    if (strtol(getenv("LISTEN_FDS"), NULL, 10) > 1)
        return nn_fail(err, NN_USAGE, 0, "more than one socket was handed over");
    if (getsockopt(l->socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens)
        return nn_fail(err, NN_USAGE, 0, "what was handed over is no socket that listens");
    return describe(l, err);
}
