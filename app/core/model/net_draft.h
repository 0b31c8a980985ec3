/* net_draft.h - an architecture while a person changes it: its lines, and what they make or what is wrong with them. */
#ifndef NET_DRAFT_H
#define NET_DRAFT_H

#include "nn/nn.h"

enum { NET_DRAFT_LINES = 64, NET_DRAFT_LINE = 80 };

typedef struct net_draft {
    char line[NET_DRAFT_LINES][NET_DRAFT_LINE]; /* what the network reads ("input 28 28 1"), then a layer each */
    int count;
    nn_plan *plan;    /* node i stands in line i + 1; NULL: the lines make no network */
    nn_error problem; /* why not */
    int wrong;        /* the line that it is about; -1: none */
} net_draft;

/* Begins with the lines of an architecture, without comments. False where there are too many, or too long ones. */
bool net_draft_begin(net_draft *draft, const char *text, nn_error *err);
void net_draft_free(net_draft *draft);

/* The first line stays first, and is never moved or removed. Each looks anew at what the lines make. False, and nothing
 * changes, where there is no such line or no room. */
bool net_draft_insert(net_draft *draft, int at, const char *line); /* becomes line `at` */
bool net_draft_replace(net_draft *draft, int at, const char *line);
bool net_draft_remove(net_draft *draft, int at);
bool net_draft_move(net_draft *draft, int at, int by);

/* As a file has it; nn_free it. NULL when out of memory. */
char *net_draft_text(const net_draft *draft);

#endif
