/* access_log.h - a line of JSON on standard error for every request. Neither token nor drawing stands in it. */
#ifndef ACCESS_LOG_H
#define ACCESS_LOG_H

#include "address.h"

typedef struct access {
    const struct sockaddr *from;
    const char *method, *path;
    int status;      /* 0: cut off before an answer */
    size_t received; /* bytes of the body */
    double ms;       /* from the head to the end of the answer */
} access_entry;

/* Any thread. */
void access_log(const access_entry *entry);

#endif
