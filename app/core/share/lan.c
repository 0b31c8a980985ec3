/* lan.c - what getifaddrs(3) knows. */
#include "lan.h"
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>

static const char *only; /* of tests */

void lan_set_address(const char *address)
{
    only = address;
}

static bool is_one(const struct ifaddrs *i)
{
    return i->ifa_addr && i->ifa_addr->sa_family == AF_INET && !(i->ifa_flags & IFF_LOOPBACK);
}

int lan_addresses(char address[LAN_MOST][LAN_ADDRESS])
{
    struct ifaddrs *all = NULL;
    int count = 0;
    if (only) {
        snprintf(address[0], LAN_ADDRESS, "%s", only);
        return *only ? 1 : 0;
    }
    if (getifaddrs(&all) != 0)
        return 0;
    for (const struct ifaddrs *i = all; i && count < LAN_MOST; i = i->ifa_next)
        count += is_one(i) && getnameinfo(i->ifa_addr, sizeof(struct sockaddr_in), address[count], LAN_ADDRESS, NULL, 0,
                                          NI_NUMERICHOST) == 0;
    freeifaddrs(all);
    return count;
}
