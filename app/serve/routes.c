/* routes.c - the table; a path is one of these, letter by letter, and never opens a file. */
#include "routes.h"
#include <stddef.h>
#include <string.h>

static const route routes[] = {
    {"/", ROUTE_ASSET, true, "serve/page.html", "text/html; charset=utf-8"},
    {"/page.css", ROUTE_ASSET, true, "serve/page.css", "text/css; charset=utf-8"},
    {"/page.js", ROUTE_ASSET, true, "serve/page.js", "text/javascript; charset=utf-8"},
    {"/icon.svg", ROUTE_ASSET, true, "digitscope.svg", "image/svg+xml"},
    {"/v1/openapi.json", ROUTE_ASSET, true, "serve/openapi.json", "application/json"},
    {"/v1/health", ROUTE_HEALTH, true, NULL, "application/json"},
    {"/v1/models", ROUTE_MODELS, false, NULL, "application/json"},
    {"/v1/predict", ROUTE_PREDICT, false, NULL, "application/json"},
    {"/v1/predict/batch", ROUTE_BATCH, false, NULL, "application/json"},
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

const route *route_find(const char *path)
{
    for (const route *r = routes; r < routes + ROUTES; r++)
        if (strcmp(r->path, path) == 0)
            return r;
    return NULL;
}

bool route_posts(const route *r)
{
    return r->kind == ROUTE_PREDICT || r->kind == ROUTE_BATCH;
}
