/* signals.c - a handler that writes a byte into a pipe, and a thread that reads it, so that whatever waking takes is not
 * done inside a handler. Any thread may get the signal: libraries start theirs before main. */
#include "signals.h"
#include "app/core/platform.h"
#include "nn/thread.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static struct {
    int pipe[2];
    void (*wake)(void *ctx);
    void *ctx;
    atomic_bool came; /* lock-free, so a signal handler may set it */
} signals;

static void on_signal(int number)
{
    int before = errno;
    (void)number;
    atomic_store(&signals.came, true);
    ssize_t written = write(signals.pipe[1], "", 1);
    (void)written; /* a full pipe wakes as well */
    errno = before;
}

static void *wake_after_signals(void *arg)
{
    char byte;
    ssize_t n;
    (void)arg;
    do {
        n = read(signals.pipe[0], &byte, 1);
        if (n == 1)
            signals.wake(signals.ctx);
    } while (n == 1 || (n < 0 && errno == EINTR));
    return NULL;
}

void signals_catch(void (*wake)(void *ctx), void *ctx)
{
    static const int caught[] = {SIGTERM, SIGHUP, SIGINT};
    pthread_t thread;
    signals.wake = wake;
    signals.ctx = ctx;
    if (!platform_pipe(signals.pipe) || !nn_thread_start(&thread, wake_after_signals, NULL))
        return; /* they end the process as they always did */
    pthread_detach(thread);
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++)
        sigaction(caught[i], &action, NULL);
}

bool signals_came(void)
{
    return atomic_exchange(&signals.came, false);
}
