/* theme.h - the window's colours, light and dark, from assets/theme.def. */
#ifndef THEME_H
#define THEME_H

#include "raster.h"

typedef struct theme {
#define THEME_COLOUR(name, light, dark) colour name;
#include "assets/theme.def"
#undef THEME_COLOUR
} theme;

extern const theme theme_light, theme_dark;

#endif
