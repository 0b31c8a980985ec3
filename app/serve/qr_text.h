/* qr_text.h - a QR code as text: two rows of squares to a line of characters. */
#ifndef QR_TEXT_H
#define QR_TEXT_H

#include "app/core/buffer.h"

/* Dark on light whatever the terminal's colours are, by escape codes, or with `plain` without them, for dark terminals:
 * there what is printed is light. Adds nothing where there is no code (app/core/share/qr.h). */
void qr_add(buffer *out, const char *text, bool plain);

#endif
