/* set_names.h - what people call one of several data sets, in names of files and arrays. Internal to the room. */
#ifndef SET_NAMES_H
#define SET_NAMES_H

#include "nn/nn.h"

typedef enum role { ROLE_BOTH, ROLE_IMAGES, ROLE_LABELS } role;

/* Whether a name says that images are in it, or labels. */
role role_named(const char *name);

/* The name of the set in that of a file, .gz or not, or of an array: what stands before the words for part and role. */
void set_named(char set[NN_NAME], const char *name);

/* Whether a set is the one that is wanted, by its name or a word in it; NULL: any. */
bool set_is_wanted(const char *set, const char *wanted);

/* A list of sets, "" to begin with. */
enum { SET_NAMES = 160 };
void set_names_add(char names[SET_NAMES], const char *set);

/* False, with what is there instead of the set that is wanted. */
bool set_names_fail(const char names[SET_NAMES], const char *wanted, nn_error *err);

/* False, as there are several and none is wanted. */
bool set_names_ask(const char names[SET_NAMES], nn_error *err);

#endif
