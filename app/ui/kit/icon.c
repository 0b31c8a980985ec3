/* icon.c - icons as lists of points on a 48 x 48 grid; UP lifts the pen, END ends. */
#include "icon.h"

enum { GRID = 48, UP = -1, END = -2 };

static const signed char undo[] = {18, 28, 8,  18, 18, 8,  UP, 8,  18, 29, 18, 34, 19,
                                   38, 23, 39, 28, 38, 33, 34, 37, 29, 38, 20, 38, END};
static const signed char redo[] = {30, 28, 40, 18, 30, 8,  UP, 40, 18, 19, 18, 14, 19,
                                   10, 23, 9,  28, 10, 33, 14, 37, 19, 38, 28, 38, END};
static const signed char eraser[] = {19, 40, 8,  29, 26, 9,  40, 23, 25, 40, 19, 40,
                                     UP, 17, 19, 32, 32, UP, 25, 40, 41, 40, END};
static const signed char clear[] = {8,  13, 40, 13, UP, 17, 13, 19, 7,  29, 7,  31, 13, UP, 12, 13, 14,
                                    41, 34, 41, 36, 13, UP, 20, 21, 20, 33, UP, 28, 21, 28, 33, END};
static const signed char half_moon[] = {24, 7,  31, 8,  36, 12, 40, 17, 41, 24, 40, 31, 36, 36, 31, 40,
                                        24, 41, 17, 40, 12, 36, 8,  31, 7,  24, 8,  17, 12, 12, 17, 8,
                                        24, 7,  24, 41, UP, 27, 10, 27, 38, UP, 30, 11, 30, 37, UP, 33,
                                        12, 33, 36, UP, 36, 15, 36, 33, UP, 38, 19, 38, 29, END};
static const signed char help[] = {15, 17, 16, 12, 20, 8,  24, 7,  28, 8,  32, 12, 33,
                                   17, 30, 22, 26, 25, 24, 28, 24, 31, UP, 24, 41, END};
static const signed char menu[] = {8, 13, 40, 13, UP, 8, 24, 40, 24, UP, 8, 35, 40, 35, END};
static const signed char chevron[] = {14, 19, 24, 29, 34, 19, END};

static const signed char tick[] = {9, 26, 19, 36, 39, 13, END};
static const signed char blank[] = {END};

static const signed char *const icons[] = {
    [ICON_UNDO] = undo, [ICON_REDO] = redo, [ICON_ERASER] = eraser,   [ICON_CLEAR] = clear, [ICON_THEME] = half_moon,
    [ICON_HELP] = help, [ICON_MENU] = menu, [ICON_CHEVRON] = chevron, [ICON_TICK] = tick,   [ICON_BLANK] = blank,
};

void draw_icon(draw_list *list, icon which, int x, int y, int side, colour c)
{
    if (which == ICON_NONE)
        return;
    float unit = (float)side / GRID, width = 3.8f * unit;
    float last_x = 0, last_y = 0;
    bool down = false;
    for (const signed char *p = icons[which]; *p != END;) {
        if (*p == UP) {
            down = false;
            p++;
            continue;
        }
        float px = (float)x + (float)p[0] * unit, py = (float)y + (float)p[1] * unit;
        bool dot = !down && (p[2] == UP || p[2] == END);
        if (down || dot)
            draw_line(list, &(shape_line){dot ? px : last_x, dot ? py : last_y, width, px, py, width}, c);
        last_x = px;
        last_y = py;
        down = true;
        p += 2;
    }
}
