/* theme.c - the two themes. */
#include "theme.h"

const theme theme_light = {
#define THEME_COLOUR(name, light, dark) .name = light,
#include "assets/theme.def"
#undef THEME_COLOUR
};

const theme theme_dark = {
#define THEME_COLOUR(name, light, dark) .name = dark,
#include "assets/theme.def"
#undef THEME_COLOUR
};
