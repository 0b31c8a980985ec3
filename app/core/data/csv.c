/* csv.c - looks at the first lines to see which column is what and which range the pixels have, then reads on. */
#include "csv.h"
#include "app/core/job.h"
#include "array.h"
#include "dataset_build.h"
#include "text_fields.h"
#include "text_lines.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    HEAD = 1000, /* lines that are looked at before anything is decided */
    MAX_COLUMNS = DATASET_MAX_SIDE * DATASET_MAX_SIDE + 2,
    SHOWN = 24,
    NOT_FOUND = -1,
    NUMBERED_HEADER = 17 /* columns from which on 0, 1, 2, ... can only be their numbers */
};

/* What the first lines have in a column. */
typedef struct column_facts {
    float first, last, least, greatest; /* numbers among them */
    int words;                          /* lines with something else */
    bool varies, whole;
    bool counts;   /* each is one more than the one before */
    bool is_class; /* whole numbers that may be those of classes, but for words */
} column_facts;

typedef struct head_line {
    char *text;
    long number;
} head_line;

typedef struct table {
    text_lines lines;
    const char *text; /* of the current line, and its number */
    long number;
    bool ended;
    char separator; /* 0: not known yet */
    text_field field[MAX_COLUMNS + 1];
    int fields; /* of the current line */

    int columns; /* of every line */
    head_line head[HEAD];
    int n_head;
    column_facts column[MAX_COLUMNS];
    bool has_names;        /* the first line says which column is the label, or that none is */
    int label;             /* its column, or NOT_FOUND */
    int first_pixel, side; /* pixels are the columns from there on, but for the label's */
    pixel_range range;

    dataset_builder built;
    unsigned char image[DATASET_MAX_SIDE * DATASET_MAX_SIDE];
} table;

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

/* Digits, a point among them, an exponent: also those of NumPy, which are more than a double has. NAN if it is none. A
 * comma may stand for the point. */
static float read_decimal(const char *p, const char *end, bool comma)
{
    bool negative = p < end && *p == '-', fraction = false;
    double sum = 0.0;
    int digits = 0, exponent = 0, power = 0, kept = 0;
    for (p += negative || (p < end && *p == '+'); p < end; p++) {
        if ((*p == '.' || (comma && *p == ',')) && !fraction) {
            fraction = true;
            continue;
        }
        if (*p < '0' || *p > '9')
            break;
        digits++;
        if (kept < 15) {
            sum = sum * 10.0 + (*p - '0');
            kept += sum > 0.0;
            power -= fraction;
        } else {
            power += !fraction;
        }
    }
    if (digits > 0 && p + 1 < end && (*p == 'e' || *p == 'E')) {
        bool below = p[1] == '-';
        for (p += 1 + (below || p[1] == '+'); p < end && *p >= '0' && *p <= '9' && exponent < 1000; p++)
            exponent = exponent * 10 + *p - '0';
        power += below ? -exponent : exponent;
    }
    if (digits == 0 || p < end)
        return NAN;
    sum *= power == 0 ? 1.0 : pow(10.0, power);
    return (float)(negative ? -sum : sum);
}

static float number_of(const table *t, text_field f)
{
    return read_decimal(f.text, f.text + f.len, t->separator != ',' || f.quoted);
}

/* ---- errors ------------------------------------------------------------------------------------------------------ */

static bool fail_field(const table *t, int column, const char *expected, nn_error *err)
{
    char shown[SHOWN];
    text_field f = t->field[column];
    int n = f.len < SHOWN - 1 ? f.len : SHOWN - 1;
    for (int i = 0; i < n; i++)
        shown[i] = f.text[i] >= 0x20 && f.text[i] < 0x7f ? f.text[i] : '?';
    shown[n] = 0;
    if (f.len == 0)
        return nn_fail(err, NN_FORMAT, nn_stream_pos(t->lines.stream), "line %ld, column %d: empty instead of a %s",
                       t->number, column + 1, expected);
    return nn_fail(err, NN_FORMAT, nn_stream_pos(t->lines.stream), "line %ld, column %d: \"%s\" is no %s", t->number,
                   column + 1, shown, expected);
}

static bool fail_no_label(const table *t, nn_error *err)
{
    return nn_fail(err, NN_USAGE, 0,
                   "line %ld: none of its %d columns has labels; one before or behind the pixels is needed to learn "
                   "from or to score by",
                   t->head[0].number, t->columns);
}

static bool fail_columns(const table *t, nn_error *err)
{
    return nn_fail(err, NN_FORMAT, 0,
                   "line %ld: %d columns; a label and the pixels of a square image are 785 for 28x28, at most %d for "
                   "%dx%d",
                   t->number, t->columns, DATASET_MAX_SIDE * DATASET_MAX_SIDE + 1, DATASET_MAX_SIDE, DATASET_MAX_SIDE);
}

/* ---- the header -------------------------------------------------------------------------------------------------- */

static bool is_called(text_field f, const char *name)
{
    size_t len = strlen(name);
    return (size_t)f.len == len && strncasecmp(f.text, name, len) == 0;
}

static bool names_label(text_field f)
{
    static const char *const names[] = {"label", "labels",   "class",   "classes",  "target",
                                        "digit", "digits",   "y",       "letter",   "character",
                                        "char",  "category", "species", "label_id", "class_id"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_called(f, names[i]))
            return true;
    return false;
}

/* 0, 1, 2, ... or 1, 2, 3, ... */
static bool numbers_columns(const table *t)
{
    float first = number_of(t, t->field[0]);
    if (t->fields < NUMBERED_HEADER || !(first == 0 || first == 1))
        return false;
    for (int i = 1; i < t->fields; i++)
        if (!(number_of(t, t->field[i]) == first + (float)i))
            return false;
    return true;
}

/* Whether the first line names the columns: at least two of its fields are words, or one where that is a label's name.
 * A single word may be the label of the first image. */
static bool is_header(table *t)
{
    int words = 0, named = 0;
    for (int i = 0; i < t->fields; i++) {
        words += isnan(number_of(t, t->field[i])) != 0;
        if (names_label(t->field[i]) && named++ == 0)
            t->label = i;
    }
    if (named == 0)
        t->label = NOT_FOUND;
    bool header = words > 1 || named > 0;
    t->has_names = header;
    return header || numbers_columns(t);
}

/* ---- which column is what ---------------------------------------------------------------------------------------- */

static int side_of(int pixels)
{
    int side = pixels > 0 ? (int)lround(sqrt(pixels)) : 0;
    return side * side == pixels && side <= DATASET_MAX_SIDE ? side : 0;
}

/* Without names: words, or class numbers where the other end's are no labels or always the same, as a corner's. */
static int guess_label(const table *t, int first, int last)
{
    const column_facts *f = &t->column[first], *l = &t->column[last];
    bool first_says = 2 * f->words > t->n_head, last_says = 2 * l->words > t->n_head; /* not only a mistake */
    if (first_says != last_says)
        return first_says ? first : last;
    return f->is_class && (f->varies || !l->varies || !l->is_class || l->words > 0) ? first : last;
}

static bool find_columns(table *t, nn_error *err)
{
    int rest = t->columns, last = t->columns - 1;
    if (t->has_names && t->label == NOT_FOUND && (side_of(rest) > 1 || side_of(rest - 1) > 1) &&
        (side_of(rest) > 1 || t->column[0].counts))
        return fail_no_label(t, err);
    t->first_pixel = 0;
    if (side_of(rest - 1) == 0 && side_of(rest - 2) > 1 && t->label != 0) /* a column that numbers the lines */
        t->first_pixel = 1;
    t->side = side_of(rest - 1 - t->first_pixel);
    if (t->side < 2) /* a single pixel is no image */
        return side_of(rest) > 1 ? fail_no_label(t, err) : fail_columns(t, err);
    if (t->label == NOT_FOUND)
        t->label = guess_label(t, t->first_pixel, last);
    if (t->label < t->first_pixel || (!t->has_names && t->n_head > 10 && t->column[t->label].counts))
        return fail_no_label(t, err);
    if (t->label == t->first_pixel)
        t->first_pixel++;
    return true;
}

static int pixel_column(const table *t, int pixel)
{
    int column = t->first_pixel + pixel;
    return column + (t->label >= t->first_pixel && column >= t->label);
}

/* What fits no range is a mistake in the usual one, to be named where it stands, unless it was moved and scaled, or has so
 * few steps that their fractions count. */
static void find_range(table *t)
{
    double least = 0.0, greatest = 0.0;
    bool whole = true;
    nn_error ignored;
    for (int k = 0; k < t->side * t->side; k++) {
        const column_facts *c = &t->column[pixel_column(t, k)];
        least = fmin(least, (double)c->least);
        greatest = fmax(greatest, (double)c->greatest);
        whole = whole && c->whole;
    }
    if (greatest < 16 && (pixels_are_moved(least, greatest) || (!whole && pixels_are_faint(least, greatest, t->side))))
        t->range = (pixel_range){least, greatest, true};
    else if (!pixel_range_of(&t->range, least, greatest > 0.0 ? greatest : 255.0, t->side, &ignored))
        t->range = (pixel_range){0, 255, false};
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static void use_line(table *t, const char *text, long number)
{
    t->text = text;
    t->number = number;
    t->fields = text_fields_cut(t->field, MAX_COLUMNS + 1, t->separator, t->text);
    t->fields +=
        t->fields + 1 == t->columns && text_fields_end_empty(t->separator, t->text); /* it stands there, and is empty */
}

static bool is_blank_line(const table *t)
{
    for (int i = 0; i < t->fields; i++)
        if (t->field[i].len > 0)
            return false;
    return true;
}

/* Goes to the next line with something in it; t->ended where there is none. */
static bool next_line(table *t, nn_error *err)
{
    do {
        bool more;
        if (!text_lines_next(&t->lines, &more, err))
            return false;
        t->ended = !more;
        if (!more)
            return true;
        if (t->separator == 0 && t->lines.len > strspn(t->lines.line, " \t"))
            t->separator = text_separator(t->lines.line);
        use_line(t, t->lines.line, t->lines.number);
    } while (is_blank_line(t));
    return true;
}

static bool check_columns(const table *t, nn_error *err)
{
    if (t->n_head > 0 && t->fields == t->columns + 1 && text_fields_end_empty(t->separator, t->head[0].text))
        return nn_fail(err, NN_FORMAT, nn_stream_pos(t->lines.stream),
                       "line %ld, column %d: empty, where line %ld has a value", t->head[0].number, t->fields,
                       t->number);
    return t->fields == t->columns ||
           nn_fail(err, NN_FORMAT, nn_stream_pos(t->lines.stream), "line %ld: %d columns, the first line has %d",
                   t->number, t->fields, t->columns);
}

/* Class numbers without what pandas adds to them: 7.0 is 7. */
static void label_text(char out[NN_NAME], const table *t, text_field f)
{
    float value = number_of(t, f);
    if (value == floorf(value) && value >= 0 && value < 10000) /* false for NAN */
        snprintf(out, NN_NAME, "%d", (int)value);
    else
        snprintf(out, NN_NAME, "%.*s", f.len, f.text);
}

/* The current line as an image of the set. */
static bool add_image(table *t, nn_error *err)
{
    if (!job_wants_more(err))
        return false;
    char label[NN_NAME], expected[64];
    text_field f = t->field[t->label];
    float number = number_of(t, f);
    snprintf(expected, sizeof expected, "pixel, a number from %g to %g", t->range.low, t->range.high);
    for (int k = 0; k < t->side * t->side; k++) {
        int column = pixel_column(t, k);
        float value = number_of(t, t->field[column]);
        if (t->range.own) /* which is of the first lines */
            value = fminf(fmaxf(value, (float)t->range.low), (float)t->range.high);
        if (!((double)value >= t->range.low && (double)value <= t->range.high))
            return fail_field(t, column, expected, err);
        t->image[k] = pixel_of(t->range, (double)value);
    }
    if (f.len == 0 || f.len >= NN_NAME || (!isnan(number) && (number != floorf(number) || number < 0)))
        return fail_field(t, t->label, "label, a class number or a word", err);
    label_text(label, t, f);
    if (dataset_add(&t->built, t->image, label, err))
        return true;
    char where[40];
    snprintf(where, sizeof where, "line %ld, column %d", t->number, t->label + 1);
    return nn_fail_in(err, where);
}

/* ---- the first lines --------------------------------------------------------------------------------------------- */

static void note_value(column_facts *c, float value, bool is_first)
{
    if (is_first)
        *c = (column_facts){.first = value, .last = value, .counts = true, .is_class = true, .whole = true};
    c->varies = c->varies || value != c->first;
    c->whole = c->whole && (isnan(value) || value == floorf(value));
    c->words += isnan(value) != 0;
    c->is_class = c->is_class && (isnan(value) || (value >= 0 && value < 1000 && value == floorf(value)));
    c->counts = c->counts && (is_first || value == c->last + 1);
    c->least = fminf(c->least, value); /* not for NAN */
    c->greatest = fmaxf(c->greatest, value);
    c->last = value;
}

static bool keep_line(table *t, nn_error *err)
{
    head_line *kept = &t->head[t->n_head];
    if (!check_columns(t, err))
        return false;
    for (int i = 0; i < t->columns; i++)
        note_value(&t->column[i], number_of(t, t->field[i]), t->n_head == 0);
    *kept = (head_line){nn_strdup(t->text), t->number};
    t->n_head += kept->text != NULL;
    return kept->text || nn_fail(err, NN_NOMEM, 0, "out of memory for the first lines");
}

/* Skips lines with # before them. The last one may have the names, as NumPy writes them. */
static bool read_comments(table *t, int *names, nn_error *err)
{
    char *last = NULL;
    bool ok = true;
    *names = 0;
    while (ok && !t->ended && t->text[0] == '#') {
        nn_free(last);
        last = nn_strdup(t->text + 1 + strspn(t->text + 1, " \t"));
        t->separator = 0;
        ok = (last || nn_fail(err, NN_NOMEM, 0, "out of memory for a line")) && next_line(t, err);
    }
    if (ok && last && !t->ended) {
        int columns = t->fields;
        use_line(t, last, t->lines.number);
        if (t->fields == columns && is_header(t))
            *names = columns;
        use_line(t, t->lines.line, t->lines.number);
    }
    nn_free(last);
    return ok;
}

/* Skips a line of names, and of what Excel says of the separator. */
static bool read_header(table *t, nn_error *err)
{
    int names;
    if (!next_line(t, err))
        return false;
    if (!t->ended && strncmp(t->text, "sep=", 4) == 0) {
        t->separator = t->text[4];
        if (!next_line(t, err))
            return false;
    }
    if (!read_comments(t, &names, err))
        return false;
    if (names == 0 && !t->ended && is_header(t)) {
        names = t->columns = t->fields;
        if (!next_line(t, err))
            return false;
    }
    t->columns = t->fields;
    if (t->ended && nn_stream_pos(t->lines.stream) == 0)
        return nn_fail(err, NN_FORMAT, 0, "an empty file");
    if (t->ended)
        return nn_fail(err, NN_FORMAT, nn_stream_pos(t->lines.stream), "no images in it");
    if (t->columns > MAX_COLUMNS)
        return fail_columns(t, err);
    if (names > 0 && t->columns == names + 1 && t->label != NOT_FOUND)
        t->label++; /* R gives the column that numbers the lines no name */
    else if (names > 0 && t->columns != names)
        return nn_fail(err, NN_FORMAT, nn_stream_pos(t->lines.stream), "line %ld: %d columns, the first line has %d",
                       t->number, t->columns, names);
    return true;
}

static bool read_head(table *t, nn_error *err)
{
    if (!read_header(t, err))
        return false;
    while (!t->ended && t->n_head < HEAD)
        if (!keep_line(t, err) || !next_line(t, err))
            return false;
    if (!find_columns(t, err))
        return false;
    find_range(t);
    return true;
}

static bool read_all(table *t, nn_error *err)
{
    if (!read_head(t, err))
        return false;
    bool ok = true;
    t->built.data.side = t->side;
    for (int i = 0; ok && i < t->n_head; i++) {
        use_line(t, t->head[i].text, t->head[i].number);
        ok = add_image(t, err);
    }
    if (!t->ended) /* the line behind them, which was read */
        use_line(t, t->lines.line, t->lines.number);
    while (ok && !t->ended)
        ok = check_columns(t, err) && add_image(t, err) && next_line(t, err);
    return ok;
}

/* Pixels that were taken as of 0 to 255, and are not, once all of them are known. */
static void stretch_faint(dataset *data)
{
    size_t n = (size_t)data->count * (size_t)(data->side * data->side);
    pixel_range range = {255, 0, true};
    for (size_t i = 0; i < n; i++) {
        range.low = fmin(range.low, data->images[i]);
        range.high = fmax(range.high, data->images[i]);
    }
    if (!pixels_are_faint(range.low, range.high, data->side))
        return;
    for (size_t i = 0; i < n; i++)
        data->images[i] = pixel_of(range, data->images[i]);
    dataset_remark_range(data, range.low, range.high);
}

static void settle_range(dataset *data, pixel_range range)
{
    if (range.own)
        dataset_remark_range(data, range.low, range.high);
    else if (range.low == 0 && range.high == 255)
        stretch_faint(data);
}

bool csv_read(dataset *data, nn_stream *stream, nn_error *err)
{
    *data = (dataset){0};
    table *t = nn_alloc(1, sizeof *t);
    if (!t)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the table");
    t->label = NOT_FOUND;
    text_lines_begin(&t->lines, stream);
    bool ok = read_all(t, err);
    if (ok) {
        settle_range(&t->built.data, t->range);
        ok = dataset_complete(&t->built, data, err);
    } else {
        dataset_free(&t->built.data);
    }
    for (int i = 0; i < t->n_head; i++)
        nn_free(t->head[i].text);
    text_lines_free(&t->lines);
    nn_free(t);
    return ok;
}
