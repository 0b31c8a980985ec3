/* actions.h - does what a person asks for. */
#ifndef ACTIONS_H
#define ACTIONS_H

#include "state.h"

bool app_do(app *self, action act); /* false: nobody knows it */

#endif
