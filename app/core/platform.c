/* platform.c - POSIX, with what Linux and macOS do differently. */
#include "platform.h"
#include "clock.h"
#include "nn/pool.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#include <sys/random.h>
#include <sys/sysctl.h>
#endif
#ifdef DIGITSCOPE_SECCOMP
#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#endif
#include <time.h>
#include <unistd.h>

double platform_now_ms(void)
{
    return 1e3 * clock_seconds();
}

static struct timespec timespec_of(double seconds)
{
    time_t whole = (time_t)seconds;
    return (struct timespec){whole, (long)(1e9 * (seconds - (double)whole))};
}

void platform_sleep_ms(double ms)
{
    if (ms <= 0)
        return;
    struct timespec t = timespec_of(ms / 1e3);
    nanosleep(&t, NULL);
}

#ifdef __APPLE__

void platform_new_condition(pthread_cond_t *condition)
{
    pthread_cond_init(condition, NULL);
}

void platform_wait_at_most(pthread_cond_t *condition, pthread_mutex_t *lock, double seconds)
{
    struct timespec length = timespec_of(seconds);
    pthread_cond_timedwait_relative_np(condition, lock, &length);
}

#else

void platform_new_condition(pthread_cond_t *condition)
{
    pthread_condattr_t how;
    pthread_condattr_init(&how);
    pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &how);
    pthread_condattr_destroy(&how);
}

void platform_wait_at_most(pthread_cond_t *condition, pthread_mutex_t *lock, double seconds)
{
    struct timespec until = timespec_of(clock_seconds() + seconds);
    pthread_cond_timedwait(condition, lock, &until);
}

#endif

void platform_lower_priority(void)
{
#ifdef __APPLE__
    pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0);
#else
    enum { NICE = 10 };
    setpriority(PRIO_PROCESS, 0, NICE); /* on Linux this is one thread, against the letter of POSIX */
#endif
}

static int told_processors; /* by tests */

void platform_set_processors(int processors)
{
    told_processors = processors;
}

int platform_threads(void)
{
    long n = told_processors ? told_processors : sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > NN_MAX_THREADS ? NN_MAX_THREADS : (int)n;
}

void platform_cpu_name(char *name, size_t size)
{
    snprintf(name, size, "unknown");
#ifdef __APPLE__
    sysctlbyname("machdep.cpu.brand_string", name, &size, NULL, 0);
#else
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[256];
    while (file && fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        if (!colon || (strncmp(line, "model name", 10) != 0 && strncmp(line, "Model", 5) != 0))
            continue;
        colon += 1 + strspn(colon + 1, " ");
        snprintf(name, size, "%.*s", (int)strcspn(colon, "\n"), colon);
        break;
    }
    if (file)
        fclose(file);
#endif
}

bool platform_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return true;
}

bool platform_random(void *bytes, size_t len)
{
    return getentropy(bytes, len) == 0;
}

/* libdbus, which SDL loads for input methods, would look `dbus-launch` up through PATH and run it. */
void platform_start_no_bus(void)
{
    const char *folder = getenv("XDG_RUNTIME_DIR");
    char bus[4096];
    snprintf(bus, sizeof bus, "%s/bus", folder ? folder : "");
    if (!getenv("DBUS_SESSION_BUS_ADDRESS") && !(folder && platform_exists(bus)))
        setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:", 0);
}

bool platform_exists(const char *path)
{
    struct stat s;
    return lstat(path, &s) == 0;
}

bool platform_is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* VARIABLE="$HOME/Bilder", or from the root; a backslash stands before what a shell would take for its own. */
static bool parse_folder(char *path, size_t size, const char *line, const char *variable, const char *home)
{
    size_t name = strlen(variable), used = 0;
    if (strncmp(line, variable, name) != 0 || strncmp(line + name, "=\"", 2) != 0)
        return false;
    const char *c = line + name + 2;
    if (strncmp(c, "$HOME/", 6) == 0) {
        used = (size_t)snprintf(path, size, "%s", home);
        c += 5;
    }
    if (*c != '/')
        return false;
    for (; *c && *c != '"'; c++) {
        c += *c == '\\' && c[1];
        if (used + 1 >= size)
            return false;
        path[used++] = *c;
    }
    path[used] = '\0';
    return *c == '"';
}

/* Where desktops write down what a person's folders are called in their language. */
static bool find_in_list(char *path, size_t size, const char *variable, const char *home)
{
    const char *config = getenv("XDG_CONFIG_HOME");
    bool given = config && *config == '/', found = false;
    char list[4096], line[4096];
    snprintf(list, sizeof list, "%s%s/user-dirs.dirs", given ? config : home, given ? "" : "/.config");
    FILE *f = fopen(list, "r");
    while (f && !found && fgets(line, sizeof line, f))
        found = parse_folder(path, size, line, variable, home);
    if (f)
        fclose(f);
    return found && platform_is_folder(path);
}

static void find_folder(char *path, size_t size, const char *variable, const char *usual)
{
    const char *named = getenv(variable), *home = getenv("HOME");
    if (named && *named && platform_is_folder(named)) {
        snprintf(path, size, "%s", named);
        return;
    }
    if (home && find_in_list(path, size, variable, home))
        return;
    snprintf(path, size, "%s/%s", home ? home : "", usual);
    if (platform_is_folder(path))
        return;
    snprintf(path, size, "%s", home && platform_is_folder(home) ? home : ".");
}

void platform_pictures_folder(char *path, size_t size)
{
    find_folder(path, size, "XDG_PICTURES_DIR", "Pictures");
}

void platform_documents_folder(char *path, size_t size)
{
    find_folder(path, size, "XDG_DOCUMENTS_DIR", "Documents");
}

bool platform_whole_path(const char *path, char *whole, size_t size)
{
    char *found = realpath(path, NULL); /* of the C library's own memory */
    bool fits = found && strlen(found) < size;
    if (fits)
        memcpy(whole, found, strlen(found) + 1);
    free(found);
    return fits;
}

/* On Linux also when the file was replaced meanwhile, as by an update. */
bool platform_program(char *path, size_t size)
{
#ifdef __APPLE__
    uint32_t room = (uint32_t)size;
    return _NSGetExecutablePath(path, &room) == 0;
#else
    return snprintf(path, size, "/proc/self/exe") < (int)size;
#endif
}

/* ---- a child's walls --------------------------------------------------------------------------------------------- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED /* it needs terabytes of addresses and calls of its own */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

#ifndef SANITIZED

static void limit(int what, rlim_t most)
{
    setrlimit(what, &(struct rlimit){most, most});
}

#ifdef DIGITSCOPE_SECCOMP

/* Memory, time and what is open already. */
static const int calls[] = {
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(lseek),
    SCMP_SYS(_llseek),
    SCMP_SYS(fcntl),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    SCMP_SYS(getdents),
    SCMP_SYS(getdents64),
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(sysinfo),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(restart_syscall),
    /* the same on processors of 32 bits */
    SCMP_SYS(fcntl64),
    SCMP_SYS(fstat64),
    SCMP_SYS(stat64),
    SCMP_SYS(lstat64),
    SCMP_SYS(fstatat64),
    SCMP_SYS(futex_time64),
    SCMP_SYS(clock_gettime64),
    SCMP_SYS(clock_nanosleep_time64),
    SCMP_SYS(getuid32),
    SCMP_SYS(geteuid32),
};

/* Everything else is refused, and whoever asked hears so. */
static void allow_only_computing(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter)
        return;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    const struct scmp_arg_cmp reads = SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY),
                              reads_old = SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY),
                              no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, reads);
    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1, reads_old);
    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_code);
    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap2), 1, no_code);
    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code);
    seccomp_load(filter);
    seccomp_release(filter);
}

#endif
#endif

void platform_confine(size_t memory, int seconds)
{
#ifdef SANITIZED
    (void)memory;
    (void)seconds;
#else
    enum { FILES = 64 };
    limit(RLIMIT_AS, memory);
    limit(RLIMIT_CPU, (rlim_t)seconds);
    limit(RLIMIT_NOFILE, FILES);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CORE, 0);
#ifdef DIGITSCOPE_SECCOMP
    allow_only_computing();
#endif
#endif
}
