/* learn.h - what the view "Learn" shows before a training begins: the images that are chosen, at a glance, which of their
 * labels are likely wrong, and what the network that is chosen costs on this machine. All of it is found out beside the
 * window, as soon as the view is shown. */
#ifndef LEARN_H
#define LEARN_H

#include "state.h"

void learn_tick(app *self);
bool learn_do(app *self, action act); /* false: it is none of ACTION_LEARN_... */
void learn_ask_again(app *self);      /* what the network costs: there is another one of its name */
void learn_free(app *self);

#endif
