/* predict.c - `digitscope predict`: reads pictures of single digits. */
#include "app/core/console/args.h"
#include "app/core/console/interrupt.h"
#include "app/core/console/terminal.h"
#include "app/core/digit/picture.h"
#include "app/core/model/recogniser.h"
#include "app/core/number/number_picture.h"
#include "app/ui/kit/picture_file.h"
#include "commands.h"
#include "nn/json.h"
#include <stdio.h>
#include <string.h>

typedef struct options {
    const char *model, *state;
    arg_texts pictures;
    bool json, as_is, numbers;
} options;

/* What was read in a picture. */
typedef struct reading {
    answer answer;
    bool several;         /* digits, of which one was read */
    number_answer number; /* with --numbers, in place of the answer */
} reading;

static json_t *line_json(const char *file, const reading *r)
{
    json_t *line = answer_json(&r->answer, true);
    if (line) {
        json_object_set_new(line, "file", nn_json_string(file));
        json_object_set_new(line, "several", json_boolean(r->several));
    }
    return line;
}

static json_t *number_line_json(const char *file, const number_answer *n)
{
    json_t *line = number_json(n);
    if (line)
        json_object_set_new(line, "file", nn_json_string(file));
    return line;
}

static void print_number(const char *file, int width, const number_answer *n)
{
    if (n->count == 0)
        terminal_print("%-*s  nothing to read\n", width, file);
    else
        terminal_print("%-*s  %s  %6.2f %%%s\n", width, file, n->text, 100 * (double)n->probability,
                       n->unsure ? "   (unsure)" : "");
}

/* The best guess, and the runner-up where it has more than one per cent. */
static void print_reading(const char *file, int width, const reading *r, const nn_model *model)
{
    const answer *a = &r->answer;
    int second = -1;
    if (a->digit < 0) {
        terminal_print("%-*s  %s\n", width, file, r->several ? "unsure: there are several digits" : "nothing to read");
        return;
    }
    for (int k = 0; k < a->classes; k++)
        if (k != a->digit && (second < 0 || a->probability[k] > a->probability[second]))
            second = k;
    terminal_print("%-*s  %s  %6.2f %%", width, file, a->text, 100 * (double)a->confidence);
    if (second >= 0 && a->probability[second] > 0.01f)
        terminal_print("   or %s, %.2f %%", model->label[second], 100 * (double)a->probability[second]);
    terminal_print("%s\n", r->several ? "   (unsure: there are several digits)" : a->unsure ? "   (unsure)" : "");
}

static bool find_and_read(recogniser *reader, const pixmap *colours, const options *o, digit *image, reading *r,
                          nn_error *err)
{
    picture_looks found = {.count = 0};
    bool ok;
    r->several = false;
    r->answer = answer_none();
    if (o->numbers) {
        ok = number_read_picture(reader, colours, &r->number, err);
        r->answer.overflow = ok && r->number.overflow;
    } else if (o->as_is) {
        ok = picture_as_is(image, colours, err);
        if (ok)
            recogniser_read(reader, image, &r->answer);
    } else {
        ok = picture_find(&found, colours, err) &&
             number_read_one(reader, colours, &found, image, &r->answer, &r->several, err);
    }
    picture_free(&found);
    return ok;
}

/* "-" is standard input. */
static bool read_picture(recogniser *reader, const char *file, const options *o, digit *image, reading *r,
                         nn_error *err)
{
    unsigned char *data;
    pixmap colours = {.rgba = NULL};
    size_t len;
    if (!nn_file_read(strcmp(file, "-") == 0 ? "/dev/stdin" : file, PICTURE_MAX_BYTES, &data, &len, err))
        return false;
    bool ok = picture_file_decode(&colours, data, len, err) && find_and_read(reader, &colours, o, image, r, err);
    nn_free(colours.rgba);
    nn_free(data);
    return ok || nn_fail_in(err, file);
}

/* A picture that cannot be read does not keep the others from being read. */
static int read_all(recogniser *reader, const options *o, digit *image)
{
    nn_error err;
    char standard[NN_NAME];
    const char *model = command_model_name(o->model, standard);
    bool written = true, failed = false;
    int width = 0;
    for (int i = 0; i < o->pictures.count; i++)
        width = (int)strlen(o->pictures.text[i]) > width ? (int)strlen(o->pictures.text[i]) : width;
    for (int i = 0; written && i < o->pictures.count; i++) {
        const char *file = o->pictures.text[i];
        reading r;
        if (!read_picture(reader, file, o, image, &r, &err) ||
            (r.answer.overflow && !answer_overflows(model, &err) && !nn_fail_in(&err, file))) {
            command_fail("predict", &err);
            failed = true;
        } else if (o->json) {
            written = command_print_json(o->numbers ? number_line_json(file, &r.number) : line_json(file, &r));
        } else if (o->numbers) {
            print_number(file, width, &r.number);
        } else {
            print_reading(file, width, &r, recogniser_model(reader));
        }
    }
    int status = command_finish("predict", written);
    return failed ? EXIT_ERROR : status;
}

int command_predict(int argc, char **argv)
{
    options o = {0};
    const arg args[] = {
        {"model", ARG_ONE, &o.model, "M", "name or file, an ensemble too (default: the shipped one)", 0, 0},
        {"state", ARG_TEXT, &o.state, "DIR", "folder of own models, instead of the usual one", 0, 0},
        {"numbers", ARG_FLAG, &o.numbers, NULL, "each picture shows a number of one or more digits", 0, 0},
        {"as-is", ARG_FLAG, &o.as_is, NULL, "28 x 28 pixels, light on dark, go to the network as they are", 0, 0},
        {"json", ARG_FLAG, &o.json, NULL, "one JSON object a picture", 0, 0},
        {0},
    };
    char about[240];
    snprintf(
        about, sizeof about,
        "Reads pictures that each show one digit, photographs of paper too, in any colours;\n- is standard input. This "
        "build opens %s.",
        picture_file_formats());
    const arg_command usage = {
        .name = "predict",
        .synopsis = "PICTURE|-... [--model M] [--numbers] [--as-is] [--json]",
        .about = about,
        .example = "photo.jpg --json",
        .effect = "prints the digit, its probability and all others as JSON",
        .args = args,
        .positional = &o.pictures,
        .min_positional = 1,
        .max_positional = ARG_MAX_TEXTS,
    };
    int status = args_parse(&usage, argc, argv);
    if (status >= 0)
        return status;
    if (o.as_is && o.numbers)
        return args_refuse("predict", "--as-is gives the network a picture of one digit: leave --numbers out");

    paths where;
    nn_error err;
    recogniser *reader = NULL;
    digit *image = nn_alloc(1, sizeof *image);
    paths_find(&where, o.state);
    interrupt_exit();
    if (!image)
        nn_fail(&err, NN_NOMEM, 0, "out of memory");
    bool ok = image && recogniser_open(&reader, &where, o.model, &err);
    status = ok ? read_all(reader, &o, image) : command_fail("predict", &err);
    recogniser_free(reader);
    nn_free(image);
    return status;
}
