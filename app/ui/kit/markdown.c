/* markdown.c - md4c's events, gathered into blocks of words. */
#include "markdown.h"
#include "nn/alloc.h"
#include <ctype.h>
#include <md4c.h>
#include <stdio.h>
#include <string.h>

enum { LISTS = 8 /* inside each other */ };

/* What is being read. Once memory has run out nothing more is added. */
typedef struct reader {
    markdown *page;
    size_t text_room;
    int word_room, block_room, link_room;
    bool full;         /* out of memory */
    bool open;         /* words go to the last block */
    bool space;        /* white space since the last word */
    bool in_word;      /* text goes on with the last word */
    unsigned style;    /* WORD_ bits in force */
    int link;          /* in force with WORD_LINK */
    int lists;         /* inside each other now */
    int number[LISTS]; /* of the next item; 0: bullets */
    bool item;         /* an item has begun, its first paragraph not yet */
    int columns, column;
    bool head, code;
} reader;

/* ---- growing ----------------------------------------------------------------------------------------------------- */

/* The array, moved where it needs room for one more than `count`; as it was when memory has run out. */
static void *room_for_one(reader *r, void *array, int count, int *room, size_t size)
{
    if (r->full || count < *room)
        return array;
    int wanted = (int)nn_room((size_t)count + 1);
    void *larger = nn_realloc(array, (size_t)*room, (size_t)wanted, size);
    r->full = !larger;
    if (larger)
        *room = wanted;
    return larger ? larger : array;
}

/* Appends bytes over the zero that ends the last text and a new zero; returns where they begin. */
static size_t put(reader *r, const char *bytes, size_t len)
{
    markdown *p = r->page;
    size_t at = p->text_len, wanted = at + len + 1;
    if (wanted > r->text_room && !r->full) {
        size_t room = nn_room(wanted);
        char *larger = nn_realloc(p->text, r->text_room, room, 1);
        r->full = !larger;
        p->text = larger ? larger : p->text;
        r->text_room = larger ? room : r->text_room;
    }
    if (r->full)
        return 0;
    memcpy(p->text + at, bytes, len);
    p->text[at + len] = '\0';
    p->text_len = wanted;
    return at;
}

static void begin_block(reader *r, md_block block)
{
    markdown *p = r->page;
    p->block = room_for_one(r, p->block, p->n_blocks, &r->block_room, sizeof *p->block);
    if (r->full)
        return;
    block.first_word = p->n_words;
    p->block[p->n_blocks++] = block;
    r->open = true;
    r->space = r->in_word = false;
}

/* Text that may stand without a paragraph around it, as in the items of a tight list. */
static void need_block(reader *r)
{
    if (r->open)
        return;
    md_block block = {.kind = BLOCK_PARAGRAPH, .level = r->lists};
    if (r->item) {
        int list = r->lists <= LISTS ? r->lists - 1 : LISTS - 1;
        block.kind = BLOCK_ITEM;
        block.number = r->number[list];
        r->number[list] += r->number[list] > 0;
        r->item = false;
    }
    begin_block(r, block);
}

static void begin_word(reader *r)
{
    markdown *p = r->page;
    p->word = room_for_one(r, p->word, p->n_words, &r->word_room, sizeof *p->word);
    if (r->full)
        return;
    p->word[p->n_words++] = (md_word){.text = put(r, "", 0), .style = r->style, .space = r->space, .link = r->link};
    p->block[p->n_blocks - 1].words++;
    r->in_word = true;
    r->space = false;
}

static void add_text(reader *r, const char *text, size_t len)
{
    need_block(r);
    for (size_t i = 0; i < len && !r->full; i++) {
        if (!r->code && isspace((unsigned char)text[i])) {
            r->space = true;
            r->in_word = false;
            continue;
        }
        if (!r->in_word)
            begin_word(r);
        if (r->full)
            return;
        r->page->text_len--; /* over the zero */
        put(r, text + i, 1);
    }
}

/* Each line of a code block is a block. */
static void add_code(reader *r, const char *text, size_t len)
{
    while (len > 0) {
        const char *end = memchr(text, '\n', len);
        size_t line = end ? (size_t)(end - text) : len;
        if (!r->open)
            begin_block(r, (md_block){.kind = BLOCK_CODE, .level = r->lists});
        if (!r->in_word && !r->full)
            begin_word(r);
        add_text(r, text, line);
        if (end)
            r->open = false;
        text += line + (end ? 1 : 0);
        len -= line + (end ? 1 : 0);
    }
}

/* ---- md4c's events; what they return other than 0 ends the parsing ------------------------------------------------ */

static int enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    reader *r = ctx;
    switch (type) {
    case MD_BLOCK_H:
        begin_block(r, (md_block){.kind = BLOCK_HEADING, .level = (int)((MD_BLOCK_H_DETAIL *)detail)->level});
        break;
    case MD_BLOCK_CODE: r->code = true; break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        r->open = false;
        if (++r->lists <= LISTS)
            r->number[r->lists - 1] = type == MD_BLOCK_OL ? (int)((MD_BLOCK_OL_DETAIL *)detail)->start : 0;
        break;
    case MD_BLOCK_LI:
        r->open = false;
        r->item = true;
        break;
    case MD_BLOCK_TABLE: r->columns = (int)((MD_BLOCK_TABLE_DETAIL *)detail)->col_count; break;
    case MD_BLOCK_THEAD: r->head = true; break;
    case MD_BLOCK_TR: r->column = 0; break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        begin_block(r, (md_block){.kind = BLOCK_CELL, .column = r->column++, .columns = r->columns, .head = r->head});
        break;
    default: break;
    }
    return r->full;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    reader *r = ctx;
    (void)detail;
    if (type == MD_BLOCK_UL || type == MD_BLOCK_OL)
        r->lists--;
    if (type == MD_BLOCK_THEAD)
        r->head = false;
    if (type == MD_BLOCK_CODE)
        r->code = false;
    r->open = false;
    return r->full;
}

static void enter_link(reader *r, const MD_ATTRIBUTE *to)
{
    markdown *p = r->page;
    p->link = room_for_one(r, p->link, p->n_links, &r->link_room, sizeof *p->link);
    if (r->full)
        return;
    r->link = p->n_links;
    p->link[p->n_links++] = put(r, to->text, to->size);
    r->style |= WORD_LINK;
}

/* A picture is a block of its own, whatever it stands in. */
static void enter_picture(reader *r, const MD_ATTRIBUTE *source)
{
    size_t target = put(r, source->text, source->size);
    begin_block(r, (md_block){.kind = BLOCK_PICTURE, .level = r->lists, .target = target});
}

static int enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    reader *r = ctx;
    if (type == MD_SPAN_IMG)
        enter_picture(r, &((MD_SPAN_IMG_DETAIL *)detail)->src);
    else
        need_block(r);
    r->in_word = false;
    if (type == MD_SPAN_A)
        enter_link(r, &((MD_SPAN_A_DETAIL *)detail)->href);
    if (type == MD_SPAN_STRONG || type == MD_SPAN_EM)
        r->style |= WORD_BOLD;
    if (type == MD_SPAN_CODE)
        r->style |= WORD_CODE;
    return r->full;
}

static int leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    reader *r = ctx;
    (void)detail;
    r->in_word = false;
    if (type == MD_SPAN_IMG)
        r->open = false;
    if (type == MD_SPAN_A)
        r->style &= ~(unsigned)WORD_LINK;
    if (type == MD_SPAN_STRONG || type == MD_SPAN_EM)
        r->style &= ~(unsigned)WORD_BOLD;
    if (type == MD_SPAN_CODE)
        r->style &= ~(unsigned)WORD_CODE;
    return r->full;
}

static int text(MD_TEXTTYPE type, const MD_CHAR *bytes, MD_SIZE len, void *ctx)
{
    reader *r = ctx;
    if (r->code)
        add_code(r, bytes, len);
    else if (type == MD_TEXT_SOFTBR || type == MD_TEXT_BR)
        add_text(r, " ", 1);
    else
        add_text(r, bytes, len);
    return r->full;
}

bool markdown_parse(markdown *page, const char *source, size_t len, nn_error *err)
{
    *page = (markdown){.text = NULL};
    reader r = {.page = page};
    MD_PARSER parser = {.flags = MD_FLAG_TABLES | MD_FLAG_NOHTML,
                        .enter_block = enter_block,
                        .leave_block = leave_block,
                        .enter_span = enter_span,
                        .leave_span = leave_span,
                        .text = text};
    put(&r, "", 0);
    if (len > 1 << 24)
        return nn_fail(err, NN_LIMIT, 0, "the page is larger than 16 MiB");
    if (md_parse(source, (MD_SIZE)len, &parser, &r) == 0 && !r.full)
        return true;
    markdown_free(page);
    return nn_fail(err, NN_NOMEM, 0, "out of memory");
}

void markdown_free(markdown *page)
{
    nn_free(page->text);
    nn_free(page->word);
    nn_free(page->block);
    nn_free(page->link);
    *page = (markdown){.text = NULL};
}

/* ---- what is asked of a page ------------------------------------------------------------------------------------- */

void markdown_line(const markdown *page, const md_block *block, char *line, size_t size)
{
    size_t used = 0;
    line[0] = '\0';
    for (int i = 0; i < block->words && used + 1 < size; i++) {
        const md_word *w = &page->word[block->first_word + i];
        int n = snprintf(line + used, size - used, "%s%s", i > 0 && w->space ? " " : "", page->text + w->text);
        used += n > 0 ? (size_t)n : 0;
    }
}

void markdown_anchor(const markdown *page, const md_block *heading, char *anchor, size_t size)
{
    char line[256];
    size_t n = 0;
    markdown_line(page, heading, line, sizeof line);
    for (const char *c = line; *c && n + 1 < size; c++) {
        unsigned char byte = (unsigned char)*c;
        if (isalnum(byte) || byte >= 0x80 || *c == '-' || *c == '_')
            anchor[n++] = (char)tolower(byte);
        else if (*c == ' ')
            anchor[n++] = '-';
    }
    anchor[n] = '\0';
}
