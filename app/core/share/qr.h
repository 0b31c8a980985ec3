/* qr.h - a QR code as squares (ISO/IEC 18004). */
#ifndef QR_H
#define QR_H

#include <stdbool.h>

enum { QR_QUIET = 4 /* light squares that belong on every side of it */, QR_MOST = 57 /* of version 10 */ };

typedef struct qr_code {
    int side;                              /* 0: there is none */
    unsigned char dark[QR_MOST * QR_MOST]; /* side * side, row by row: 255 dark, 0 light */
} qr_code;

/* False where the build has no libqrencode, the text is too long, or out of memory: then it is empty. */
bool qr_make(qr_code *code, const char *text);

/* Outside it is light. */
bool qr_is_dark(const qr_code *code, int x, int y);

#endif
