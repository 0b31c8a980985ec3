/* sound_foreign.h - what holds for every file of another program that was read or refused. */
#ifndef SOUND_FOREIGN_H
#define SOUND_FOREIGN_H

#include "app/core/foreign/foreign.h"

typedef bool foreign_reader(foreign *, const char *path, const unsigned char *data, size_t len, nn_error *);

/* The file is read into networks, each of which becomes a model or is refused with a reason; or it is refused itself, with
 * one. architecture: what is said of it beside the file; NULL: nothing. Returns how many networks; 0: it was refused. */
int require_sound_foreign(foreign_reader *read, const char *architecture, const unsigned char *data, size_t len);

#endif
