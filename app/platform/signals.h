/* signals.h - SIGTERM, SIGHUP and SIGINT as a wish that the window fulfils in its own time. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdbool.h>

/* From now on the first signal of each kind wakes the window, from a thread of its own; the same once more ends the
 * process at once. */
void signals_catch(void (*wake)(void *ctx), void *ctx);

/* True once for every time that the window was woken. */
bool signals_came(void);

#endif
