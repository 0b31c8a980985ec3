/* test_download.c - fetching from a server, and by a resolver, that answer as no good one would. */
#ifdef DIGITSCOPE_CURL
#include "app/core/data/fetch_job.h"
#include "nn/file.h"
#include "support/temp.h"
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static nn_error err;

static void rest(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

/* ---- a server: one connection after the other, each gets the same answer ---- */

static struct {
    const char *header; /* the answer's, with the empty line */
    int piece, pause;   /* bytes at a time, and ms between them */
    long pieces;
    int socket, port;
    atomic_bool stop;
    atomic_int answers;
    pthread_t thread;
} server;

static void answer(int connection)
{
    static const char bytes[65536] = "no file of MNIST";
    char request[4096];
    if (recv(connection, request, sizeof request, 0) <= 0)
        return;
    atomic_fetch_add(&server.answers, 1);
    bool ok = send(connection, server.header, strlen(server.header), MSG_NOSIGNAL) > 0;
    for (long i = 0; ok && i < server.pieces && !atomic_load(&server.stop); i++) {
        ok = send(connection, bytes, (size_t)server.piece, MSG_NOSIGNAL) > 0;
        if (server.pause > 0)
            rest(server.pause);
    }
}

static void *serve(void *unused)
{
    (void)unused;
    while (!atomic_load(&server.stop)) {
        int connection = accept(server.socket, NULL, NULL);
        if (connection < 0)
            break;
        answer(connection);
        close(connection);
    }
    return NULL;
}

static int set_up(void **state)
{
    (void)state;
    temp_make();
    mnist_start();
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    server.socket = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(server.socket, (struct sockaddr *)&address, len) != 0 || listen(server.socket, 8) != 0 ||
        getsockname(server.socket, (struct sockaddr *)&address, &len) != 0)
        return -1;
    server.port = ntohs(address.sin_port);
    server.answers = 0;
    server.stop = false;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    atomic_store(&server.stop, true);
    shutdown(server.socket, SHUT_RDWR);
    if (server.thread)
        pthread_join(server.thread, NULL);
    server.thread = 0;
    close(server.socket);
    mnist_end();
    temp_remove();
    return 0;
}

static const char *start_server(const char *header, int piece, long pieces, int pause)
{
    static char url[64];
    server.header = header;
    server.piece = piece;
    server.pieces = pieces;
    server.pause = pause;
    assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", server.port);
    return url;
}

/* ---- tests ---- */

static bool go_on(void *ctx, size_t done, size_t total)
{
    (void)ctx, (void)done, (void)total;
    return true;
}

static download_result fetch(const char *url, size_t cap, double seconds)
{
    download wanted = {url, temp_path("file"), "d41d8cd98f00b204e9800998ecf8427f", cap, seconds, go_on, NULL};
    return download_file(&wanted, &err);
}

static void says(const char *text)
{
    if (!strstr(err.text, text))
        fail_msg("\"%s\" does not say \"%s\"", err.text, text);
}

/* A server that sends just enough for no stall: what is there stays for the next time. */
static void test_whole_time_is_limited(void **state)
{
    (void)state;
    const char *url = start_server("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n", 100, 1000000, 10);
    assert_int_equal(fetch(url, 1 << 30, 0.3), DOWNLOAD_FAILED);
    says("not complete after");
    says("run it again to go on");
    assert_int_equal(access(temp_path("file.part"), F_OK), 0);
}

/* What can only be wrong goes away at once, or the next run would begin with it. */
static void test_wrong_parts_are_not_kept(void **state)
{
    static const char too_long[] = "HTTP/1.1 200 OK\r\n\r\n";
    (void)state;
    const char *url = start_server(too_long, 1000, 100, 0);
    assert_int_equal(fetch(url, 50000, 60), DOWNLOAD_FAILED);
    says("larger than the 50000 bytes");
    assert_int_equal(access(temp_path("file.part"), F_OK), -1);
    assert_true(nn_file_save(temp_path("file.part"), "an older part", 13, NN_CONSISTENT, &err));
    assert_int_equal(fetch(url, 50000, 60), DOWNLOAD_FAILED);
    assert_int_equal(access(temp_path("file.part"), F_OK), -1);
    assert_int_equal(fetch(url, 200000, 60), DOWNLOAD_FAILED);
    says("wrong checksum");
    assert_int_equal(access(temp_path("file.part"), F_OK), -1);
}

static void test_redirection_to_something_else(void **state)
{
    (void)state;
    const char *url =
        start_server("HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/mnist\r\nContent-Length: 0\r\n\r\n", 1, 0, 0);
    assert_int_equal(fetch(url, 1000, 60), DOWNLOAD_FAILED);
    says("ftp");
    assert_int_equal(server.answers, 1);
}

/* A mirror whose first file is longer than all of MNIST. */
static void test_longer_than_expected(void **state)
{
    static const job_host host = {0};
    fetch_job *fetching;
    (void)state;
    const char *url = start_server("HTTP/1.1 200 OK\r\nContent-Length: 40000000\r\n\r\n", 65536, 1000, 1);
    assert_true(fetch_job_new(&fetching, url, temp_path("mnist"), &host, &err));
    const fetch_news *news = fetch_job_news(fetching);
    while (news->done < 15000000) {
        assert_false(news->ended);
        assert_true(news->done <= news->total);
        assert_true(news->seconds_left >= 0 && news->seconds_left < 1e5);
        rest(5);
        fetch_job_look(fetching);
        news = fetch_job_news(fetching);
    }
    fetch_job_free(fetching);
}

/* ---- a resolver that takes its time: this getaddrinfo stands before the C library's ---- */

static atomic_bool asked, answered, may_answer;

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    (void)service, (void)hints;
    atomic_store(&asked, true);
    for (int i = 0; i < 10000 && strcmp(node, "slow.invalid") == 0 && !atomic_load(&may_answer); i++)
        rest(1);
    *found = NULL;
    atomic_store(&answered, true);
    return EAI_NONAME;
}

static void test_quitting_does_not_wait_for_names(void **state)
{
    static const job_host host = {0};
    fetch_job *fetching;
    (void)state;
    assert_true(fetch_job_new(&fetching, "http://slow.invalid/mnist", temp_path("mnist"), &host, &err));
    while (!atomic_load(&asked))
        rest(1);
    fetch_job_free(fetching);
    assert_false(atomic_load(&answered));
    atomic_store(&may_answer, true);
    while (!atomic_load(&answered))
        rest(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_whole_time_is_limited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_parts_are_not_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_redirection_to_something_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_longer_than_expected, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_quitting_does_not_wait_for_names, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
    return 0;
}
#endif
