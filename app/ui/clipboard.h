/* clipboard.h - the actions that copy and paste. */
#ifndef CLIPBOARD_H
#define CLIPBOARD_H

#include "state.h"

bool clipboard_do(app *self, action act); /* false: it is none of them */

/* An address goes to the clipboard, which is told; false: there is none. */
bool clipboard_copy_address(app *self, const char *address);

#endif
