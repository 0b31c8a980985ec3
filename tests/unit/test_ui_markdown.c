/* Markdown: what a page says, and how it is set in lines. */
#include "app/ui/kit/document.h"
#include "support/faults.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static markdown page;

static void parse(const char *source)
{
    nn_error err;
    assert_true(markdown_parse(&page, source, strlen(source), &err));
}

static const char *line_of(int block)
{
    static char line[512];
    assert_in_range(block, 0, page.n_blocks - 1);
    markdown_line(&page, &page.block[block], line, sizeof line);
    return line;
}

static const char *word(int i)
{
    assert_in_range(i, 0, page.n_words - 1);
    return page.text + page.word[i].text;
}

static void test_headings_and_paragraphs(void **state)
{
    (void)state;
    parse("# Break it, once\n\nTwo words\nand more.\n\n## Next");
    assert_int_equal(page.n_blocks, 3);
    assert_int_equal(page.block[0].kind, BLOCK_HEADING);
    assert_int_equal(page.block[0].level, 1);
    assert_string_equal(line_of(1), "Two words and more.");
    assert_int_equal(page.block[2].level, 2);
    char anchor[64];
    markdown_anchor(&page, &page.block[0], anchor, sizeof anchor);
    assert_string_equal(anchor, "break-it-once");
    markdown_free(&page);
}

static void test_styles_are_words(void **state)
{
    (void)state;
    parse("plain **bold** `co de`, [a link](read.md#how)!");
    assert_string_equal(line_of(0), "plain bold co de, a link!");
    assert_int_equal(page.word[1].style, WORD_BOLD);
    assert_string_equal(word(2), "co");
    assert_int_equal(page.word[2].style, WORD_CODE);
    assert_string_equal(word(4), ",");
    assert_false(page.word[4].space);
    assert_int_equal(page.word[4].style, 0);
    assert_int_equal(page.word[5].style, WORD_LINK);
    assert_int_equal(page.n_links, 1);
    assert_string_equal(page.text + page.link[page.word[5].link], "read.md#how");
    assert_int_equal(page.word[7].style, 0);
    markdown_free(&page);
}

static void test_lists(void **state)
{
    (void)state;
    parse("- one\n- two\n  - inner\n\n3. three\n4. four\n\n   more\n");
    assert_int_equal(page.n_blocks, 6);
    assert_int_equal(page.block[0].kind, BLOCK_ITEM);
    assert_int_equal(page.block[0].number, 0);
    assert_int_equal(page.block[2].level, 2);
    assert_int_equal(page.block[3].number, 3);
    assert_int_equal(page.block[4].number, 4);
    assert_int_equal(page.block[5].kind, BLOCK_PARAGRAPH);
    assert_int_equal(page.block[5].level, 1);
    markdown_free(&page);
}

static void test_code_keeps_its_spaces(void **state)
{
    (void)state;
    parse("```sh\na  b\n\n    c\n```\nafter");
    assert_int_equal(page.n_blocks, 4);
    assert_int_equal(page.block[0].kind, BLOCK_CODE);
    assert_string_equal(line_of(0), "a  b");
    assert_string_equal(line_of(1), "");
    assert_string_equal(line_of(2), "    c");
    assert_string_equal(line_of(3), "after");
    markdown_free(&page);
}

static void test_tables_and_pictures(void **state)
{
    (void)state;
    parse("| a | b |\n|---|---|\n| `c` | d e |\n\n![what it shows](../x.png)");
    assert_int_equal(page.n_blocks, 5);
    assert_true(page.block[1].head);
    assert_int_equal(page.block[3].column, 1);
    assert_int_equal(page.block[3].columns, 2);
    assert_false(page.block[3].head);
    assert_string_equal(line_of(3), "d e");
    assert_int_equal(page.block[4].kind, BLOCK_PICTURE);
    assert_string_equal(page.text + page.block[4].target, "../x.png");
    assert_string_equal(line_of(4), "what it shows");
    markdown_free(&page);
}

static void test_lists_deeper_than_any(void **state)
{
    (void)state;
    char source[4096] = "";
    for (int depth = 0; depth < 20; depth++)
        for (int i = 0; i <= depth; i++)
            strcat(source, i == depth ? "1. x\n" : "   ");
    parse(source);
    assert_true(page.n_blocks >= 8);
    markdown_free(&page);
}

static bool parse_and_free(void *ctx, nn_error *err)
{
    bool ok = markdown_parse(&page, ctx, strlen(ctx), err);
    markdown_free(&page);
    return ok;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    char source[9000] = "# Title\n\n";
    for (int i = 0; i < 100; i++)
        strcat(source, "- a **word** and [another](page.md)\n");
    fault_case test = {.run = parse_and_free, .ctx = source};
    assert_true(faults_try_all("markdown", &test) > 5);
}

static void test_finding_ignores_case(void **state)
{
    (void)state;
    assert_true(document_contains("The Eraser", "eraser"));
    assert_true(document_contains("\xc3\x9c"
                                  "bung",
                                  "\xc3\xbc"
                                  "b"));
    assert_false(document_contains("brush", "brushes"));
}

/* ---- setting ----------------------------------------------------------------------------------------------------- */

static ui u;

static int open_ui(void **state)
{
    (void)state;
    nn_error err;
    u = (ui){.scale = 1, .colours = &theme_light};
    assert_true(text_new(&u.text, &err));
    assert_true(draw_new(&u.list, &err));
    draw_begin(u.list, 800, 600);
    ui_begin(&u);
    return 0;
}

static int close_ui(void **state)
{
    (void)state;
    draw_free(u.list);
    text_free(u.text);
    return 0;
}

static const document_look plain = {.name = "page", .follow = ACTION_NONE, .find = ""};

static void test_narrower_is_higher(void **state)
{
    (void)state;
    parse("# Head\n\nSome words that go over several lines when there is little room for them.\n\n"
          "- item\n\n| a | b |\n|---|---|\n| cell | another one with words |\n\n    code that is long as well\n");
    int last = 0;
    for (int w = 700; w >= 20; w -= 40) {
        int h = document_show(&u, (rect){0, 0, w, 0}, &page, &plain, false);
        assert_true(h >= last);
        last = h;
    }
    assert_int_equal(u.n_elements, 0);
    markdown_free(&page);
}

static void test_links_are_elements(void **state)
{
    (void)state;
    parse("See [one place](a.md) and [another](b.md).");
    document_show(&u, (rect){10, 10, 600, 0}, &page, &plain, true);
    assert_int_equal(u.n_elements, 2);
    const element *second = ui_find(&u, "page.link.2");
    assert_non_null(second);
    assert_int_equal(second->act.index, 1);
    assert_true(second->r.x >= 10 && second->r.x + second->r.w <= 610);
    markdown_free(&page);
}

static void test_anchor_stands_where_its_heading_does(void **state)
{
    (void)state;
    parse("# Top\n\nwords\n\n## The eraser\n\nmore");
    int y = document_anchor(&u, 400, &page, &plain, "the-eraser");
    assert_in_range(y, 30, 200);
    assert_int_equal(document_anchor(&u, 400, &page, &plain, "nowhere"), 0);
    markdown_free(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headings_and_paragraphs),
        cmocka_unit_test(test_styles_are_words),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_code_keeps_its_spaces),
        cmocka_unit_test(test_tables_and_pictures),
        cmocka_unit_test(test_lists_deeper_than_any),
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_finding_ignores_case),
        cmocka_unit_test_setup_teardown(test_narrower_is_higher, open_ui, close_ui),
        cmocka_unit_test_setup_teardown(test_links_are_elements, open_ui, close_ui),
        cmocka_unit_test_setup_teardown(test_anchor_stands_where_its_heading_does, open_ui, close_ui),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
