/* clock.h - the one clock of the program. */
#ifndef CLOCK_H
#define CLOCK_H

#include <time.h>

/* Seconds of a clock that only goes forward, since some fixed moment. Any thread. */
static inline double clock_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
