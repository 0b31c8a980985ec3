/* What the system says of a person's folders. */
#include "app/core/platform.h"
#include "nn/file.h"
#include "support/temp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static int set_up(void **state)
{
    (void)state;
    static const char *const folders[] = {"Pictures", "Bilder", "own \"pictures\"", ".config"};
    temp_make();
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        assert_int_equal(mkdir(temp_path(folders[i]), 0700), 0);
    unsetenv("XDG_PICTURES_DIR");
    unsetenv("XDG_CONFIG_HOME");
    return setenv("HOME", temp_path("."), 1);
}

static void write_list(const char *text)
{
    nn_error err;
    assert_true(nn_file_save(temp_path(".config/user-dirs.dirs"), text, strlen(text), NN_CONSISTENT, &err));
}

/* The end of its path. */
static void assert_pictures_in(const char *end)
{
    char path[4096];
    platform_pictures_folder(path, sizeof path);
    size_t len = strlen(path), n = strlen(end);
    if (len < n || strcmp(path + len - n, end) != 0)
        fail_msg("%s and not %s", path, end);
}

static void test_folders_as_a_desktop_calls_them(void **state)
{
    (void)state;
    char absolute[4096];
    assert_pictures_in("/Pictures");
    write_list("# comment\nXDG_MUSIC_DIR=\"$HOME/.config\"\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\n");
    assert_pictures_in("/Bilder");
    write_list("XDG_PICTURES_DIR=\"$HOME/own \\\"pictures\\\"\"");
    assert_pictures_in("/own \"pictures\"");
    snprintf(absolute, sizeof absolute, "XDG_PICTURES_DIR=\"%s\"\n", temp_path("Bilder"));
    write_list(absolute);
    assert_pictures_in("/Bilder");
    setenv("XDG_PICTURES_DIR", temp_path(".config"), 1);
    assert_pictures_in("/.config");
}

static void test_lists_that_say_nothing(void **state)
{
    (void)state;
    static const char *const lists[] = {"",
                                        "XDG_PICTURES_DIR",
                                        "XDG_PICTURES_DIR=\"\"\n",
                                        "XDG_PICTURES_DIR=\"Bilder\"\n",
                                        "XDG_PICTURES_DIR=\"$HOMEBilder\"\n",
                                        "XDG_PICTURES_DIR=\"$HOME/Bilder",
                                        "XDG_PICTURES_DIR=\"$HOME/Bilder\\",
                                        "XDG_PICTURES_DIR=\"$HOME/nowhere\"\n"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        write_list(lists[i]);
        assert_pictures_in("/Pictures");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_folders_as_a_desktop_calls_them, set_up, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_lists_that_say_nothing, set_up, temp_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
