/* md5.h - the MD5 sum of a block of memory (RFC 1321).
 *
 * The data sets are published with MD5 sums. It finds damage and wrong files, not forgers; nothing
 * here relies on it for more. */
#ifndef MD5_H
#define MD5_H

#include <stddef.h>

enum { MD5_HEX = 33 };

/* The sum as 32 lower-case hexadecimal digits and a zero byte. Any thread; cannot fail. */
void md5_hex(char out[MD5_HEX], const void *data, size_t len);

#endif
