/* thread.h - threads with the same room for their stacks on every system: of one C library a thread gets 8 MiB, of
 * another 128 KiB, which is less than a product of matrices keeps there. */
#ifndef NN_THREAD_H
#define NN_THREAD_H

#include <pthread.h>
#include <stdbool.h>

enum { NN_THREAD_STACK = 8 << 20 }; /* bytes of addresses; memory is taken as it is used */

/* False where the system allows no further one. */
bool nn_thread_start(pthread_t *thread, void *(*run)(void *ctx), void *ctx);

#endif
