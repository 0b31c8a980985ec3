/* clipboard.h - the actions that copy and paste. */
#ifndef CLIPBOARD_H
#define CLIPBOARD_H

#include "state.h"

bool clipboard_do(app *self, action act); /* false: it is none of them */

#endif
