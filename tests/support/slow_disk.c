/* slow_disk.c - the file module's open, with a gate. */
#include "slow_disk.h"
#include "nn/file.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static nn_file_ops ops;
static const char *slow;
static pthread_t window_thread;
static atomic_bool is_held;
static atomic_int read_by_window, opened_by_window;

static int open_slowly(const char *path, int flags, mode_t mode)
{
    bool by_window = pthread_equal(pthread_self(), window_thread), is_slow = strstr(path, slow) != NULL;
    atomic_fetch_add(&read_by_window, by_window && (flags & O_ACCMODE) == O_RDONLY);
    atomic_fetch_add(&opened_by_window, by_window && is_slow);
    while (!by_window && is_slow && atomic_load(&is_held))
        usleep(1000);
    return nn_file_posix.open(path, flags, mode);
}

void slow_disk_begin(const char *word, bool held)
{
    slow = word;
    window_thread = pthread_self();
    atomic_store(&is_held, held);
    atomic_store(&read_by_window, 0);
    atomic_store(&opened_by_window, 0);
    ops = nn_file_posix;
    ops.open = open_slowly;
    nn_file_set_ops(&ops);
}

void slow_disk_hold(bool held)
{
    atomic_store(&is_held, held);
}

void slow_disk_end(void)
{
    slow_disk_hold(false);
    nn_file_set_ops(NULL);
}

int slow_disk_read_by_window(void)
{
    return atomic_load(&read_by_window);
}

int slow_disk_opened_by_window(void)
{
    return atomic_load(&opened_by_window);
}
