/* child.c - three pipes and a clock. */
#include "child.h"
#include "clock.h"
#include "nn/alloc.h"
#include "paths.h"
#include "platform.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { MAX_WORDS = 24, LINE = 1024, PIECE = 64 << 10, OUT = 0, SAID = 1, PIPES = 2 };

typedef struct child {
    pid_t pid;
    int pipe[PIPES]; /* our ends; -1: closed */
    int alive;       /* our end of its standard input: the system closes it when we are no more; -1: it has ours */
    unsigned char *data;
    size_t len, room;
    char line[PIPES][LINE];
    size_t line_len[PIPES];
} child;

static const char *program_path; /* of tests */

void child_set_program(const char *path)
{
    program_path = path;
}

/* ---- starting ---------------------------------------------------------------------------------------------------- */

static void close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

/* posix_spawn does not write to them. */
static void list_words(char *argv[MAX_WORDS + 4], char *path, const char *language, const char *const *words)
{
    int count = 0;
    argv[count++] = path;
    if (language) {
        argv[count++] = (char *)CHILD_SPEAKS;
        argv[count++] = (char *)language;
    }
    for (int i = 0; i < MAX_WORDS && words[i]; i++)
        argv[count++] = (char *)words[i];
    argv[count] = NULL;
}

/* Signals are as at a program's start, whatever thread this is. in: -1: it keeps ours. */
static bool spawn(child *self, const char *const *words, const char *language, int in, int out, int said)
{
    char path[PATHS_MAX], *argv[MAX_WORDS + 4];
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, all;
    if (program_path ? strlen(program_path) >= sizeof path : !platform_program(path, sizeof path))
        return false;
    if (program_path)
        strcpy(path, program_path);
    list_words(argv, path, language, words);
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&how);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &all);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_init(&files);
    if (in >= 0)
        posix_spawn_file_actions_adddup2(&files, in, 0);
    posix_spawn_file_actions_adddup2(&files, out, 1);
    posix_spawn_file_actions_adddup2(&files, said, 2);
    bool ok = posix_spawn(&self->pid, path, &files, &how, argv, environ) == 0;
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    return ok;
}

/* One at a time: a pipe that another child gets before it is marked would stay open with that. */
static bool start(child *self, const char *const *words, const child_watch *watch)
{
    static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
    int in[2] = {-1, -1}, out[2] = {-1, -1}, said[2] = {-1, -1};
    pthread_mutex_lock(&turn);
    bool ok = (watch->keeps_input || platform_pipe(in)) && platform_pipe(out) && platform_pipe(said) &&
              spawn(self, words, watch->language, in[0], out[1], said[1]);
    pthread_mutex_unlock(&turn);
    close_end(&in[0]);
    close_end(&out[1]);
    close_end(&said[1]);
    self->alive = in[1];
    self->pipe[OUT] = out[0];
    self->pipe[SAID] = said[0];
    return ok;
}

/* ---- listening --------------------------------------------------------------------------------------------------- */

static bool keep(child *self, const unsigned char *piece, size_t len)
{
    if (self->len + len > self->room) {
        size_t room = 2 * (self->len + len);
        unsigned char *more = nn_realloc(self->data, self->room, room, 1);
        if (!more)
            return false;
        self->data = more;
        self->room = room;
    }
    memcpy(self->data + self->len, piece, len);
    self->len += len;
    return true;
}

/* Of a line that is too long its beginning counts. */
static void hear(child *self, int which, const child_watch *watch, const unsigned char *piece, size_t len)
{
    char *line = self->line[which];
    size_t *used = &self->line_len[which];
    for (size_t i = 0; i < len; i++) {
        if (piece[i] != '\n') {
            if (*used + 1 < LINE)
                line[(*used)++] = (char)piece[i];
            continue;
        }
        line[*used] = 0;
        *used = 0;
        (which == SAID ? watch->line : watch->said)(watch->ctx, line);
    }
}

static child_end goes_on(const child_watch *watch, double end)
{
    if (watch->stopped && watch->stopped(watch->ctx))
        return CHILD_STOPPED;
    return clock_seconds() > end ? CHILD_TOO_LONG : CHILD_DONE;
}

/* What has come through a pipe, which is closed when it has ended. */
static child_end take(child *self, int which, const child_watch *watch)
{
    unsigned char piece[PIECE];
    ssize_t n = read(self->pipe[which], piece, sizeof piece);
    if (n < 0 && errno == EINTR)
        return CHILD_DONE;
    if (n <= 0)
        close_end(&self->pipe[which]);
    else if (which == SAID || watch->said)
        hear(self, which, watch, piece, (size_t)n);
    else if (self->len + (size_t)n > watch->most)
        return CHILD_TOO_MUCH;
    else if (!keep(self, piece, (size_t)n))
        return CHILD_NOT_STARTED;
    return CHILD_DONE;
}

enum { TICK_MS = 20 };

/* Until both pipes have ended, or something is wrong. */
static child_end listen_to(child *self, const child_watch *watch, double end)
{
    child_end how = CHILD_DONE;
    while (how == CHILD_DONE && (self->pipe[OUT] >= 0 || self->pipe[SAID] >= 0)) {
        struct pollfd ends[PIPES] = {{self->pipe[OUT], POLLIN, 0}, {self->pipe[SAID], POLLIN, 0}};
        int ready = poll(ends, PIPES, TICK_MS);
        for (int i = 0; ready > 0 && i < PIPES && how == CHILD_DONE; i++)
            how = ends[i].revents ? take(self, i, watch) : how;
        how = how == CHILD_DONE ? goes_on(watch, end) : how;
    }
    return how;
}

/* It may go on after its last word. */
static child_end wait_for(child *self, const child_watch *watch, double end, int *status)
{
    child_end how = CHILD_DONE;
    pid_t ended = 0;
    while (how == CHILD_DONE && (ended = waitpid(self->pid, status, WNOHANG)) == 0) {
        platform_sleep_ms(1);
        how = goes_on(watch, end);
    }
    self->pid = how == CHILD_DONE ? -1 : self->pid;
    return ended < 0 ? CHILD_BROKE : how; /* it is gone, and nobody knows how */
}

static void end_by_force(const child *self)
{
    int status;
    kill(self->pid, SIGKILL);
    while (waitpid(self->pid, &status, 0) < 0 && errno == EINTR)
        ;
}

static child_end end_of(int status)
{
    return WIFSIGNALED(status)        ? (WTERMSIG(status) == SIGXCPU ? CHILD_TOO_LONG : CHILD_BROKE)
           : WEXITSTATUS(status) == 0 ? CHILD_DONE
                                      : CHILD_FAILED;
}

child_end child_run(const char *const *words, const child_watch *watch, unsigned char **data, size_t *len)
{
    child self = {.pid = -1, .pipe = {-1, -1}, .alive = -1};
    int status = 0;
    double end = clock_seconds() + watch->seconds;
    child_end how = start(&self, words, watch) ? listen_to(&self, watch, end) : CHILD_NOT_STARTED;
    if (how == CHILD_DONE)
        how = wait_for(&self, watch, end, &status);
    if (self.pid > 0)
        end_by_force(&self);
    how = how == CHILD_DONE ? end_of(status) : how;
    close_end(&self.alive);
    close_end(&self.pipe[OUT]);
    close_end(&self.pipe[SAID]);
    if (how != CHILD_DONE) {
        nn_free(self.data);
        self.data = NULL;
    }
    *data = self.data;
    *len = self.len;
    return how;
}
