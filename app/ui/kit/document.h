/* document.h - a page of Markdown in the window: set in lines of a given width, its links as buttons. */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include "markdown.h"
#include "widget.h"

typedef struct document_look {
    const char *name; /* of its elements: NAME.link.1, ... */
    int follow;       /* what a link asks for; action.index is the index in page->link */
    const char *tip;  /* of a link */
    const char *find; /* words, separated by spaces: what contains one of them is marked, whatever its case */
    /* The picture that a page calls `target`, at most `width` pixels wide, in memory that stays until the frame has been
     * drawn; false: its caption stands alone. */
    bool (*picture)(void *ctx, const char *target, int width, surface *image, unsigned *version);
    void *ctx;
} document_look;

/* Sets the page from the top of r; returns its height. Draws nothing when `draw` is false. */
int document_show(ui *u, rect r, const markdown *page, const document_look *look, bool draw);

/* How far below the top of a page of this width a heading stands (markdown_anchor); 0 if there is none. */
int document_anchor(ui *u, int width, const markdown *page, const document_look *look, const char *anchor);

/* How far below the top of a page of this width the first word stands that is looked for; 0 if there is none. */
int document_found(ui *u, int width, const markdown *page, const document_look *look);

/* Whether `text` contains `part`, whatever the case of Latin letters, umlauts and accents included. */
bool document_contains(const char *text, const char *part);

#endif
