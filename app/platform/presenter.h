/* presenter.h - from pixels in memory to the screen: the window's own surface where the video driver has one, else one
 * streaming texture. No OpenGL either way where it can be helped: it would cost ten times the start and the memory. */
#ifndef PRESENTER_H
#define PRESENTER_H

#include "app/ui/kit/raster.h"
#include <SDL.h>

typedef struct presenter {
    SDL_Window *window;
    SDL_Surface *pixels;    /* what is painted on: the window's surface, or `own`; NULL when it must be made anew */
    SDL_Surface *own;       /* NULL where the window's surface has the right format */
    SDL_Renderer *renderer; /* NULL where the window has a surface */
    SDL_Texture *texture;
} presenter;

/* Makes `pixels` in the window's present size; their content is undefined. False with SDL's error. */
bool presenter_prepare(presenter *self);

surface presenter_surface(const presenter *self);

/* Brings the rectangles to the screen. If the window lost its surface, `pixels` is NULL afterwards. */
void presenter_show(presenter *self, const rect *changes, int count);

void presenter_free(presenter *self);

#endif
