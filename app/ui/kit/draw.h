/* draw.h - the draw list and the one renderer.
 *
 *     panels --draw_*--> list --draw_changes--> rectangles --draw_render--> surface
 *
 * Every frame lists everything there is to see. The window is divided into cells; a cell whose commands hash to
 * something else than last time is painted anew, the others keep their pixels. So panels never think about what
 * changed. */
#ifndef DRAW_H
#define DRAW_H

#include "raster.h"
#include "text.h"

enum { DRAW_CELL = 64, DRAW_MAX_COMMANDS = 4096, DRAW_TEXT_BYTES = 1 << 16, DRAW_MAX_CHANGES = 64 };

typedef struct draw_list draw_list;

bool draw_new(draw_list **list, nn_error *err);
void draw_free(draw_list *list);

/* Starts a frame of w x h pixels. Out of memory for its cells, all of every frame counts as changed. */
void draw_begin(draw_list *list, int w, int h);

/* What follows is clipped to this as well; returns the clip before, to put back with draw_set_clip. */
rect draw_clip(draw_list *list, rect clip);
void draw_set_clip(draw_list *list, rect clip);

/* Each adds one command. Over DRAW_MAX_COMMANDS they are left out. */
void draw_box(draw_list *list, const shape_box *box, colour c);
void draw_rect(draw_list *list, rect r, float radius, colour c);
void draw_outline(draw_list *list, rect r, float radius, float thickness, colour c);
void draw_line(draw_list *list, const shape_line *line, colour c);
void draw_text(draw_list *list, text_engine *engine, font f, int x, int y, const char *text, colour c);

/* The mask's memory must stay until after draw_render; `version` changes whenever its content does. */
void draw_mask(draw_list *list, const mask_image *image, unsigned version, rect to, colour c);

/* An opaque picture, its top left at (x, y); its memory and `version` as for masks. */
void draw_image(draw_list *list, const surface *image, unsigned version, int x, int y);

/* Compares with the frame before: fills what must be painted anew and returns how many rectangles. */
int draw_changes(draw_list *list, rect changes[DRAW_MAX_CHANGES]);

/* After the surface lost its pixels: everything counts as changed once. */
void draw_forget(draw_list *list);

void draw_render(const draw_list *list, text_engine *engine, const surface *target, const rect *changes, int count);

#endif
