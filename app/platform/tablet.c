/* tablet.c - what the names and numbers of tablets mean. */
#include "tablet.h"
#include <ctype.h>
#include <stddef.h>
#include <string.h>

static bool same_letters(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (tolower((unsigned char)a[i]) != b[i])
            return false;
    return true;
}

static bool contains(const char *name, const char *word)
{
    size_t n = strlen(word);
    for (size_t left = strlen(name); left >= n; left--, name++)
        if (same_letters(name, word, n))
            return true;
    return false;
}

static bool ends_with(const char *name, const char *word)
{
    size_t length = strlen(name), n = strlen(word);
    return length >= n && same_letters(name + length - n, word, n);
}

bool tablet_end(int *end, const char *name)
{
    *end = contains(name, "eraser") ? TABLET_ERASER : TABLET_PEN;
    /* Wacom's driver gives these a pressure axis too: the buttons beside the surface, a mouse on it, fingers. */
    return !ends_with(name, "pad") && !ends_with(name, "cursor") && !ends_with(name, "touch");
}

float tablet_pressure(double value, double min, double max)
{
    if (!(max > min))
        return 1;
    double share = (value - min) / (max - min);
    return share > 0 ? share < 1 ? (float)share : 1 : 0;
}
