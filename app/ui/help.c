/* help.c - finding pages among what is compiled in, going from one to another, their pictures. */
#include "help.h"
#include "app/core/embedded.h"
#include "app/ui/kit/document.h"
#include "app/ui/kit/picture_file.h"
#include "nn/alloc.h"
#include <stdio.h>
#include <string.h>

static const char fallback[] = "en";

/* ---- pages ------------------------------------------------------------------------------------------------------- */

/* "drawing.md#eraser" names "drawing"; false where a link leads elsewhere. */
static bool page_name(char name[HELP_NAME], const char *target)
{
    size_t len = strcspn(target, "#");
    if (len > 3 && strncmp(target + len - 3, ".md", 3) == 0)
        len -= 3;
    if (len == 0 || len >= HELP_NAME || strcspn(target, "/:") < len)
        return false;
    memcpy(name, target, len);
    name[len] = '\0';
    return true;
}

static const embedded_file *find_source(const help *self, const char *name)
{
    char path[2 * HELP_NAME];
    snprintf(path, sizeof path, "help/%s/%s.md", self->language, name);
    const embedded_file *file = embedded_find(path);
    snprintf(path, sizeof path, "help/%s/%s.md", fallback, name);
    return file ? file : embedded_find(path);
}

static int find_page(const help *self, const char *name)
{
    for (int i = 0; i < self->n_pages; i++)
        if (strcmp(self->page[i].name, name) == 0)
            return i;
    return -1;
}

/* False when out of memory; a page that is there already, or nowhere, is no failure. */
static bool add_page(help *self, const char *name, nn_error *err)
{
    const embedded_file *source = find_source(self, name);
    markdown text;
    if (!source || find_page(self, name) >= 0 || self->n_pages == HELP_PAGES)
        return true;
    help_page *p = &self->page[self->n_pages];
    *p = (help_page){.text = (const char *)source->data, .len = (size_t)(source->end - source->data)};
    if (!markdown_parse(&text, p->text, p->len, err))
        return false;
    snprintf(p->name, sizeof p->name, "%s", name);
    if (text.n_blocks > 0)
        markdown_line(&text, &text.block[0], p->title, sizeof p->title);
    markdown_free(&text);
    self->n_pages++;
    return true;
}

static bool show_page(help *self, int i, nn_error *err)
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

bool help_list(help *self, const char *language, nn_error *err)
{
    char name[HELP_NAME];
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

static void free_picture(help_picture *p)
{
    nn_free(p->image.pixels);
    *p = (help_picture){.width = 0};
}

void help_free(help *self)
{
    markdown_free(&self->text);
    for (int i = 0; i < HELP_PICTURES; i++)
        free_picture(&self->picture[i]);
}

/* ---- going about ------------------------------------------------------------------------------------------------- */

static void remember(help *self, int scroll)
{
    if (self->n_back == HELP_BACK)
        memmove(&self->back[0], &self->back[1], sizeof self->back[0] * (size_t)--self->n_back);
    self->back[self->n_back].page = self->open;
    self->back[self->n_back++].scroll = scroll;
}

bool help_open(help *self, const char *target, int scroll, nn_error *err)
{
    char name[HELP_NAME];
    int from = self->open, i = page_name(name, target) ? find_page(self, name) : -1;
    if (i < 0)
        return nn_fail(err, NN_USAGE, 0, "there is no page of help at %s", target);
    if (!show_page(self, i, err))
        return false;
    const char *anchor = strchr(target, '#');
    snprintf(self->anchor, sizeof self->anchor, "%s", anchor ? anchor + 1 : "");
    self->open = from;
    if (scroll >= 0)
        remember(self, scroll);
    else
        self->n_back = 0;
    self->open = i;
    return true;
}

int help_back(help *self, nn_error *err)
{
    if (self->n_back == 0 || !show_page(self, self->back[self->n_back - 1].page, err))
        return -1;
    return self->back[--self->n_back].scroll;
}

/* ---- finding words ----------------------------------------------------------------------------------------------- */

/* The first block of the page that contains the word; false if none does. */
static bool find_word(const markdown *text, const char *word, char *line, size_t size)
{
    for (int i = 0; i < text->n_blocks; i++) {
        markdown_line(text, &text->block[i], line, size);
        if (document_contains(line, word))
            return true;
    }
    return false;
}

bool help_finds(const help *self, int i, const char *words, char *line, size_t size)
{
    markdown text;
    char word[64], other[512];
    bool all = markdown_parse(&text, self->page[i].text, self->page[i].len, NULL);
    for (bool first = true; all && *words; first = false) {
        size_t len = strcspn(words, " ");
        snprintf(word, sizeof word, "%.*s", (int)len, words);
        words += len + strspn(words + len, " ");
        all = !*word || (first ? find_word(&text, word, line, size) : find_word(&text, word, other, sizeof other));
    }
    markdown_free(&text);
    return all;
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

static bool make_picture(help_picture *p, const char *name, int width)
{
    char path[2 * HELP_NAME];
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

bool help_show_picture(void *ctx, const char *target, int width, surface *image, unsigned *version)
{
    help *self = ctx;
    const char *slash = strrchr(target, '/'), *name = slash ? slash + 1 : target;
    help_picture *p = NULL;
    for (int i = 0; i < HELP_PICTURES && !p; i++)
        if (self->picture[i].width == width && strcmp(self->picture[i].name, name) == 0)
            p = &self->picture[i];
    if (!p) {
        help_picture *oldest = &self->picture[self->pictures % HELP_PICTURES];
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
