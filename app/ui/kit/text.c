/* text.c - a table of open fonts, one per size, and a hash table of glyph masks. */
#include "text.h"
#include "nn/alloc.h"
#include <SDL_ttf.h>
#include <fontconfig/fontconfig.h>
#include <string.h>

enum { MAX_FONTS = 24, GLYPH_SLOTS = 2048, GLYPHS_MAX = GLYPH_SLOTS * 3 / 4, PATH_BYTES = 1024 };

static const uint32_t replacement = 0xfffd;
static const char ellipsis[] = "\xe2\x80\xa6";

/* In the order of preference. Never plain "sans-serif": that can be a font of mathematics or of symbols. */
static const char *const families[] = {"DejaVu Sans", "Noto Sans", "Liberation Sans", "Open Sans",   "Ubuntu",
                                       "Cantarell",   "Roboto",    "FreeSans",        "Nimbus Sans", "Arial",
                                       "Helvetica",   "Segoe UI",  "Lucida Grande"};
static const char *const mono_families[] = {"DejaVu Sans Mono", "Noto Sans Mono", "Liberation Mono", "Ubuntu Mono",
                                            "FreeMono",         "Courier New",    "Menlo",           "Consolas"};

typedef struct open_font {
    font f;
    TTF_Font *ttf;
    int height, ascent, cap;
} open_font;

typedef struct glyph {
    bool used;
    uint32_t character;
    font f;
    int advance;
    int x, y; /* of the mask, from the pen position and the top of the line */
    mask_image image;
    unsigned char *pixels; /* NULL for a space */
} glyph;

struct text_engine {
    char path[3][PATH_BYTES]; /* by weight */
    open_font fonts[MAX_FONTS];
    int n_fonts;
    glyph glyphs[GLYPH_SLOTS];
    int n_glyphs;
};

static bool same_font(font a, font b)
{
    return a.px == b.px && a.weight == b.weight;
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

/* The file of the family in this weight, if fontconfig has that very family and not just something like it. */
static bool find_face(FcConfig *config, const char *family, font_weight weight, char path[PATH_BYTES])
{
    bool found = false;
    FcPattern *wanted = FcPatternBuild(NULL, FC_FAMILY, FcTypeString, family, FC_WEIGHT, FcTypeInteger,
                                       weight == FONT_BOLD ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR, FC_SCALABLE,
                                       FcTypeBool, FcTrue, (char *)NULL);
    FcResult result = FcResultNoMatch;
    if (wanted)
        FcDefaultSubstitute(wanted);
    FcPattern *match = wanted ? FcFontMatch(config, wanted, &result) : NULL;
    FcChar8 *name, *file;
    if (match && FcPatternGetString(match, FC_FILE, 0, &file) == FcResultMatch && strlen((char *)file) < PATH_BYTES)
        for (int i = 0; !found && FcPatternGetString(match, FC_FAMILY, i, &name) == FcResultMatch; i++)
            found = strcmp((char *)name, family) == 0;
    if (found)
        strcpy(path, (char *)file);
    if (match)
        FcPatternDestroy(match);
    if (wanted)
        FcPatternDestroy(wanted);
    return found;
}

static bool find_fonts(text_engine *engine, nn_error *err)
{
    FcConfig *config = FcInitLoadConfigAndFonts();
    bool found = false;
    for (size_t i = 0; config && !found && i < sizeof families / sizeof families[0]; i++)
        found = find_face(config, families[i], FONT_REGULAR, engine->path[FONT_REGULAR]) &&
                find_face(config, families[i], FONT_BOLD, engine->path[FONT_BOLD]);
    /* A system without one shows code as other text. */
    bool mono = false;
    for (size_t i = 0; found && !mono && i < sizeof mono_families / sizeof mono_families[0]; i++)
        mono = find_face(config, mono_families[i], FONT_MONO, engine->path[FONT_MONO]);
    if (found && !mono)
        strcpy(engine->path[FONT_MONO], engine->path[FONT_REGULAR]);
    if (config)
        FcConfigDestroy(config);
    if (found)
        return true;
    return nn_fail(err, NN_IO, 0, "no font found: install one, on Debian the package fonts-dejavu-core");
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
    if (find_fonts(*engine, err))
        return true;
    text_free(*engine);
    *engine = NULL;
    return false;
}

static void forget_glyphs(text_engine *engine)
{
    for (int i = 0; i < GLYPH_SLOTS; i++)
        nn_free(engine->glyphs[i].pixels);
    memset(engine->glyphs, 0, sizeof engine->glyphs);
    engine->n_glyphs = 0;
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
    forget_glyphs(engine);
    forget_fonts(engine);
    TTF_Quit();
    nn_free(engine);
}

/* ---- fonts and glyphs -------------------------------------------------------------------------------------------- */

static const open_font *open_at(text_engine *engine, font f)
{
    for (int i = 0; i < engine->n_fonts; i++)
        if (same_font(engine->fonts[i].f, f))
            return &engine->fonts[i];
    if (engine->n_fonts == MAX_FONTS)
        forget_fonts(engine);
    TTF_Font *ttf = TTF_OpenFont(engine->path[f.weight], f.px > 1 ? f.px : 1);
    if (!ttf)
        return NULL;
    TTF_SetFontHinting(ttf, TTF_HINTING_LIGHT);
    open_font *o = &engine->fonts[engine->n_fonts++];
    *o = (open_font){.f = f, .ttf = ttf, .height = TTF_FontHeight(ttf), .ascent = TTF_FontAscent(ttf)};
    int top;
    if (TTF_GlyphMetrics32(ttf, '0', NULL, NULL, NULL, &top, NULL) == 0)
        o->cap = top;
    return o;
}

/* SDL2_ttf draws white with alpha; only the alpha is kept. */
static bool take_alpha(glyph *g, SDL_Surface *drawn)
{
    g->pixels = nn_alloc((size_t)drawn->w * (size_t)drawn->h, 1);
    if (!g->pixels)
        return false;
    for (int y = 0; y < drawn->h; y++) {
        const uint32_t *row =
            (const uint32_t *)(const void *)((const unsigned char *)drawn->pixels + (ptrdiff_t)y * drawn->pitch);
        for (int x = 0; x < drawn->w; x++)
            g->pixels[(ptrdiff_t)y * drawn->w + x] = (unsigned char)(row[x] >> 24);
    }
    g->image = (mask_image){g->pixels, drawn->w, drawn->h, drawn->w};
    return true;
}

static bool make_glyph(text_engine *engine, glyph *g)
{
    const open_font *o = open_at(engine, g->f);
    int left;
    if (!o)
        return false;
    uint32_t character = TTF_GlyphIsProvided32(o->ttf, g->character) ? g->character : replacement;
    if (TTF_GlyphMetrics32(o->ttf, character, &left, NULL, NULL, NULL, &g->advance) != 0)
        return false;
    if (character == ' ')
        return true;
    SDL_Surface *drawn = TTF_RenderGlyph32_Blended(o->ttf, character, (SDL_Color){255, 255, 255, 255});
    if (!drawn)
        return false;
    g->x = left < 0 ? left : 0; /* SDL2_ttf starts the picture at the pen, or at ink that lies before it */
    bool ok = take_alpha(g, drawn);
    SDL_FreeSurface(drawn);
    return ok;
}

/* The glyph, from the table or fresh; NULL when it cannot be made. Valid until the next call. */
static const glyph *find_glyph(text_engine *engine, font f, uint32_t character)
{
    if (engine->n_glyphs == GLYPHS_MAX)
        forget_glyphs(engine);
    uint32_t slot = (character * 2654435761u ^ (uint32_t)f.px * 40503u ^ (uint32_t)f.weight * 97u) % GLYPH_SLOTS;
    while (engine->glyphs[slot].used) {
        const glyph *g = &engine->glyphs[slot];
        if (g->character == character && same_font(g->f, f))
            return g;
        slot = (slot + 1) % GLYPH_SLOTS;
    }
    glyph fresh = {.used = true, .character = character, .f = f};
    if (!make_glyph(engine, &fresh))
        return NULL;
    engine->glyphs[slot] = fresh;
    engine->n_glyphs++;
    return &engine->glyphs[slot];
}

/* ---- lines of text ----------------------------------------------------------------------------------------------- */

uint32_t utf8_next(const char **text)
{
    const unsigned char *s = (const unsigned char *)*text;
    if (!*s)
        return 0;
    int extra = *s < 0x80                 ? 0
                : *s >= 0xc2 && *s < 0xe0 ? 1
                : *s >= 0xe0 && *s < 0xf0 ? 2
                : *s >= 0xf0 && *s < 0xf5 ? 3
                                          : -1;
    *text += 1;
    if (extra < 0)
        return replacement;
    uint32_t character = extra ? *s & (0x3fu >> extra) : *s;
    for (int i = 1; i <= extra; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return replacement;
        character = character << 6 | (s[i] & 0x3f);
    }
    *text += extra;
    return character;
}

static int advance_of(text_engine *engine, font f, uint32_t character)
{
    const glyph *g = find_glyph(engine, f, character);
    return g ? g->advance : 0;
}

int text_width(text_engine *engine, font f, const char *text)
{
    int width = 0;
    for (uint32_t c; (c = utf8_next(&text));)
        width += advance_of(engine, f, c);
    return width;
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
    int room = width - text_width(engine, f, ellipsis), used = 0;
    const char *cut = text, *p = text;
    for (uint32_t c; (c = utf8_next(&p));) {
        used += advance_of(engine, f, c);
        if (used <= room && (size_t)(p - text) + sizeof ellipsis <= size)
            cut = p;
    }
    if (used <= width && strlen(text) < size) {
        strcpy(out, text);
        return;
    }
    memcpy(out, text, (size_t)(cut - text));
    strcpy(out + (cut - text), room > 0 ? ellipsis : "");
}

size_t text_break(text_engine *engine, font f, const char *text, int width, size_t *next)
{
    const char *p = text, *before = text, *space = NULL;
    int used = 0;
    for (uint32_t c; (c = utf8_next(&p)); before = p) {
        if (c == '\n') {
            *next = (size_t)(p - text);
            return (size_t)(before - text);
        }
        if (c == ' ')
            space = before;
        used += advance_of(engine, f, c);
        if (used > width && before > text && c != ' ') {
            *next = (size_t)(space ? space + 1 - text : before - text);
            return (size_t)((space ? space : before) - text);
        }
    }
    *next = (size_t)(p - text);
    return *next;
}

void text_draw(text_engine *engine, const surface *target, rect clip, font f, int x, int y, const char *text, colour c)
{
    for (uint32_t character; (character = utf8_next(&text));) {
        const glyph *g = find_glyph(engine, f, character);
        if (!g)
            continue;
        rect to = {x + g->x, y + g->y, g->image.w, g->image.h};
        if (g->pixels)
            raster_mask(target, clip, &g->image, to, c);
        x += g->advance;
    }
}
