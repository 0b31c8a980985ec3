/* address.h - where a connection comes from, as limits count it. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* IPv6, or IPv4 mapped into it. Of IPv6 the network alone, as anybody has all 2^64 addresses of one. */
typedef struct address {
    unsigned char byte[16];
} address;

address address_of(const struct sockaddr *from); /* all zero for other families */
bool address_same(const address *a, const address *b);

/* Of a socket of either family, also of IPv4 as IPv6 has it: this machine alone; all addresses of this machine. */
bool address_is_loopback(const struct sockaddr *at);
bool address_is_wildcard(const struct sockaddr *at);

/* "192.168.1.20", "fe80::1"; "" for other families. */
enum { ADDRESS_TEXT = 64 };
void address_text(char text[ADDRESS_TEXT], const struct sockaddr *from);

#endif
