/* log.h - an append-only file, for the journal, the trace and recordings. One thread at a time, except nn_log_sync. */
#ifndef NN_LOG_H
#define NN_LOG_H

#include "error.h"
#include <stddef.h>

typedef struct nn_log nn_log;

/* Opens or creates path for appending at its end and takes an exclusive lock: NN_USAGE when another one holds it. The
 * lock goes with the process, however that ends. Who saves or removes a file of which he holds the lock takes nothing from
 * others: they are given the one that is at the path by then. */
bool nn_log_open(nn_log **log, const char *path, nn_error *err);

/* The same for a file that begins anew and may be read, or written, by others meanwhile. */
bool nn_log_create(nn_log **log, const char *path, nn_error *err);

/* Whether the file at its path is still the one that is open: it may have been removed, or its folder. If not,
 * nn_log_renew opens or creates the one at the path in its place, with what is in it, as nn_log_open does. */
bool nn_log_is_there(const nn_log *log);
bool nn_log_renew(nn_log *log, nn_error *err);

/* Other content in a new file, which takes the path when all is written: until then the old one counts. Not synced. */
bool nn_log_replace(nn_log *log, const void *data, size_t len, nn_error *err);

size_t nn_log_size(const nn_log *log);                                        /* in bytes */
bool nn_log_append(nn_log *log, const void *data, size_t len, nn_error *err); /* all or, after a failure, cut back */
bool nn_log_truncate(nn_log *log, size_t len, nn_error *err);                 /* keeps the first len bytes */
bool nn_log_sync(nn_log *log, nn_error *err);                                 /* fsync; any thread */
void nn_log_close(nn_log *log);                                               /* NULL is allowed */

#endif
