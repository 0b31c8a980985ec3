/* slow_disk.h - a disk on which some files take their time, and which remembers what the window's thread does there. */
#ifndef SLOW_DISK_H
#define SLOW_DISK_H

#include <stdbool.h>

/* From now on files with this word in their paths cannot be opened while they are held, but by the calling thread, which is
 * the window's. */
void slow_disk_begin(const char *word, bool held);
void slow_disk_hold(bool held);
void slow_disk_end(void); /* lets go, and the disk is as it was */

/* How many files the window's thread opened since it began: to read; and of those that are slow, in any way. */
int slow_disk_read_by_window(void);
int slow_disk_opened_by_window(void);

#endif
