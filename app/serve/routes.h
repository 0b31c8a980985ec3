/* routes.h - what there is to ask for. */
#ifndef ROUTES_H
#define ROUTES_H

#include <stdbool.h>

typedef enum route_kind { ROUTE_ASSET, ROUTE_HEALTH, ROUTE_MODELS, ROUTE_PREDICT, ROUTE_BATCH } route_kind;

typedef struct route {
    const char *path;
    route_kind kind;
    bool open;         /* without the token: it tells nothing of this machine */
    const char *asset; /* what is compiled in (embedded.h) */
    const char *type;  /* its media type */
} route;

const route *route_find(const char *path); /* NULL: there is nothing */

/* Those that read something take POST, all others GET. */
bool route_posts(const route *route);

#endif
