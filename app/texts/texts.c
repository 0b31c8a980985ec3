/* texts.c - looks texts up in the tables of the language in force. */
#include "texts.h"
#include "format.h"
#include "texts_tables.h"
#include <ctype.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { FORM_SHIFT = 16 }; /* an id carries the number of its form in the bits from here on */

static _Atomic(const texts_language_table *) in_force = &texts_languages[0];

static const char *find(unsigned id)
{
    const char *text = atomic_load(&in_force)->text[id & ((1u << FORM_SHIFT) - 1)];
    for (unsigned form = id >> FORM_SHIFT; form > 0; form--)
        text += strlen(text) + 1;
    return text;
}

const char *texts_get(text_id id)
{
    return find((unsigned)id);
}

unsigned texts_form(unsigned id, unsigned long n)
{
    return id | (unsigned)atomic_load(&in_force)->plural(n) << FORM_SHIFT;
}

size_t texts_vformat(char *out, size_t size, unsigned id, const char *english, va_list args)
{
    (void)english; /* for the compiler's checks */
    return format_print(out, size, &(format_style){.decimal = texts_get(TEXT_NUMBER_DECIMAL)}, find(id), args);
}

size_t texts_format(char *out, size_t size, unsigned id, const char *english, ...)
{
    va_list args;
    va_start(args, english);
    size_t len = texts_vformat(out, size, id, english, args);
    va_end(args);
    return len;
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

static int compare(const void *english, const void *pair)
{
    return strcmp(english, ((const texts_pair *)pair)->english);
}

static const texts_pair *find_error(const char *english)
{
    const texts_language_table *l = atomic_load(&in_force);
    return bsearch(english, l->errors, (size_t)l->n_errors, sizeof *l->errors, compare);
}

static const char *say_words(const char *english)
{
    const texts_pair *found = find_error(english);
    return found ? found->here : english;
}

void texts_error(char *out, size_t size, const char *english, va_list args)
{
    const texts_pair *found = find_error(english);
    format_style style = {texts_get(TEXT_NUMBER_DECIMAL), found ? found->words : 0, say_words};
    format_print(out, size, &style, found ? found->here : english, args);
}

/* ---- languages --------------------------------------------------------------------------------------------------- */

/* "de" for "de", "de_AT.UTF-8" and "DE@euro"; a code of its own ("pt_BR") goes before its language. */
static const texts_language_table *known(const char *wanted)
{
    const texts_language_table *best = NULL;
    size_t longest = 0;
    for (const texts_language_table *l = texts_languages; l->code; l++) {
        size_t len = strlen(l->code), same = 0;
        while (same < len && tolower((unsigned char)wanted[same]) == tolower((unsigned char)l->code[same]))
            same++;
        if (same == len && !isalpha((unsigned char)wanted[len]) && len > longest) {
            best = l;
            longest = len;
        }
    }
    return best;
}

bool texts_speak(const char *code)
{
    const texts_language_table *l = known(code);
    if (l)
        atomic_store(&in_force, l);
    return l != NULL;
}

const char *texts_choose(const char *wanted)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const texts_language_table *l = wanted && *wanted ? known(wanted) : NULL;
    const char *value = NULL;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0] && !(value && *value); i++)
        value = getenv(variables[i]);
    if (!l && value)
        l = known(value);
    return l ? l->code : texts_languages[0].code;
}

const char *texts_language(void)
{
    return atomic_load(&in_force)->code;
}

/* The last one is for tests of the layout. */
static const texts_language_table *at(int index)
{
    for (int i = 0; texts_languages[i].code && texts_languages[i + 1].code; i++)
        if (i == index)
            return &texts_languages[i];
    return NULL;
}

const char *texts_code(int index)
{
    const texts_language_table *l = at(index);
    return l ? l->code : NULL;
}

const char *texts_name(int index)
{
    const texts_language_table *l = at(index);
    return l ? l->text[TEXT_LANGUAGE_NAME] : NULL;
}
