/* victim.c - a process that reports through a pipe until it is killed. */
#include "victim.h"
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

_Noreturn void victim_fail(const char *message)
{
    fprintf(stderr, "failed: %s\n", message);
    exit(1);
}

void victim_report(int report, long step)
{
    if (write(report, &step, sizeof step) != sizeof step)
        _exit(1);
}

static bool next_report(int report, long *step)
{
    return read(report, step, sizeof *step) == sizeof *step;
}

long victim_run(void (*work)(void *ctx, int report), void *ctx, unsigned max_us)
{
    int ends[2], status;
    long last;
    pid_t child;

    if (pipe(ends) != 0 || (child = fork()) < 0)
        victim_fail("no process to kill");
    if (child == 0) {
        close(ends[0]);
        work(ctx, ends[1]);
        _exit(1);
    }
    close(ends[1]);
    if (!next_report(ends[0], &last))
        victim_fail("the child ended without a report");
    usleep((unsigned)rand() % max_us);
    kill(child, SIGKILL);
    while (next_report(ends[0], &last))
        continue;
    close(ends[0]);
    if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status))
        victim_fail("the child ended by itself");
    return last;
}
