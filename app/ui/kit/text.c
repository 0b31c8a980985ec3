/* text.c - a table of open fonts, one per size, and hash tables of lines of text: how wide each is, and once it was
 * drawn, its mask.
 *
 * The fonts are the system's; where it has none that will do, those compiled in. SDL2_ttf measures and draws whole lines, so that letters kern and join as their script wants. Lines that are asked
 * for again and again stay: when the young table is full it becomes the old one, and the old one's lines, which nobody
 * has wanted since, go. */
#include "text.h"
#include "app/core/embedded.h"
#include "nn/alloc.h"
#include "nn/utf8.h"
#include <SDL_ttf.h>
#include <fontconfig/fontconfig.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_FONTS = 24,
    LINE_SLOTS = 2048,
    LINES_MAX = LINE_SLOTS * 3 / 4,
    LINES_BYTES = 4 << 20, /* of masks */
    PATH_BYTES = 1024
};

static const char ellipsis[] = "\xe2\x80\xa6";

/* In the order of preference. Never plain "sans-serif": that can be a font of mathematics or of symbols. */
static const char *const families[] = {"DejaVu Sans", "Noto Sans", "Liberation Sans", "Open Sans",   "Ubuntu",
                                       "Cantarell",   "Roboto",    "FreeSans",        "Nimbus Sans", "Arial",
                                       "Helvetica",   "Segoe UI",  "Lucida Grande"};
static const char *const mono_families[] = {"DejaVu Sans Mono", "Noto Sans Mono", "Liberation Mono", "Ubuntu Mono",
                                            "FreeMono",         "Courier New",    "Menlo",           "Consolas"};

/* Compiled in by font.cmake, by weight. */
static const char *const compiled_in[] = {
    [FONT_REGULAR] = "DejaVuSans.ttf", [FONT_BOLD] = "DejaVuSans-Bold.ttf", [FONT_MONO] = "DejaVuSansMono.ttf"};

/* Where a font is: a face of a file, or one that is compiled in. */
typedef struct face {
    char path[PATH_BYTES];
    int index;                   /* as FreeType counts: of the collection, and of a variable font's named weights */
    const embedded_file *inside; /* else NULL */
} face;

typedef struct open_font {
    font f;
    TTF_Font *ttf;
    int height, ascent, cap;
} open_font;

typedef struct line {
    bool used;
    char *text; /* len bytes; NULL: it has moved to the other table */
    size_t len;
    font f;
    int width;
    int x, y; /* of the mask, from the pen position and the top of the line */
    bool drawn;
    mask_image image;
    unsigned char *pixels; /* NULL where there is nothing to see */
} line;

typedef struct line_table {
    line slot[LINE_SLOTS];
    int count;
    size_t bytes;
} line_table;

struct text_engine {
    face faces[3]; /* by weight */
    char language[16], script[5];
    bool right_to_left;
    open_font fonts[MAX_FONTS];
    int n_fonts;
    line_table table[2];
    int young; /* the other one is old */
};

static bool same_font(font a, font b)
{
    return a.px == b.px && a.weight == b.weight;
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

static FcPattern *best_match(FcConfig *config, const char *family, const char *language, font_weight weight)
{
    FcPattern *wanted = FcPatternBuild(
        NULL, FC_WEIGHT, FcTypeInteger, weight == FONT_BOLD ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR, FC_SCALABLE,
        FcTypeBool, FcTrue, FC_VARIABLE, FcTypeBool, FcFalse, FC_LANG, FcTypeString, language, (char *)NULL);
    FcResult result = FcResultNoMatch;
    if (wanted && family)
        FcPatternAddString(wanted, FC_FAMILY, (const FcChar8 *)family);
    if (wanted)
        FcDefaultSubstitute(wanted);
    FcPattern *match = wanted ? FcFontMatch(config, wanted, &result) : NULL;
    if (wanted)
        FcPatternDestroy(wanted);
    return match;
}

/* The face of the family in this weight, if fontconfig has that very family and not just something like it, and the
 * family has the language's letters. family: NULL for any. */
static bool find_face(FcConfig *config, const char *family, const char *language, font_weight weight, face *out)
{
    FcPattern *match = best_match(config, family, language, weight);
    FcChar8 *name, *file;
    FcLangSet *letters;
    bool found = family == NULL;
    for (int i = 0; match && !found && FcPatternGetString(match, FC_FAMILY, i, &name) == FcResultMatch; i++)
        found = strcmp((char *)name, family) == 0;
    found = found && match && FcPatternGetLangSet(match, FC_LANG, 0, &letters) == FcResultMatch &&
            FcLangSetHasLang(letters, (const FcChar8 *)language) != FcLangDifferentLang &&
            FcPatternGetString(match, FC_FILE, 0, &file) == FcResultMatch && strlen((char *)file) < PATH_BYTES;
    *out = (face){.index = 0};
    if (found) {
        strcpy(out->path, (char *)file);
        FcPatternGetInteger(match, FC_INDEX, 0, &out->index);
    }
    if (match)
        FcPatternDestroy(match);
    return found;
}

/* The first family of the list that has the language's letters, else any that has. */
static bool find_fonts(text_engine *engine, const char *language)
{
    FcConfig *config = FcInitLoadConfigAndFonts();
    const size_t n = sizeof families / sizeof families[0];
    face faces[3];
    bool found = false;
    for (size_t i = 0; config && !found && i <= n; i++) {
        const char *family = i < n ? families[i] : NULL;
        if (!family && strcmp(language, "en") == 0)
            break; /* what fontconfig takes for the best may be a font of symbols */
        found = find_face(config, family, language, FONT_REGULAR, &faces[FONT_REGULAR]) &&
                find_face(config, family, language, FONT_BOLD, &faces[FONT_BOLD]);
    }
    /* A system without one shows code as other text. */
    bool mono = false;
    for (size_t i = 0; found && !mono && i < sizeof mono_families / sizeof mono_families[0]; i++)
        mono = find_face(config, mono_families[i], language, FONT_MONO, &faces[FONT_MONO]);
    if (found && !mono)
        faces[FONT_MONO] = faces[FONT_REGULAR];
    if (config)
        FcConfigDestroy(config);
    if (found)
        memcpy(engine->faces, faces, sizeof faces);
    return found;
}

/* False where the program was built without fonts. */
static bool use_compiled_in(text_engine *engine)
{
    bool found = true;
    for (int weight = 0; weight < 3; weight++) {
        engine->faces[weight].inside = embedded_find(compiled_in[weight]);
        found = found && engine->faces[weight].inside;
    }
    return found;
}

bool text_new(text_engine **engine, nn_error *err)
{
    *engine = nn_alloc(1, sizeof **engine);
    if (!*engine)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (TTF_Init() != 0) {
        nn_fail(err, NN_IO, 0, "text: %s", TTF_GetError());
        nn_free(*engine);
        *engine = NULL;
        return false;
    }
    strcpy((*engine)->language, "en");
    if (find_fonts(*engine, "en") || use_compiled_in(*engine))
        return true;
    text_free(*engine);
    *engine = NULL;
    return nn_fail(err, NN_IO, 0, "no font found: install one, on Debian the package fonts-dejavu-core");
}

static void forget_lines(line_table *table)
{
    for (int i = 0; i < LINE_SLOTS; i++) {
        nn_free(table->slot[i].text);
        nn_free(table->slot[i].pixels);
    }
    memset(table, 0, sizeof *table);
}

static void forget_fonts(text_engine *engine)
{
    for (int i = 0; i < engine->n_fonts; i++)
        TTF_CloseFont(engine->fonts[i].ttf);
    engine->n_fonts = 0;
}

void text_free(text_engine *engine)
{
    if (!engine)
        return;
    forget_lines(&engine->table[0]);
    forget_lines(&engine->table[1]);
    forget_fonts(engine);
    TTF_Quit();
    nn_free(engine);
}

void text_set_language(text_engine *engine, const char *language, const char *script, bool right_to_left)
{
    if (strcmp(engine->language, language) == 0)
        return;
    snprintf(engine->language, sizeof engine->language, "%s", language);
    snprintf(engine->script, sizeof engine->script, "%s", script);
    engine->right_to_left = right_to_left;
    find_fonts(engine, language); /* else the one before has to do */
    forget_lines(&engine->table[0]);
    forget_lines(&engine->table[1]);
    forget_fonts(engine);
}

/* ---- fonts ------------------------------------------------------------------------------------------------------- */

static const open_font *open_at(text_engine *engine, font f)
{
    for (int i = 0; i < engine->n_fonts; i++)
        if (same_font(engine->fonts[i].f, f))
            return &engine->fonts[i];
    if (engine->n_fonts == MAX_FONTS)
        forget_fonts(engine);
    const face *from = &engine->faces[f.weight];
    SDL_RWops *file = from->inside
                          ? SDL_RWFromConstMem(from->inside->data, (int)(from->inside->end - from->inside->data))
                          : SDL_RWFromFile(from->path, "rb");
    TTF_Font *ttf = file ? TTF_OpenFontIndexRW(file, 1, f.px > 1 ? f.px : 1, from->index) : NULL;
    if (!ttf)
        return NULL;
    TTF_SetFontHinting(ttf, TTF_HINTING_LIGHT);
    if (*engine->script) { /* where SDL2_ttf was built without HarfBuzz there is no shaping */
        TTF_SetFontDirection(ttf, engine->right_to_left ? TTF_DIRECTION_RTL : TTF_DIRECTION_LTR);
        TTF_SetFontScriptName(ttf, engine->script);
    }
    open_font *o = &engine->fonts[engine->n_fonts++];
    *o = (open_font){.f = f, .ttf = ttf, .height = TTF_FontHeight(ttf), .ascent = TTF_FontAscent(ttf)};
    int top;
    if (TTF_GlyphMetrics32(ttf, '0', NULL, NULL, NULL, &top, NULL) == 0)
        o->cap = top;
    return o;
}

/* ---- lines that are kept ----------------------------------------------------------------------------------------- */

static uint32_t hash_line(font f, const char *text, size_t len)
{
    uint32_t hash = (uint32_t)f.px * 40503u ^ (uint32_t)f.weight * 97u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

/* The slot that holds this line, else the free one where it would be. */
static line *slot_of(line_table *table, font f, const char *text, size_t len)
{
    uint32_t i = hash_line(f, text, len) % LINE_SLOTS;
    for (; table->slot[i].used; i = (i + 1) % LINE_SLOTS) {
        line *l = &table->slot[i];
        if (l->text && l->len == len && same_font(l->f, f) && memcmp(l->text, text, len) == 0)
            return l;
    }
    return &table->slot[i];
}

static bool make_line(text_engine *engine, line *l, font f, const char *text, size_t len)
{
    const open_font *o = open_at(engine, f);
    *l = (line){.used = true, .len = len, .f = f};
    l->text = o ? nn_alloc(len + 1, 1) : NULL;
    if (!l->text)
        return false;
    memcpy(l->text, text, len);
    if (len && TTF_SizeUTF8(o->ttf, l->text, &l->width, NULL) != 0)
        l->width = 0;
    return true;
}

/* The line, from the tables or fresh; NULL when it cannot be made. Valid until the next call. */
static line *find_line(text_engine *engine, font f, const char *text, size_t len)
{
    line_table *young = &engine->table[engine->young], *old = &engine->table[!engine->young];
    if (young->count == LINES_MAX || young->bytes > LINES_BYTES) {
        forget_lines(old);
        engine->young = !engine->young;
        line_table *swap = young;
        young = old, old = swap;
    }
    line *l = slot_of(young, f, text, len), *before = l->used ? NULL : slot_of(old, f, text, len), fresh;
    if (l->used)
        return l;
    if (before->used) {
        fresh = *before;
        before->text = NULL;
        before->pixels = NULL;
    } else if (!make_line(engine, &fresh, f, text, len)) {
        return NULL;
    }
    *l = fresh;
    young->count++;
    young->bytes += (size_t)l->image.w * (size_t)l->image.h;
    return l;
}

/* SDL2_ttf draws white with alpha; only the alpha is kept. */
static bool take_alpha(line *l, SDL_Surface *drawn)
{
    l->pixels = nn_alloc((size_t)drawn->w * (size_t)drawn->h, 1);
    if (!l->pixels)
        return false;
    for (int y = 0; y < drawn->h; y++) {
        const uint32_t *row =
            (const uint32_t *)(const void *)((const unsigned char *)drawn->pixels + (ptrdiff_t)y * drawn->pitch);
        for (int x = 0; x < drawn->w; x++)
            l->pixels[(ptrdiff_t)y * drawn->w + x] = (unsigned char)(row[x] >> 24);
    }
    l->image = (mask_image){l->pixels, drawn->w, drawn->h, drawn->w, 0};
    return true;
}

/* SDL2_ttf's picture begins at the pen and the top of the line, or at ink that lies before or above these. */
static void find_origin(const open_font *o, line *l)
{
    const char *p = l->text;
    bool first = true;
    for (uint32_t c; (c = nn_utf8_next(&p)); first = false) {
        int left, top;
        if (TTF_GlyphMetrics32(o->ttf, c, &left, NULL, NULL, &top, NULL) != 0)
            continue;
        if (first && left < 0)
            l->x = left;
        if (o->ascent - top < l->y)
            l->y = o->ascent - top;
    }
}

static void draw_line_mask(text_engine *engine, line *l)
{
    const open_font *o = open_at(engine, l->f);
    SDL_Surface *drawn = o ? TTF_RenderUTF8_Blended(o->ttf, l->text, (SDL_Color){255, 255, 255, 255}) : NULL;
    if (!drawn)
        return;
    find_origin(o, l);
    l->drawn = take_alpha(l, drawn);
    engine->table[engine->young].bytes += (size_t)l->image.w * (size_t)l->image.h;
    SDL_FreeSurface(drawn);
}

/* ---- lines of text ----------------------------------------------------------------------------------------------- */

static int width_of(text_engine *engine, font f, const char *text, size_t len)
{
    const line *l = find_line(engine, f, text, len);
    return l ? l->width : 0;
}

int text_width(text_engine *engine, font f, const char *text)
{
    return width_of(engine, f, text, strlen(text));
}

/* How many bytes of the first `len` go into `width` pixels: whole characters. */
static size_t bytes_in(text_engine *engine, font f, const char *text, size_t len, int width)
{
    const open_font *o = open_at(engine, f);
    const line *l = find_line(engine, f, text, len); /* for its zero byte */
    int extent, count = 0;
    const char *p = text;
    if (!o || !l || width <= 0 || TTF_MeasureUTF8(o->ttf, l->text, width, &extent, &count) != 0)
        return 0;
    for (int i = 0; i < count && (size_t)(p - text) < len; i++)
        nn_utf8_next(&p);
    return (size_t)(p - text);
}

int text_height(text_engine *engine, font f)
{
    const open_font *o = open_at(engine, f);
    return o ? o->height : f.px;
}

int text_ascent(text_engine *engine, font f)
{
    const open_font *o = open_at(engine, f);
    return o ? o->ascent : f.px;
}

int text_cap_height(text_engine *engine, font f)
{
    const open_font *o = open_at(engine, f);
    return o ? o->cap : f.px;
}

void text_fit(text_engine *engine, font f, const char *text, int width, char *out, size_t size)
{
    size_t len = strlen(text);
    if (len < size && text_width(engine, f, text) <= width) {
        memcpy(out, text, len + 1);
        return;
    }
    int room = width - text_width(engine, f, ellipsis);
    size_t cut = bytes_in(engine, f, text, len, room);
    while (cut > 0 && (cut + sizeof ellipsis > size || ((unsigned char)text[cut] & 0xc0) == 0x80))
        cut--;
    memcpy(out, text, cut);
    strcpy(out + cut, room > 0 ? ellipsis : "");
}

/* Whether what is on both sides of a space stays on one line: a number and its unit ("12 ms", "300 images/s"), "28 × 28",
 * and what stands before a "·". */
static bool stays_together(const char *text, size_t space)
{
    static const char *const units[] = {"%", "\xc2\xb5s", "ms", "s", "min", "h", "KB", "MB", "GB", "px"};
    static const char times[] = "\xc3\x97", dot[] = "\xc2\xb7";
    const size_t n = sizeof times - 1;
    const char *next = text + space + 1;
    if (strncmp(next, dot, sizeof dot - 1) == 0 || strncmp(next, times, n) == 0 ||
        (space >= n && strncmp(text + space - n, times, n) == 0))
        return true;
    size_t len = strcspn(next, " \n.,;:)");
    bool unit = len > 2 && strncmp(next + len - 2, "/s", 2) == 0;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        unit |= strlen(units[i]) == len && strncmp(next, units[i], len) == 0;
    return unit && space > 0 && text[space - 1] >= '0' && text[space - 1] <= '9';
}

/* How long the first word is, behind which a line may end. */
static size_t word_length(const char *text)
{
    size_t len = strcspn(text, " \n");
    while (text[len] == ' ' && stays_together(text, len))
        len += 1 + strcspn(text + len + 1, " \n");
    return len;
}

/* Where the words end that go on a line, by the sum of their widths: they are the same in all lines, and so are kept. 0
 * where not even the first goes. */
static size_t words_end(text_engine *engine, font f, const char *text, int width)
{
    int space = text_width(engine, f, " "), used = 0;
    size_t end = 0;
    for (size_t at = 0;; at = end + 1) {
        size_t len = word_length(text + at);
        used += width_of(engine, f, text + at, len);
        if (used > width)
            return end;
        end = at + len;
        if (text[end] != ' ')
            return end;
        used += space;
    }
}

size_t text_break(text_engine *engine, font f, const char *text, int width, size_t *next)
{
    size_t first = word_length(text), end = words_end(engine, f, text, width);
    /* What is drawn is the line, which may be a little wider than its words. */
    while (end > first && width_of(engine, f, text, end) > width) {
        size_t fewer = first;
        while (fewer + 1 + word_length(text + fewer + 1) < end)
            fewer += 1 + word_length(text + fewer + 1);
        end = fewer;
    }
    if (end < first) { /* a word that is longer than a line */
        const char *one = text;
        nn_utf8_next(&one);
        size_t fit = bytes_in(engine, f, text, first, width), least = (size_t)(one - text);
        *next = fit > least ? fit : least;
        return *next;
    }
    *next = end + (text[end] == ' ' || text[end] == '\n');
    return end;
}

void text_draw(text_engine *engine, const surface *target, rect clip, font f, int x, int y, const char *text, colour c)
{
    line *l = find_line(engine, f, text, strlen(text));
    if (l && !l->drawn && l->width > 0)
        draw_line_mask(engine, l);
    if (l && l->pixels)
        raster_mask(target, clip, &l->image, (rect){x + l->x, y + l->y, l->image.w, l->image.h}, c);
}
