/* sharing.h - the page to draw on, for others on the network: started and ended from the window (share_job.h). */
#ifndef SHARING_H
#define SHARING_H

#include "state.h"

void sharing_tick(app *self);
void sharing_free(app *self);
bool sharing_do(app *self, action act); /* false: the action is none of these */

#endif
