/* interrupt.c - the signal handlers of the commands. */
#include "interrupt.h"
#include "app/core/clock.h"
#include "args.h"
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

/* Both lock-free, so a signal handler may set them and every thread may read them. */
static atomic_bool flag;
static atomic_long when; /* it was set, seconds */

static void end(int signal)
{
    (void)signal;
    _exit(EXIT_INTERRUPTED);
}

/* `timeout` and terminals may send a signal to the process and to its group: what comes right after the first one is the
 * same wish. */
static void set_flag(int signal)
{
    enum { SAME_WISH = 2 /* seconds */ };
    long now = (long)clock_seconds();
    if (atomic_load(&flag) && now - atomic_load(&when) >= SAME_WISH)
        end(signal);
    if (!atomic_load(&flag))
        atomic_store(&when, now);
    atomic_store(&flag, true);
}

static void handle(void (*handler)(int signal))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void interrupt_exit(void)
{
    handle(end);
}

void interrupt_catch(void)
{
    handle(set_flag);
}

bool interrupted(void)
{
    return atomic_load(&flag);
}
