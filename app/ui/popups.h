/* popups.h - which menu or dialog is open, and where the focus goes. */
#ifndef POPUPS_H
#define POPUPS_H

#include "state.h"

void app_show(app *self, popup which);   /* POPUP_NONE: back to the window */
void app_toggle(app *self, popup which); /* the same button opens and closes */

#endif
