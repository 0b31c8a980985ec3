/* platform.c - POSIX, with what Linux and macOS do differently. */
#include "platform.h"
#include "clock.h"
#include "nn/pool.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#ifdef __APPLE__
#include <pthread.h>
#include <sys/sysctl.h>
#else
#include <sys/resource.h>
#endif
#include <time.h>
#include <unistd.h>

double platform_now_ms(void)
{
    return 1e3 * clock_seconds();
}

void platform_sleep_ms(double ms)
{
    if (ms <= 0)
        return;
    time_t seconds = (time_t)(ms / 1e3);
    struct timespec t = {seconds, (long)((ms - (double)seconds * 1e3) * 1e6)};
    nanosleep(&t, NULL);
}

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

void platform_pictures_folder(char *path, size_t size)
{
    const char *pictures = getenv("XDG_PICTURES_DIR"), *home = getenv("HOME");
    if (pictures && *pictures && platform_is_folder(pictures)) {
        snprintf(path, size, "%s", pictures);
        return;
    }
    snprintf(path, size, "%s/Pictures", home ? home : "");
    if (platform_is_folder(path))
        return;
    snprintf(path, size, "%s", home && platform_is_folder(home) ? home : ".");
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
