/* rate.c - a table of fixed size: an address has one of WAYS places, and takes the one that was not used for longest. */
#include "rate.h"
#include "nn/alloc.h"
#include <math.h>
#include <pthread.h>
#include <stdint.h>

enum { SETS = 256, WAYS = 4 };
static const double burst = 2; /* seconds */

typedef struct bucket {
    address from;
    double left, when;
} bucket;

struct rate {
    double per_second;
    pthread_mutex_t lock;
    bucket bucket[SETS][WAYS];
};

bool rate_new(rate **out, double per_second, nn_error *err)
{
    rate *r = *out = nn_alloc(1, sizeof *r);
    if (!r)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    r->per_second = per_second;
    pthread_mutex_init(&r->lock, NULL);
    return true;
}

void rate_free(rate *r)
{
    if (!r)
        return;
    pthread_mutex_destroy(&r->lock);
    nn_free(r);
}

static size_t set_of(const address *from)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < sizeof from->byte; i++)
        hash = (hash ^ from->byte[i]) * 16777619u;
    return hash % SETS;
}

static bucket *find(rate *r, const address *from, double now)
{
    bucket *set = r->bucket[set_of(from)], *oldest = set;
    for (bucket *b = set; b < set + WAYS; b++) {
        if (b->when > 0 && address_same(&b->from, from))
            return b;
        if (b->when < oldest->when)
            oldest = b;
    }
    *oldest = (bucket){.from = *from, .left = burst * r->per_second, .when = now};
    return oldest;
}

bool rate_allows(rate *r, const address *from, double now)
{
    if (r->per_second <= 0)
        return true;
    pthread_mutex_lock(&r->lock);
    bucket *b = find(r, from, now);
    b->left = fmin(b->left + (now - b->when) * r->per_second, burst * r->per_second);
    b->when = now;
    bool allowed = b->left >= 1;
    b->left -= allowed;
    pthread_mutex_unlock(&r->lock);
    return allowed;
}
