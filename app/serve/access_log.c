/* access_log.c - time, who, what, and how it ended. */
#include "access_log.h"
#include "app/core/console/terminal.h"
#include "nn/alloc.h"
#include "nn/json.h"
#include <stdio.h>
#include <time.h>

enum { LONGEST = 100 /* bytes of a method or path */ };

/* RFC 3339, of UTC. */
static void time_text(char text[32])
{
    struct timespec now;
    struct tm utc;
    char seconds[24];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text, 32, "%s.%03dZ", seconds, (int)(now.tv_nsec / 1000000));
}

static json_t *cut(const char *value)
{
    char text[LONGEST + 1];
    snprintf(text, sizeof text, "%s", value);
    return nn_json_string(text);
}

void access_log(const access_entry *e)
{
    char when[32], who[ADDRESS_TEXT];
    time_text(when);
    address_text(who, e->from);
    json_t *line =
        json_pack("{s:s, s:s, s:o, s:o, s:o, s:I, s:f}", "time", when, "address", who, "method", cut(e->method), "path",
                  cut(e->path), "status", e->status ? json_integer(e->status) : json_null(), "received",
                  (json_int_t)e->received, "ms", e->ms);
    char *text = nn_json_text(line, JSON_REAL_PRECISION(6) | JSON_ENSURE_ASCII);
    if (text)
        terminal_complain("%s\n", text);
    json_decref(line);
    nn_free(text);
}
