/* ink.c - `digitscope ink`: reads recorded pen strokes through exactly the window's pipeline and scores the answers. */
#include "app/core/buffer.h"
#include "app/core/clock.h"
#include "app/core/console/args.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/drawing/strokes.h"
#include "app/core/model/recogniser.h"
#include "app/core/number/number.h"
#include "app/core/platform.h"
#include "app/report/number_scores.h"
#include "app/report/report.h"
#include "commands.h"
#include "nn/json.h"
#include "nn/nn.h"
#include "nn/stream.h"
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 16 << 20, /* bytes of lines that are read together */
    MAX_DRAWINGS = 4 << 20,
    CHUNK = 64 /* drawings that a thread takes at a time */
};

typedef struct options {
    const char *model, *state;
    arg_texts file;
    double brush, scale, shift[2];
    bool each, naive, json, numbers;
    int threads;
} options;

/* A number that was read. */
typedef struct number_row {
    int count;
    struct row_digit {
        int class;
        float confidence;
        ink_extent box;
    } digit[]; /* count */
} number_row;

typedef struct drawing {
    size_t begin, len; /* its line, in the text of its block */
    int line;          /* from 1 */
    char label[48], writer[48];
    int truth; /* class of its label, -1 for none */
    int digit; /* class that was read, -1 on an empty canvas */
    float confidence;
    bool unsure;
    double us;          /* stroke list to probabilities */
    number_row *number; /* with --numbers; NULL on an empty canvas */
} drawing;

/* What one thread needs of its own. */
typedef struct reader {
    recogniser *recogniser;
    number_reader *numbers; /* with --numbers */
    digit digit;
    number_answer number;
    int bad_line; /* where it stopped, 0: nowhere */
    nn_error err;
} reader;

typedef struct reading {
    const options *o;
    char standard[NN_NAME];
    const char *model; /* its name */
    buffer text;       /* of a block */
    drawing *drawing;
    int n, room, first; /* first: of the block's drawings */
    int lines;          /* taken so far */
    reader *reader;
    nn_pool *pool;
    atomic_int next; /* chunk */
    atomic_bool failed;
    double seconds;
} reading;

/* ---- reading the drawings ---------------------------------------------------------------------------------------- */

/* The answer as far as it is remembered. */
static answer answer_of(const drawing *d, const nn_model *model)
{
    answer a = {.digit = d->digit, .confidence = d->confidence, .unsure = d->unsure};
    if (d->digit >= 0)
        memcpy(a.text, model->label[d->digit], sizeof a.text);
    return a;
}

static bool read_digit(const reading *r, reader *own, const ink *strokes, drawing *d)
{
    digit_options how = r->o->naive ? (digit_options){.pen = DIGIT_PEN} : digit_defaults;
    answer a;
    double begin = platform_now_ms();
    digit_from_ink(&own->digit, strokes, &how);
    recogniser_read(own->recogniser, &own->digit, &a);
    d->us = 1e3 * (platform_now_ms() - begin);
    d->truth = nn_class_called(recogniser_model(own->recogniser), d->label);
    d->digit = a.digit;
    d->confidence = a.confidence;
    d->unsure = a.unsure;
    return !a.overflow || answer_overflows(r->model, &own->err);
}

static bool keep_number(drawing *d, const number_answer *n, nn_error *err)
{
    d->digit = n->count == 1 ? n->digit[0].answer.digit : -1;
    d->confidence = n->probability;
    d->unsure = n->unsure;
    if (n->count == 0)
        return true;
    d->number = nn_alloc(1, sizeof *d->number + (size_t)n->count * sizeof *d->number->digit);
    if (!d->number)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the drawings");
    d->number->count = n->count;
    for (int i = 0; i < n->count; i++)
        d->number->digit[i] =
            (struct row_digit){n->digit[i].answer.digit, n->digit[i].answer.confidence, n->digit[i].box};
    return true;
}

static bool read_number(const reading *r, reader *own, const ink *strokes, drawing *d)
{
    double begin = platform_now_ms();
    if (!number_read_whole(own->numbers, own->recogniser, strokes, &own->number, &own->err))
        return false;
    d->us = 1e3 * (platform_now_ms() - begin);
    d->truth = -1;
    if (own->number.overflow)
        return answer_overflows(r->model, &own->err);
    return keep_number(d, &own->number, &own->err);
}

static bool read_drawing(const reading *r, reader *own, drawing *d)
{
    strokes_line line;
    if (!strokes_parse(&line, r->text.data + d->begin, d->len, &own->err))
        return false;
    strokes_fit(&line, (float)r->o->brush, (float)r->o->scale, (float)r->o->shift[0], (float)r->o->shift[1]);
    memcpy(d->label, line.label, sizeof d->label);
    memcpy(d->writer, line.writer, sizeof d->writer);
    bool ok = r->o->numbers ? read_number(r, own, &line.ink, d) : read_digit(r, own, &line.ink, d);
    ink_free(&line.ink);
    return ok;
}

/* Chunks are taken in the order of the file, and a chunk once taken is read to its end or first bad line: so the first
 * bad line of the file is always among those found. */
static void read_chunks(void *ctx, int thread)
{
    reading *r = ctx;
    reader *own = &r->reader[thread];
    while (!atomic_load(&r->failed)) {
        int i = r->first + atomic_fetch_add(&r->next, 1) * CHUNK, end = r->n - i < CHUNK ? r->n : i + CHUNK;
        if (i >= r->n)
            return;
        for (; i < end; i++)
            if (!read_drawing(r, own, &r->drawing[i])) {
                own->bad_line = r->drawing[i].line;
                atomic_store(&r->failed, true);
                return;
            }
        if (thread == 0)
            terminal_progress("drawings read", end, r->n);
    }
}

static bool report_bad_line(const reading *r, nn_error *err)
{
    const reader *first = NULL;
    char where[64];
    for (int i = 0; i < r->o->threads; i++)
        if (r->reader[i].bad_line && (!first || r->reader[i].bad_line < first->bad_line))
            first = &r->reader[i];
    *err = first->err;
    if (err->pos > 0)
        snprintf(where, sizeof where, "line %d, byte %zu", first->bad_line, err->pos);
    else
        snprintf(where, sizeof where, "line %d", first->bad_line);
    return nn_fail_in(err, where);
}

static bool make_room(reading *r, nn_error *err)
{
    if (r->n == MAX_DRAWINGS)
        return nn_fail(err, NN_LIMIT, 0, "more than %d drawings", MAX_DRAWINGS);
    if (r->n < r->room)
        return true;
    int room = (int)nn_room((size_t)r->n + 1);
    drawing *more = nn_realloc(r->drawing, (size_t)r->room, (size_t)room, sizeof *more);
    r->drawing = more ? more : r->drawing;
    r->room = more ? room : r->room;
    return more || nn_fail(err, NN_NOMEM, 0, "out of memory for the drawings");
}

/* Adds lines to the text, a drawing for each that is not blank, until there are enough of them or no more. */
static bool fill_block(reading *r, nn_stream *lines, bool *ended, nn_error *err)
{
    r->text.len = 0;
    for (*ended = false; r->text.len < BLOCK;) {
        char *line;
        size_t len;
        if (!nn_stream_line(lines, STROKES_MAX_LINE, &line, &len, err))
            return false;
        *ended = line == NULL;
        if (*ended)
            return true;
        r->lines++;
        if (strspn(line, " \t\r") == len)
            continue;
        if (!make_room(r, err))
            return false;
        r->drawing[r->n++] = (drawing){.begin = r->text.len, .len = len, .line = r->lines};
        buffer_add_bytes(&r->text, line, len);
        if (r->text.failed)
            return nn_fail(err, NN_NOMEM, 0, "out of memory for the drawings");
    }
    return true;
}

static bool open_readers(reading *r, nn_error *err)
{
    paths where;
    paths_find(&where, r->o->state);
    r->reader = nn_alloc((size_t)r->o->threads, sizeof *r->reader);
    if (!r->reader)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (!recogniser_open(&r->reader[0].recogniser, &where, r->o->model, err))
        return false;
    for (int i = 1; i < r->o->threads; i++)
        if (!recogniser_share(&r->reader[i].recogniser, r->reader[0].recogniser, err))
            return false;
    for (int i = 0; r->o->numbers && i < r->o->threads; i++) {
        r->reader[i].numbers = number_reader_new();
        if (!r->reader[i].numbers)
            return nn_fail(err, NN_NOMEM, 0, "out of memory");
    }
    return nn_pool_new(&r->pool, r->o->threads, NULL, err);
}

/* Block by block, so that what is packed into little cannot ask for much. */
static bool read_blocks(reading *r, nn_stream *lines, nn_error *err)
{
    for (bool ended = false; !ended;) {
        double begin;
        r->first = r->n;
        if (!fill_block(r, lines, &ended, err))
            return false;
        begin = clock_seconds();
        atomic_store(&r->next, 0);
        nn_pool_run(r->pool, read_chunks, r);
        r->seconds += clock_seconds() - begin;
        if (atomic_load(&r->failed))
            return report_bad_line(r, err);
    }
    return r->n > 0 || nn_fail(err, NN_FORMAT, 0, "no drawing in it");
}

static bool read_all(reading *r, nn_error *err)
{
    nn_stream *lines;
    const char *path = r->o->file.text[0];
    if (!open_readers(r, err) || !nn_stream_open(&lines, path, err))
        return false;
    bool ok = read_blocks(r, lines, err) || nn_fail_in(err, path);
    nn_stream_close(lines);
    terminal_progress("drawings read", 1, 1);
    return ok;
}

static void close_all(reading *r)
{
    nn_pool_free(r->pool);
    for (int i = r->o->threads - 1; r->reader && i >= 0; i--) {
        recogniser_free(r->reader[i].recogniser);
        number_reader_free(r->reader[i].numbers);
    }
    nn_free(r->reader);
    for (int i = 0; i < r->n; i++)
        nn_free(r->drawing[i].number);
    nn_free(r->drawing);
    buffer_free(&r->text);
}

/* ---- scoring ----------------------------------------------------------------------------------------------------- */

typedef struct scores {
    confusion confusion;
    int unlabelled, unsure, writers;
    double by_writer; /* mean over the writers of their accuracy; NAN without any */
    double p50, p99;  /* us */
    number_scores numbers;
} scores;

static int by_writer(const void *left, const void *right)
{
    const drawing *a = *(const drawing *const *)left, *b = *(const drawing *const *)right;
    return strcmp(a->writer, b->writer);
}

/* `sorted` has room for all drawings. */
static void score_writers(scores *s, const reading *r, const drawing **sorted)
{
    int n = 0;
    double sum = 0;
    for (int i = 0; i < r->n; i++)
        if (r->drawing[i].truth >= 0 && *r->drawing[i].writer)
            sorted[n++] = &r->drawing[i];
    qsort(sorted, (size_t)n, sizeof *sorted, by_writer);
    for (int i = 0, next; i < n; i = next) {
        int correct = 0;
        for (next = i; next < n && by_writer(&sorted[next], &sorted[i]) == 0; next++)
            correct += sorted[next]->digit == sorted[next]->truth;
        sum += (double)correct / (next - i);
        s->writers++;
    }
    s->by_writer = s->writers ? sum / s->writers : NAN;
}

static void spell(char text[NUMBER_TEXT], const drawing *d, const nn_model *model)
{
    size_t len = 0;
    text[0] = 0;
    for (int i = 0; d->number && i < d->number->count && len < NUMBER_TEXT - NN_NAME; i++)
        len += (size_t)snprintf(text + len, NN_NAME, "%s", model->label[d->number->digit[i].class]);
}

static bool add_number(number_scores *s, const drawing *d, const nn_model *model)
{
    char text[NUMBER_TEXT];
    spell(text, d, model);
    return number_scores_add(s, d->label, text, model);
}

static bool score(scores *s, const reading *r, const nn_model *model, nn_error *err)
{
    double *us = nn_alloc((size_t)r->n, sizeof *us);
    const drawing **sorted = nn_alloc((size_t)r->n, sizeof *sorted);
    bool ok = us && sorted;
    *s = (scores){.confusion.classes = model->n_labels};
    for (int i = 0; ok && i < r->n; i++) {
        const drawing *d = &r->drawing[i];
        us[i] = d->us;
        s->unsure += d->unsure;
        if (r->o->numbers)
            s->unlabelled += !add_number(&s->numbers, d, model);
        else if (d->truth >= 0)
            confusion_add(&s->confusion, d->truth, d->digit);
        else
            s->unlabelled++;
    }
    if (ok) {
        s->p50 = metrics_percentile(us, r->n, 0.50);
        s->p99 = metrics_percentile(us, r->n, 0.99);
        score_writers(s, r, sorted);
    }
    nn_free(sorted);
    nn_free(us);
    return ok || nn_fail(err, NN_NOMEM, 0, "out of memory");
}

static double accuracy_of(const scores *s)
{
    int total = confusion_total(&s->confusion);
    return total ? (double)confusion_correct(&s->confusion) / total : NAN;
}

/* ---- showing ----------------------------------------------------------------------------------------------------- */

static json_t *drawing_json(const drawing *d, const nn_model *model)
{
    number_answer n = {.count = d->number ? d->number->count : 0, .probability = d->confidence, .unsure = d->unsure};
    for (int i = 0; i < n.count; i++) {
        const struct row_digit *row = &d->number->digit[i];
        n.digit[i] = (number_digit){.answer = {.digit = row->class, .confidence = row->confidence}, .box = row->box};
        memcpy(n.digit[i].answer.text, model->label[row->class], NN_NAME);
    }
    spell(n.text, d, model);
    return number_json(&n);
}

static bool print_each_json(const reading *r, const nn_model *model)
{
    for (int i = 0; i < r->n; i++) {
        const drawing *d = &r->drawing[i];
        answer a = answer_of(d, model);
        json_t *line = r->o->numbers ? drawing_json(d, model) : answer_json(&a, false);
        if (line)
            json_object_update_new(line, json_pack("{s:s, s:s}", "label", d->label, "writer", d->writer));
        if (!command_print_json(line))
            return false;
    }
    return true;
}

static json_t *scores_json(const scores *s, const reading *r, const nn_model *model)
{
    if (r->o->numbers)
        return json_pack("{s:i, s:i, s:o, s:o, s:o, s:f, s:{s:f, s:f}, s:f}", "n", r->n, "n_unlabelled", s->unlabelled,
                         "accuracy", nn_json_number(number_scores_accuracy(&s->numbers)), "by_length",
                         number_scores_json(&s->numbers), "digit_error_rate",
                         nn_json_number(number_scores_error_rate(&s->numbers)), "unsure", (double)s->unsure / r->n,
                         "latency_us", "p50", s->p50, "p99", s->p99, "drawings_per_s", r->n / r->seconds);
    return json_pack("{s:i, s:i, s:o, s:o, s:f, s:o, s:{s:f, s:f}, s:f}", "n", r->n, "n_unlabelled", s->unlabelled,
                     "accuracy", nn_json_number(accuracy_of(s)), "accuracy_by_writer_macro",
                     nn_json_number(s->by_writer), "unsure", (double)s->unsure / r->n, "per_class",
                     report_classes_json(&s->confusion, model), "latency_us", "p50", s->p50, "p99", s->p99,
                     "drawings_per_s", r->n / r->seconds);
}

static void print_each(const reading *r, const nn_model *model)
{
    terminal_print("%7s  %-6s  %-6s  %10s  %-5s  %-6s  %s\n", "line", "label", "read", "confidence", "", "", "writer");
    for (int i = 0; i < r->n; i++) {
        const drawing *d = &r->drawing[i];
        char text[NUMBER_TEXT];
        snprintf(text, sizeof text, "%s", answer_of(d, model).text);
        if (r->o->numbers)
            spell(text, d, model);
        bool wrong = r->o->numbers ? *d->label && strcmp(text, d->label) != 0 : d->truth >= 0 && d->digit != d->truth;
        terminal_print("%7d  %-6s  %-6s  %8.1f %%  %-5s  %-6s  %s\n", d->line, d->label, text,
                       100 * (double)d->confidence, wrong ? "wrong" : "", d->unsure ? "unsure" : "", d->writer);
    }
    terminal_write("\n");
}

static void print_speed(const scores *s, const reading *r)
{
    terminal_print("  unsure       %6.2f %%   flagged as better not believed\n", 100.0 * s->unsure / r->n);
    terminal_print("  latency      %5.0f us   half of the drawings, %.0f us for 99 %%\n", s->p50, s->p99);
    terminal_print("  speed        %8s   drawings a second, %d thread%s\n", report_count(lrint(r->n / r->seconds)),
                   r->o->threads, r->o->threads == 1 ? "" : "s");
}

static void print_number_scores(const scores *s, const reading *r)
{
    terminal_print("%s drawing%s, each read as a number\n\n", report_count(r->n), r->n == 1 ? "" : "s");
    number_scores_print(&s->numbers);
    if (s->unlabelled)
        terminal_print("  unlabelled   %8s   not scored: no label, or one that is no number\n",
                       report_count(s->unlabelled));
    print_speed(s, r);
}

static void print_scores(const scores *s, const reading *r, const nn_model *model)
{
    int total = confusion_total(&s->confusion), errors = total - confusion_correct(&s->confusion);
    terminal_print("%s drawing%s%s\n\n", report_count(r->n), r->n == 1 ? "" : "s",
                   r->o->naive ? ", the whole canvas shrunk to 28 x 28" : "");
    if (total)
        terminal_print("  accuracy     %6.2f %%   %s of %s wrong\n", 100 * accuracy_of(s), report_count(errors),
                       report_count(total));
    if (s->unlabelled)
        terminal_print("  unlabelled   %8s   not scored: no label, or no class of the model\n",
                       report_count(s->unlabelled));
    if (s->writers)
        terminal_print("  by writer    %6.2f %%   mean over %d writers\n", 100 * s->by_writer, s->writers);
    print_speed(s, r);
    if (total)
        report_classes(&s->confusion, model, NULL);
    if (!r->o->naive)
        terminal_print("\nNext: --naive shows what happens without fitting and centring the ink.\n");
}

static int read_and_score(reading *r)
{
    const options *o = r->o;
    nn_error err;
    scores s;
    if (!read_all(r, &err))
        return command_fail("ink", &err);
    const nn_model *model = recogniser_model(r->reader[0].recogniser);
    if (!score(&s, r, model, &err))
        return command_fail("ink", &err);
    if (o->json)
        return command_finish("ink",
                              o->each ? print_each_json(r, model) : command_print_json(scores_json(&s, r, model)));
    if (o->each)
        print_each(r, model);
    if (o->numbers)
        print_number_scores(&s, r);
    else
        print_scores(&s, r, model);
    return command_finish("ink", true);
}

int command_ink(int argc, char **argv)
{
    options o = {.brush = INK_DEFAULT_BRUSH, .scale = 1, .threads = platform_threads()};
    const arg args[] = {
        {"model", ARG_ONE, &o.model, "M", "name or file, an ensemble too (default: the shipped one)", 0, 0},
        {"each", ARG_FLAG, &o.each, NULL, "also one line for every drawing; with --json only these lines", 0, 0},
        {"numbers", ARG_FLAG, &o.numbers, NULL, "each drawing is a number of one or more digits", 0, 0},
        {"brush", ARG_NUMBER, &o.brush, "PX", "width of the pen on the 600 x 600 canvas (default: the window's)", 1,
         300},
        {"scale", ARG_NUMBER, &o.scale, "S", "draw smaller or larger, about the canvas's middle (default: 1)", 0.01,
         10},
        {"shift", ARG_PAIR, o.shift, "X,Y", "then move it by so many canvas pixels (default: 0,0)", -10000, 10000},
        {"naive", ARG_FLAG, &o.naive, NULL, "shrink the whole canvas to 28 x 28, as most demos do", 0, 0},
        {"threads", ARG_INT, &o.threads, "N", "threads (default: one per processor)", 1, NN_MAX_THREADS},
        {"state", ARG_TEXT, &o.state, "DIR", "folder of own models, instead of the usual one", 0, 0},
        {"json", ARG_FLAG, &o.json, NULL, "one JSON object instead of tables", 0, 0},
        {0},
    };
    const arg_command usage = {
        .name = "ink",
        .synopsis = "STROKES.jsonl[.gz] [--model M] [--numbers] [--each] [options]",
        .about = "Reads recorded pen strokes through exactly the window's pipeline, one drawing a line, and scores\n"
                 "the answers where drawings have a label.",
        .example = "strokes.jsonl --model mine.safetensors --each",
        .effect = "reads every drawing of the file as the window would, and scores the answers",
        .args = args,
        .positional = &o.file,
        .min_positional = 1,
        .max_positional = 1,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    if (o.naive && o.numbers)
        return args_refuse("ink", "--naive shrinks a canvas with one digit: leave --numbers out");
    reading r = {.o = &o};
    r.model = command_model_name(o.model, r.standard);
    interrupt_exit();
    status = read_and_score(&r);
    close_all(&r);
    return status;
}
