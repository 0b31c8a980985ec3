/* qr.c - squares by libqrencode, with the quiet zone that ISO/IEC 18004 asks for. */
#include "qr.h"

#ifdef DIGITSCOPE_QR
#include <qrencode.h>

enum { QUIET = 4 /* squares on every side */ };

static bool is_dark(const QRcode *code, int x, int y)
{
    bool inside = x >= 0 && y >= 0 && x < code->width && y < code->width;
    return inside && (code->data[y * code->width + x] & 1);
}

static void add_line(buffer *out, const QRcode *code, int y)
{
    static const char *const squares[2][2] = {{"\u2588", "\u2580"}, {"\u2584", " "}}; /* light is what is printed */
    for (int x = -QUIET; x < code->width + QUIET; x++)
        buffer_add(out, squares[is_dark(code, x, y)][is_dark(code, x, y + 1)]);
}

void qr_add(buffer *out, const char *text, bool plain)
{
    static const char white_on_black[] = "\033[38;5;231;48;5;16m", usual[] = "\033[0m";
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    for (int y = -QUIET; code && y < code->width + QUIET; y += 2) {
        buffer_add(out, plain ? "" : white_on_black);
        add_line(out, code, y);
        buffer_add(out, plain ? "\n" : usual);
        buffer_add(out, plain ? "" : "\n");
    }
    QRcode_free(code);
}

#else

void qr_add(buffer *out, const char *text, bool plain)
{
    (void)out;
    (void)text;
    (void)plain;
}

#endif
