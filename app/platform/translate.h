/* translate.h - from SDL's events to the program's own. */
#ifndef TRANSLATE_H
#define TRANSLATE_H

#include "app/ui/kit/event.h"
#include <SDL.h>
#include <stdbool.h>

/* False for what the program does not care about. now: ms, platform clock. The text of the result belongs to the SDL
 * event. */
bool translate_event(event *out, const SDL_Event *e, SDL_Window *window, double now);

/* Frees what SDL gave with an event, after it has been handled or not. */
void translate_done(const SDL_Event *e);

#endif
