/* test_net_draft.c - an architecture is changed line by line, and says at once what it has become. */
#include "app/core/model/net_draft.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char text[] =
    "# a network\ninput 28 28 1\n\n  conv 8 3   # filters\nrelu\nmaxpool 2\nflatten\ndense 10\nsoftmax";

static net_draft draft;
static nn_error err;

static int set_up(void **state)
{
    (void)state;
    assert_true(net_draft_begin(&draft, text, &err));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    net_draft_free(&draft);
    assert_int_equal(nn_alloc_live(), 0);
    return 0;
}

static void test_lines_are_layers(void **state)
{
    (void)state;
    assert_int_equal(draft.count, 7);
    assert_string_equal(draft.line[1], "conv 8 3");
    assert_int_equal(draft.wrong, -1);
    assert_int_equal(draft.plan->n_nodes, 6);
    assert_true(nn_same_shape(draft.plan->node[2].out, (nn_shape){14, 14, 8})); /* of line 3, maxpool */
    char *again = net_draft_text(&draft);
    assert_string_equal(again, "input 28 28 1\nconv 8 3\nrelu\nmaxpool 2\nflatten\ndense 10\nsoftmax\n");
    nn_free(again);
}

static void test_changes_are_seen_at_once(void **state)
{
    (void)state;
    size_t before = draft.plan->floats;
    assert_true(net_draft_replace(&draft, 1, "conv 16 5"));
    assert_true(draft.plan->floats > before);
    assert_true(net_draft_insert(&draft, 3, "conv 4 3"));
    assert_string_equal(draft.line[4], "maxpool 2");
    assert_int_equal(draft.plan->node[2].out.c, 4);
    assert_true(net_draft_move(&draft, 3, 1));
    assert_string_equal(draft.line[3], "maxpool 2");
    assert_int_equal(draft.plan->node[3].out.h, 14);
    assert_true(net_draft_remove(&draft, 4));
    assert_int_equal(draft.count, 7);
    assert_non_null(draft.plan);
}

/* The line is named, and nothing is lost. */
static void test_what_is_wrong_is_said(void **state)
{
    (void)state;
    assert_true(net_draft_replace(&draft, 3, "maxpool 200"));
    assert_null(draft.plan);
    assert_int_equal(draft.wrong, 3);
    assert_true(*draft.problem.text);
    assert_true(net_draft_replace(&draft, 3, "maxpol 2"));
    assert_int_equal(draft.wrong, 3);
    assert_non_null(strstr(draft.problem.text, "maxpol"));
    assert_true(net_draft_replace(&draft, 3, ""));
    assert_true(net_draft_replace(&draft, 3, "maxpool 2"));
    assert_non_null(draft.plan);
    assert_int_equal(draft.wrong, -1);
    assert_true(net_draft_remove(&draft, 6)); /* the softmax: what is missing is missed at the end */
    assert_null(draft.plan);
    assert_int_equal(draft.wrong, 5);
}

static void test_what_cannot_be_changed(void **state)
{
    (void)state;
    assert_false(net_draft_remove(&draft, 0));
    assert_false(net_draft_remove(&draft, 7));
    assert_false(net_draft_move(&draft, 1, -1));
    assert_false(net_draft_move(&draft, 6, 1));
    assert_false(net_draft_insert(&draft, 0, "relu"));
    assert_false(net_draft_insert(&draft, 8, "relu"));
    assert_false(net_draft_replace(&draft, -1, "relu"));
    while (draft.count < NET_DRAFT_LINES)
        assert_true(net_draft_insert(&draft, 2, "relu"));
    assert_false(net_draft_insert(&draft, 2, "relu"));
    assert_non_null(draft.plan);
    net_draft other;
    char *long_text = net_draft_text(&draft);
    char more[4096];
    snprintf(more, sizeof more, "%srelu\n", long_text);
    nn_free(long_text);
    assert_false(net_draft_begin(&other, more, &err));
    assert_false(net_draft_begin(&other, "# nothing\n\n", &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_lines_are_layers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_changes_are_seen_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_wrong_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_changed, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("net_draft", tests, NULL, NULL);
}
