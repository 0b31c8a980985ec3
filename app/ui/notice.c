/* notice.c - messages, each of them once and no more than there is room for. */
#include "notice.h"
#include "app/texts/texts.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double remark_ms = 5000, take_back_ms = 10000; /* how long they stay */

static void add_message(app *self, const app_message *m)
{
    for (int i = 0; i < self->n_notices; i++)
        if (strcmp(self->notice[i].text, m->text) == 0)
            return;
    if (self->n_notices < APP_NOTICES)
        self->notice[self->n_notices++] = *m;
}

static void remove_message(app *self, int i)
{
    self->n_notices--;
    memmove(&self->notice[i], &self->notice[i + 1], sizeof self->notice[0] * (size_t)(self->n_notices - i));
}

void app_withdraw(app *self, int take_back)
{
    for (int i = self->n_notices - 1; i >= 0; i--)
        if (self->notice[i].take_back == take_back)
            remove_message(self, i);
}

void app_notice(app *self, unsigned id, const char *english, ...)
{
    app_message m = {.until = INFINITY};
    va_list args;
    va_start(args, english);
    texts_vformat(m.text, sizeof m.text, id, english, args);
    va_end(args);
    add_message(self, &m);
}

void app_remark(app *self, unsigned id, const char *english, ...)
{
    app_message m = {.kind = MESSAGE_REMARK, .until = self->now + remark_ms};
    va_list args;
    va_start(args, english);
    texts_vformat(m.text, sizeof m.text, id, english, args);
    va_end(args);
    add_message(self, &m);
}

bool app_remark_unless(app *self, int id)
{
    app_message m = {.kind = MESSAGE_REMARK, .until = self->now + remark_ms};
    text_id why;
    if (app_can(self, id, &why))
        return true;
    snprintf(m.text, sizeof m.text, "%s", texts_get(why));
    add_message(self, &m);
    return false;
}

void app_remark_over(app *self, unsigned id, const char *english, ...)
{
    char text[sizeof self->notice[0].text];
    va_list args;
    va_start(args, english);
    texts_vformat(text, sizeof text, id, english, args);
    va_end(args);
    for (int i = self->n_notices - 1; i >= 0; i--)
        if (strcmp(self->notice[i].text, text) == 0)
            remove_message(self, i);
}

void app_notice_error(app *self, const nn_error *err)
{
    app_message m = {.until = INFINITY};
    if (self->at_work) {
        app_tell_problem(self, err->text);
        return;
    }
    snprintf(m.text, sizeof m.text, "%s", err->text);
    add_message(self, &m);
}

void app_tell_problem(app *self, const char *text)
{
    snprintf(self->problem, sizeof self->problem, "%s", text);
    self->at_work = false;
}

/* What was done; what can be taken back is the last of its kind. */
static void add_done(app *self, int take_back, double until, unsigned id, const char *english, va_list args)
{
    app_message m = {.kind = MESSAGE_DONE, .take_back = take_back, .until = until};
    if (take_back != ACTION_NONE)
        app_withdraw(self, take_back);
    texts_vformat(m.text, sizeof m.text, id, english, args);
    add_message(self, &m);
}

void app_done(app *self, int take_back, unsigned id, const char *english, ...)
{
    va_list args;
    va_start(args, english);
    add_done(self, take_back, self->now + (take_back == ACTION_NONE ? remark_ms : take_back_ms), id, english, args);
    va_end(args);
}

void app_ask(app *self, int take_back, unsigned id, const char *english, ...)
{
    va_list args;
    va_start(args, english);
    add_done(self, take_back, INFINITY, id, english, args);
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
