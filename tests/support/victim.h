/* victim.h - child processes that tell how far they got until they are killed. */
#ifndef VICTIM_H
#define VICTIM_H

#include <sys/types.h>

/* Forks; the child runs work(ctx, report), which writes each finished step's number to the descriptor `report` by
 * victim_report and never returns. Waits for the first report, lets the child go on for a random while of at most
 * max_us microseconds, kills it with SIGKILL and returns the last number it reported. Exits with a message if the child
 * ended before. */
long victim_run(void (*work)(void *ctx, int report), void *ctx, unsigned max_us);
void victim_report(int report, long step);

/* Ends the test program with a message and exit status 1. */
_Noreturn void victim_fail(const char *message);

#endif
