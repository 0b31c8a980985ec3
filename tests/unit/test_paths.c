/* Folders: the XDG rules, --state, joining. */
#include "app/core/paths.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void set_environment(const char *home, const char *config, const char *state, const char *data)
{
    const char *const names[] = {"HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"};
    const char *const values[] = {home, config, state, data};
    for (int i = 0; i < 4; i++)
        if (values[i] != NULL)
            setenv(names[i], values[i], 1);
        else
            unsetenv(names[i]);
}

static void test_defaults_lie_under_home(void **state)
{
    static paths p;
    (void)state;
    set_environment("/home/ada/", NULL, NULL, NULL);
    paths_find(&p, NULL);
    assert_string_equal(p.settings, "/home/ada/.config/digitscope");
    assert_string_equal(p.state, "/home/ada/.local/state/digitscope");
    assert_string_equal(p.models, "/home/ada/.local/share/digitscope/models");
    assert_string_equal(p.mnist, "/home/ada/.local/share/digitscope/mnist");
}

static void test_xdg_variables(void **state)
{
    static paths p;
    (void)state;
    set_environment("/home/ada", "/c", "/s//", "/");
    paths_find(&p, NULL);
    assert_string_equal(p.settings, "/c/digitscope");
    assert_string_equal(p.state, "/s/digitscope");
    assert_string_equal(p.models + strspn(p.models, "/"), "digitscope/models");
}

static void test_empty_and_relative_values_do_not_count(void **state)
{
    static paths p;
    (void)state;
    set_environment("/home/ada", "", "relative/state", "./data");
    paths_find(&p, NULL);
    assert_string_equal(p.settings, "/home/ada/.config/digitscope");
    assert_string_equal(p.state, "/home/ada/.local/state/digitscope");
    assert_string_equal(p.mnist, "/home/ada/.local/share/digitscope/mnist");
}

static void test_without_a_home(void **state)
{
    static paths p;
    (void)state;
    const char *const homes[] = {NULL, "", "relative"};
    for (int i = 0; i < 3; i++) {
        set_environment(homes[i], NULL, "/s", NULL);
        paths_find(&p, NULL);
        assert_string_equal(p.settings, "");
        assert_string_equal(p.models, "");
        assert_string_equal(p.mnist, "");
        assert_string_equal(p.state, "/s/digitscope");
    }
}

static void test_state_folder_holds_everything(void **state)
{
    static paths p;
    (void)state;
    set_environment("/home/ada", "/c", "/s", "/d");
    paths_find(&p, "stick/");
    assert_string_equal(p.settings, "stick");
    assert_string_equal(p.state, "stick");
    assert_string_equal(p.models, "stick/models");
    assert_string_equal(p.mnist, "stick/mnist");
}

static void test_models_beside_the_program(void **state)
{
    static paths p;
    (void)state;
    paths_find(&p, NULL);
    size_t len = strlen(p.installed);
    assert_true(len > 7 && strcmp(p.installed + len - 7, "/models") == 0);
}

static void test_join(void **state)
{
    static char out[PATHS_MAX], folder[PATHS_MAX];
    (void)state;
    assert_true(paths_join(out, "/a", "b"));
    assert_string_equal(out, "/a/b");
    assert_false(paths_join(out, "", "b"));
    assert_string_equal(out, "");
    memset(folder, 'f', PATHS_MAX - 3);
    assert_true(paths_join(out, folder, "b"));
    assert_false(paths_join(out, folder, "bc"));
    assert_string_equal(out, "");
}

static void test_the_last_part_of_a_path(void **state)
{
    (void)state;
    assert_string_equal(paths_last("/a/digits.npz"), "digits.npz");
    assert_string_equal(paths_last("digits.npz"), "digits.npz");
    assert_string_equal(paths_last("/a/b/"), "/a/b/");
    assert_string_equal(paths_last("/"), "/");
    assert_string_equal(paths_last(""), "");
}

static void test_what_does_not_fit_is_no_place(void **state)
{
    static paths p;
    static char longest[2 * PATHS_MAX];
    (void)state;
    longest[0] = '/';
    memset(longest + 1, 'x', sizeof longest - 2);
    set_environment(longest, longest, NULL, NULL);
    paths_find(&p, NULL);
    assert_string_equal(p.settings, "");
    assert_string_equal(p.state, "");
    paths_find(&p, longest);
    assert_string_equal(p.settings, "");
    assert_string_equal(p.models, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_lie_under_home),
        cmocka_unit_test(test_xdg_variables),
        cmocka_unit_test(test_empty_and_relative_values_do_not_count),
        cmocka_unit_test(test_without_a_home),
        cmocka_unit_test(test_state_folder_holds_everything),
        cmocka_unit_test(test_models_beside_the_program),
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_the_last_part_of_a_path),
        cmocka_unit_test(test_what_does_not_fit_is_no_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
