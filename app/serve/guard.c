/* guard.c - comparisons. */
#include "guard.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

static void add(guard *g, const char *before, const char *name, const char *behind)
{
    if (g->hosts < GUARD_HOSTS && strlen(before) + strlen(name) + strlen(behind) < GUARD_HOST)
        snprintf(g->host[g->hosts++], GUARD_HOST, "%s%s%s", before, name, behind);
}

void guard_add_host(guard *g, const char *name, int port)
{
    enum { HTTP = 80 };
    bool ipv6 = strchr(name, ':') != NULL;
    char behind[16];
    snprintf(behind, sizeof behind, "%s:%d", ipv6 ? "]" : "", port);
    add(g, ipv6 ? "[" : "", name, behind);
    if (port == HTTP)
        add(g, ipv6 ? "[" : "", name, ipv6 ? "]" : "");
}

bool guard_knows_host(const guard *g, const char *host)
{
    for (int i = 0; i < g->hosts; i++)
        if (strcasecmp(g->host[i], host) == 0)
            return true;
    return false;
}

bool guard_knows_origin(const guard *g, const char *origin)
{
    static const char scheme[] = "http://";
    return !origin || (strncmp(origin, scheme, strlen(scheme)) == 0 && guard_knows_host(g, origin + strlen(scheme)));
}

bool guard_knows_site(const char *site)
{
    return !site || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
}

/* As long as the token is, whatever was sent. */
static bool same_secret(const char *token, const char *sent)
{
    size_t len = strlen(token), sent_len = strlen(sent);
    unsigned different = len != sent_len;
    for (size_t i = 0; i < len; i++)
        different |= (unsigned)(token[i] ^ sent[sent_len ? i % sent_len : 0]);
    return different == 0;
}

bool guard_knows_token(const guard *g, const char *authorization)
{
    static const char scheme[] = "Bearer ";
    if (!*g->token)
        return true;
    return authorization && strncasecmp(authorization, scheme, strlen(scheme)) == 0 &&
           same_secret(g->token, authorization + strlen(scheme));
}

bool guard_is_token(const char *text)
{
    enum { SHORTEST = 16 };
    size_t len = strlen(text);
    return len >= SHORTEST && len <= GUARD_TOKEN &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~") == len;
}
