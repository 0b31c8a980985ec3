/* save_kind.h - what a drawing can be saved as: the ending of the file's name decides. */
#ifndef SAVE_KIND_H
#define SAVE_KIND_H

#include <stdbool.h>
#include <stddef.h>

typedef enum save_kind { SAVE_PICTURE, SAVE_DIGIT, SAVE_SVG, SAVE_STROKES, SAVE_KINDS } save_kind;

/* A picture where the ending says nothing. */
save_kind save_kind_of(const char *path);
bool save_kind_is_said(const char *path);

/* The bytes of a path before the ending of its kind: all where it has none. */
size_t save_kind_stem(const char *path);

/* Gives the name in `path`, room for `size` bytes, the ending of another kind; where that does not fit, it stays. */
void save_kind_rename(char *path, size_t size, save_kind kind);

#endif
