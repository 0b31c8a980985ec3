/* qr.c - the squares are libqrencode's. */
#include "qr.h"

bool qr_is_dark(const qr_code *code, int x, int y)
{
    bool inside = x >= 0 && y >= 0 && x < code->side && y < code->side;
    return inside && code->dark[y * code->side + x];
}

#ifdef DIGITSCOPE_QR
#include <qrencode.h>

bool qr_make(qr_code *code, const char *text)
{
    QRcode *made = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    code->side = made && made->width <= QR_MOST ? made->width : 0;
    for (int i = 0; i < code->side * code->side; i++)
        code->dark[i] = made->data[i] & 1 ? 255 : 0;
    QRcode_free(made);
    return code->side > 0;
}

#else

bool qr_make(qr_code *code, const char *text)
{
    (void)text;
    code->side = 0;
    return false;
}

#endif
