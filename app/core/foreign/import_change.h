/* import_change.h - a person knows better than the check set how an imported network wants its images. */
#ifndef IMPORT_CHANGE_H
#define IMPORT_CHANGE_H

#include "app/core/model/convention.h"

/* The model file gets another convention (convention.h), and its facts say what that reads of the check set. */
bool import_change(const char *path, int convention, nn_error *err);

#endif
