/* views.h - which view stands beside the canvas. */
#ifndef VIEWS_H
#define VIEWS_H

#include "state.h"

/* Each is found as it was left: scrolled as far, with the focus on the same element. */
void views_show(app *self, view_choice view);

#endif
