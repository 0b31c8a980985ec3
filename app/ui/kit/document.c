/* document.c - words into lines, cells into tables. */
#include "document.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
    BODY = 15,
    SMALL = 14,
    INDENT = 22,
    CELL_GAP = 16,
    PICTURE_W = 600,
    COLUMNS = 12 /* of a table; more share the last */
};
enum { WORD_MARKED = 8 /* beside the WORD_ bits */ };

/* Words of one look on one line, drawn as one text. */
typedef struct run {
    char text[512];
    size_t used;
    unsigned style;
    int link;
} run;

/* Where the next word goes. */
typedef struct setter {
    ui *u;
    const markdown *page;
    const document_look *look;
    bool draw;
    int left, width; /* of the column being set */
    int x, y;        /* of the run, of its line's top */
    float units;     /* height of the text */
    bool bold;       /* as headings are */
    colour c;
    run run;
    int links; /* elements so far */
    int found; /* the top of the first line with what is looked for; -1: none so far */
} setter;

/* ---- finding ----------------------------------------------------------------------------------------------------- */

/* Bytes of UTF-8 with Latin capitals made small: A to Z, and the letters of Latin-1 behind the byte 0xc3. */
static unsigned small(const char *text, size_t i)
{
    unsigned char byte = (unsigned char)text[i];
    bool latin1 = i > 0 && (unsigned char)text[i - 1] == 0xc3 && byte >= 0x80 && byte < 0x9f && byte != 0x97;
    return latin1 ? byte + 0x20u : (unsigned)tolower(byte);
}

bool document_contains(const char *text, const char *part)
{
    size_t len = strlen(text), wanted = strlen(part);
    for (size_t i = 0; i + wanted <= len; i++) {
        size_t k = 0;
        while (k < wanted && small(text, i + k) == small(part, k))
            k++;
        if (k == wanted)
            return true;
    }
    return false;
}

/* ---- a line ------------------------------------------------------------------------------------------------------ */

static font run_font(const setter *s, unsigned style)
{
    if (style & WORD_CODE)
        return ui_font(s->u, s->units - 1, FONT_MONO);
    return ui_font(s->u, s->units, s->bold || style & WORD_BOLD ? FONT_BOLD : FONT_REGULAR);
}

static int line_height(const setter *s)
{
    return text_height(s->u->text, ui_font(s->u, s->units, FONT_REGULAR)) * 5 / 4;
}

static void declare_link(setter *s, rect r, int link)
{
    char name[UI_NAME];
    snprintf(name, sizeof name, "%s.link.%d", s->look->name, ++s->links);
    bool focused = ui_area(s->u, r, name, ELEMENT_BUTTON);
    s->u->declared->act = (action){.id = s->look->follow, .index = link};
    ui_explain(s->u, s->look->tip);
    draw_rect(s->u->list, (rect){r.x, r.y + r.h - ui_px(s->u, 3), r.w, ui_px(s->u, 1)}, 0, s->u->colours->accent);
    if (focused)
        ui_focus_ring(s->u, r, 3 * s->u->scale);
}

static void draw_run(setter *s, font f, int w)
{
    ui *u = s->u;
    rect r = {s->x, s->y, w, line_height(s)};
    bool is_link = s->run.style & WORD_LINK;
    if (s->run.style & (WORD_MARKED | WORD_CODE))
        draw_rect(u->list, (rect){r.x - ui_px(u, 2), r.y, r.w + ui_px(u, 4), r.h}, 3 * u->scale,
                  s->run.style & WORD_MARKED ? u->colours->strip : u->colours->track);
    int baseline = text_ascent(u->text, ui_font(u, s->units, FONT_REGULAR)) - text_ascent(u->text, f);
    draw_text(u->list, u->text, f, s->x, s->y + baseline, s->run.text, is_link ? u->colours->accent : s->c);
    if (is_link)
        declare_link(s, r, s->run.link);
}

static void end_run(setter *s)
{
    if (s->run.used == 0)
        return;
    font f = run_font(s, s->run.style);
    int w = text_width(s->u->text, f, s->run.text);
    if (s->draw)
        draw_run(s, f, w);
    s->x += w;
    s->run.used = 0;
}

static void end_line(setter *s)
{
    end_run(s);
    s->x = s->left;
    s->y += line_height(s);
}

static void start_column(setter *s, int left, int y, int width, float units)
{
    s->left = s->x = left;
    s->y = y;
    s->width = width;
    s->units = units;
}

static void append(run *r, const char *text, size_t len)
{
    size_t room = sizeof r->text - 1 - r->used;
    len = len < room ? len : room;
    memcpy(r->text + r->used, text, len);
    r->used += len;
    r->text[r->used] = '\0';
}

/* Where the text set so far ends. */
static int reach(const setter *s)
{
    return s->x + (s->run.used ? text_width(s->u->text, run_font(s, s->run.style), s->run.text) : 0);
}

/* A word alone on its line that is too long even so goes on in the next ones. */
static void set_piece(setter *s, const char *text, unsigned style, int link)
{
    text_engine *engine = s->u->text;
    font f = run_font(s, style);
    while (*text) {
        size_t next, len = text_break(engine, f, text, s->width, &next);
        if (s->x == s->left && s->run.used == 0 && text[next]) {
            s->run.style = style;
            s->run.link = link;
            append(&s->run, text, len);
            end_line(s);
            text += next;
            continue;
        }
        append(&s->run, text, strlen(text));
        break;
    }
    s->run.style = style;
    s->run.link = link;
}

static bool is_looked_for(const char *text, const char *words)
{
    char word[64];
    while (*words) {
        size_t len = strcspn(words, " ");
        snprintf(word, sizeof word, "%.*s", (int)len, words);
        if (*word && document_contains(text, word))
            return true;
        words += len + strspn(words + len, " ");
    }
    return false;
}

static void set_word(setter *s, const md_word *word)
{
    const char *text = s->page->text + word->text;
    unsigned style = word->style;
    if (is_looked_for(text, s->look->find))
        style |= WORD_MARKED;
    if (style & WORD_MARKED && s->found < 0)
        s->found = s->y;
    font f = run_font(s, style);
    bool first = s->x == s->left && s->run.used == 0;
    int gap = word->space && !first ? text_width(s->u->text, run_font(s, 0), " ") : 0;
    if (!first && word->space && reach(s) + gap + text_width(s->u->text, f, text) > s->left + s->width) {
        end_line(s);
        gap = 0;
    }
    bool goes_on = s->run.used > 0 && s->run.style == style && s->run.link == word->link &&
                   s->run.used + strlen(text) + 2 < sizeof s->run.text;
    if (!goes_on) {
        end_run(s);
        s->x += gap;
    } else if (gap > 0)
        append(&s->run, " ", 1);
    set_piece(s, text, style, word->link);
}

/* All words of a block from s->y down; s->y is below them then. */
static void set_words(setter *s, const md_block *b)
{
    for (int i = 0; i < b->words; i++)
        set_word(s, &s->page->word[b->first_word + i]);
    if (s->x > s->left || s->run.used > 0)
        end_line(s);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static int column_of(const md_block *cell)
{
    return cell->column < COLUMNS ? cell->column : COLUMNS - 1;
}

/* How wide the widest cell of each column would like to be. */
static void wishes(setter *s, const md_block *cell, int count, int wish[COLUMNS])
{
    char line[512];
    for (int i = 0; i < count; i++) {
        int *w = &wish[column_of(&cell[i])];
        bool code = cell[i].words > 0 && s->page->word[cell[i].first_word].style & WORD_CODE;
        markdown_line(s->page, &cell[i], line, sizeof line);
        font f = ui_font(s->u, SMALL, code ? FONT_MONO : cell[i].head ? FONT_BOLD : FONT_REGULAR);
        int wanted = text_width(s->u->text, f, line) + ui_px(s->u, CELL_GAP);
        *w = wanted > *w ? wanted : *w;
    }
}

/* Columns that want less than an equal share get what they want; the others share the rest. */
static void share_width(int wish[COLUMNS], int columns, int width)
{
    bool settled[COLUMNS] = {false};
    int left = width, open = columns;
    for (bool again = true; again && open > 0;) {
        again = false;
        int share = left / open;
        for (int i = 0; i < columns; i++)
            if (!settled[i] && wish[i] <= share) {
                settled[i] = again = true;
                left -= wish[i];
                open--;
            }
    }
    for (int i = 0; i < columns; i++)
        if (!settled[i])
            wish[i] = left / open;
}

/* One row from its first cell on; returns how many cells it has. */
static int set_row(setter *s, const md_block *cell, int count, const int width[COLUMNS], int left)
{
    int top = s->y + ui_px(s->u, 4), bottom = top, x = left, n = 0, gap = ui_px(s->u, CELL_GAP), whole = 0;
    for (; n < count && (n == 0 || cell[n].column > 0); n++) {
        int column = column_of(&cell[n]);
        start_column(s, x, top, width[column] - gap, SMALL);
        s->bold = cell[n].head;
        set_words(s, &cell[n]);
        bottom = s->y > bottom ? s->y : bottom;
        x += width[column];
        whole += width[column];
    }
    s->bold = false;
    s->y = bottom + ui_px(s->u, 4);
    if (s->draw)
        draw_rect(s->u->list, (rect){left, s->y, whole - gap, 1}, 0, s->u->colours->edge);
    return n;
}

/* From its first cell on; returns how many cells it has. */
static int set_table(setter *s, rect r, const md_block *cell, int most)
{
    int count = 0, columns = cell->columns < COLUMNS ? cell->columns : COLUMNS, width[COLUMNS] = {0};
    while (count < most && cell[count].kind == BLOCK_CELL &&
           (count == 0 || !cell[count].head || cell[count].column > 0))
        count++;
    wishes(s, cell, count, width);
    share_width(width, columns, r.w + ui_px(s->u, CELL_GAP));
    for (int i = 0; i < count;)
        i += set_row(s, cell + i, count - i, width, r.x);
    s->y += ui_px(s->u, 12);
    return count;
}

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

static void set_heading(setter *s, rect r, const md_block *b)
{
    static const float size[] = {26, 20, 17};
    bool first = s->y == r.y;
    start_column(s, r.x, s->y + (first ? 0 : ui_px(s->u, 12)), r.w, size[b->level < 3 ? b->level - 1 : 2]);
    s->bold = true;
    set_words(s, b);
    s->bold = false;
    s->y += ui_px(s->u, 4);
}

static void set_item(setter *s, rect r, const md_block *b, int indent)
{
    ui *u = s->u;
    char number[16];
    font f = ui_font(u, BODY, FONT_REGULAR);
    int h = text_height(u->text, f), x = r.x + indent - ui_px(u, INDENT);
    snprintf(number, sizeof number, "%d.", b->number);
    if (s->draw && b->number > 0)
        draw_text(u->list, u->text, f, x, s->y, number, s->c);
    float dot = 5 * u->scale;
    if (s->draw && b->number == 0)
        draw_box(u->list, &(shape_box){(float)x + dot, (float)s->y + 0.5f * ((float)h - dot), dot, dot, 0.5f * dot, 0},
                 s->c);
    start_column(s, r.x + indent, s->y, r.w - indent, BODY);
    set_words(s, b);
    s->y += ui_px(u, 4);
}

static void set_code(setter *s, rect r, const md_block *b, bool last)
{
    int pad = ui_px(s->u, 10), top = s->y;
    setter measure = *s;
    measure.draw = false;
    start_column(&measure, r.x + pad, top, r.w - 2 * pad, SMALL);
    set_words(&measure, b);
    int h = (b->words ? measure.y : top + line_height(&measure)) - top;
    if (s->draw)
        draw_rect(s->u->list, (rect){r.x, top, r.w, h}, 0, s->u->colours->track);
    start_column(s, r.x + pad, top, r.w - 2 * pad, SMALL);
    set_words(s, b);
    s->y = top + h + (last ? ui_px(s->u, 12) : 0);
}

static void set_picture(setter *s, rect r, const md_block *b)
{
    ui *u = s->u;
    surface image;
    unsigned version;
    int most = ui_px(u, PICTURE_W), w = r.w < most ? r.w : most;
    if (s->look->picture && s->look->picture(s->look->ctx, s->page->text + b->target, w, &image, &version)) {
        if (s->draw) {
            draw_image(u->list, &image, version, r.x, s->y);
            draw_outline(u->list, (rect){r.x, s->y, image.w, image.h}, 0, 1, u->colours->edge);
        }
        s->y += image.h + ui_px(u, 4);
    }
    colour c = s->c;
    s->c = u->colours->muted;
    start_column(s, r.x, s->y, r.w, SMALL);
    set_words(s, b);
    s->c = c;
    s->y += ui_px(u, 12);
}

/* From block i on; returns the index of the next one. */
static int set_block(setter *s, rect r, int i)
{
    const md_block *b = &s->page->block[i], *end = s->page->block + s->page->n_blocks;
    int indent = b->level * ui_px(s->u, INDENT);
    switch (b->kind) {
    case BLOCK_HEADING: set_heading(s, r, b); break;
    case BLOCK_PARAGRAPH:
        start_column(s, r.x + indent, s->y, r.w - indent, BODY);
        set_words(s, b);
        s->y += ui_px(s->u, 10);
        break;
    case BLOCK_ITEM:
        set_item(s, r, b, indent);
        if (b + 1 == end || (b + 1)->level == 0 || (b + 1)->kind == BLOCK_HEADING)
            s->y += ui_px(s->u, 6);
        break;
    case BLOCK_CODE: set_code(s, r, b, b + 1 == end || (b + 1)->kind != BLOCK_CODE); break;
    case BLOCK_CELL: return i + set_table(s, r, b, s->page->n_blocks - i);
    case BLOCK_PICTURE: set_picture(s, r, b); break;
    }
    return i + 1;
}

static setter new_setter(ui *u, rect r, const markdown *page, const document_look *look, bool draw)
{
    return (setter){.u = u, .page = page, .look = look, .draw = draw, .y = r.y, .c = u->colours->text, .found = -1};
}

int document_show(ui *u, rect r, const markdown *page, const document_look *look, bool draw)
{
    setter s = new_setter(u, r, page, look, draw);
    for (int i = 0; i < page->n_blocks;)
        i = set_block(&s, r, i);
    return s.y - r.y;
}

int document_anchor(ui *u, int width, const markdown *page, const document_look *look, const char *anchor)
{
    rect r = {0, 0, width, 0};
    setter s = new_setter(u, r, page, look, false);
    for (int i = 0; i < page->n_blocks;) {
        char name[256];
        if (page->block[i].kind == BLOCK_HEADING) {
            markdown_anchor(page, &page->block[i], name, sizeof name);
            if (strcmp(name, anchor) == 0)
                return s.y;
        }
        i = set_block(&s, r, i);
    }
    return 0;
}

int document_found(ui *u, int width, const markdown *page, const document_look *look)
{
    rect r = {0, 0, width, 0};
    setter s = new_setter(u, r, page, look, false);
    for (int i = 0; i < page->n_blocks && s.found < 0;)
        i = set_block(&s, r, i);
    return s.found < 0 ? 0 : s.found;
}
