/* address.c - both families in one form. */
#include "address.h"
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

address address_of(const struct sockaddr *from)
{
    enum { NETWORK = 8 }; /* bytes */
    address a = {{0}};
    if (from->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)from;
        a.byte[10] = a.byte[11] = 0xff;
        memcpy(a.byte + 12, &v4->sin_addr, 4);
    } else if (from->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 = (const void *)from;
        bool mapped = IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr);
        memcpy(a.byte, &v6->sin6_addr, mapped ? sizeof a.byte : NETWORK);
    }
    return a;
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
