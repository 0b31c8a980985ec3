/* notice.c - messages, each of them once and no more than there is room for. */
#include "notice.h"
#include "app/core/console/terminal.h"
#include "app/texts/texts.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double remark_ms = 5000, take_back_ms = 10000; /* how long they stay */

static void remove_message(app *self, int i)
{
    self->n_notices--;
    memmove(&self->notice[i], &self->notice[i + 1], sizeof self->notice[0] * (size_t)(self->n_notices - i));
}

static void remove_said(app *self, const char *text)
{
    for (int i = self->n_notices - 1; i >= 0; i--)
        if (strcmp(self->notice[i].text, text) == 0)
            remove_message(self, i);
}

/* The newest is in front, one that is said again too. Those that stay and those that pass by themselves have room of their
 * own: where there is none the oldest goes, but for what can be taken back: that goes with its message. */
static void add_message(app *self, const app_message *m)
{
    int others = 0, oldest = 0;
    bool passes = isfinite(m->left);
    remove_said(self, m->text);
    for (int i = 0; i < self->n_notices; i++)
        if (self->notice[i].take_back == ACTION_NONE && isfinite(self->notice[i].left) == passes) {
            others++;
            oldest = i;
        }
    if (m->take_back == ACTION_NONE && others == (passes ? APP_PASSING : APP_NOTICES))
        remove_message(self, oldest);
    memmove(&self->notice[1], &self->notice[0], sizeof self->notice[0] * (size_t)self->n_notices);
    self->notice[0] = *m;
    self->n_notices++;
}

static void say(app *self, app_message m, unsigned id, const char *english, va_list args)
{
    texts_vformat(m.text, sizeof m.text, id, english, args);
    add_message(self, &m);
}

void app_withdraw(app *self, int take_back)
{
    for (int i = self->n_notices - 1; i >= 0; i--)
        if (self->notice[i].take_back == take_back)
            remove_message(self, i);
}

void app_notice(app *self, unsigned id, const char *english, ...)
{
    va_list args;
    va_start(args, english);
    say(self, (app_message){.left = INFINITY}, id, english, args);
    va_end(args);
}

void app_failed(app *self, int tried, unsigned id, const char *english, ...)
{
    va_list args;
    va_start(args, english);
    say(self, (app_message){.tried = tried, .left = INFINITY}, id, english, args);
    va_end(args);
}

void app_failed_briefly(app *self, int tried, unsigned id, const char *english, ...)
{
    va_list args;
    va_start(args, english);
    say(self, (app_message){.tried = tried, .left = remark_ms}, id, english, args);
    va_end(args);
}

void app_succeeded(app *self, int tried)
{
    for (int i = self->n_notices - 1; i >= 0; i--)
        if (self->notice[i].tried == tried)
            remove_message(self, i);
}

void app_remark(app *self, unsigned id, const char *english, ...)
{
    va_list args;
    va_start(args, english);
    say(self, (app_message){.kind = MESSAGE_REMARK, .left = remark_ms}, id, english, args);
    va_end(args);
}

bool app_remark_unless(app *self, int id)
{
    app_message m = {.kind = MESSAGE_REMARK, .until = id, .left = remark_ms};
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
    remove_said(self, text);
}

void app_notice_error(app *self, const nn_error *err)
{
    app_failed_error(self, ACTION_NONE, err);
}

void app_failed_error(app *self, int tried, const nn_error *err)
{
    app_message m = {.tried = tried, .left = INFINITY};
    if (self->at_work) {
        app_tell_problem(self, err->text);
        return;
    }
    snprintf(m.text, sizeof m.text, "%s", err->text);
    add_message(self, &m);
}

void app_notice_refused(app *self, const char *what, const nn_error *err)
{
    if (self->options.open && strcmp(what, self->options.open) == 0)
        terminal_complain("digitscope: %s\n", err->text);
    app_failed_error(self, ACTION_OPEN, err);
}

void app_tell_problem(app *self, const char *text)
{
    snprintf(self->problem, sizeof self->problem, "%s", text);
    self->at_work = false;
}

/* What can be taken back is the last of its kind. */
static void add_done(app *self, app_message m, unsigned id, const char *english, va_list args)
{
    if (m.take_back != ACTION_NONE)
        app_withdraw(self, m.take_back);
    say(self, m, id, english, args);
}

void app_done(app *self, int take_back, unsigned id, const char *english, ...)
{
    va_list args;
    va_start(args, english);
    double left = take_back == ACTION_NONE ? remark_ms : take_back_ms;
    add_done(self, (app_message){MESSAGE_DONE, take_back, .left = left}, id, english, args);
    va_end(args);
}

void app_ask(app *self, int take_back, unsigned id, const char *english, ...)
{
    va_list args;
    va_start(args, english);
    add_done(self, (app_message){MESSAGE_DONE, take_back, .left = INFINITY}, id, english, args);
    va_end(args);
}

void app_still_done(app *self, int take_back, unsigned id, const char *english, ...)
{
    va_list args;
    va_start(args, english);
    add_done(self, (app_message){MESSAGE_TROUBLE, take_back, .left = INFINITY}, id, english, args);
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

/* Whether its time goes by: of what can be taken back only while one can see that. */
static bool is_ageing(const app *self, const app_message *m)
{
    return m->take_back == ACTION_NONE || m == app_said(self);
}

/* What it says of an action is no longer so, or a stroke has begun. */
static bool is_outdated(const app *self, const app_message *m)
{
    text_id why;
    return m->until != ACTION_NONE && (self->drawing.drawing || app_can(self, m->until, &why));
}

double app_age_messages(app *self, double passed)
{
    double next = INFINITY;
    for (int i = self->n_notices - 1; i >= 0; i--)
        if (is_outdated(self, &self->notice[i]) ||
            (is_ageing(self, &self->notice[i]) && (self->notice[i].left -= passed) <= 0))
            remove_message(self, i);
    for (int i = 0; i < self->n_notices; i++)
        if (is_ageing(self, &self->notice[i]))
            next = fmin(next, self->notice[i].left);
    return isfinite(next) ? next : -1;
}
