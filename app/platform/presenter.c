/* presenter.c - SDL_UpdateWindowSurfaceRects, or a texture. */
#include "presenter.h"
#include "app/ui/kit/draw.h"

static void drop_pixels(presenter *self)
{
    SDL_FreeSurface(self->own);
    if (self->texture)
        SDL_DestroyTexture(self->texture);
    self->own = self->pixels = NULL;
    self->texture = NULL;
}

static bool make_texture(presenter *self, int w, int h)
{
    if (!self->renderer)
        self->renderer = SDL_CreateRenderer(self->window, -1, 0);
    if (!self->renderer)
        return false;
    self->texture = SDL_CreateTexture(self->renderer, SDL_PIXELFORMAT_ARGB8888, SDL_TEXTUREACCESS_STREAMING, w, h);
    return self->texture != NULL;
}

static bool is_ours(const SDL_Surface *theirs)
{
    return theirs->format->format == SDL_PIXELFORMAT_RGB888 || theirs->format->format == SDL_PIXELFORMAT_ARGB8888;
}

bool presenter_prepare(presenter *self)
{
    int w, h;
    drop_pixels(self);
    SDL_Surface *theirs = self->renderer ? NULL : SDL_GetWindowSurface(self->window);
    if (theirs && is_ours(theirs)) {
        self->pixels = theirs;
        return true;
    }
    SDL_GetWindowSizeInPixels(self->window, &w, &h);
    if (!theirs && !make_texture(self, w, h))
        return false;
    self->own = SDL_CreateRGBSurfaceWithFormat(0, w, h, 32, SDL_PIXELFORMAT_RGB888);
    self->pixels = self->own;
    return self->pixels != NULL;
}

surface presenter_surface(const presenter *self)
{
    return (surface){self->pixels->pixels, self->pixels->w, self->pixels->h, self->pixels->pitch / 4};
}

static void show_texture(presenter *self, const SDL_Rect *rects, int count)
{
    for (int i = 0; i < count; i++) {
        const char *from =
            (const char *)self->own->pixels + (ptrdiff_t)rects[i].y * self->own->pitch + (ptrdiff_t)rects[i].x * 4;
        SDL_UpdateTexture(self->texture, &rects[i], from, self->own->pitch);
    }
    SDL_RenderCopy(self->renderer, self->texture, NULL, NULL);
    SDL_RenderPresent(self->renderer);
}

static void show_surface(presenter *self, const SDL_Rect *rects, int count)
{
    SDL_Surface *theirs = self->own ? SDL_GetWindowSurface(self->window) : NULL;
    for (int i = 0; theirs && i < count; i++) {
        SDL_Rect from = rects[i], to = rects[i];
        SDL_BlitSurface(self->own, &from, theirs, &to);
    }
    if (SDL_UpdateWindowSurfaceRects(self->window, rects, count) != 0)
        self->pixels = NULL;
}

void presenter_show(presenter *self, const rect *changes, int count)
{
    SDL_Rect rects[DRAW_MAX_CHANGES];
    for (int i = 0; i < count; i++)
        rects[i] = (SDL_Rect){changes[i].x, changes[i].y, changes[i].w, changes[i].h};
    if (self->texture)
        show_texture(self, rects, count);
    else
        show_surface(self, rects, count);
}

void presenter_free(presenter *self)
{
    drop_pixels(self);
    if (self->renderer)
        SDL_DestroyRenderer(self->renderer);
}
