/* search_space.c - parses the settings that a search varies, and draws points. */
#include "search_space.h"
#include "nn/number.h"
#include "nn/rng.h"
#include <stdio.h>
#include <string.h>

/* One line, cut into words. */
enum { MAX_WORDS = 2 + SPACE_MAX_CHOICES, GRID_DEFAULT = 3 };
typedef struct words {
    const char *text; /* of the whole file, for positions */
    int line, count;
    const char *word[MAX_WORDS];
    size_t len[MAX_WORDS];
} words;

static bool refuse(const words *w, int word, const char *what, nn_error *err)
{
    return nn_fail(err, NN_FORMAT, (size_t)(w->word[word] - w->text), "line %d: \"%.*s\" %s", w->line,
                   (int)(w->len[word] < 40 ? w->len[word] : 40), w->word[word], what);
}

static bool cut(words *w, const char *line, size_t len, nn_error *err)
{
    const char *comment = memchr(line, '#', len), *end = comment ? comment : line + len;
    w->count = 0;
    for (const char *at = line; at < end;) {
        if (memchr(" \t\r", *at, 3)) {
            at++;
            continue;
        }
        if (w->count == MAX_WORDS)
            return nn_fail(err, NN_LIMIT, (size_t)(at - w->text), "line %d: more than %d choices", w->line,
                           SPACE_MAX_CHOICES);
        const char *from = at;
        while (at < end && !memchr(" \t\r", *at, 3))
            at++;
        w->word[w->count] = from;
        w->len[w->count++] = (size_t)(at - from);
    }
    return true;
}

/* "0.001" or "1e-3". */
static bool read_number(const words *w, int word, double *value, nn_error *err)
{
    const char *text = w->word[word], *e = memchr(text, 'e', w->len[word]);
    size_t mantissa = e ? (size_t)(e - text) : w->len[word];
    double exponent = 0.0;
    if (!nn_number_parse(text, mantissa, value) ||
        (e && (!nn_number_parse(e + 1, w->len[word] - mantissa - 1, &exponent) || exponent != floor(exponent) ||
               fabs(exponent) > 30.0)))
        return refuse(w, word, "is no number", err);
    *value *= pow(10.0, exponent);
    return true;
}

static bool read_range(space_setting *s, const words *w, nn_error *err)
{
    double n = GRID_DEFAULT;
    if (w->count < 4 || w->count > 5)
        return refuse(w, 1, "needs the least and the greatest value, and may have a number of values for a grid", err);
    if (!read_number(w, 2, &s->low, err) || !read_number(w, 3, &s->high, err) ||
        (w->count == 5 && !read_number(w, 4, &n, err)))
        return false;
    if (!(s->low < s->high))
        return refuse(w, 3, "must be greater than the least value", err);
    if (s->kind == SPACE_LOG && s->low <= 0.0)
        return refuse(w, 2, "has no logarithm", err);
    if (n != floor(n) || n < 2.0 || n > 1000.0)
        return refuse(w, 4, "must be a whole number from 2 to 1000", err);
    s->n = (int)n;
    return true;
}

static bool read_choices(space_setting *s, const words *w, nn_error *err)
{
    if (w->count < 3)
        return refuse(w, 1, "needs words to choose from", err);
    for (s->n = 0; s->n < w->count - 2; s->n++) {
        size_t len = w->len[s->n + 2];
        if (len >= SPACE_TEXT)
            return refuse(w, s->n + 2, "is too long", err);
        memcpy(s->choice[s->n], w->word[s->n + 2], len);
    }
    return true;
}

static bool is_word(const words *w, int word, const char *expected)
{
    return w->len[word] == strlen(expected) && memcmp(w->word[word], expected, w->len[word]) == 0;
}

static bool read_setting(search_space *space, const words *w, nn_error *err)
{
    static const char *const kinds[] = {[SPACE_LINEAR] = "linear", [SPACE_LOG] = "log", [SPACE_CHOICE] = "choice"};
    if (space->count == SPACE_MAX_SETTINGS)
        return refuse(w, 0, "is one setting too many", err);
    space_setting *s = &space->setting[space->count];
    *s = (space_setting){.line = w->line};
    if (w->len[0] >= sizeof s->name)
        return refuse(w, 0, "is too long", err);
    memcpy(s->name, w->word[0], w->len[0]);
    for (int i = 0; i < space->count; i++)
        if (strcmp(space->setting[i].name, s->name) == 0)
            return refuse(w, 0, "is there twice", err);
    int kind = 0;
    while (w->count > 1 && kind < 3 && !is_word(w, 1, kinds[kind]))
        kind++;
    if (w->count < 2)
        return refuse(w, 0, "must be followed by linear, log or choice", err);
    if (kind == 3)
        return refuse(w, 1, "is none of linear, log and choice", err);
    s->kind = (space_kind)kind;
    space->count++;
    return s->kind == SPACE_CHOICE ? read_choices(s, w, err) : read_range(s, w, err);
}

bool search_space_parse(search_space *space, const char *text, size_t len, nn_error *err)
{
    words w = {.text = text};
    *space = (search_space){0};
    for (size_t at = 0, end; at < len; at = end + 1) {
        const char *newline = memchr(text + at, '\n', len - at);
        end = newline ? (size_t)(newline - text) : len;
        w.line++;
        if (!cut(&w, text + at, end - at, err) || (w.count > 0 && !read_setting(space, &w, err)))
            return false;
    }
    return space->count > 0 || nn_fail(err, NN_FORMAT, len, "no setting to vary in it");
}

/* ---- points ---------------------------------------------------------------------------------------------------- */

/* The value at u in 0..1 between the ends. Four digits, so that the text is short and says it all. */
static void number_at(const space_setting *s, double u, char text[SPACE_TEXT])
{
    double value = s->kind == SPACE_LOG ? s->low * pow(s->high / s->low, u) : s->low + u * (s->high - s->low);
    nn_number_print(text, SPACE_TEXT, s->whole ? round(value) : value, s->whole ? 15 : 4);
}

int search_space_grid_size(const search_space *space, int limit)
{
    int size = 1;
    for (int i = 0; i < space->count; i++) {
        if (size > limit / space->setting[i].n)
            return limit + 1;
        size *= space->setting[i].n;
    }
    return size;
}

void search_space_grid_point(const search_space *space, int i, space_point *point)
{
    for (int k = space->count - 1; k >= 0; k--) {
        const space_setting *s = &space->setting[k];
        int step = i % s->n;
        i /= s->n;
        if (s->kind == SPACE_CHOICE)
            memcpy(point->value[k], s->choice[step], SPACE_TEXT);
        else
            number_at(s, (double)step / (s->n - 1), point->value[k]);
    }
}

void search_space_random_point(const search_space *space, uint64_t seed, int i, space_point *point)
{
    uint64_t key = nn_key(seed ^ 0x5ea4c4, (uint64_t)i);
    for (int k = 0; k < space->count; k++) {
        const space_setting *s = &space->setting[k];
        double u = (double)nn_uniform(key, (uint64_t)k);
        if (s->kind == SPACE_CHOICE)
            memcpy(point->value[k], s->choice[(int)(u * s->n)], SPACE_TEXT);
        else
            number_at(s, u, point->value[k]);
    }
}

bool search_space_same(const search_space *space, const space_point *a, const space_point *b)
{
    int k = 0;
    while (k < space->count && strcmp(a->value[k], b->value[k]) == 0)
        k++;
    return k == space->count;
}
