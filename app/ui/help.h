/* help.h - the manual in the window: which page belongs to what is in front of one, and going from page to page. */
#ifndef HELP_H
#define HELP_H

#include "state.h"

bool help_do(app *self, action act); /* true when the action is one of its own */

void help_show(app *self, const char *page); /* opens the manual there */

/* The first of the pages that were found; nothing where none was looked for. */
void help_accept(app *self);

#endif
