/* temp.h - a fresh folder for one test, removed with all it holds. */
#ifndef TEMP_H
#define TEMP_H

/* The folder's path, valid until temp_remove; aborts the test when it cannot be made. */
const char *temp_make(void);
void temp_remove(void);

/* The same around a test, for cmocka. */
int temp_set_up(void **state);
int temp_tear_down(void **state);

/* folder/name in one of a few static buffers. */
const char *temp_path(const char *name);

#endif
