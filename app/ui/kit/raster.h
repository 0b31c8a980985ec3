/* raster.h - anti-aliased shapes into memory: the only code that touches pixels.
 *
 * Surfaces are opaque 0xffRRGGBB, masks are 8-bit coverage. Everything is clipped; no function allocates or fails.
 * Positions are pixels, pixel (0, 0) covers 0..1. */
#ifndef RASTER_H
#define RASTER_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t colour; /* 0xAARRGGBB, not premultiplied */

typedef struct rect {
    int x, y, w, h; /* empty when w or h is not positive */
} rect;

rect rect_intersect(rect a, rect b);
rect rect_union(rect a, rect b); /* an empty one does not count */
rect rect_inset(rect r, int by);
bool rect_is_empty(rect r);
bool rect_contains(rect r, float x, float y);

typedef struct surface {
    uint32_t *pixels;
    int w, h;
    int stride; /* in pixels */
} surface;

/* A box with round corners. thickness 0 fills it, else it is an outline that lies inside. A circle is a square box
 * whose radius is half its side. */
typedef struct shape_box {
    float x, y, w, h, radius, thickness;
} shape_box;

/* A line with round ends whose width may change on the way. */
typedef struct shape_line {
    float x0, y0, width0;
    float x1, y1, width1;
} shape_line;

/* Every pixel that the shape can touch. */
rect shape_box_bounds(const shape_box *box);
rect shape_line_bounds(const shape_line *line);

void raster_box(const surface *target, rect clip, const shape_box *box, colour c);
void raster_line(const surface *target, rect clip, const shape_line *line, colour c);

/* Coverage of mask_w x mask_h pixels, stretched to `to` by repeating pixels; stride in bytes. */
typedef struct mask_image {
    const unsigned char *coverage;
    int w, h, stride;
    colour ground; /* opaque: what it lies on; 0: what is there already */
} mask_image;
void raster_mask(const surface *target, rect clip, const mask_image *mask, rect to, colour c);

/* Copies an opaque picture, its top left at (x, y). */
void raster_image(const surface *target, rect clip, const surface *image, int x, int y);

/* Strokes go into a mask of side x side pixels: ink is the greatest coverage so far, an eraser takes away what it
 * covers. So the pieces of a stroke may overlap and come in any number. */
typedef enum mask_mode { MASK_INK, MASK_ERASE } mask_mode;
void raster_mask_line(unsigned char *mask, int side, const shape_line *line, mask_mode mode);

#endif
