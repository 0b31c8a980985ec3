/* error.c - filling nn_error. */
#include "error.h"
#include "utf8.h"
#include <stdio.h>
#include <string.h>

static nn_error_words put_into_words; /* NULL: vsnprintf */

void nn_error_set_words(nn_error_words words)
{
    put_into_words = words;
}

bool nn_fail(nn_error *err, nn_code code, size_t pos, const char *format, ...)
{
    va_list args;

    if (err == NULL)
        return false;
    err->code = code;
    err->pos = pos;
    va_start(args, format);
    if (put_into_words != NULL)
        put_into_words(err->text, sizeof err->text, format, args);
    else
        vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    nn_utf8_clean(err->text, strlen(err->text)); /* words that it quotes come from files */
    return false;
}

bool nn_fail_in(nn_error *err, const char *name)
{
    enum { LONGEST = 120 }; /* of the name, so that half of the text is left for what is wrong */
    char text[sizeof err->text];
    size_t len = strlen(name);
    const char *dots = "";

    if (err == NULL)
        return false;
    if (len > LONGEST) { /* the end of a path says more than its beginning; never start inside a UTF-8 character */
        dots = "...";
        name += len - LONGEST;
        while (((unsigned char)*name & 0xc0) == 0x80)
            name++;
        len = LONGEST;
    }
    memcpy(text, err->text, sizeof text);
    snprintf(err->text, sizeof err->text, "%s%s: %.*s", dots, name, (int)(sizeof text - len - sizeof "...: "), text);
    nn_utf8_clean(err->text, strlen(err->text));
    return false;
}
