/* interrupt.h - what Ctrl-C and SIGTERM do to a command: end it at once, or set a flag that its loops ask. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

/* From now on both end the process with EXIT_INTERRUPTED, wherever it is: for what leaves nothing half done. */
void interrupt_exit(void);

/* From now on the first one sets a flag, so that what was done can be saved; another one some seconds later
 * ends the process. */
void interrupt_catch(void);

bool interrupted(void); /* the flag; any thread */

#endif
