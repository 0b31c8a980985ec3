/* interrupt.h - Ctrl-C and SIGTERM as a flag, for the loops of long commands. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

/* From now on the first SIGINT or SIGTERM sets the flag instead of ending the process; a second one ends it. */
void interrupt_catch(void);

bool interrupted(void); /* any thread */

#endif
