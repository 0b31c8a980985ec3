/* budget.h - how much of a frame a view may work on what takes longer than one. */
#ifndef BUDGET_H
#define BUDGET_H

#include "app/core/clock.h"
#include "state.h"

/* When it has to stop, in seconds: sooner while a stroke is being drawn. */
static inline double budget_begin(const app *self)
{
    const double drawing = 0.003, idle = 0.006;
    return clock_seconds() + (self->drawing.drawing ? drawing : idle);
}

static inline bool budget_lasts(const app *self, double until)
{
    return app_told(self, "time", clock_seconds() < until) != 0;
}

#endif
