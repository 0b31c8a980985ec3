/* info_history.h - what `digitscope info` says of the history of a training (train_past.h). */
#ifndef INFO_HISTORY_H
#define INFO_HISTORY_H

#include "app/core/paths.h"
#include <stdbool.h>

bool info_is_history(const char *name);

/* Prints that of a path, or of one's own models; the command's exit status. */
int info_history(const char *name, const paths *where, bool json);

#endif
