/* pool.h - a fixed team of threads that run one function together and can wait for each other inside it. */
#ifndef NN_POOL_H
#define NN_POOL_H

#include "error.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct nn_pool nn_pool;

enum { NN_MAX_THREADS = 64 };

/* A team of `threads` (1..NN_MAX_THREADS), the caller's own thread included. `on_start`, if not NULL, runs once in each
 * thread made here (the program lowers their priority there). */
bool nn_pool_new(nn_pool **pool, int threads, void (*on_start)(void), nn_error *err);
void nn_pool_free(nn_pool *pool); /* joins; NULL is allowed */

/* Whether a team of `threads` is possible at all. */
bool nn_pool_check(int threads, nn_error *err);

/* Runs work(ctx, thread) once in every thread, thread = 0..threads-1 (0 is the caller), and returns when all are
 * done. */
void nn_pool_run(nn_pool *pool, void (*work)(void *ctx, int thread), void *ctx);

/* Inside work: waits until every thread of the team is here. */
void nn_pool_barrier(nn_pool *pool);

/* The share of thread out of n items: [*begin, *end), in order, sizes differ by at most one. */
void nn_pool_share(const nn_pool *pool, int thread, int n, int *begin, int *end);

/* Share i of `shares` out of n items, in the same way. */
void nn_share(int n, int shares, int i, int *begin, int *end);

#ifdef __cplusplus
}
#endif

#endif
