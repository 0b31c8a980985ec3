/* notice.h - messages in the strip at the bottom and in the open dialog; every part may call this. */
#ifndef NOTICE_H
#define NOTICE_H

#include "state.h"

/* A text of the table (app/texts/texts.h) with these arguments. Stays until it is dismissed. */
void app_notice(app *self, unsigned id, const char *english, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* The same, of an action that was tried: goes as soon as that succeeds, too. */
void app_failed(app *self, int tried, unsigned id, const char *english, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 4, 5)))
#endif
    ;

/* And passes by itself. */
void app_failed_briefly(app *self, int tried, unsigned id, const char *english, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 4, 5)))
#endif
    ;

void app_succeeded(app *self, int tried); /* what was said of that action's failing is over */

/* Stays for a few seconds. */
void app_remark(app *self, unsigned id, const char *english, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* Unless an action can do something: what it lacks (app_can), as such a remark. */
bool app_remark_unless(app *self, int id);

/* Takes that back before its time: what it announced is done. */
void app_remark_over(app *self, unsigned id, const char *english, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* What was done, for a few seconds; with `take_back`, the action that undoes it (else ACTION_NONE), for ten. */
void app_done(app *self, int take_back, unsigned id, const char *english, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 4, 5)))
#endif
    ;

/* The same, which stays until the person decides whether it shall. */
void app_ask(app *self, int take_back, unsigned id, const char *english, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 4, 5)))
#endif
    ;

/* The same, of what could not be taken back: that can be tried again. */
void app_still_done(app *self, int take_back, unsigned id, const char *english, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 4, 5)))
#endif
    ;

/* What went wrong, as it is: in the dialog that waits for a worker, where one is open, else in the strip. Stays. */
void app_notice_error(app *self, const nn_error *err);
void app_failed_error(app *self, int tried, const nn_error *err); /* the same, of an action, as app_failed */

/* The same of a file or model that was to be opened, which is said on stderr, too, where the command line asked for it. */
void app_notice_refused(app *self, const char *what, const nn_error *err);

/* What the open dialog has to say: stays until it is closed, or has something else to say. */
void app_tell_problem(app *self, const char *text);

/* Whether a message still offers to take that back. */
bool app_offers(const app *self, int take_back);

void app_withdraw(app *self, int take_back); /* it can be taken back no longer */

/* Takes the one in front away. */
void app_dismiss(app *self);

/* So many ms have passed: those that had their time go. How long until the next one has, in ms; negative where none
 * will. */
double app_age_messages(app *self, double passed);

#endif
