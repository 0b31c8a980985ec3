/* scale.h - how large the desktop wants texts and buttons. */
#ifndef SCALE_H
#define SCALE_H

/* Pixels per unit of length, 1 at 96 dots per inch: Xft.dpi where X11 has it, else 1. After SDL_Init. */
float desktop_scale(void);

/* The Xft.dpi in the text of an X resource database, 0 if there is none. */
float scale_parse_dpi(const char *resources);

#endif
