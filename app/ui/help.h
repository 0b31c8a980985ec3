/* help.h - the manual: pages of Markdown that are compiled in (assets/help). Which one is open, where one came from, and
 * looking for words. A page that a language lacks is there in English. On the window's thread. */
#ifndef HELP_H
#define HELP_H

#include "app/ui/kit/markdown.h"
#include "app/ui/kit/raster.h"

enum { HELP_PAGES = 32, HELP_BACK = 32, HELP_PICTURES = 4, HELP_NAME = 48 };

typedef struct help_page {
    char name[HELP_NAME];  /* "drawing" */
    char title[HELP_NAME]; /* its first heading */
    const char *text;
    size_t len;
} help_page;

/* A picture at the width at which it is shown. */
typedef struct help_picture {
    char name[HELP_NAME]; /* "" for none */
    surface image;        /* its pixels are owned */
    int width;            /* that there was room for */
    unsigned version;
} help_picture;

typedef struct help {
    char language[8];           /* "" before the first help_list */
    help_page page[HELP_PAGES]; /* the start, then those that it links to, in that order */
    int n_pages;
    int open;        /* index of the page that is shown */
    markdown text;   /* of it */
    char anchor[64]; /* the heading that the next frame shall begin with; "" for none */
    struct {
        int page, scroll;
    } back[HELP_BACK]; /* where one came from */
    int n_back;
    help_picture picture[HELP_PICTURES]; /* the newest of the pictures shown */
    unsigned pictures;                   /* made so far */
} help;

/* Finds the pages of a language ("de"), if that was not done already, and opens the start. */
bool help_list(help *self, const char *language, nn_error *err);
void help_free(help *self);

/* Opens a page by its name or by a link to it, "drawing.md#eraser". `scroll` is where the page before it stood, so that
 * help_back leads there; negative: from outside, so that nothing lies behind. On failure the page stays. */
bool help_open(help *self, const char *target, int scroll, nn_error *err);

/* The page before; returns how far it was scrolled, negative if there is none. */
int help_back(help *self, nn_error *err);

/* Whether all words (separated by spaces) stand somewhere in page i; `line` gets a line in which the first of them does. */
bool help_finds(const help *self, int i, const char *words, char *line, size_t size);

/* A picture of a page, at most `width` pixels wide; for document_look. ctx is the help. */
bool help_show_picture(void *ctx, const char *target, int width, surface *image, unsigned *version);

#endif
