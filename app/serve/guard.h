/* guard.h - who may ask: a page of another place may not, whatever name it has the browser use for this machine (DNS
 * rebinding), nor may who does not know the token. Texts in, verdicts out. */
#ifndef GUARD_H
#define GUARD_H

#include <stdbool.h>

enum { GUARD_HOSTS = 6, GUARD_HOST = 80, GUARD_TOKEN = 128 };

typedef struct guard {
    int hosts;
    char host[GUARD_HOSTS][GUARD_HOST]; /* "127.0.0.1:8137" */
    char token[GUARD_TOKEN + 1];        /* "": nobody is asked for one */
} guard;

/* A name or address under which the server may be asked for; an IPv6 address gets its brackets. At port 80 also without
 * the port. */
void guard_add_host(guard *guard, const char *name, int port);

bool guard_knows_host(const guard *guard, const char *host);

/* A page that may ask comes from here, by http. NULL: whoever asks is no page. */
bool guard_knows_origin(const guard *guard, const char *origin);

/* The same as browsers say it by Sec-Fetch-Site: from here, or typed in. NULL: whoever asks is no browser. */
bool guard_knows_site(const char *site);

/* "Bearer TOKEN", in a time that does not tell how much of it is right. */
bool guard_knows_token(const guard *guard, const char *authorization);

/* Whether a text can be a token: 16 to GUARD_TOKEN letters, digits and - . _ ~, which URLs take as they are. */
bool guard_is_token(const char *text);

#endif
