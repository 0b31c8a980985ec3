/* dialogs.h - the actions that open, accept and close menus and dialogs. */
#ifndef DIALOGS_H
#define DIALOGS_H

#include "state.h"

void dialogs_tick(app *self);           /* closes what was accepted, once that is done */
bool dialogs_do(app *self, action act); /* false: it is none of them */

#endif
