/* flatbuffer.h - tables, lists and numbers of a FlatBuffers file, of which nothing is believed.
 *
 * A table names its fields by numbers, and may leave any of them out. What is not there reads as its usual value or as
 * nothing. So does what would lie outside the file, which is noted: a reader asks at the end whether the file is damaged. */
#ifndef FLATBUFFER_H
#define FLATBUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct flatbuffer {
    const unsigned char *data;
    size_t len;
    bool damaged; /* something that is named lies outside */
} flatbuffer;

/* In the file's memory. at = 0: there is none. */
typedef struct flat_table {
    flatbuffer *file;
    size_t at;
} flat_table;

/* `count` elements of `each` bytes, within the file. */
typedef struct flat_list {
    flatbuffer *file;
    size_t at, count, each;
} flat_list;

flat_table flat_root(flatbuffer *file);

/* A number of `bytes` (1, 2, 4 or 8), with a sign. */
int64_t flat_whole(flat_table table, int field, size_t bytes, int64_t usual);
float flat_real(flat_table table, int field, float usual);
flat_table flat_inner(flat_table table, int field);
flat_list flat_elements(flat_table table, int field, size_t each);

/* Elements of lists; i < count. */
int64_t flat_whole_at(flat_list list, size_t i);
float flat_real_at(flat_list list, size_t i);
flat_table flat_table_at(flat_list list, size_t i);

#endif
