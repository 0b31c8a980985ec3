/* zip_entries.h - what is in a zip, and the bytes of its entries; of the file in memory. Internal to the room. */
#ifndef ZIP_ENTRIES_H
#define ZIP_ENTRIES_H

#include "nn/stream.h"

enum { ZIP_NAME = 256 };

typedef struct zip_entry {
    char name[ZIP_NAME];       /* or what there is room for */
    size_t method, packed, at; /* at: of its local header */
} zip_entry;

typedef struct zip_list {
    const unsigned char *file;
    size_t len, at, left; /* at: of the next of the entries that are left */
} zip_list;

/* Finds the list of entries; zip_next goes to the first or next one, *more is false at the end. */
bool zip_begin(zip_list *list, const unsigned char *file, size_t len, nn_error *err);
bool zip_next(zip_entry *entry, bool *more, zip_list *list, nn_error *err);

/* The bytes of an entry, unpacked on the way. */
bool zip_entry_open(nn_stream **stream, const zip_entry *entry, const unsigned char *file, size_t len, nn_error *err);

#endif
