/* markdown.h - a page of Markdown as blocks of words: what it says, before anybody knows how wide it will be shown.
 *
 * The page is parsed by md4c (CommonMark with tables). HTML is not understood. Any thread. */
#ifndef MARKDOWN_H
#define MARKDOWN_H

#include "nn/error.h"
#include <stdbool.h>
#include <stddef.h>

typedef enum block_kind {
    BLOCK_HEADING,   /* level 1.. */
    BLOCK_PARAGRAPH, /* level: of the list that it stands in, 0 for none */
    BLOCK_ITEM,      /* the first paragraph of a list's item */
    BLOCK_CODE,      /* one line of it, a single word with its spaces */
    BLOCK_CELL,      /* of a table, row by row */
    BLOCK_PICTURE    /* `target` names its file, the words say what it shows */
} block_kind;

enum { WORD_BOLD = 1, WORD_CODE = 2, WORD_LINK = 4 };

/* Texts are byte offsets into markdown.text, where each ends with a zero. */
typedef struct md_word {
    size_t text;
    unsigned style; /* WORD_ bits */
    bool space;     /* there is a space before it, where a line may be broken */
    int link;       /* index of what WORD_LINK leads to */
} md_word;

typedef struct md_block {
    block_kind kind;
    int level;
    int number; /* of an item; 0: a bullet */
    int first_word, words;
    int column, columns; /* of a cell and its table */
    bool head;           /* a cell of the table's first row */
    size_t target;       /* of a picture */
} md_block;

typedef struct markdown {
    char *text;
    size_t text_len;
    md_word *word;
    int n_words;
    md_block *block;
    int n_blocks;
    size_t *link; /* targets: "drawing.md#eraser", "https://..." */
    int n_links;
} markdown;

bool markdown_parse(markdown *page, const char *source, size_t len, nn_error *err);
void markdown_free(markdown *page);

/* The words of a block as one line, cut to `size` bytes. */
void markdown_line(const markdown *page, const md_block *block, char *line, size_t size);

/* The heading's name in links: lower case, words joined by "-", without signs, as web hosts of Markdown make it. */
void markdown_anchor(const markdown *page, const md_block *heading, char *anchor, size_t size);

#endif
