/* test_job.c - the mailbox between two threads, and a thread that is paused, stopped, joined. */
#include "app/core/job.h"
#include "app/core/mailbox.h"
#include "nn/alloc.h"
#include "nn/pool.h"
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

static void doze(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* ---- mailbox ----------------------------------------------------------------------------------------------------- */

enum { LONG = 512, PUBLICATIONS = 10000 };

typedef struct stamped {
    int value[LONG]; /* all the same */
} stamped;

static struct {
    mailbox box;
    stamped slot[MAILBOX_SLOTS];
} post;

static void test_newest_wins(void **state)
{
    (void)state;
    mailbox_init(&post.box);
    assert_false(mailbox_take(&post.box));
    for (int i = 1; i <= 5; i++) {
        post.slot[post.box.writing].value[0] = i;
        mailbox_publish(&post.box);
    }
    assert_true(mailbox_take(&post.box));
    assert_int_equal(post.slot[post.box.reading].value[0], 5);
    assert_false(mailbox_take(&post.box));
    assert_int_equal(post.slot[post.box.reading].value[0], 5); /* and it stays the reader's */
}

static void publish_all(void *ctx, job *worker)
{
    (void)ctx;
    for (int i = 1; i <= PUBLICATIONS && job_goes_on(worker); i++) {
        for (int k = 0; k < LONG; k++)
            post.slot[post.box.writing].value[k] = i;
        mailbox_publish(&post.box);
        if (i % 16 == 0)
            sched_yield();
    }
}

static void test_nothing_is_torn_and_nothing_comes_back(void **state)
{
    (void)state;
    job *worker;
    nn_error err;
    int last = 0, taken = 0;
    mailbox_init(&post.box);
    assert_true(job_start(&worker, publish_all, NULL, &(job_host){0}, &err));
    while (last < PUBLICATIONS) {
        if (!mailbox_take(&post.box)) {
            sched_yield();
            continue;
        }
        const stamped *mine = &post.slot[post.box.reading];
        assert_true(mine->value[0] > last);
        for (int k = 1; k < LONG; k++)
            assert_int_equal(mine->value[k], mine->value[0]);
        last = mine->value[0];
        taken++;
    }
    job_end(worker);
    printf("{\"name\": \"mailbox\", \"n\": %d, \"taken\": %d}\n", PUBLICATIONS, taken);
}

/* ---- job --------------------------------------------------------------------------------------------------------- */

static atomic_int rounds, woken, started;

static void count_wake(void *ctx)
{
    (void)ctx;
    atomic_fetch_add(&woken, 1);
}

static void count_start(void)
{
    atomic_fetch_add(&started, 1);
}

static void count_rounds(void *ctx, job *worker)
{
    (void)ctx;
    while (job_goes_on(worker)) {
        atomic_fetch_add(&rounds, 1);
        doze();
    }
}

static job *start_counting(void)
{
    job *worker;
    nn_error err;
    atomic_store(&rounds, 0);
    atomic_store(&woken, 0);
    atomic_store(&started, 0);
    assert_true(job_start(&worker, count_rounds, NULL, &(job_host){NULL, count_wake, count_start}, &err));
    while (atomic_load(&rounds) == 0)
        doze();
    assert_int_equal(atomic_load(&started), 1);
    return worker;
}

static void test_stop_ends_it_and_wakes_the_owner(void **state)
{
    (void)state;
    job *worker = start_counting();
    assert_false(job_has_ended(worker));
    job_stop(worker);
    while (!job_has_ended(worker))
        doze();
    job_end(worker);
    assert_int_equal(atomic_load(&woken), 1);
    assert_int_equal(nn_alloc_live(), 0);
}

/* Returns how many rounds were counted when it rested. */
static int pause_counting(job *worker)
{
    job_pause(worker, true);
    for (int i = 0; i < 20; i++)
        doze();
    return atomic_load(&rounds);
}

static void test_paused_work_waits(void **state)
{
    (void)state;
    job *worker = start_counting();
    int before = pause_counting(worker);
    for (int i = 0; i < 50; i++)
        doze();
    assert_int_equal(atomic_load(&rounds), before);
    job_pause(worker, false);
    while (atomic_load(&rounds) == before)
        doze();
    job_pause(worker, true);
    job_end(worker); /* also from a pause */
}

/* One piece for each pass, and no more. */
static void test_a_pass_is_one_piece(void **state)
{
    (void)state;
    job *worker = start_counting();
    int before = pause_counting(worker);
    for (int i = 0; i < 3; i++)
        job_pass(worker);
    while (atomic_load(&rounds) < before + 3)
        doze();
    for (int i = 0; i < 20; i++)
        doze();
    assert_int_equal(atomic_load(&rounds), before + 3);
    job_end(worker);
}

/* A rest of an hour is over as soon as it is taken away, or the work shall end. */
static void test_a_rest_can_be_ended(void **state)
{
    (void)state;
    job *worker = start_counting();
    job_set_rest(worker, 3600);
    for (int i = 0; i < 20; i++)
        doze();
    int before = atomic_load(&rounds);
    for (int i = 0; i < 20; i++)
        doze();
    assert_int_equal(atomic_load(&rounds), before);
    job_set_rest(worker, 0);
    while (atomic_load(&rounds) == before)
        doze();
    job_set_rest(worker, 3600);
    job_end(worker);
}

static void test_end_of_none(void **state)
{
    (void)state;
    job_end(NULL);
    job_finish(NULL);
}

/* ---- a team ------------------------------------------------------------------------------------------------------ */

enum { TEAM = 3 };

typedef struct team {
    nn_pool *pool;
    job *worker;
    atomic_int pieces[TEAM];
} team;

static void work_on(void *ctx, int thread)
{
    team *self = ctx;
    while (job_goes_on(self->worker)) {
        atomic_fetch_add(&self->pieces[thread], 1);
        doze();
    }
}

static void work_together(void *ctx, job *worker)
{
    team *self = ctx;
    self->worker = worker;
    nn_pool_run(self->pool, work_on, self);
}

static void await_all(team *self)
{
    int before[TEAM];
    for (int i = 0; i < TEAM; i++)
        before[i] = atomic_load(&self->pieces[i]);
    for (int i = 0; i < TEAM; i++)
        while (atomic_load(&self->pieces[i]) == before[i])
            doze();
}

/* Every one of its threads waits, goes on again, and ends. */
static void test_a_whole_team_is_paused(void **state)
{
    (void)state;
    static team self;
    nn_error err;
    job *worker;
    assert_true(nn_pool_new(&self.pool, TEAM, NULL, &err));
    assert_true(job_start(&worker, work_together, &self, &(job_host){0}, &err));
    await_all(&self);
    for (int round = 0; round < 2; round++) {
        job_pause(worker, true);
        for (int i = 0; i < 30; i++)
            doze();
        if (round == 0) {
            job_pause(worker, false);
            await_all(&self);
        }
    }
    job_end(worker);
    nn_pool_free(self.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_newest_wins),
        cmocka_unit_test(test_nothing_is_torn_and_nothing_comes_back),
        cmocka_unit_test(test_stop_ends_it_and_wakes_the_owner),
        cmocka_unit_test(test_paused_work_waits),
        cmocka_unit_test(test_a_whole_team_is_paused),
        cmocka_unit_test(test_a_pass_is_one_piece),
        cmocka_unit_test(test_a_rest_can_be_ended),
        cmocka_unit_test(test_end_of_none),
    };
    return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
