/* clients.c - a list under a lock; a connection is cut off by shutting its socket down, which the server then closes. */
#include "clients.h"
#include "app/core/clock.h"
#include "nn/alloc.h"
#include <pthread.h>

struct client {
    client *before, *next;
    address from;
    int socket;
    bool cut; /* it is on its way out */
    client_state state;
    double since;
    size_t held; /* bytes of its body */
};

struct clients {
    pthread_mutex_t lock;
    client *first;
};

bool clients_new(clients **out, nn_error *err)
{
    clients *all = *out = nn_alloc(1, sizeof *all);
    if (!all)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    pthread_mutex_init(&all->lock, NULL);
    return true;
}

void clients_free(clients *all)
{
    if (!all)
        return;
    pthread_mutex_destroy(&all->lock);
    nn_free(all);
}

static void cut_off(client *c)
{
    c->cut = true;
    shutdown(c->socket, SHUT_RDWR);
}

/* Of one address, or of all where it is NULL: cuts the longest idle one off where there are `roomy` of them. */
static void make_room(clients *all, const address *from, int roomy)
{
    int count = 0;
    client *oldest = NULL;
    for (client *c = all->first; c; c = c->next) {
        if (c->cut || (from && !address_same(&c->from, from)))
            continue;
        count++;
        if (c->state == CLIENT_IDLE && (!oldest || c->since < oldest->since))
            oldest = c;
    }
    if (count >= roomy && oldest)
        cut_off(oldest);
}

client *clients_add(clients *all, int socket, const address *from)
{
    client *c = nn_alloc(1, sizeof *c);
    if (!c)
        return NULL;
    *c = (client){.from = *from, .socket = socket, .since = clock_seconds()};
    pthread_mutex_lock(&all->lock);
    make_room(all, from, CLIENTS_ROOMY_OF_ADDRESS);
    make_room(all, NULL, CLIENTS_ROOMY);
    c->next = all->first;
    if (c->next)
        c->next->before = c;
    all->first = c;
    pthread_mutex_unlock(&all->lock);
    return c;
}

void clients_remove(clients *all, client *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&all->lock);
    if (c->next)
        c->next->before = c->before;
    if (c->before)
        c->before->next = c->next;
    else
        all->first = c->next;
    pthread_mutex_unlock(&all->lock);
    nn_free(c);
}

void clients_turn(clients *all, client *c, client_state state)
{
    pthread_mutex_lock(&all->lock);
    c->state = state;
    c->since = clock_seconds();
    if (state == CLIENT_IDLE)
        c->held = 0;
    pthread_mutex_unlock(&all->lock);
}

bool clients_hold(clients *all, client *of, size_t bytes)
{
    size_t held = 0, of_address = 0;
    if (bytes <= CLIENTS_SMALL)
        return true;
    pthread_mutex_lock(&all->lock);
    for (const client *c = all->first; c; c = c->next) {
        held += c->held;
        of_address += address_same(&c->from, &of->from) ? c->held : 0;
    }
    bool room = held + bytes <= CLIENTS_MAX_HELD && of_address + bytes <= CLIENTS_MAX_HELD_OF_ADDRESS;
    if (room)
        of->held = bytes;
    pthread_mutex_unlock(&all->lock);
    return room;
}

void clients_expire(clients *all, double now)
{
    pthread_mutex_lock(&all->lock);
    for (client *c = all->first; c; c = c->next)
        if (c->state != CLIENT_WAITS && now - c->since > CLIENTS_SECONDS)
            cut_off(c);
    pthread_mutex_unlock(&all->lock);
}

int clients_busy(clients *all)
{
    int busy = 0;
    pthread_mutex_lock(&all->lock);
    for (client *c = all->first; c; c = c->next)
        busy += c->state != CLIENT_IDLE;
    pthread_mutex_unlock(&all->lock);
    return busy;
}
