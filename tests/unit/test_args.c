/* test_args.c - command lines: what is taken, what is refused and how, and the help page. */
#include "app/core/console/args.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
    bool flag;
    const char *text, *note;
    arg_texts texts, words;
    int choice, whole;
    double number, pair[2];
    uint64_t seed;
} got;

#define LONG_HELP                                                                                                 \
    "a text about which there is so much to say that it does not fit into what is left of one line of a hundred " \
    "columns"

static const arg table[] = {
    {"flag", ARG_FLAG, &got.flag, NULL, "a flag", 0, 0},
    {.name = "Texts", .kind = ARG_GROUP},
    {"text", ARG_TEXT, &got.text, "T", "a text", 0, 0},
    {"texts", ARG_TEXTS, &got.texts, "T ...", "several", 0, 0},
    {.name = "Numbers", .kind = ARG_GROUP},
    {"choice", ARG_WORD, &got.choice, "adam|adamw|sgd", "one of three", 0, 0},
    {"whole", ARG_INT, &got.whole, "N", "a whole number", 1, 100},
    {"number", ARG_NUMBER, &got.number, "X", "any number", -1, 1},
    {"pair", ARG_PAIR, got.pair, "X,Y", "two numbers", -10, 10},
    {"seed", ARG_SEED, &got.seed, "N", "a seed", 0, 0},
    {.name = "Texts", .kind = ARG_GROUP},
    {"note", ARG_TEXT, &got.note, "T", LONG_HELP, 0, 0},
    {0},
};
static const arg_command toy = {
    .name = "toy",
    .synopsis = "FILE [FILE]",
    .about = "Plays.",
    .example = "ball --whole 3",
    .effect = "plays ball three times",
    .args = table,
    .positional = &got.words,
    .min_positional = 1,
    .max_positional = 2,
};
static char out[4096], err[4096];

/* Sends stream into a temporary file; returns the descriptor that it had. */
static int divert(FILE *stream, FILE *to)
{
    fflush(stream);
    int kept = dup(fileno(stream));
    dup2(fileno(to), fileno(stream));
    return kept;
}

static void restore(FILE *stream, int kept, FILE *from, char *text, size_t size)
{
    fflush(stream);
    dup2(kept, fileno(stream));
    close(kept);
    rewind(from);
    text[fread(text, 1, size - 1, from)] = '\0';
    fclose(from);
}

/* Parses a line of words separated by blanks; `out` and `err` hold what was printed. */
static int parse(const char *line)
{
    static char copy[2 * ARG_MAX_TEXTS + 64];
    static char *argv[ARG_MAX_TEXTS + 8];
    int argc = 0;
    memset(&got, 0, sizeof got);
    snprintf(copy, sizeof copy, "toy %s", line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    FILE *to_out = tmpfile(), *to_err = tmpfile();
    int kept_out = divert(stdout, to_out), kept_err = divert(stderr, to_err);
    int status = args_parse(&toy, argc, argv);
    restore(stdout, kept_out, to_out, out, sizeof out);
    restore(stderr, kept_err, to_err, err, sizeof err);
    return status;
}

static void test_values(void **state)
{
    (void)state;
    assert_int_equal(
        parse("a --flag --text t --choice adamw --whole 7 --number=-0.5 --pair -3,4.5 --seed 18446744073709551615 b"),
        -1);
    assert_true(got.flag);
    assert_string_equal(got.text, "t");
    assert_int_equal(got.choice, 1);
    assert_int_equal(got.whole, 7);
    assert_true(got.number == -0.5);
    assert_true(got.pair[0] == -3 && got.pair[1] == 4.5);
    assert_true(got.seed == UINT64_MAX);
    assert_int_equal(got.words.count, 2);
    assert_string_equal(got.words.text[1], "b");
    assert_string_equal(err, "");
}

static void test_several_values(void **state)
{
    (void)state;
    assert_int_equal(parse("a --texts x y --flag --texts=z b"), -1);
    assert_int_equal(got.texts.count, 3);
    assert_string_equal(got.texts.text[2], "z");
    assert_int_equal(got.words.count, 2);
}

static void test_end_of_options(void **state)
{
    (void)state;
    assert_int_equal(parse("-- --flag -x"), -1);
    assert_false(got.flag);
    assert_string_equal(got.words.text[0], "--flag");
    assert_string_equal(got.words.text[1], "-x");
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *line, *says;
    } bad[] = {
        {"a --nonsense", "unknown option --nonsense"},
        {"a --hepl", "unknown option --hepl (did you mean --help?)"},
        {"a --Texts", "unknown option --Texts (did you mean --texts?)"},
        {"a -x", "unknown option -x"},
        {"a --flag=1", "--flag takes no value"},
        {"a --text", "--text needs a value"},
        {"a --text --flag", "--text needs a value"},
        {"a --text=", "--text needs a value"},
        {"a --choice lion", "--choice is one of adam|adamw|sgd, not \"lion\""},
        {"a --choice ada", "--choice is one of"},
        {"a --whole 0", "--whole is a whole number from 1 to 100, not \"0\""},
        {"a --whole 101", "--whole is"},
        {"a --whole 1.5", "--whole is"},
        {"a --whole 0x10", "--whole is"},
        {"a --whole 7seven", "--whole is"},
        {"a --number nan", "--number is a number from -1 to 1"},
        {"a --number inf", "--number is"},
        {"a --pair 1", "--pair is two numbers X,Y"},
        {"a --pair 1,2,3", "--pair is"},
        {"a --pair 1,99", "--pair is"},
        {"a --seed -1", "--seed is a whole number"},
        {"a --seed 18446744073709551616", "--seed is"},
        {"a b c", "unexpected \"c\""},
        {"", "missing; it is used as: toy FILE [FILE]"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(parse(bad[i].line), EXIT_USAGE);
        assert_string_equal(out, "");
        assert_ptr_equal(strstr(err, "digitscope toy: "), err);
        assert_non_null(strstr(err, bad[i].says));
        assert_non_null(strstr(err, "digitscope toy --help"));
        assert_ptr_equal(strchr(err, '\n'), err + strlen(err) - 1);
    }
}

static void test_too_many_values(void **state)
{
    (void)state;
    static char line[2 * ARG_MAX_TEXTS + 32] = "a --texts";
    for (int i = 0; i < ARG_MAX_TEXTS; i++)
        strcat(line, " t");
    assert_int_equal(parse(line), -1);
    assert_int_equal(got.texts.count, ARG_MAX_TEXTS);
    strcat(line, " t");
    assert_int_equal(parse(line), EXIT_USAGE);
    assert_non_null(strstr(err, "more than 4096 values for --texts"));
}

/* Every option on a line of its own, all explanations in one column; help wins over whatever else is wrong. */
static void test_help(void **state)
{
    (void)state;
    assert_int_equal(parse("--whole 0 --help"), EXIT_OK);
    assert_string_equal(err, "");
    assert_ptr_equal(strstr(out, "Usage: digitscope toy FILE [FILE]\n\nPlays.\n"), out);
    const char *flag = strstr(out, "  --flag "), *choice = strstr(out, "  --choice adam|adamw|sgd ");
    assert_non_null(flag);
    assert_non_null(choice);
    assert_int_equal(strstr(flag, "a flag") - flag, strstr(choice, "one of three") - choice);
    assert_non_null(strstr(out, "  --help "));
    assert_non_null(strstr(out, "\nExample:\n  digitscope toy ball --whole 3\n      plays ball three times\n"));
}

/* Rows below the same heading stand together wherever they are in the table; those without one come last. */
static void test_groups(void **state)
{
    (void)state;
    assert_int_equal(parse("--help"), EXIT_OK);
    static const char *const order[] = {"\nTexts:\n",  "  --text ", "  --texts ",    "  --note ", "\nNumbers:\n",
                                        "  --choice ", "  --seed ", "\n\n  --flag ", "  --help "};
    const char *at = out;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        at = strstr(at, order[i]);
        assert_non_null(at);
    }
    assert_null(strstr(strstr(out, "\nTexts:\n") + 1, "\nTexts:\n"));
}

/* A long explanation goes on below its beginning, no line over 100 columns, no word lost. */
static void test_long_explanations(void **state)
{
    (void)state;
    assert_int_equal(parse("--help"), EXIT_OK);
    const char *flag = strstr(out, "  --flag "), *note = strstr(out, "  --note ");
    assert_non_null(note);
    int column = (int)(strstr(flag, "a flag") - flag);
    char joined[512] = "";
    for (const char *line = note; line == note || strspn(line, " ") > 2; line = strchr(line, '\n') + 1) {
        int length = (int)strcspn(line, "\n");
        assert_in_range(length, column + 1, 100);
        assert_true(line == note || (int)strspn(line, " ") == column);
        size_t used = strlen(joined);
        snprintf(joined + used, sizeof joined - used, "%s%.*s", used ? " " : "", length - column, line + column);
    }
    assert_string_equal(joined, LONG_HELP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),          cmocka_unit_test(test_several_values),
        cmocka_unit_test(test_end_of_options),  cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_too_many_values), cmocka_unit_test(test_help),
        cmocka_unit_test(test_groups),          cmocka_unit_test(test_long_explanations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
