/* file_temp.h - temporary files beside what they will replace, for saves and logs. */
#ifndef NN_FILE_TEMP_H
#define NN_FILE_TEMP_H

#include "file_io.h"

/* Bytes of path up to and with its last slash. */
size_t nn_path_folder(const char *path);

/* Where path leads when symbolic links are followed; what it names need not exist. Fails with errno. */
bool nn_follow_links(char out[NN_PATH_ROOM], const char *path);

/* Opens .NAME.PID.SERIAL.nn.tmp beside target to write, which nn_file_sweep leaves alone as long as it is open: the lock
 * is held, or the file system has none and nobody can say that it is free. The serial keeps two threads of this process
 * apart. A long NAME is cut. -1 on failure: temp is "" and errno is set. */
int nn_temp_create(char temp[NN_PATH_ROOM], const char *target, mode_t mode);

#endif
