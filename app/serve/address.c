/* address.c - both families in one form. */
#include "address.h"
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

enum { NETWORK = 8, V4 = 12 }; /* bytes of IPv6 that name a network; where IPv4 begins that is mapped into it */

static address whole(const struct sockaddr *from)
{
    address a = {{0}};
    if (from->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)from;
        a.byte[V4 - 2] = a.byte[V4 - 1] = 0xff;
        memcpy(a.byte + V4, &v4->sin_addr, sizeof a.byte - V4);
    } else if (from->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)from;
        memcpy(a.byte, &v6->sin6_addr, sizeof a.byte);
    }
    return a;
}

static bool is_v4(const address *a)
{
    static const unsigned char mapped[V4] = {[V4 - 2] = 0xff, [V4 - 1] = 0xff};
    return memcmp(a->byte, mapped, V4) == 0;
}

address address_of(const struct sockaddr *from)
{
    address a = whole(from);
    if (!is_v4(&a))
        memset(a.byte + NETWORK, 0, sizeof a.byte - NETWORK);
    return a;
}

bool address_is_loopback(const struct sockaddr *at)
{
    static const address v6 = {{[15] = 1}};
    address a = whole(at);
    return is_v4(&a) ? a.byte[V4] == 127 : address_same(&a, &v6);
}

bool address_is_wildcard(const struct sockaddr *at)
{
    static const address none = {{0}};
    address a = whole(at);
    size_t from = is_v4(&a) ? V4 : 0;
    return memcmp(a.byte + from, none.byte, sizeof none.byte - from) == 0;
}

bool address_same(const address *a, const address *b)
{
    return memcmp(a->byte, b->byte, sizeof a->byte) == 0;
}

void address_text(char text[ADDRESS_TEXT], const struct sockaddr *from)
{
    socklen_t size = from->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    bool known = from->sa_family == AF_INET || from->sa_family == AF_INET6;
    if (!known || getnameinfo(from, size, text, ADDRESS_TEXT, NULL, 0, NI_NUMERICHOST) != 0)
        *text = 0;
}
