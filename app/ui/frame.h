/* frame.h - lays out and lists everything there is to see. */
#ifndef FRAME_H
#define FRAME_H

#include "state.h"

void app_build(app *self);

#endif
