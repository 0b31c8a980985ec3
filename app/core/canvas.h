/* canvas.h - the measures that drawings and the settings about them share. */
#ifndef CANVAS_H
#define CANVAS_H

enum { INK_CANVAS = 600 };      /* units: the canvas is so wide and high whatever its size on the screen */
#define INK_DEFAULT_BRUSH 30.0f /* units, diameter at full pressure */

#endif
