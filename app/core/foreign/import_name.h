/* import_name.h - where an imported model goes that nobody gave a name. */
#ifndef IMPORT_NAME_H
#define IMPORT_NAME_H

#include "app/core/paths.h"

/* Among the user's own models, which get a folder if they have none: under the file's own name without its ending, of
 * letters, digits, '-' and '_', and with a number where a model is called so already. */
bool import_name(char path[PATHS_MAX], const paths *where, const char *file, nn_error *err);

#endif
