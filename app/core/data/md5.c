/* md5.c - RFC 1321, names as there: a state of four words, 64 steps over each block of 64 bytes. */
#include "md5.h"
#include <stdio.h>
#include <string.h>

/* T[i] = floor(2^32 * |sin(i + 1)|) */
static const uint32_t T[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};
static const unsigned char SHIFT[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static uint32_t rotate_left(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static uint32_t little_endian(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The round's function of b, c, d and the word of the block that step i reads. */
static uint32_t mix(unsigned i, const uint32_t s[4], unsigned *word)
{
    uint32_t b = s[1], c = s[2], d = s[3];
    switch (i / 16) {
    case 0: *word = i; return (b & c) | (~b & d);
    case 1: *word = (5 * i + 1) % 16; return (b & d) | (c & ~d);
    case 2: *word = (3 * i + 5) % 16; return b ^ c ^ d;
    default: *word = 7 * i % 16; return c ^ (b | ~d);
    }
}

static void add_block(uint32_t state[4], const unsigned char block[64])
{
    uint32_t s[4];
    memcpy(s, state, sizeof s);
    for (unsigned i = 0; i < 64; i++) {
        unsigned word;
        uint32_t f = mix(i, s, &word) + s[0] + T[i] + little_endian(block + 4 * word);
        s[0] = s[3];
        s[3] = s[2];
        s[2] = s[1];
        s[1] += rotate_left(f, SHIFT[i / 16][i % 4]);
    }
    for (int i = 0; i < 4; i++)
        state[i] += s[i];
}

void md5_begin(md5 *self)
{
    *self = (md5){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};
}

void md5_add(md5 *self, const void *data, size_t len)
{
    for (const unsigned char *p = data; len > 0;) {
        size_t have = self->len % MD5_BLOCK, n = MD5_BLOCK - have < len ? MD5_BLOCK - have : len;
        memcpy(self->block + have, p, n);
        if (have + n == MD5_BLOCK)
            add_block(self->state, self->block);
        self->len += n;
        p += n;
        len -= n;
    }
}

/* Then come one bit, zeros, and the length in bits as the last 8 bytes of a block. */
void md5_end(md5 *self, char out[MD5_HEX])
{
    unsigned char tail[MD5_BLOCK + 8] = {0x80};
    uint64_t bits = 8 * self->len;
    size_t zeros = (2 * MD5_BLOCK - 9 - (size_t)(self->len % MD5_BLOCK)) % MD5_BLOCK;
    for (size_t i = 0; i < 8; i++)
        tail[1 + zeros + i] = (unsigned char)(bits >> 8 * i);
    md5_add(self, tail, 1 + zeros + 8);
    for (int i = 0; i < 16; i++)
        snprintf(out + 2 * i, 3, "%02x", self->state[i / 4] >> 8 * (i % 4) & 0xff);
}
