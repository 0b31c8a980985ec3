/* lan.h - the addresses by which other devices reach this machine. */
#ifndef LAN_H
#define LAN_H

#include <stdbool.h>
#include <stddef.h>

enum { LAN_ADDRESS = 64, LAN_MOST = 8 };

/* Those of IPv4, but for loopback, as the system lists them: "192.168.1.20". Returns how many. Any thread. */
int lan_addresses(char address[LAN_MOST][LAN_ADDRESS]);

/* For tests: this one alone. NULL: as the system has them; "": none. */
void lan_set_address(const char *address);

#endif
