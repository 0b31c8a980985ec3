/* settings.c - one table drives defaults, reading, checking and writing. */
#include "settings.h"
#include "canvas.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "nn/number.h"
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef enum field_kind { FIELD_INT, FIELD_BOOL, FIELD_NUMBER, FIELD_WORD, FIELD_TEXT } field_kind;

typedef struct field {
    const char *key;
    field_kind kind;
    size_t offset;            /* in struct settings */
    double min, max;          /* for FIELD_INT and FIELD_NUMBER */
    double fallback;          /* texts fall back to "" */
    const char *const *words; /* for FIELD_WORD: value i is words[i]; ends with NULL */
} field;

static const char *const theme_words[] = {"system", "light", "dark", NULL};
static const char *const view_words[VIEW_COUNT + 1] = {"read", "break", "inside", "train", "models"};
static const char *const data_words[] = {"made-up", "mnist", "kept", "path", NULL};

#define AT(member) offsetof(settings, member)
static const field fields[] = {
    {"window_x", FIELD_INT, AT(window_x), -32768, 32767, -1, NULL},
    {"window_y", FIELD_INT, AT(window_y), -32768, 32767, -1, NULL},
    {"window_w", FIELD_INT, AT(window_w), 1, 16384, 1200, NULL},
    {"window_h", FIELD_INT, AT(window_h), 1, 16384, 760, NULL},
    {"maximised", FIELD_BOOL, AT(maximised), 0, 1, 0, NULL},
    {"theme", FIELD_WORD, AT(theme), 0, 2, THEME_SYSTEM, theme_words},
    {"language", FIELD_TEXT, AT(language), 0, 0, 0, NULL},
    {"view", FIELD_WORD, AT(view), 0, VIEW_COUNT - 1, VIEW_READ, view_words},
    {"brush", FIELD_NUMBER, AT(brush), 2, 200, (double)INK_DEFAULT_BRUSH, NULL},
    {"smoothing", FIELD_NUMBER, AT(smoothing), 0, 1, 0.5, NULL},
    {"pause", FIELD_NUMBER, AT(pause), 0, 30, 0, NULL},
    {"taps", FIELD_BOOL, AT(taps), 0, 1, 0, NULL},
    {"numbers", FIELD_BOOL, AT(numbers), 0, 1, 0, NULL},
    {"pressure", FIELD_BOOL, AT(pressure), 0, 1, 1, NULL},
    {"zoom", FIELD_NUMBER, AT(zoom), 0.25, 4, 1, NULL},
    {"model", FIELD_TEXT, AT(model), 0, 0, 0, NULL},
    {"guest", FIELD_TEXT, AT(guest), 0, 0, 0, NULL},
    {"train_net", FIELD_TEXT, AT(train_net), 0, 0, 0, NULL},
    {"train_path", FIELD_TEXT, AT(train_path), 0, 0, 0, NULL},
    {"train_data", FIELD_WORD, AT(train_data), 0, TRAIN_CHOICES - 1, TRAIN_SYNTHETIC, data_words},
    {"train_epochs", FIELD_INT, AT(train_epochs), 1, 50, 5, NULL},
    {"train_rate", FIELD_NUMBER, AT(train_rate), -5, -1, -3, NULL},
    {"train_augment", FIELD_BOOL, AT(train_augment), 0, 1, 0, NULL},
    {"train_history", FIELD_BOOL, AT(train_history), 0, 1, 0, NULL},
};
enum { N_FIELDS = sizeof fields / sizeof fields[0], TEXT_BYTES = sizeof((settings *)0)->model };

/* A piece of the input, without a terminating zero. */
typedef struct piece {
    const char *text;
    size_t len;
} piece;

static bool piece_is(piece p, const char *word)
{
    return strlen(word) == p.len && memcmp(p.text, word, p.len) == 0;
}

static void set_number(settings *self, const field *f, double value)
{
    void *member = (char *)self + f->offset;

    switch (f->kind) {
    case FIELD_INT: *(int *)member = (int)value; break;
    case FIELD_BOOL: *(bool *)member = value != 0; break;
    case FIELD_NUMBER: *(float *)member = (float)value; break;
    case FIELD_WORD: *(unsigned *)member = (unsigned)value; break; /* what an enum is made of */
    case FIELD_TEXT: memset(member, 0, TEXT_BYTES); break;
    }
}

void settings_defaults(settings *self)
{
    *self = (settings){0};
    for (int i = 0; i < N_FIELDS; i++)
        set_number(self, &fields[i], fields[i].fallback);
}

void settings_free(settings *self)
{
    nn_free(self->unknown);
    self->unknown = NULL;
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

static bool is_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < ' ')
            return false;
    return true;
}

static bool set_text(settings *self, const field *f, piece p)
{
    char *member = (char *)self + f->offset;

    if (p.len >= TEXT_BYTES || !is_plain(p.text, p.len))
        return false;
    memset(member, 0, TEXT_BYTES);
    memcpy(member, p.text, p.len);
    return true;
}

static bool set_word(settings *self, const field *f, piece p)
{
    for (int i = 0; f->words[i]; i++)
        if (piece_is(p, f->words[i])) {
            set_number(self, f, i);
            return true;
        }
    return false;
}

static bool set_field(settings *self, const field *f, piece p)
{
    double value;

    if (f->kind == FIELD_TEXT)
        return set_text(self, f, p);
    if (f->kind == FIELD_WORD)
        return set_word(self, f, p);
    if (!nn_number_parse(p.text, p.len, &value) || value < f->min || value > f->max)
        return false;
    if (f->kind != FIELD_NUMBER && value != floor(value))
        return false;
    set_number(self, f, value);
    return true;
}

static const field *find_field(piece key)
{
    for (int i = 0; i < N_FIELDS; i++)
        if (piece_is(key, fields[i].key))
            return &fields[i];
    return NULL;
}

/* Takes the next line off the input, without its newline and the carriage returns before it. */
static piece next_line(const char **text, const char *end)
{
    const char *begin = *text, *stop = memchr(begin, '\n', (size_t)(end - begin));

    *text = stop ? stop + 1 : end;
    if (!stop)
        stop = end;
    while (stop > begin && stop[-1] == '\r')
        stop--;
    return (piece){begin, (size_t)(stop - begin)};
}

/* Adds a line to the unknown ones, where there is room for the whole input. */
static bool keep_line(settings *self, size_t *kept, piece line)
{
    if (memchr(line.text, '\0', line.len))
        return false;
    memcpy(self->unknown + *kept, line.text, line.len);
    self->unknown[*kept + line.len] = '\n';
    *kept += line.len + 1;
    return true;
}

bool settings_parse(settings *self, const char *text, size_t len, int *warnings)
{
    const char *end = text + len;
    size_t kept = 0;

    settings_defaults(self);
    *warnings = 0;
    self->unknown = nn_alloc(len + 2, 1); /* the last line may lack its newline */
    if (!self->unknown)
        return false;
    while (text < end) {
        piece line = next_line(&text, end);
        const char *space = memchr(line.text, ' ', line.len);
        piece key = {line.text, space ? (size_t)(space - line.text) : line.len};
        size_t skip = key.len + (space ? 1 : 0);
        const field *f = find_field(key);

        if (line.len > 0)
            *warnings +=
                f ? !set_field(self, f, (piece){line.text + skip, line.len - skip}) : !keep_line(self, &kept, line);
    }
    if (kept == 0)
        settings_free(self);
    return true;
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

/* One line of a known key into out; returns its length. Numbers carry three decimals, written without printf's %f,
 * which follows LC_NUMERIC. */
static int print_field(const settings *self, const field *f, char *out, size_t room)
{
    const void *member = (const char *)self + f->offset;
    long thousandths; /* so that no locale's decimal sign is written */

    switch (f->kind) {
    case FIELD_INT: return snprintf(out, room, "%s %d\n", f->key, *(const int *)member);
    case FIELD_BOOL: return snprintf(out, room, "%s %d\n", f->key, *(const bool *)member);
    case FIELD_WORD: return snprintf(out, room, "%s %s\n", f->key, f->words[*(const unsigned *)member]);
    case FIELD_NUMBER:
        thousandths = lround(1000 * fabs((double)*(const float *)member));
        return snprintf(out, room, "%s %s%ld.%03ld\n", f->key, *(const float *)member < 0 ? "-" : "",
                        thousandths / 1000, thousandths % 1000);
    case FIELD_TEXT: break;
    }
    return snprintf(out, room, "%s %s\n", f->key, is_plain(member, strlen(member)) ? (const char *)member : "");
}

/* The longest prefix of whole lines that fits into room bytes. */
static size_t whole_lines(const char *lines, size_t room)
{
    size_t len = strlen(lines);

    if (len <= room)
        return len;
    while (room > 0 && lines[room - 1] != '\n')
        room--;
    return room;
}

bool settings_print(const settings *self, char **text, size_t *len, nn_error *err)
{
    size_t used = 0, kept;
    char *out = nn_alloc(SETTINGS_MAX_BYTES + 1, 1);

    *text = NULL;
    *len = 0;
    if (!out)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    for (int i = 0; i < N_FIELDS; i++)
        used += (size_t)print_field(self, &fields[i], out + used, SETTINGS_MAX_BYTES - used);
    kept = self->unknown ? whole_lines(self->unknown, SETTINGS_MAX_BYTES - used) : 0;
    if (kept > 0)
        memcpy(out + used, self->unknown, kept);
    *text = out;
    *len = used + kept;
    return true;
}

/* ---- files -------------------------------------------------------------------------------------------------- */

/* Moves the file out of the way and adds to the error where it went. */
static bool set_aside(const char *path, const paths *where, nn_error *err)
{
    char bad[PATHS_MAX];
    nn_error ignored;

    if (!paths_join(bad, where->settings, "settings.bad") || !nn_file_rename(path, bad, &ignored))
        return false;
    strncat(err->text, "; kept as settings.bad", sizeof err->text - strlen(err->text) - 1);
    return true;
}

static bool is_missing(const char *path)
{
    struct stat info;

    return stat(path, &info) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

bool settings_load(settings *self, const paths *where, int *warnings, nn_error *err)
{
    char path[PATHS_MAX];
    unsigned char *text;
    size_t len;
    bool ok;

    settings_defaults(self);
    *warnings = 0;
    if (*where->settings)
        nn_file_sweep(where->settings); /* what saves that were killed left behind */
    if (!paths_join(path, where->settings, "settings") || is_missing(path))
        return true;
    nn_file_exempt(true);
    ok = nn_file_read(path, SETTINGS_MAX_BYTES, &text, &len, err);
    nn_file_exempt(false);
    if (ok && memchr(text, '\0', len)) {
        ok = nn_fail(err, NN_FORMAT, 0, "not a text file");
        nn_fail_in(err, path);
    }
    bool aside = !ok && (err->code == NN_LIMIT || err->code == NN_FORMAT) && set_aside(path, where, err);
    if (ok && !settings_parse(self, (const char *)text, len, warnings))
        ok = nn_fail(err, NN_NOMEM, 0, "out of memory");
    self->unread = !ok && !aside;
    nn_free(text);
    return ok;
}

bool settings_save(const settings *self, const paths *where, nn_error *err)
{
    char path[PATHS_MAX], *text;
    size_t len;
    bool ok;

    if (!paths_join(path, where->settings, "settings"))
        return nn_fail(err, NN_IO, 0, "no folder for the settings: HOME is not set");
    if (self->unread)
        return nn_fail(err, NN_IO, 0, "their file could not be read at the start, and stays as it is");
    if (!nn_file_mkdirs(where->settings, err) || !settings_print(self, &text, &len, err))
        return false;
    ok = nn_file_save(path, text, len, NN_CONSISTENT, err);
    nn_free(text);
    return ok;
}
