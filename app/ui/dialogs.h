/* dialogs.h - the actions that open, accept and close menus and dialogs. */
#ifndef DIALOGS_H
#define DIALOGS_H

#include "state.h"

bool dialogs_do(app *self, action act); /* false: it is none of them */

#endif
