/* The page for others on the network: opened from the menu, asked as a phone would, and gone when it is to be. */
#include "app/core/child.h"
#include "app/core/platform.h"
#include "app/texts/texts.h"
#include "app/ui/actions.h"
#include "support/screen.h"
#include "support/temp.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static screen s;

static int set_up(void **state)
{
    (void)state;
    temp_make();
    child_set_program(TEST_BUILD "/digitscope");
    lan_set_address("127.0.0.1");
    screen_open(&s, 1200, 760);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    screen_close(&s);
    lan_set_address(NULL);
    child_set_program(NULL);
    temp_remove();
    return 0;
}

/* ---- a phone ----------------------------------------------------------------------------------------------------- */

static int port_of(const char *url)
{
    int port = 0;
    assert_int_equal(sscanf(url, "http://127.0.0.1:%d/#", &port), 1);
    return port;
}

/* The status of the answer to GET /v1/health; 0: nobody is there. */
static int ask(int port)
{
    static const char request[] = "GET /v1/health HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n";
    char text[512] = "";
    int status = 0, to = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(to, (const struct sockaddr *)&at, sizeof at) == 0) {
        int len = snprintf(text, sizeof text, request, port);
        bool answered = send(to, text, (size_t)len, 0) == len && recv(to, text, sizeof text - 1, MSG_WAITALL) > 0;
        assert_true(!answered || sscanf(text, "HTTP/1.1 %d", &status) == 1); /* one that ends may take and reset it */
    }
    close(to);
    return status;
}

/* ---- a person ---------------------------------------------------------------------------------------------------- */

static void open_dialog(void)
{
    screen_click(&s, "menu");
    screen_frame(&s);
    while (screen_find(&s, "menu.share").h < ui_find(s.app->ui, "menu.share")->r.h) {
        app_event(s.app, &(event){.kind = EVENT_WHEEL, .y = -1});
        screen_frame(&s);
    }
    screen_click(&s, "menu.share");
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_SHARE);
}

/* Unless it cannot be. */
static void wait_for(const char *name)
{
    while (!screen_has(&s, name)) {
        if (*s.app->problem)
            fail_msg("%s", s.app->problem);
        screen_step(&s);
    }
}

static int share(void)
{
    open_dialog();
    screen_click(&s, "share.start");
    wait_for("share.stop");
    return port_of(app_shared(s.app)->url);
}

static void test_a_phone_is_answered_until_sharing_is_ended(void **state)
{
    (void)state;
    int port = share();
    assert_int_equal(ask(port), 200);
    screen_click(&s, "share.copy");
    assert_string_equal(s.clipboard, app_shared(s.app)->url);
    screen_click(&s, "close");
    screen_frame(&s);
    assert_int_equal(s.app->popup, POPUP_NONE);
    assert_int_equal(ask(port), 200); /* the dialog is only where it is looked at */
    open_dialog();
    screen_click(&s, "share.stop");
    wait_for("share.start");
    assert_int_equal(ask(port), 0);
    assert_string_equal(s.app->problem, "");
}

/* Enter where the focus is begins it, Escape leads back. */
static void test_by_keys(void **state)
{
    (void)state;
    screen_key(&s, KEY_F10, 0);
    screen_frame(&s);
    for (const char *key = "share"; *key; key++)
        screen_key(&s, *key, 0);
    screen_key(&s, KEY_ENTER, 0);
    screen_frame(&s);
    assert_string_equal(s.app->ui->focus, "share.start");
    screen_key(&s, KEY_ENTER, 0);
    wait_for("share.stop");
    assert_string_equal(s.app->ui->focus, "close");
    screen_key(&s, KEY_ESCAPE, 0);
    assert_int_equal(s.app->popup, POPUP_NONE);
}

/* Whole squares of black on white, in the dark theme too. */
static void test_the_code_can_be_seen_by_a_camera(void **state)
{
    (void)state;
#ifdef DIGITSCOPE_QR
    qr_code wanted;
    screen_key(&s, 't', MOD_CTRL);
    share();
    screen_settle(&s);
    assert_true(qr_make(&wanted, app_shared(s.app)->url));
    rect r = screen_find(&s, "share.code");
    int px = r.w / (wanted.side + 2 * QR_QUIET);
    assert_true(px >= 3);
    assert_int_equal(r.w, px * (wanted.side + 2 * QR_QUIET));
    for (int y = 0; y < px * wanted.side; y++)
        for (int x = 0; x < px * wanted.side; x++) {
            int left = r.x + px * QR_QUIET + x, top = r.y + px * QR_QUIET + y;
            uint32_t seen = s.pixels.pixels[(ptrdiff_t)top * s.pixels.stride + left] & 0xffffff;
            assert_int_equal(seen, qr_is_dark(&wanted, x / px, y / px) ? 0 : 0xffffff);
        }
#endif
}

static void stop_sharing(void)
{
    screen_click(&s, "share.stop");
    wait_for("share.start");
    screen_click(&s, "close");
    screen_frame(&s);
}

/* Which is not always the one that reads here. */
static void test_the_model_that_reads_is_named(void **state)
{
    (void)state;
    screen_use(&s, "tiny");
    share();
    screen_click(&s, "close");
    screen_use(&s, "mlp");
    open_dialog();
    assert_true(screen_shows(&s, "Read by tiny."));
    stop_sharing();
    share();
    assert_true(screen_shows(&s, "Read by mlp."));
    stop_sharing();
    s.app->reader.together = true;
    share();
    assert_string_equal(s.app->sharing.model, ""); /* the default */
}

static void test_it_ends_with_the_program(void **state)
{
    (void)state;
    int port = share();
    screen_close(&s);
    assert_int_equal(ask(port), 0);
    screen_open(&s, 1200, 760);
}

/* However that ends: the system closes what the child holds on to. */
static void test_it_ends_with_a_program_that_is_killed(void **state)
{
    (void)state;
    int ends[2], port = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t window = fork();
    if (window == 0) {
        port = share();
        if (write(ends[1], &port, sizeof port) == sizeof port)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ends[0], &port, sizeof port), sizeof port);
    assert_int_equal(ask(port), 200);
    kill(window, SIGKILL);
    waitpid(window, NULL, 0);
    while (ask(port) != 0)
        platform_sleep_ms(10);
    close(ends[0]);
    close(ends[1]);
}

/* ---- what goes wrong --------------------------------------------------------------------------------------------- */

static void fails_with(const char *words)
{
    open_dialog();
    screen_click(&s, "share.start");
    while (!*s.app->problem)
        screen_step(&s);
    if (!strstr(s.app->problem, words))
        fail_msg("\"%s\" says nothing of \"%s\"", s.app->problem, words);
    assert_true(screen_has(&s, "share.start")); /* to try it again */
    screen_click(&s, "close");
    screen_frame(&s);
}

static void test_failures_are_told_in_the_dialog(void **state)
{
    (void)state;
    lan_set_address("203.0.113.7");
    fails_with("no address of this machine");
    lan_set_address("127.0.0.1");
    child_set_program("/nowhere/program");
    fails_with("no process");
    child_set_program(TEST_BUILD "/digitscope");
    s.app->options.played = true;
    fails_with("played again");
}

/* Networks are left while the dialog is open. */
static void test_an_address_that_is_gone(void **state)
{
    (void)state;
    lan_set_address("203.0.113.7");
    open_dialog();
    lan_set_address("");
    screen_click(&s, "share.start");
    while (!*s.app->problem)
        screen_step(&s);
    assert_string_equal(s.app->problem, "this machine has no address 203.0.113.7 any more");
}

static void test_failures_are_told_in_the_language_of_the_window(void **state)
{
    (void)state;
    snprintf(s.app->reader.path, sizeof s.app->reader.path, "%s", temp_path("gone.safetensors"));
    texts_speak("de");
    fails_with("gone.safetensors: Öffnen nicht möglich");
    texts_speak("en");
}

static void test_a_machine_in_no_network_says_so(void **state)
{
    (void)state;
    lan_set_address("");
    open_dialog();
    assert_false(screen_has(&s, "share.start"));
    assert_string_equal(s.app->ui->focus, "close");
    app_do(s.app, (action){.id = ACTION_SHARE_START});
    assert_null(s.app->sharing.job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_phone_is_answered_until_sharing_is_ended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_by_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_code_can_be_seen_by_a_camera, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_model_that_reads_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_it_ends_with_the_program, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_it_ends_with_a_program_that_is_killed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failures_are_told_in_the_dialog, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_address_that_is_gone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_failures_are_told_in_the_language_of_the_window, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_machine_in_no_network_says_so, set_up, tear_down),
    };
#ifndef DIGITSCOPE_SERVE
    (void)tests;
    return 0;
#else
    return cmocka_run_group_tests(tests, NULL, NULL);
#endif
}
