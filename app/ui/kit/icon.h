/* icon.h - the pictures on the buttons, as lines. */
#ifndef ICON_H
#define ICON_H

#include "draw.h"

typedef enum icon {
    ICON_NONE,
    ICON_UNDO,
    ICON_REDO,
    ICON_ERASER,
    ICON_CLEAR,
    ICON_THEME,
    ICON_HELP,
    ICON_MENU,
    ICON_CHEVRON,
    ICON_TICK,
    ICON_BLANK /* keeps the place of one */
} icon;

/* Fills the square with its top left at (x, y). */
void draw_icon(draw_list *list, icon which, int x, int y, int side, colour c);

#endif
