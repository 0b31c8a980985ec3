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

/* Takes the oldest one away. */
void app_dismiss(app *self);

#endif
