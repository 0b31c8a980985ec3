/* manual.h - the manual: pages of Markdown that are compiled in (assets/help). Which one is open, where one came from, and
 * looking for words. A page that a language lacks is there in English. On the window's thread. */
#ifndef MANUAL_H
#define MANUAL_H

#include "document.h"

enum { MANUAL_WORDS = 256, MANUAL_PAGES = 32, MANUAL_BACK = 32, MANUAL_PICTURES = 4, MANUAL_NAME = 48 };

typedef struct manual_page {
    char name[MANUAL_NAME];  /* "drawing" */
    char title[MANUAL_NAME]; /* its first heading */
    const char *text;
    size_t len;
} manual_page;

/* A picture at the width at which it is shown. */
typedef struct manual_picture {
    char name[MANUAL_NAME]; /* "" for none */
    surface image;          /* its pixels are owned */
    int width;              /* that there was room for */
    unsigned version;
} manual_picture;

typedef struct manual {
    char language[8];               /* "" before the first manual_list */
    manual_page page[MANUAL_PAGES]; /* the start, then those that it links to, in that order */
    int n_pages;
    int open;        /* index of the page that is shown */
    markdown text;   /* of it */
    char anchor[64]; /* the heading that the next frame shall begin with; "" for none */
    struct {
        int page, scroll;
    } back[MANUAL_BACK]; /* where one came from */
    int n_back;
    char found[MANUAL_WORDS]; /* the words with which the page was found, to be marked in it; "" for none */
    manual_picture picture[MANUAL_PICTURES]; /* the newest of the pictures shown */
    unsigned pictures;                       /* made so far */
} manual;

/* Finds the pages of a language ("de"), if that was not done already, and opens the start. */
bool manual_list(manual *self, const char *language, nn_error *err);
void manual_free(manual *self);

/* Opens a page by its name or by a link to it, "drawing.md#eraser". `scroll` is where the page before it stood, so that
 * manual_back leads there; negative: from outside, so that nothing lies behind. On failure the page stays. */
bool manual_open(manual *self, const char *target, int scroll, nn_error *err);

/* The page before; returns how far it was scrolled, negative if there is none. */
int manual_back(manual *self, nn_error *err);

/* Whether all words (separated by spaces) stand somewhere in page i; `line` gets a line in which the first of them does. */
bool manual_finds(const manual *self, int i, const char *words, char *line, size_t size);

/* From now on these words are marked. */
void manual_find(manual *self, const char *words);

/* Whether a link leads to a page, and not into the web. */
bool manual_is_page(const char *target);

/* How its pages are shown; `follow` is what a link asks for, `tip` what it says of itself (document.h). */
document_look manual_look(manual *self, int follow, const char *tip);

/* A picture of a page, at most `width` pixels wide; for document_look. ctx is the manual. */
bool manual_show_picture(void *ctx, const char *target, int width, surface *image, unsigned *version);

#endif
