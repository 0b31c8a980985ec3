/* The manual: every page is reached, every link leads somewhere, and one finds one's way. */
#include "app/core/embedded.h"
#include "app/ui/kit/document.h"
#include "app/ui/kit/manual.h"
#include "nn/alloc.h"
#include "support/faults.h"
#include "support/screen.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static manual *book;

static int open_manual(void **state)
{
    (void)state;
    nn_error err;
    book = calloc(1, sizeof *book);
    assert_true(manual_list(book, "en", &err));
    return 0;
}

static int close_manual(void **state)
{
    (void)state;
    manual_free(book);
    free(book);
    return 0;
}

static void open_page(const char *target)
{
    nn_error err;
    if (!manual_open(book, target, 0, &err))
        fail_msg("%s", err.text);
}

static void test_every_page_is_listed(void **state)
{
    (void)state;
    static const char folder[] = "help/en/";
    int pages = 0;
    for (const embedded_file *e = embedded_files; e->name; e++)
        pages += strncmp(e->name, folder, sizeof folder - 1) == 0;
    assert_true(pages > 10);
    assert_int_equal(book->n_pages, pages);
    assert_string_equal(book->page[0].name, "start");
    for (int i = 0; i < book->n_pages; i++)
        assert_true(strlen(book->page[i].title) > 2);
}

static bool has_anchor(const char *anchor)
{
    char name[256];
    for (int i = 0; i < book->text.n_blocks; i++) {
        const md_block *b = &book->text.block[i];
        if (b->kind != BLOCK_HEADING)
            continue;
        markdown_anchor(&book->text, b, name, sizeof name);
        if (strcmp(name, anchor) == 0)
            return true;
    }
    return false;
}

/* Addresses of the web aside. */
static int check_links(const char *page)
{
    int links = 0;
    open_page(page);
    for (int i = 0, all = book->text.n_links; i < all; i++) {
        open_page(page);
        char target[256];
        snprintf(target, sizeof target, "%s", book->text.text + book->text.link[i]);
        if (strstr(target, "://"))
            continue;
        open_page(target);
        if (*book->anchor && !has_anchor(book->anchor))
            fail_msg("%s: no heading for %s", page, target);
        links++;
    }
    return links;
}

static void test_every_link_leads_somewhere(void **state)
{
    (void)state;
    int links = 0;
    for (int i = 0; i < book->n_pages; i++)
        links += check_links(book->page[i].name);
    assert_true(links > 20);
}

static void test_every_picture_is_there(void **state)
{
    (void)state;
    screen_needs_pictures();
    surface image;
    unsigned version;
    int pictures = 0;
    for (int i = 0; i < book->n_pages; i++) {
        open_page(book->page[i].name);
        for (int k = 0; k < book->text.n_blocks; k++) {
            const md_block *b = &book->text.block[k];
            if (b->kind != BLOCK_PICTURE)
                continue;
            assert_true(manual_show_picture(book, book->text.text + b->target, 300, &image, &version));
            assert_int_equal(image.w, 300);
            assert_true(b->words > 2); /* what it shows, for those who do not see it */
            pictures++;
        }
    }
    assert_true(pictures > 5);
}

static void test_pictures_are_kept_and_replaced(void **state)
{
    (void)state;
    screen_needs_pictures();
    surface a, b;
    unsigned first, second;
    assert_true(manual_show_picture(book, "../break.png", 100, &a, &first));
    assert_true(manual_show_picture(book, "../break.png", 100, &b, &second));
    assert_int_equal(first, second);
    assert_ptr_equal(a.pixels, b.pixels);
    assert_true(manual_show_picture(book, "../break.png", 50, &b, &second));
    assert_int_not_equal(first, second);
    assert_int_equal(b.w, 50);
    assert_false(manual_show_picture(book, "../none.png", 50, &b, &second));
}

static void test_the_way_back(void **state)
{
    (void)state;
    nn_error err;
    assert_true(manual_open(book, "drawing", -1, &err));
    assert_int_equal(manual_back(book, &err), -1);
    assert_true(manual_open(book, "break.md", 120, &err));
    assert_false(manual_open(book, "https://example.org", 7, &err));
    assert_false(manual_open(book, "../../README.md", 7, &err));
    assert_false(manual_open(book, "nowhere.md", 7, &err));
    assert_string_equal(book->page[book->open].name, "break");
    assert_int_equal(manual_back(book, &err), 120);
    assert_string_equal(book->page[book->open].name, "drawing");
    for (int i = 0; i < 3 * MANUAL_BACK; i++)
        assert_true(manual_open(book, i % 2 ? "drawing" : "read", i, &err));
    int steps = 0;
    while (manual_back(book, &err) >= 0)
        steps++;
    assert_int_equal(steps, MANUAL_BACK);
}

static void test_finding_words(void **state)
{
    (void)state;
    char line[256];
    int found = 0;
    for (int i = 0; i < book->n_pages; i++)
        if (manual_finds(book, i, "ERASER pen", line, sizeof line)) {
            assert_true(document_contains(line, "eraser"));
            found++;
        }
    assert_in_range(found, 1, book->n_pages - 1);
    assert_false(manual_finds(book, 0, "xylophone", line, sizeof line));
    assert_true(manual_finds(book, 0, "", line, sizeof line));
}

static bool list_and_open(void *ctx, nn_error *err)
{
    (void)ctx;
    manual *h = calloc(1, sizeof *h);
    assert_non_null(h);
    bool ok = manual_list(h, "en", err) && manual_open(h, "files.md", 3, err);
    manual_free(h);
    free(h);
    return ok;
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(faults_try_all("help", &(fault_case){.run = list_and_open}) > 20);
}

static void test_german_links_lead_somewhere(void **state)
{
    (void)state;
    nn_error err;
    int links = 0, pages = book->n_pages;
    assert_true(manual_list(book, "de", &err));
    assert_int_equal(book->n_pages, pages);
    assert_string_equal(book->page[1].title, "Lesen");
    for (int i = 0; i < book->n_pages; i++)
        links += check_links(book->page[i].name);
    assert_true(links > 20);
    assert_true(manual_list(book, "en", &err));
}

static void test_a_page_that_a_language_lacks_is_english(void **state)
{
    (void)state;
    nn_error err;
    int pages = book->n_pages;
    assert_true(manual_list(book, "xx", &err));
    assert_int_equal(book->n_pages, pages);
    assert_string_equal(book->language, "xx");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_page_is_listed),
        cmocka_unit_test(test_every_link_leads_somewhere),
        cmocka_unit_test(test_every_picture_is_there),
        cmocka_unit_test(test_pictures_are_kept_and_replaced),
        cmocka_unit_test(test_the_way_back),
        cmocka_unit_test(test_finding_words),
        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_german_links_lead_somewhere),
        cmocka_unit_test(test_a_page_that_a_language_lacks_is_english),
    };
    return cmocka_run_group_tests(tests, open_manual, close_manual);
}
