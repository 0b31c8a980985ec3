/* notice.c - messages, each of them once and no more than there is room for. */
#include "notice.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double remark_ms = 5000; /* how long a remark stays */

static void add_message(app *self, double until, const char *format, va_list args)
{
    app_message m = {.until = until};
    vsnprintf(m.text, sizeof m.text, format, args);
    for (int i = 0; i < self->n_notices; i++)
        if (strcmp(self->notice[i].text, m.text) == 0)
            return;
    if (self->n_notices == APP_NOTICES)
        return;
    self->notice[self->n_notices++] = m;
}

void app_notice(app *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_message(self, INFINITY, format, args);
    va_end(args);
}

void app_remark(app *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_message(self, self->now + remark_ms, format, args);
    va_end(args);
}

void app_dismiss(app *self)
{
    if (self->n_notices == 0)
        return;
    self->n_notices--;
    memmove(&self->notice[0], &self->notice[1], sizeof self->notice[0] * (APP_NOTICES - 1));
}
