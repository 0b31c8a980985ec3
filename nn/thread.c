/* thread.c - pthread_create with a size. */
#include "thread.h"

bool nn_thread_start(pthread_t *thread, void *(*run)(void *), void *ctx)
{
    pthread_attr_t how;
    if (pthread_attr_init(&how) != 0)
        return false;
    bool ok = pthread_attr_setstacksize(&how, NN_THREAD_STACK) == 0 && pthread_create(thread, &how, run, ctx) == 0;
    pthread_attr_destroy(&how);
    return ok;
}
