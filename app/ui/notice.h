/* notice.h - messages in the strip at the bottom; every part may call this. */
#ifndef NOTICE_H
#define NOTICE_H

#include "state.h"

/* Stays until it is dismissed. */
void app_notice(app *self, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* Stays for a few seconds. */
void app_remark(app *self, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* What was done, for a few seconds; with `take_back`, the action that undoes it (else ACTION_NONE), for ten. */
void app_done(app *self, int take_back, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* Whether a message still offers to take that back. */
bool app_offers(const app *self, int take_back);

/* Takes the oldest one away. */
void app_dismiss(app *self);

#endif
