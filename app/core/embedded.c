/* embedded.c - looking up what is compiled in. */
#include "embedded.h"
#include <stddef.h>
#include <string.h>

const embedded_file *embedded_find(const char *name)
{
    const embedded_file *e = embedded_files;
    while (e->name && strcmp(e->name, name) != 0)
        e++;
    return e->name ? e : NULL;
}
