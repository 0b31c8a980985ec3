/* notice.c - messages, each of them once and no more than there is room for. */
#include "notice.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double remark_ms = 5000, take_back_ms = 10000; /* how long they stay */

static void add_message(app *self, app_message m, const char *format, va_list args)
{
    vsnprintf(m.text, sizeof m.text, format, args);
    for (int i = 0; i < self->n_notices; i++)
        if (strcmp(self->notice[i].text, m.text) == 0)
            return;
    if (self->n_notices < APP_NOTICES)
        self->notice[self->n_notices++] = m;
}

static void remove_message(app *self, int i)
{
    self->n_notices--;
    memmove(&self->notice[i], &self->notice[i + 1], sizeof self->notice[0] * (size_t)(self->n_notices - i));
}

/* What can be taken back is the last of its kind. */
static void withdraw(app *self, int take_back)
{
    for (int i = self->n_notices - 1; i >= 0; i--)
        if (self->notice[i].take_back == take_back)
            remove_message(self, i);
}

void app_notice(app *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_message(self, (app_message){.until = INFINITY}, format, args);
    va_end(args);
}

void app_remark(app *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_message(self, (app_message){.kind = MESSAGE_REMARK, .until = self->now + remark_ms}, format, args);
    va_end(args);
}

void app_done(app *self, int take_back, const char *format, ...)
{
    va_list args;
    double stays = take_back == ACTION_NONE ? remark_ms : take_back_ms;
    if (take_back != ACTION_NONE)
        withdraw(self, take_back);
    va_start(args, format);
    add_message(self, (app_message){.kind = MESSAGE_DONE, .take_back = take_back, .until = self->now + stays}, format,
                args);
    va_end(args);
}

bool app_offers(const app *self, int take_back)
{
    for (int i = 0; i < self->n_notices; i++)
        if (self->notice[i].take_back == take_back)
            return true;
    return false;
}

void app_dismiss(app *self)
{
    if (self->n_notices > 0)
        remove_message(self, 0);
}
