/* texts_compile.c - a program of the build: makes texts_table.h and texts_table.c out of gettext's files.
 *
 *     texts_compile [--complete] OUT TEMPLATE.pot [LANGUAGE.po ...]
 *
 * Entries with a msgctxt are named texts; the others are errors, found by their English format. A translation that has
 * an unknown entry, or takes other arguments than the English, is refused with file and line; one that lacks an entry
 * says it in English, or with --complete is refused, too. Behind the languages stands a made one, "xx", in which every
 * text is 35 % longer and accented, to try layouts with. */
#include "app/texts/format.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ENTRIES = 2048, MAX_FORMS = 6, POOL = 1 << 20, LINE = 4096 };

typedef struct entry {
    const char *name;    /* msgctxt; NULL: an error */
    const char *english; /* msgid */
    const char *plural;  /* msgid_plural, NULL if there is none */
    const char *form[MAX_FORMS];
    bool format, fuzzy;
    unsigned words; /* bit i: argument i is words: texts_tables.h */
    int line;
} entry;

typedef struct catalogue {
    const char *path, *code;
    entry entry[MAX_ENTRIES];
    int count;
    int forms;
    const char *rule; /* C, of n */
} catalogue;

static char pool[POOL];
static size_t pool_used;

#if defined(__GNUC__)
__attribute__((noreturn, format(printf, 3, 4)))
#endif
static void
refuse(const char *path, int line, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "%s:%d: ", path, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

static char *keep(const char *text, size_t len)
{
    char *at = pool + pool_used;
    if (len + 1 > POOL - pool_used)
        refuse(text, 0, "more than %d bytes of texts", POOL);
    memcpy(at, text, len);
    at[len] = '\0';
    pool_used += len + 1;
    return at;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* What stands between the quotes of this line, at the end of the pool; it goes on in the next line. */
static void read_string(const catalogue *c, int line, const char *p)
{
    p += strspn(p, " \t");
    if (*p != '"')
        refuse(c->path, line, "a text in quotes is expected");
    for (p++; *p != '"'; p++) {
        static const char escaped[] = "n\nt\t\"\"\\\\";
        char letter = *p;
        if (letter == '\\') {
            const char *pair = *++p ? strchr(escaped, *p) : NULL;
            if (!pair)
                refuse(c->path, line, "\\%c is not known", *p);
            letter = pair[1];
        }
        if (!letter || letter == '\r')
            refuse(c->path, line, "the closing quote is missing");
        if (pool_used + 2 > POOL)
            refuse(c->path, line, "more than %d bytes of texts", POOL);
        pool[pool_used++] = letter;
    }
    pool[pool_used] = '\0';
}

/* Where the text of this keyword goes, NULL for a line that has none. */
static const char **place_of(catalogue *c, entry *e, const char **rest, int line)
{
    static const char *const words[] = {"msgctxt", "msgid_plural", "msgid", "msgstr["};
    const char **places[] = {&e->name, &e->plural, &e->english};
    for (int i = 0; i < 3; i++)
        if (strncmp(*rest, words[i], strlen(words[i])) == 0) {
            *rest += strlen(words[i]);
            return places[i];
        }
    if (strncmp(*rest, words[3], strlen(words[3])) == 0) {
        char *end;
        long form = strtol(*rest + strlen(words[3]), &end, 10);
        if (form < 0 || form >= MAX_FORMS || *end != ']')
            refuse(c->path, line, "a form is 0 to %d", MAX_FORMS - 1);
        *rest = end + 1;
        return &e->form[form];
    }
    if (strncmp(*rest, "msgstr", 6) == 0) {
        *rest += 6;
        return &e->form[0];
    }
    return NULL;
}

static entry *begin_entry(catalogue *c, int line)
{
    if (c->count == MAX_ENTRIES)
        refuse(c->path, line, "more than %d texts", MAX_ENTRIES);
    entry *e = &c->entry[c->count++];
    *e = (entry){.line = line};
    return e;
}

/* "1 3": bits 0 and 2. */
static unsigned words_in(const char *numbers)
{
    unsigned words = 0;
    for (; *numbers; numbers++)
        if (isdigit((unsigned char)*numbers) && *numbers > '0')
            words |= 1u << (*numbers - '1');
    return words;
}

static void read_entries(catalogue *c)
{
    FILE *file = fopen(c->path, "rb");
    char buffer[LINE];
    int line = 0;
    entry *e = NULL;
    bool complete = true, open = false; /* an entry has its msgstr; a text may go on */
    bool format = false, fuzzy = false;
    unsigned words = 0;
    if (!file)
        refuse(c->path, 0, "cannot be read");
    while (fgets(buffer, sizeof buffer, file)) {
        const char *p = buffer + strspn(buffer, " \t");
        line++;
        if (!strchr(buffer, '\n') && !feof(file))
            refuse(c->path, line, "longer than %d bytes", LINE);
        if (*p == '"' && open) {
            read_string(c, line, p);
            continue;
        }
        pool_used += open; /* the zero byte */
        open = false;
        if (*p == '#' && p[1] == ',') {
            format = format || strstr(p, "c-format");
            fuzzy = fuzzy || strstr(p, "fuzzy");
        }
        words |= strncmp(p, "#. words ", 9) == 0 ? words_in(p + 9) : 0;
        if (*p == '#' || strspn(p, " \t\r\n") == strlen(p))
            continue;
        bool begins = strncmp(p, "msgctxt", 7) == 0 || (strncmp(p, "msgid", 5) == 0 && p[5] != '_');
        if (complete && begins) {
            e = begin_entry(c, line);
            e->format = format;
            e->fuzzy = fuzzy;
            e->words = words;
            complete = format = fuzzy = false;
            words = 0;
        }
        const char **place = e ? place_of(c, e, &p, line) : NULL;
        if (!place || *place)
            refuse(c->path, line, "msgctxt, msgid, msgid_plural or msgstr is expected, each once");
        *place = pool + pool_used;
        complete = complete || (place >= e->form && place < e->form + MAX_FORMS);
        read_string(c, line, p);
        open = true;
    }
    pool_used += open;
    fclose(file);
}

/* ---- the header -------------------------------------------------------------------------------------------------- */

/* "nplurals=2; plural=(n != 1);" of the entry without a msgid. The rule is C, and goes into the program as it is. */
static void read_rule(catalogue *c)
{
    const entry *header = c->count ? &c->entry[0] : NULL;
    bool there = header && header->english && !*header->english && header->form[0];
    const char *field = there ? strstr(header->form[0], "Plural-Forms:") : NULL;
    const char *rule = field ? strstr(field, "; plural=") : NULL;
    if (!rule || sscanf(field, "Plural-Forms: nplurals=%d;", &c->forms) != 1 || c->forms < 1 || c->forms > MAX_FORMS)
        refuse(c->path, 1, "the header needs a line like \"Plural-Forms: nplurals=2; plural=(n != 1);\"");
    rule += strlen("; plural=");
    size_t len = strcspn(rule, ";\n");
    if (strspn(rule, "n0123456789 ()?:!=<>&|%+-*") < len)
        refuse(c->path, 1, "\"%.*s\" is no rule of plurals", (int)len, rule);
    c->rule = keep(rule, len);
}

static void find_code(catalogue *c)
{
    const char *slash = strrchr(c->path, '/'), *name = slash ? slash + 1 : c->path, *dot = strrchr(name, '.');
    c->code = keep(name, dot ? (size_t)(dot - name) : strlen(name));
}

static void read_catalogue(catalogue *c, const char *path)
{
    c->path = path;
    find_code(c);
    read_entries(c);
    read_rule(c);
    for (int i = 1; i < c->count; i++)
        if (!c->entry[i].english || !*c->entry[i].english)
            refuse(c->path, c->entry[i].line, "a msgid is missing");
}

/* ---- checking ---------------------------------------------------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static const entry *find(const catalogue *c, const entry *wanted)
{
    for (int i = 1; i < c->count; i++)
        if (same(c->entry[i].name, wanted->name) && same(c->entry[i].english, wanted->english) &&
            same(c->entry[i].plural, wanted->plural))
            return &c->entry[i];
    return NULL;
}

static bool is_translated(const catalogue *c, const entry *e)
{
    int forms = e && e->plural ? c->forms : 1;
    for (int i = 0; e && i < forms; i++)
        if (e->fuzzy || !e->form[i] || !*e->form[i])
            return false;
    return e != NULL;
}

/* Errors are formats; of the others, those that gettext's flag says. */
static bool is_format(const entry *e)
{
    return e->format || !e->name;
}

static void check_format(const catalogue *c, const entry *e, const char *english, const char *text)
{
    char wanted[FORMAT_ARGUMENTS], got[FORMAT_ARGUMENTS];
    if (!is_format(e))
        return;
    if (format_arguments(english, wanted) < 0 || format_arguments(text, got) < 0)
        refuse(c->path, e->line, "a format that is not understood");
    if (memcmp(wanted, got, sizeof wanted) != 0)
        refuse(c->path, e->line, "takes other arguments than the English");
}

static void check_template(const catalogue *c)
{
    for (int i = 1; i < c->count; i++) {
        const entry *e = &c->entry[i];
        check_format(c, e, e->english, e->plural ? e->plural : e->english);
        if (!e->name && e->plural)
            refuse(c->path, e->line, "an error has no plural");
        for (int k = 1; k < i; k++)
            if (e->name ? same(e->name, c->entry[k].name) : !c->entry[k].name && same(e->english, c->entry[k].english))
                refuse(c->path, e->line, "stands in line %d already", c->entry[k].line);
    }
}

static void check_translation(const catalogue *c, const catalogue *english, bool complete)
{
    for (int i = 1; i < c->count; i++) {
        const entry *e = &c->entry[i], *wanted = find(english, e);
        if (!wanted)
            refuse(c->path, e->line, "there is no such text: msgmerge brings the file up to date");
        if (find(c, e) != e)
            refuse(c->path, e->line, "stands in line %d already", find(c, e)->line);
        for (int k = 0; k < MAX_FORMS; k++) {
            if (e->form[k] && *e->form[k])
                check_format(c, e, e->english, e->form[k]);
            if (e->form[k] && k >= (e->plural ? c->forms : 1))
                refuse(c->path, e->line, "form %d of %d", k, c->forms);
        }
    }
    for (int i = 1; complete && i < english->count; i++)
        if (!is_translated(c, find(c, &english->entry[i])))
            refuse(c->path, 0, "lacks a translation of \"%s\"", english->entry[i].english);
}

/* ---- the made language ------------------------------------------------------------------------------------------- */

/* Accents on vowels; conversions stay as they are. Then letters until it is 35 % longer. */
static const char *lengthen(const char *english, bool format)
{
    static const char plain[] = "AEIOUaeiou", tail[] = " lorem\xc3\xadpsum d\xc3\xb6lor s\xc3\xactam\xc3\xa8t";
    static const char *const accented[] = {"\xc3\x84", "\xc3\x89", "\xc3\x8e", "\xc3\x95", "\xc3\x9c",
                                           "\xc3\xa4", "\xc3\xa9", "\xc3\xae", "\xc3\xb5", "\xc3\xbc"};
    const char *begin = pool + pool_used;
    size_t letters = 0;
    for (const char *p = english; *p; p++) {
        size_t conversion = format && *p == '%' ? 1 + strcspn(p + 1, "diuxscefg%") + 1 : 0;
        const char *vowel = strchr(plain, *p);
        if (conversion)
            pool_used += (size_t)sprintf(pool + pool_used, "%.*s", (int)conversion, p), p += conversion - 1;
        else if (vowel)
            pool_used += (size_t)sprintf(pool + pool_used, "%s", accented[vowel - plain]);
        else
            pool[pool_used++] = *p;
        letters += ((unsigned char)*p & 0xc0) != 0x80;
    }
    const char *p = letters < 12 ? tail + 1 : tail;
    for (size_t i = 0; i < (letters * 35 + 99) / 100; i++) {
        do
            pool[pool_used++] = *p;
        while (((unsigned char)*++p & 0xc0) == 0x80);
        p = *p ? p : tail;
    }
    pool[pool_used++] = '\0';
    return begin;
}

static void make_long(catalogue *c, const catalogue *english)
{
    c->path = "xx.po";
    c->code = "xx";
    c->forms = english->forms;
    c->rule = english->rule;
    c->count = english->count;
    for (int i = 1; i < c->count; i++) {
        entry *e = &c->entry[i];
        *e = english->entry[i];
        bool data = e->name && strncmp(e->name, "number.", 7) == 0;
        e->form[0] = data ? e->english : lengthen(e->english, is_format(e));
        if (e->plural)
            e->form[1] = lengthen(e->plural, is_format(e));
    }
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* The inside of a C string; octal, since hexadecimal escapes do not end. */
static void write_bytes(FILE *file, const char *text)
{
    for (; *text; text++)
        if (isalnum((unsigned char)*text) || strchr(" .,:;!()+-*/%=<>'", *text))
            fputc(*text, file);
        else
            fprintf(file, "\\%03o", (unsigned char)*text);
}

static void write_name(FILE *file, const char *prefix, const char *name)
{
    fputs(prefix, file);
    for (; *name; name++)
        fputc(isalnum((unsigned char)*name) ? toupper((unsigned char)*name) : '_', file);
}

/* Ids are positions in the template; 0 is its header. */
static void write_header(FILE *file, const catalogue *english)
{
    fprintf(file,
            "/* Made from assets/texts: the names of the texts. */\n#ifndef TEXTS_TABLE_H\n#define TEXTS_TABLE_H\n\n"
            "typedef enum text_id {\n    TEXT_NONE");
    for (int i = 1; i < english->count; i++) {
        const entry *e = &english->entry[i];
        if (e->name && !is_format(e) && !e->plural) {
            write_name(file, ",\n    TEXT_", e->name);
            fprintf(file, " = %d", i);
        }
    }
    fprintf(file, "\n} text_id;\n\n");
    for (int i = 1; i < english->count; i++) {
        const entry *e = &english->entry[i];
        if (!e->name || (!is_format(e) && !e->plural))
            continue;
        write_name(file, e->plural ? "#define PLURAL_" : "#define FORMAT_", e->name);
        fprintf(file, e->plural ? "(n) texts_form(%du, (unsigned long)(n)), \"" : " %du, \"", i);
        write_bytes(file, e->plural ? e->plural : e->english);
        fprintf(file, "\"\n");
    }
    fprintf(file, "\n#endif\n");
}

/* The text by its form; English where there is no translation. */
static void write_text(FILE *file, const catalogue *c, const entry *e)
{
    const entry *here = find(c, e);
    int forms = e->plural ? c->forms : 1;
    fprintf(file, "    \"");
    for (int i = 0; i < forms; i++) {
        write_bytes(file, is_translated(c, here) ? here->form[i] : i == 0 ? e->english : e->plural);
        fputs(i + 1 < forms ? "\\000" : "\",\n", file);
    }
}

static int by_english(const void *a, const void *b)
{
    return strcmp((*(const entry *const *)a)->english, (*(const entry *const *)b)->english);
}

static int write_errors(FILE *file, const catalogue *c, const catalogue *english)
{
    static const entry *sorted[MAX_ENTRIES];
    int count = 0;
    for (int i = 1; i < c->count; i++)
        if (!c->entry[i].name && is_translated(c, &c->entry[i]))
            sorted[count++] = &c->entry[i];
    qsort(sorted, (size_t)count, sizeof sorted[0], by_english);
    fprintf(file, "static const texts_pair errors_%s[] = {\n", c->code);
    for (int i = 0; i < count; i++) {
        fprintf(file, "    {\"");
        write_bytes(file, sorted[i]->english);
        fprintf(file, "\", \"");
        write_bytes(file, sorted[i]->form[0]);
        fprintf(file, "\", %uu},\n", find(english, sorted[i])->words);
    }
    fprintf(file, "    {0, 0, 0},\n};\n");
    return count;
}

static void write_language(FILE *file, const catalogue *c, const catalogue *english, int *n_errors)
{
    fprintf(file,
            "\nstatic unsigned long plural_%s(unsigned long n)\n{\n    (void)n;\n    return (unsigned long)(%s);\n}\n",
            c->code, c->rule);
    fprintf(file, "static const char *const text_%s[] = {\n    \"\",\n", c->code);
    for (int i = 1; i < english->count; i++)
        if (english->entry[i].name)
            write_text(file, c, &english->entry[i]);
        else
            fprintf(file, "    0,\n");
    fprintf(file, "};\n");
    *n_errors = write_errors(file, c, english);
}

static void write_source(FILE *file, const catalogue *all, int count)
{
    int n_errors[64];
    fprintf(file, "/* Made from assets/texts: every language's texts. */\n#include \"app/texts/texts_tables.h\"\n");
    for (int i = 0; i < count; i++)
        write_language(file, &all[i], &all[0], &n_errors[i]);
    fprintf(file, "\nconst texts_language_table texts_languages[] = {\n");
    for (int i = 0; i < count; i++)
        fprintf(file, "    {\"%s\", plural_%s, text_%s, errors_%s, %d},\n", all[i].code, all[i].code, all[i].code,
                all[i].code, n_errors[i]);
    fprintf(file, "    {0, 0, 0, 0, 0},\n};\n");
}

static FILE *create(const char *base, const char *ending)
{
    char path[LINE];
    snprintf(path, sizeof path, "%s%s", base, ending);
    FILE *file = fopen(path, "wb");
    if (!file)
        refuse(path, 0, "cannot be written");
    return file;
}

static void finish(FILE *file, const char *base)
{
    if (fclose(file) != 0)
        refuse(base, 0, "cannot be written");
}

int main(int argc, char **argv)
{
    bool complete = argc > 1 && strcmp(argv[1], "--complete") == 0;
    argv += complete, argc -= complete;
    if (argc < 3) {
        fprintf(stderr, "usage: texts_compile [--complete] OUT TEMPLATE.pot [LANGUAGE.po ...]\n");
        return 2;
    }
    int count = argc - 2;
    catalogue *all = calloc((size_t)count + 1, sizeof *all);
    if (!all)
        refuse(argv[1], 0, "out of memory");
    for (int i = 0; i < count; i++)
        read_catalogue(&all[i], argv[2 + i]);
    all[0].code = "en";
    check_template(&all[0]);
    for (int i = 1; i < count; i++)
        check_translation(&all[i], &all[0], complete);
    make_long(&all[count++], &all[0]);
    FILE *header = create(argv[1], ".h"), *source = create(argv[1], ".c");
    write_header(header, &all[0]);
    write_source(source, all, count);
    finish(header, argv[1]);
    finish(source, argv[1]);
    free(all);
    return 0;
}
