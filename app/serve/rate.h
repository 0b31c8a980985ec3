/* rate.h - how many requests an address may make: a bucket that fills at `rate` a second and holds two seconds' worth
 * (the token bucket). Any thread. */
#ifndef RATE_H
#define RATE_H

#include "address.h"
#include "nn/error.h"

typedef struct rate rate;

/* per_second 0: no limit. */
bool rate_new(rate **rate, double per_second, nn_error *err);
void rate_free(rate *rate); /* NULL is allowed */

/* Takes one request from the bucket of an address; false where it is empty. now: clock_seconds. */
bool rate_allows(rate *rate, const address *from, double now);

#endif
