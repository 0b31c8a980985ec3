/* platform.h - the few things that every operating system does in its own way. */
#ifndef PLATFORM_H
#define PLATFORM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

double platform_now_ms(void);       /* a clock that only goes forward; any thread */
void platform_sleep_ms(double ms);  /* any thread */
void platform_lower_priority(void); /* of the calling thread: it gets what the window leaves */
int platform_threads(void);         /* for work that is shared out: one per processor online, 1..NN_MAX_THREADS */
void platform_cpu_name(char *name, size_t size); /* as its maker calls it; "unknown" if the system does not say */
bool platform_pipe(int ends[2]);                 /* both ends stay out of other programs that are started */
bool platform_random(void *bytes, size_t len);   /* that nobody can guess: for secrets; len up to 256 */
void platform_start_no_bus(void);                /* before SDL: only a message bus that runs is used; none is started */
bool platform_exists(const char *path);          /* anything of that name, also a broken link */
bool platform_whole_path(const char *path, char *whole, size_t size); /* from the root; false: it cannot be told */
bool platform_is_folder(const char *path);
void platform_pictures_folder(char *path, size_t size);  /* where a person's pictures go; "." if there is no better */
void platform_documents_folder(char *path, size_t size); /* the same for what is no picture */

/* Makes a condition whose waits of at most so many seconds take no notice of who sets the system's clock; one may end
 * sooner, as any wait. */
void platform_new_condition(pthread_cond_t *condition);
void platform_wait_at_most(pthread_cond_t *condition, pthread_mutex_t *lock, double seconds);

/* What runs this program again; false: it cannot be told. */
bool platform_program(char *path, size_t size);

/* From here on this process computes with the files that are open and may open others to read, no more: it gets no
 * memory beyond so many bytes of addresses and no time beyond so many seconds, writes no file, starts nothing and
 * reaches no network, the latter where the system has a way to say so (libseccomp). For a process of one thread. */
void platform_confine(size_t memory, int seconds);

/* For tests: from now on there are so many processors; 0: as many as are online. */
void platform_set_processors(int processors);

#endif
