/* md5.h - the MD5 sum of what comes piece by piece (RFC 1321).
 *
 * The data sets are published with MD5 sums. It finds damage and wrong files, not forgers; nothing
 * here relies on it for more. */
#ifndef MD5_H
#define MD5_H

#include <stddef.h>
#include <stdint.h>

enum { MD5_HEX = 33, MD5_BLOCK = 64 };

typedef struct md5 {
    uint32_t state[4];
    uint64_t len;                   /* bytes added */
    unsigned char block[MD5_BLOCK]; /* the last len % MD5_BLOCK of them */
} md5;

void md5_begin(md5 *md5);
void md5_add(md5 *md5, const void *data, size_t len);
void md5_end(md5 *md5, char out[MD5_HEX]); /* 32 lower-case hexadecimal digits and a zero byte */

#endif
