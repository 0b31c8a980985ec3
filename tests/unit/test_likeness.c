/* What was meant by a mistyped word. */
#include "app/core/console/likeness.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *meant(const char *typed)
{
    static const char *const words[] = {"train", "search", "prune", "eval", "ink", "predict", "info", "models"};
    likeness l = likeness_to(typed, strlen(typed));
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        likeness_try(&l, words[i]);
    return l.best ? l.best : "";
}

static void test_slips(void **state)
{
    (void)state;
    assert_string_equal(meant("trian"), "train");  /* changed places */
    assert_string_equal(meant("tran"), "train");   /* missing */
    assert_string_equal(meant("traain"), "train"); /* too many */
    assert_string_equal(meant("trajn"), "train");  /* wrong */
    assert_string_equal(meant("predcit"), "predict");
    assert_string_equal(meant("preidt"), "predict"); /* two */
    assert_string_equal(meant("evl"), "eval");
    assert_string_equal(meant("inof"), "info");
    assert_string_equal(meant("model"), "models");
}

static void test_other_words(void **state)
{
    (void)state;
    assert_string_equal(meant(""), "");
    assert_string_equal(meant("x"), "");
    assert_string_equal(meant("picture"), "");
    assert_string_equal(meant("anything else"), "");
    char long_word[300];
    memset(long_word, 'a', sizeof long_word);
    long_word[sizeof long_word - 1] = 0;
    assert_string_equal(meant(long_word), "");
}

static void test_question(void **state)
{
    (void)state;
    char text[LIKENESS_TEXT];
    likeness l = likeness_to("epoch=3", 5);
    assert_string_equal(likeness_question(&l, "--", text), "");
    likeness_try(&l, "epochs");
    assert_string_equal(likeness_question(&l, "--", text), " (did you mean --epochs?)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slips),
        cmocka_unit_test(test_other_words),
        cmocka_unit_test(test_question),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
