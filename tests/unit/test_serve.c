/* test_serve.c - parts of the server by themselves: who may ask, how often, and the QR code. */
#include "app/core/buffer.h"
#include "app/core/clock.h"
#include "app/core/platform.h"
#include "app/serve/address.h"
#include "app/serve/clients.h"
#include "app/serve/guard.h"
#include "app/serve/head.h"
#include "app/serve/lane.h"
#include "app/serve/qr_text.h"
#include "app/serve/rate.h"
#include "app/serve/reading.h"
#include "nn/alloc.h"
#include "support/faults.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct sockaddr_storage socket_at(const char *text)
{
    struct sockaddr_storage at = {.ss_family = AF_INET};
    if (inet_pton(AF_INET, text, &((struct sockaddr_in *)&at)->sin_addr) == 1)
        return at;
    at.ss_family = AF_INET6;
    assert_int_equal(inet_pton(AF_INET6, text, &((struct sockaddr_in6 *)&at)->sin6_addr), 1);
    return at;
}

static address address_from(const char *text)
{
    struct sockaddr_storage at = socket_at(text);
    return address_of((const void *)&at);
}

static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *one, *other;
        bool same;
    } pairs[] = {
        {"10.0.0.1", "10.0.0.1", true},
        {"10.0.0.1", "10.0.0.2", false},
        {"10.0.0.1", "::ffff:10.0.0.1", true},
        {"2001:db8::1", "2001:db8::ffff:1", true},
        {"2001:db8::1", "2001:db8:0:1::1", false},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        address one = address_from(pairs[i].one), other = address_from(pairs[i].other);
        assert_int_equal(address_same(&one, &other), pairs[i].same);
    }
}

static void test_addresses_of_this_machine(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool loopback, wildcard;
    } cases[] = {
        {"127.0.0.1", true, false},        {"127.9.9.9", true, false}, {"::1", true, false},
        {"::ffff:127.0.0.1", true, false}, {"0.0.0.0", false, true},   {"::", false, true},
        {"::ffff:0.0.0.0", false, true},   {"10.0.0.1", false, false}, {"::ffff:10.0.0.1", false, false},
        {"fe80::1", false, false},         {"1::", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sockaddr_storage at = socket_at(cases[i].text);
        assert_int_equal(address_is_loopback((const void *)&at), cases[i].loopback);
        assert_int_equal(address_is_wildcard((const void *)&at), cases[i].wildcard);
    }
}

static void test_hosts(void **state)
{
    (void)state;
    guard g = {0};
    guard_add_host(&g, "192.168.1.20", 8137);
    guard_add_host(&g, "fe80::1", 8137);
    guard_add_host(&g, "localhost", 80);
    assert_true(guard_knows_host(&g, "192.168.1.20:8137"));
    assert_true(guard_knows_host(&g, "[FE80::1]:8137"));
    assert_true(guard_knows_host(&g, "localhost") && guard_knows_host(&g, "LocalHost:80"));
    assert_false(guard_knows_host(&g, "192.168.1.20") || guard_knows_host(&g, "fe80::1:8137") ||
                 guard_knows_host(&g, "192.168.1.20:81370") || guard_knows_host(&g, ""));
    assert_true(guard_knows_origin(&g, NULL) && guard_knows_origin(&g, "http://localhost"));
    assert_false(guard_knows_origin(&g, "https://localhost") || guard_knows_origin(&g, "null") ||
                 guard_knows_origin(&g, "localhost") || guard_knows_origin(&g, "http://localhost/"));
    for (int i = 0; i < 2 * GUARD_HOSTS; i++)
        guard_add_host(&g, "10.0.0.1", i + 1);
    assert_int_equal(g.hosts, GUARD_HOSTS);
}

static void test_tokens(void **state)
{
    (void)state;
    guard g = {0};
    assert_true(guard_knows_token(&g, NULL));
    strcpy(g.token, "0123456789abcdef");
    assert_true(guard_knows_token(&g, "Bearer 0123456789abcdef") && guard_knows_token(&g, "bearer 0123456789abcdef"));
    assert_false(guard_knows_token(&g, NULL) || guard_knows_token(&g, "") || guard_knows_token(&g, "Bearer ") ||
                 guard_knows_token(&g, "Bearer 0123456789abcde") || guard_knows_token(&g, "Bearer 0123456789abcdeg") ||
                 guard_knows_token(&g, "Bearer 0123456789abcdef0123456789abcdef"));
    assert_true(guard_is_token(g.token));
    assert_false(guard_is_token("0123456789abcde") || guard_is_token("0123456789abcdef#") || guard_is_token(""));
}

/* What is longer than a size_t can say, of 32 bits or 64, is too long, and no rest of it. */
static void test_lengths(void **state)
{
    (void)state;
    static const struct {
        const char *length;
        int status;
    } cases[] = {
        {"100", 200},
        {"0000000000000000000000000100", 413}, /* whoever writes so many digits */
        {"65536", 200},
        {"65537", 413},
        {"4294967396", 413},
        {"9999999999999999999", 413},
        {"18446744073709551716", 413},
        {"99999999999999999999999999", 413},
        {"0", 400},
        {"", 400},
        {"1e3", 400},
    };
    guard g = {0};
    guard_add_host(&g, "127.0.0.1", 8137);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nn_error err;
        order o;
        head h = {.method = "POST", .path = "/v1/predict"};
        head_add_header(&h, "Host", "127.0.0.1:8137");
        head_add_header(&h, "Content-Type", "application/json");
        head_add_header(&h, "Content-Length", cases[i].length);
        assert_int_equal(head_check(&o, &h, &g, NULL, &err), cases[i].status);
        assert_true(cases[i].status != 200 || o.length == strtoul(cases[i].length, NULL, 10));
    }
}

/* A bucket holds two seconds' worth, fills as time goes by, and is one's own. */
static void test_rate(void **state)
{
    (void)state;
    nn_error err;
    rate *r;
    address one = address_from("10.0.0.1"), other = address_from("10.0.0.2");
    assert_true(rate_new(&r, 5, &err));
    for (int i = 0; i < 10; i++)
        assert_true(rate_allows(r, &one, 1));
    assert_false(rate_allows(r, &one, 1));
    assert_true(rate_allows(r, &other, 1));
    assert_false(rate_allows(r, &one, 1.1));
    assert_true(rate_allows(r, &one, 1.3));
    for (int i = 0; i < 10; i++)
        assert_true(rate_allows(r, &one, 100));
    assert_false(rate_allows(r, &one, 100));
    rate_free(r);
    assert_true(rate_new(&r, 0, &err));
    for (int i = 0; i < 1000; i++)
        assert_true(rate_allows(r, &one, 1));
    rate_free(r);
}

/* However many addresses ask, the table does not grow, and who asks all the time keeps the place. */
static void test_rate_of_many(void **state)
{
    (void)state;
    nn_error err;
    rate *r;
    address one = address_from("10.0.0.1");
    assert_true(rate_new(&r, 1, &err));
    size_t live = nn_alloc_live();
    int allowed = 0;
    for (int i = 0; i < 20000; i++) {
        struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x0b000000u + (unsigned)i)};
        address many = address_of((const void *)&v4);
        double now = 1 + 1e-6 * i;
        assert_true(rate_allows(r, &many, now));
        allowed += rate_allows(r, &one, now);
    }
    assert_int_equal(allowed, 2);
    assert_int_equal(nn_alloc_live(), live);
    rate_free(r);
}

/* ---- clients ----------------------------------------------------------------------------------------------------- */

typedef struct pair {
    int near, far;
    client *client;
} pair;

static void open_pair(pair *p, clients *all, const char *from)
{
    int end[2];
    address a = address_from(from);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, end), 0);
    *p = (pair){end[0], end[1], clients_add(all, end[0], &a)};
    assert_non_null(p->client);
}

static bool is_cut(const pair *p)
{
    char byte;
    return recv(p->far, &byte, 1, MSG_DONTWAIT) == 0;
}

static void close_pairs(pair *p, int count, clients *all)
{
    for (int i = 0; i < count; i++) {
        clients_remove(all, p[i].client);
        close(p[i].near);
        close(p[i].far);
    }
}

static void test_the_longest_idle_client_goes(void **state)
{
    (void)state;
    enum { COUNT = CLIENTS_ROOMY_OF_ADDRESS + 3 };
    static pair p[COUNT], other;
    nn_error err;
    clients *all;
    assert_true(clients_new(&all, &err));
    open_pair(&other, all, "10.0.0.2");
    open_pair(&p[0], all, "10.0.0.1");
    clients_turn(all, p[0].client, CLIENT_SENDS);
    for (int i = 1; i < COUNT; i++)
        open_pair(&p[i], all, "10.0.0.1");
    assert_false(is_cut(&p[0]) || is_cut(&other)); /* one asks, one is another's */
    assert_true(is_cut(&p[1]) && is_cut(&p[2]) && is_cut(&p[3]));
    assert_false(is_cut(&p[4]) || is_cut(&p[COUNT - 1]));
    close_pairs(p, COUNT, all);
    close_pairs(&other, 1, all);
    clients_free(all);
}

static void test_who_takes_too_long_is_cut_off(void **state)
{
    (void)state;
    pair p[4];
    nn_error err;
    clients *all;
    assert_true(clients_new(&all, &err));
    for (int i = 0; i < 4; i++) {
        open_pair(&p[i], all, "10.0.0.1");
        clients_turn(all, p[i].client, (client_state)i);
    }
    assert_int_equal(clients_busy(all), 3);
    double now = clock_seconds();
    clients_expire(all, now + CLIENTS_SECONDS - 1);
    for (int i = 0; i < 4; i++)
        assert_false(is_cut(&p[i]));
    clients_expire(all, now + CLIENTS_SECONDS + 1);
    assert_true(is_cut(&p[CLIENT_IDLE]) && is_cut(&p[CLIENT_SENDS]) && is_cut(&p[CLIENT_TAKES]));
    assert_false(is_cut(&p[CLIENT_WAITS])); /* that is our own time */
    close_pairs(p, 4, all);
    clients_free(all);
}

/* Who says that much will come takes no room from small bodies, nor all of the room of other addresses. */
static void test_bodies_have_room(void **state)
{
    (void)state;
    enum { COUNT = 5, LARGE = CLIENTS_MAX_HELD_OF_ADDRESS / 2 };
    static const char *const from[COUNT] = {"10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.2", "10.0.0.3"};
    pair p[COUNT], late;
    nn_error err;
    clients *all;
    assert_true(clients_new(&all, &err));
    for (int i = 0; i < COUNT; i++)
        open_pair(&p[i], all, from[i]);
    open_pair(&late, all, "10.0.0.1");
    assert_true(clients_hold(all, p[0].client, LARGE) && clients_hold(all, p[1].client, LARGE));
    assert_false(clients_hold(all, late.client, CLIENTS_SMALL + 1));
    assert_true(clients_hold(all, late.client, CLIENTS_SMALL));
    assert_true(clients_hold(all, p[2].client, LARGE) && clients_hold(all, p[3].client, LARGE));
    assert_false(clients_hold(all, p[4].client, CLIENTS_SMALL + 1));
    clients_turn(all, p[0].client, CLIENT_IDLE);
    assert_true(clients_hold(all, late.client, LARGE));
    close_pairs(p, COUNT, all);
    close_pairs(&late, 1, all);
    clients_free(all);
}

/* ---- faults ------------------------------------------------------------------------------------------------------ */

static bool read_body(reader *r, reading_kind kind, const char *body, nn_error *err)
{
    char *text;
    int status = reading_read(&text, r, &(choice){.count = 1}, kind, body, strlen(body), err);
    assert_true(status == 200 ? text != NULL : !text && status == (err->code == NN_NOMEM ? 503 : 400));
    nn_free(text);
    return status == 200;
}

static bool open_and_read(void *ctx, nn_error *err)
{
    (void)ctx;
    static const char *const tiny[] = {TEST_SOURCE "/../models/tiny.safetensors"};
    static const char drawing[] = "{\"strokes\": [[[10, 10], [60, 10], [30, 90]]]}", blank[] = "\n{\"strokes\": []}\n";
    paths where = {.models = ""};
    readers *all;
    if (!readers_open(&all, &where, tiny, 1, 2, err))
        return false;
    reader *one = readers_take(all), *other = readers_take(all);
    bool ok = read_body(one, READING_STROKES, drawing, err) && read_body(other, READING_BATCH, blank, err);
    readers_give(all, one);
    readers_give(all, other);
    readers_close(all);
    return ok;
}

/* Before each model reads it is asked whether there is time, and whether anybody is going to wait. */
static void test_readings_are_given_up(void **state)
{
    (void)state;
    static const char *const tiny[] = {TEST_SOURCE "/../models/tiny.safetensors"};
    static const char body[] = "{\"strokes\": [[[10, 10], [60, 10], [30, 90]]]}\n{\"strokes\": []}";
    const atomic_bool yes = true, no = false;
    const struct {
        choice asked;
        int status;
    } cases[] = {
        {{.count = 1, .until = clock_seconds() + 1000, .stop = &no}, 200},
        {{.count = 1, .until = clock_seconds() + 1000, .stop = &yes}, 503},
        {{.count = 1, .until = clock_seconds() - 1, .stop = &no}, 413},
        {{.count = 1, .until = clock_seconds() - 1, .numbers = true}, 413},
        {{.count = 2, .until = clock_seconds() - 1}, 413},
    };
    paths where = {.models = ""};
    nn_error err;
    readers *all;
    assert_true(readers_open(&all, &where, tiny, 1, 1, &err));
    reader *r = readers_take(all);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text;
        assert_int_equal(reading_read(&text, r, &cases[i].asked, READING_BATCH, body, strlen(body), &err),
                         cases[i].status);
        assert_true((text != NULL) == (cases[i].status == 200));
        nn_free(text);
    }
    readers_give(all, r);
    readers_close(all);
}

/* Who is to be brief leaves what takes long, and nothing else. */
static void test_what_is_brief(void **state)
{
    (void)state;
    static const char *const tiny[] = {TEST_SOURCE "/../models/tiny.safetensors"};
    static const char seven[] = "{\"strokes\": [[[10, 10], [60, 10], [30, 90]]]}", blank[] = "{\"strokes\": []}",
                      doubted[] = "{\"strokes\": [[[10, 10], [60, 90]], [[60, 10], [10, 90]], [[0, 50], [70, 50]]]}";
    static const struct {
        choice asked;
        reading_kind kind;
        const char *body;
        int brief, long_enough;
    } cases[] = {
        {{.count = 1}, READING_STROKES, seven, 200, 200},
        {{.count = 1}, READING_STROKES, blank, 200, 200},
        {{.count = 1}, READING_STROKES, "{", 400, 400},
        {{.count = 1}, READING_STROKES, doubted, READING_LONG, 200},
        {{.count = 1, .numbers = true}, READING_STROKES, seven, READING_LONG, 200},
        {{.count = 2}, READING_STROKES, seven, READING_LONG, 200},
        {{.count = 1}, READING_BATCH, seven, READING_LONG, 200},
        {{.count = 1}, READING_PNG, seven, READING_LONG, 400},
    };
    paths where = {.models = ""};
    nn_error err;
    readers *all;
    assert_true(readers_open(&all, &where, tiny, 1, 1, &err));
    reader *r = readers_take(all);
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        char *text;
        choice asked = cases[i / 2].asked;
        asked.brief = i % 2 == 0;
        assert_int_equal(
            reading_read(&text, r, &asked, cases[i / 2].kind, cases[i / 2].body, strlen(cases[i / 2].body), &err),
            asked.brief ? cases[i / 2].brief : cases[i / 2].long_enough);
        nn_free(text);
    }
    readers_give(all, r);
    readers_close(all);
}

static void drop(void *ctx, void *item, bool dropped)
{
    (void)ctx;
    (void)item;
    (void)dropped;
}

static bool open_parts(void *ctx, nn_error *err)
{
    (void)ctx;
    clients *all = NULL;
    rate *r = NULL;
    lane *l = NULL;
    bool ok = clients_new(&all, err) && rate_new(&r, 1, err) && lane_open(&l, 2, drop, NULL, err);
    lane_close(l);
    lane_free(l);
    rate_free(r);
    clients_free(all);
    return ok;
}

static void test_faults(void **state)
{
    (void)state;
    assert_true(faults_try_all("models served and asked", &(fault_case){.run = open_and_read}) > 20);
    assert_true(faults_try_all("parts of the server", &(fault_case){.run = open_parts}) >= 6);
}

/* ---- slow requests ----------------------------------------------------------------------------------------------- */

enum { MOST = 64 };
typedef struct slow_work {
    pthread_mutex_t gate; /* held: nothing is worked on */
    atomic_int done, dropped;
} slow_work;

static void work_slowly(void *ctx, void *item, bool dropped)
{
    slow_work *w = ctx;
    assert_non_null(item);
    pthread_mutex_lock(&w->gate);
    pthread_mutex_unlock(&w->gate);
    atomic_fetch_add(dropped ? &w->dropped : &w->done, 1);
}

/* Each item that was taken comes back once, worked on or dropped; what finds no room is refused. */
static void test_a_lane_is_short_and_loses_nothing(void **state)
{
    (void)state;
    nn_error err;
    lane *l;
    slow_work w = {.gate = PTHREAD_MUTEX_INITIALIZER};
    const address from[] = {address_from("10.0.0.1"), address_from("10.0.0.2"), address_from("10.0.0.3"),
                            address_from("10.0.0.4")};
    int taken = 0;
    pthread_mutex_lock(&w.gate);
    assert_true(lane_open(&l, 2, work_slowly, &w, &err));
    for (int i = 0; i < MOST; i++)
        taken += lane_push(l, &w, &from[i % 4]);
    assert_true(taken > 2 && taken < MOST);
    pthread_mutex_unlock(&w.gate);
    lane_close(l);
    assert_false(lane_push(l, &w, &from[0]));
    assert_int_equal(atomic_load(&w.done) + atomic_load(&w.dropped), taken);
    lane_free(l);
}

typedef struct turn {
    sem_t *leave; /* it is worked on until it has this; NULL: not at all */
    atomic_bool done;
} turn;

static void take_turn(void *ctx, void *item, bool dropped)
{
    (void)ctx;
    turn *t = item;
    if (t->leave && !dropped)
        sem_wait(t->leave);
    atomic_store(&t->done, true);
}

/* Somebody fills what an address has of a lane. Others find room, and are next as soon as one thread is free. */
static void test_a_lane_is_for_all(void **state)
{
    (void)state;
    nn_error err;
    lane *l;
    sem_t leave;
    turn many = {.leave = &leave}, one = {.leave = NULL};
    address hog = address_from("10.0.0.1"), other = address_from("10.0.0.2");
    int taken = 0;
    sem_init(&leave, 0, 0);
    assert_true(lane_open(&l, 2, take_turn, NULL, &err));
    for (int i = 0; i < MOST; i++)
        taken += lane_push(l, &many, &hog);
    assert_true(taken < MOST && lane_push(l, &one, &other));
    sem_post(&leave);
    for (double began = clock_seconds(); !atomic_load(&one.done) && clock_seconds() - began < 20;)
        platform_sleep_ms(1);
    assert_true(atomic_load(&one.done));
    for (int i = 1; i < taken; i++)
        sem_post(&leave);
    lane_close(l);
    lane_free(l);
    sem_destroy(&leave);
}

/* ---- QR ---------------------------------------------------------------------------------------------------------- */

#ifdef DIGITSCOPE_QR
/* The squares of a plain code: 1 where it is dark. */
static int parse_squares(const char *text, unsigned char dark[128][128])
{
    int y = 0, x = 0, width = 0;
    for (const char *c = text; *c; c++) {
        bool full = strncmp(c, "\u2588", 3) == 0, top = strncmp(c, "\u2580", 3) == 0,
             low = strncmp(c, "\u2584", 3) == 0;
        if (*c == '\n') {
            width = x;
            x = 0;
            y += 2;
            continue;
        }
        dark[y][x] = !full && !top;
        dark[y + 1][x++] = !full && !low;
        c += *c == ' ' ? 0 : 2;
    }
    return width;
}

/* A frame of light, and the three corners that a camera looks for. */
static void test_the_code_has_its_corners(void **state)
{
    (void)state;
    static unsigned char dark[128][128];
    buffer text = {0};
    qr_add(&text, "http://192.168.1.20:8137/#0123456789abcdef0123456789abcdef", true);
    int width = parse_squares(text.data, dark), side = width - 8;
    assert_true(side >= 21 && (side - 17) % 4 == 0);
    for (int i = 0; i < width; i++)
        for (int edge = 0; edge < 4; edge++)
            assert_false(dark[edge][i] || dark[i][edge] || dark[i][width - 1 - edge] || dark[width - 1 - edge][i]);
    static const int corner[3][2] = {{0, 0}, {1, 0}, {0, 1}};
    for (int c = 0; c < 3; c++)
        for (int y = 0; y < 7; y++)
            for (int x = 0; x < 7; x++) {
                int ring = x < y ? x : y, far = x > y ? 6 - x : 6 - y;
                ring = ring < far ? ring : far;
                assert_int_equal(dark[4 + corner[c][1] * (side - 7) + y][4 + corner[c][0] * (side - 7) + x], ring != 1);
            }
    buffer_free(&text);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_addresses_of_this_machine),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_rate_of_many),
        cmocka_unit_test(test_the_longest_idle_client_goes),
        cmocka_unit_test(test_who_takes_too_long_is_cut_off),
        cmocka_unit_test(test_bodies_have_room),
        cmocka_unit_test(test_readings_are_given_up),
        cmocka_unit_test(test_what_is_brief),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_a_lane_is_short_and_loses_nothing),
        cmocka_unit_test(test_a_lane_is_for_all),
#ifdef DIGITSCOPE_QR
        cmocka_unit_test(test_the_code_has_its_corners),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
