/* interrupt.c - the one signal handler of the commands. */
#include "interrupt.h"
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_bool flag; /* lock-free, so a signal handler may set it and every thread may read it */

static void on_signal(int signal)
{
    (void)signal;
    atomic_store(&flag, true);
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool interrupted(void)
{
    return atomic_load(&flag);
}
