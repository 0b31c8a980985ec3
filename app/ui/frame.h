/* frame.h - lays out and lists everything there is to see. */
#ifndef FRAME_H
#define FRAME_H

#include "state.h"

/* Unless that is done: self->built. */
void app_build(app *self);

#endif
