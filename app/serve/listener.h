/* listener.h - the socket that is listened on: loopback, one chosen address of this machine, or one that systemd has
 * opened already. */
#ifndef LISTENER_H
#define LISTENER_H

#include "address.h"
#include "nn/error.h"

typedef struct listener {
    int socket;
    char address[ADDRESS_TEXT];
    int port;
    bool loopback;
} listener;

/* Whether a text is one internet address; err says which ones this machine has where it is not. */
bool listener_is_address(const char *lan, nn_error *err);

/* lan: an address of this machine, NULL: 127.0.0.1. port 0: one that is free. */
bool listener_open(listener *out, const char *lan, int port, nn_error *err);

/* Whether systemd has handed a socket over (sd_listen_fds(3)). It stands for its address and port. */
bool listener_is_inherited(void);
bool listener_inherit(listener *out, nn_error *err);

#endif
