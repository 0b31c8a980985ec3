/* head.h - the head of a request: whether it is taken is decided here, before a byte of its body. */
#ifndef HEAD_H
#define HEAD_H

#include "guard.h"
#include "reading.h"
#include "routes.h"

/* NULL: is not there. Texts are others'. */
typedef struct head {
    const char *method, *path;
    const char *host, *origin, *site, *mode; /* Sec-Fetch-Site, Sec-Fetch-Mode */
    const char *authorization, *type, *encoding, *length, *transfer;
    bool twice; /* one of these is there twice */
    bool odd;   /* a header has characters that none may have */
    int models; /* of ?model=NAME; those behind READERS_MAX_MODELS are only counted */
    const char *model[READERS_MAX_MODELS];
    const char *numbers; /* of ?numbers=1 */
    bool unknown;        /* another parameter is there, or numbers twice */
} head;

/* Adds a header, or a parameter of the query. */
void head_add_header(head *head, const char *name, const char *value);
void head_add_parameter(head *head, const char *name, const char *value);

/* What is asked for by a head that is taken. */
typedef struct order {
    const route *route; /* also of a refused one, as far as it is known */
    reading_kind kind;  /* of the body */
    size_t length;      /* of the body, bytes */
    choice models;
} order;

/* 200, or the status of the refusal, and err says why. */
int head_check(order *out, const head *head, const guard *guard, const readers *readers, nn_error *err);

#endif
