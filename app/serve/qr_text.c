/* qr_text.c - squares as halves of characters, with the quiet zone that belongs around them. */
#include "qr_text.h"
#include "app/core/share/qr.h"

static void add_line(buffer *out, const qr_code *code, int y)
{
    static const char *const squares[2][2] = {{"\u2588", "\u2580"}, {"\u2584", " "}}; /* light is what is printed */
    for (int x = -QR_QUIET; x < code->side + QR_QUIET; x++)
        buffer_add(out, squares[qr_is_dark(code, x, y)][qr_is_dark(code, x, y + 1)]);
}

void qr_add(buffer *out, const char *text, bool plain)
{
    static const char white_on_black[] = "\033[38;5;231;48;5;16m", usual[] = "\033[0m";
    qr_code code;
    bool made = qr_make(&code, text);
    for (int y = -QR_QUIET; made && y < code.side + QR_QUIET; y += 2) {
        buffer_add(out, plain ? "" : white_on_black);
        add_line(out, &code, y);
        buffer_add(out, plain ? "\n" : usual);
        buffer_add(out, plain ? "" : "\n");
    }
}
