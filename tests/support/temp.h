/* temp.h - a fresh folder for one test, removed with all it holds. */
#ifndef TEMP_H
#define TEMP_H

/* The folder's path, valid until temp_remove; aborts the test when it cannot be made. */
const char *temp_make(void);
void temp_remove(void);

/* folder/name in one of a few static buffers. */
const char *temp_path(const char *name);

#endif
