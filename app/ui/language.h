/* language.h - which language the window speaks. */
#ifndef LANGUAGE_H
#define LANGUAGE_H

#include "state.h"

/* At the start: what the command line says, else the settings, else the environment. Before there are fonts, so that
 * what goes wrong from here on is told in it. */
void language_begin(app *self);

/* Fonts and their shaping follow the language in force. */
void language_set_fonts(app *self);

/* Another one, from now on and for the next start; by its number among those that there are. */
void language_choose(app *self, int index);

#endif
