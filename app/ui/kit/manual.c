/* manual.c - finding pages among what is compiled in, going from one to another, their pictures. */
#include "manual.h"
#include "app/core/embedded.h"
#include "nn/alloc.h"
#include "picture_file.h"
#include <stdio.h>
#include <string.h>

static const char fallback[] = "en";

/* ---- pages ------------------------------------------------------------------------------------------------------- */

/* "drawing.md#eraser" names "drawing", and so does "../en/drawing.md", a page that this language lacks; false where a link
 * leads elsewhere. */
static bool page_name(char name[MANUAL_NAME], const char *target)
{
    static const char lacking[] = "../en/";
    if (strncmp(target, lacking, sizeof lacking - 1) == 0)
        target += sizeof lacking - 1;
    size_t len = strcspn(target, "#");
    if (len > 3 && strncmp(target + len - 3, ".md", 3) == 0)
        len -= 3;
    if (len == 0 || len >= MANUAL_NAME || strcspn(target, "/:") < len)
        return false;
    memcpy(name, target, len);
    name[len] = '\0';
    return true;
}

static const embedded_file *find_source(const manual *self, const char *name)
{
    char path[2 * MANUAL_NAME];
    snprintf(path, sizeof path, "help/%s/%s.md", self->language, name);
    const embedded_file *file = embedded_find(path);
    snprintf(path, sizeof path, "help/%s/%s.md", fallback, name);
    return file ? file : embedded_find(path);
}

static int find_page(const manual *self, const char *name)
{
    for (int i = 0; i < self->n_pages; i++)
        if (strcmp(self->page[i].name, name) == 0)
            return i;
    return -1;
}

/* False when out of memory; a page that is there already, or nowhere, is no failure. */
static bool add_page(manual *self, const char *name, nn_error *err)
{
    const embedded_file *source = find_source(self, name);
    markdown text;
    if (!source || find_page(self, name) >= 0 || self->n_pages == MANUAL_PAGES)
        return true;
    manual_page *p = &self->page[self->n_pages];
    *p = (manual_page){.text = (const char *)source->data, .len = (size_t)(source->end - source->data)};
    if (!markdown_parse(&text, p->text, p->len, err))
        return false;
    snprintf(p->name, sizeof p->name, "%s", name);
    if (text.n_blocks > 0)
        markdown_line(&text, &text.block[0], p->title, sizeof p->title);
    markdown_free(&text);
    self->n_pages++;
    return true;
}

static bool show_page(manual *self, int i, nn_error *err)
{
    markdown text;
    if (!markdown_parse(&text, self->page[i].text, self->page[i].len, err))
        return false;
    markdown_free(&self->text);
    self->text = text;
    self->open = i;
    self->anchor[0] = '\0';
    return true;
}

bool manual_list(manual *self, const char *language, nn_error *err)
{
    char name[MANUAL_NAME];
    if (self->n_pages > 0 && strcmp(self->language, language) == 0)
        return true;
    self->n_pages = self->n_back = 0;
    snprintf(self->language, sizeof self->language, "%s", language);
    bool ok = add_page(self, "start", err) && show_page(self, 0, err);
    for (int i = 0; ok && i < self->text.n_links; i++)
        if (page_name(name, self->text.text + self->text.link[i]))
            ok = add_page(self, name, err);
    if (!ok)
        self->n_pages = 0;
    return ok;
}

static void free_picture(manual_picture *p)
{
    nn_free(p->image.pixels);
    *p = (manual_picture){.width = 0};
}

void manual_free(manual *self)
{
    markdown_free(&self->text);
    for (int i = 0; i < MANUAL_PICTURES; i++)
        free_picture(&self->picture[i]);
}

/* ---- going about ------------------------------------------------------------------------------------------------- */

static void remember(manual *self, int scroll)
{
    if (self->n_back == MANUAL_BACK)
        memmove(&self->back[0], &self->back[1], sizeof self->back[0] * (size_t)--self->n_back);
    self->back[self->n_back].page = self->open;
    self->back[self->n_back++].scroll = scroll;
}

bool manual_open(manual *self, const char *target, int scroll, nn_error *err)
{
    char name[MANUAL_NAME];
    int from = self->open, i = page_name(name, target) ? find_page(self, name) : -1;
    if (i < 0)
        return nn_fail(err, NN_USAGE, 0, "there is no page of help at %s", target);
    const char *hash = strchr(target, '#');
    char anchor[sizeof self->anchor]; /* a target may lie in the page that goes */
    snprintf(anchor, sizeof anchor, "%s", hash ? hash + 1 : "");
    if (!show_page(self, i, err))
        return false;
    memcpy(self->anchor, anchor, sizeof anchor);
    self->open = from;
    if (scroll >= 0)
        remember(self, scroll);
    else
        self->n_back = 0;
    self->open = i;
    return true;
}

int manual_back(manual *self, nn_error *err)
{
    if (self->n_back == 0 || !show_page(self, self->back[self->n_back - 1].page, err))
        return -1;
    return self->back[--self->n_back].scroll;
}

/* ---- finding words ----------------------------------------------------------------------------------------------- */

/* The first block of the page with a word that contains this; NULL if none does. */
static const md_block *find_block(const markdown *text, const char *part)
{
    for (int i = 0; i < text->n_blocks; i++) {
        const md_block *b = &text->block[i];
        for (int k = 0; k < b->words; k++)
            if (document_contains(text->text + text->word[b->first_word + k].text, part))
                return b;
    }
    return NULL;
}

bool manual_finds(const manual *self, int i, const char *words, char *line, size_t size)
{
    markdown text;
    char word[64];
    line[0] = '\0';
    if (!markdown_parse(&text, self->page[i].text, self->page[i].len, NULL))
        return false;
    bool all = true;
    while (all && *words) {
        size_t len = strcspn(words, " ");
        snprintf(word, sizeof word, "%.*s", (int)len, words);
        const md_block *found = find_block(&text, word);
        all = found != NULL;
        if (found && !*line)
            markdown_line(&text, found, line, size);
        words += len + strspn(words + len, " ");
    }
    markdown_free(&text);
    return all;
}

void manual_find(manual *self, const char *words)
{
    snprintf(self->found, sizeof self->found, "%s", words);
}

bool manual_is_page(const char *target)
{
    char name[MANUAL_NAME];
    return page_name(name, target);
}

document_look manual_look(manual *self, int follow, const char *tip)
{
    return (document_look){
        .name = "help", .follow = follow, .tip = tip, .find = self->found, .picture = manual_show_picture, .ctx = self};
}

/* ---- pictures ---------------------------------------------------------------------------------------------------- */

/* Each pixel is the mean of those that it covers; to is no larger than from. */
static void average_down(surface *to, const uint32_t *from, int w, int h)
{
    for (int y = 0; y < to->h; y++)
        for (int x = 0; x < to->w; x++) {
            int x0 = (int)((int64_t)x * w / to->w), x1 = (int)((int64_t)(x + 1) * w / to->w);
            int y0 = (int)((int64_t)y * h / to->h), y1 = (int)((int64_t)(y + 1) * h / to->h);
            unsigned sum[3] = {0}, count = (unsigned)((x1 - x0) * (y1 - y0));
            for (int v = y0; v < y1; v++)
                for (int u = x0; u < x1; u++)
                    for (int c = 0; c < 3; c++)
                        sum[c] += from[(ptrdiff_t)v * w + u] >> (8 * c) & 0xff;
            uint32_t pixel = 0xff;
            for (int c = 2; c >= 0; c--)
                pixel = pixel << 8 | (sum[c] + count / 2) / count;
            to->pixels[(ptrdiff_t)y * to->stride + x] = pixel;
        }
}

static bool make_picture(manual_picture *p, const char *name, int width)
{
    char path[2 * MANUAL_NAME];
    uint32_t *pixels;
    int w, h;
    snprintf(path, sizeof path, "help/%s", name);
    const embedded_file *file = embedded_find(path);
    if (!file || !picture_file_colours(&pixels, &w, &h, file->data, (size_t)(file->end - file->data), NULL))
        return false;
    int shown_w = w < width ? w : width, shown_h = (int)((int64_t)h * shown_w / w);
    shown_h = shown_h > 0 ? shown_h : 1;
    p->image = (surface){nn_alloc((size_t)shown_w * (size_t)shown_h, sizeof *pixels), shown_w, shown_h, shown_w};
    if (p->image.pixels)
        average_down(&p->image, pixels, w, h);
    nn_free(pixels);
    p->width = width;
    snprintf(p->name, sizeof p->name, "%s", name);
    return p->image.pixels != NULL;
}

bool manual_show_picture(void *ctx, const char *target, int width, surface *image, unsigned *version)
{
    manual *self = ctx;
    const char *slash = strrchr(target, '/'), *name = slash ? slash + 1 : target;
    manual_picture *p = NULL;
    for (int i = 0; i < MANUAL_PICTURES && !p; i++)
        if (self->picture[i].width == width && strcmp(self->picture[i].name, name) == 0)
            p = &self->picture[i];
    if (!p) {
        manual_picture *oldest = &self->picture[self->pictures % MANUAL_PICTURES];
        free_picture(oldest);
        if (width < 1 || !make_picture(oldest, name, width))
            return false;
        oldest->version = ++self->pictures;
        p = oldest;
    }
    *image = p->image;
    *version = p->version;
    return true;
}
