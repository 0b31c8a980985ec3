/* clients.h - who is connected, and for how long each has been at what it does.
 *
 * A server waits for the bytes of others. Whoever takes too long over a request or an answer is cut off, whatever
 * trickles in meanwhile; and where an address, or all, have so many connections that others might find no room, the one
 * that has asked for nothing for longest has to go. Any thread. */
#ifndef CLIENTS_H
#define CLIENTS_H

#include "address.h"
#include "nn/error.h"
#include <stddef.h>

/* From the roomy numbers on the longest idle connection goes for each that comes. That takes a moment in which more may
 * come, so the hard limits are far above: what would be beyond them has to wait, or of an address is closed. */
enum {
    CLIENTS_ROOMY = 192, /* in all */
    CLIENTS_ROOMY_OF_ADDRESS = 96,
    CLIENTS_MAX = 512,
    CLIENTS_MAX_OF_ADDRESS = 384,
    CLIENTS_SECONDS = 30 /* for a request, and for taking an answer */
};

/* Bytes of bodies that come at a time. Small ones always have room: of all connections together they are 32 MiB. */
enum { CLIENTS_SMALL = 64 << 10, CLIENTS_MAX_HELD = 64 << 20, CLIENTS_MAX_HELD_OF_ADDRESS = 32 << 20 };

typedef struct clients clients;
typedef struct client client;

typedef enum client_state {
    CLIENT_IDLE,  /* it may send the head of a request */
    CLIENT_SENDS, /* the head was taken, the rest of the request comes */
    CLIENT_WAITS, /* for us */
    CLIENT_TAKES  /* the answer */
} client_state;

bool clients_new(clients **clients, nn_error *err);
void clients_free(clients *clients); /* when all are gone; NULL is allowed */

/* A new connection; NULL when out of memory. Its socket must stay open until it is removed. */
client *clients_add(clients *clients, int socket, const address *from);
void clients_remove(clients *clients, client *client); /* NULL is allowed */

void clients_turn(clients *clients, client *client, client_state state);

/* Room for the body of a request, until the client is idle again; false where all together, or its address, have that
 * much already. */
bool clients_hold(clients *clients, client *client, size_t bytes);

/* Cuts off whoever has taken more than CLIENTS_SECONDS. now: clock_seconds. */
void clients_expire(clients *clients, double now);

/* How many have a request under way. */
int clients_busy(clients *clients);

#endif
