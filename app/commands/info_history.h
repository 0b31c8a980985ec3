/* info_history.h - what `digitscope info` says of the history of a training (train_past.h). */
#ifndef INFO_HISTORY_H
#define INFO_HISTORY_H

#include <stdbool.h>

bool info_is_history(const char *path);

/* Prints it; the command's exit status. */
int info_history(const char *path, bool json);

#endif
