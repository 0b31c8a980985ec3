/* trace.h - what the program saw and did, frame by frame, as JSON lines for tests and measurements.
 *
 * A control thread sleeps for short times all along and notes how much longer each sleep took than asked: that is
 * the machine's doing, and a frame that was late meanwhile can be told from one that was slow by itself. */
#ifndef TRACE_H
#define TRACE_H

#include "state.h"

typedef struct trace trace;

/* Truncates path. NULL path: *out is NULL, and every other function does nothing. */
bool trace_open(trace **out, const char *path, nn_error *err);
void trace_close(trace *self);

typedef struct trace_frame {
    double t_ms;     /* when it was presented, since the start of the program */
    double frame_ms; /* from the first look at the events to presented, without waiting */
    double input_ms; /* from the oldest input to presented; negative: there was none */
} trace_frame;

void trace_frame_begins(trace *self);

/* Writes the frame's line, and the layout's when it differs from the last. */
void trace_write(trace *self, const trace_frame *frame, const app *state);

#endif
