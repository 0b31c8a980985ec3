/* Allocation: alignment, zeroes, overflow, counting, and the hook that makes it fail. */
#include "nn/alloc.h"
#include "support/faults.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_aligned_and_zeroed(void **state)
{
    (void)state;
    for (size_t bytes = 1; bytes < 300; bytes += 7) {
        unsigned char *p = nn_alloc(bytes, 1);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 64, 0);
        for (size_t i = 0; i < bytes; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xee, bytes); /* so that the next one would show it */
        nn_free(p);
    }
}

static void test_overflow_is_refused(void **state)
{
    (void)state;
    assert_null(nn_alloc(SIZE_MAX / 2, 3));
    assert_null(nn_alloc(SIZE_MAX / 4 + 1, 4)); /* the product is 0 */
    assert_null(nn_alloc(1, SIZE_MAX));
    assert_null(nn_realloc(NULL, 0, SIZE_MAX / 4 + 1, 4));
}

static void test_nothing_is_not_null(void **state)
{
    (void)state;
    void *p = nn_alloc(0, 8);
    assert_non_null(p);
    nn_free(p);
    nn_free(NULL);
}

static void test_realloc_keeps_and_zeroes(void **state)
{
    (void)state;
    unsigned *p = nn_alloc(3, sizeof *p);
    for (unsigned i = 0; i < 3; i++)
        p[i] = i + 1;
    p = nn_realloc(p, 3, 100, sizeof *p);
    assert_int_equal((uintptr_t)p % 64, 0);
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(p[i], i < 3 ? i + 1 : 0);
    p = nn_realloc(p, 100, 2, sizeof *p);
    assert_int_equal(p[0], 1);
    assert_int_equal(p[1], 2);
    nn_free(p);
}

static void test_failed_realloc_leaves_the_block(void **state)
{
    (void)state;
    char *p = nn_strdup("seven");
    faults_alloc(0, FAULT_ONCE);
    assert_null(nn_realloc(p, 6, 600, 1));
    assert_true(faults_end());
    assert_string_equal(p, "seven");
    nn_free(p);
}

static void test_live_counts_blocks(void **state)
{
    (void)state;
    size_t before = nn_alloc_live();
    void *a = nn_alloc(1, 1), *b = nn_strdup("b");
    assert_int_equal(nn_alloc_live(), before + 2);
    a = nn_realloc(a, 1, 1000, 1);
    assert_int_equal(nn_alloc_live(), before + 2);
    nn_free(a);
    nn_free(b);
    nn_free(NULL);
    assert_int_equal(nn_alloc_live(), before);
}

/* Which of five allocations fail, as bits. */
static unsigned failures(void)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < 5; i++) {
        void *p = nn_alloc(1, 1);
        bits |= (unsigned)(p == NULL) << i;
        nn_free(p);
    }
    return bits;
}

static void test_hook_fails_once_or_for_ever(void **state)
{
    (void)state;
    faults_alloc(2, FAULT_ONCE);
    assert_int_equal(failures(), 1 << 2);
    assert_true(faults_end());
    faults_alloc(2, FAULT_FOREVER);
    assert_int_equal(failures(), 1 << 2 | 1 << 3 | 1 << 4);
    assert_true(faults_end());
    assert_int_equal(failures(), 0);
}

#ifdef DIGITSCOPE_HOSTILE
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BYTES = 100 };

static void write_behind(unsigned char *p)
{
    p[BYTES] = 0;
    nn_free(p);
}

static void write_before(unsigned char *p)
{
    p[-1] = 0;
    nn_free(p);
}

static void write_to_freed(unsigned char *p)
{
    unsigned char *volatile freed = p;
    nn_free(p);
    freed[BYTES / 2] = 0;
    for (int i = 0; i < 1000; i++)
        nn_free(nn_alloc(1, 1));
}

static void stay_inside(unsigned char *p)
{
    memset(p, 0, BYTES);
    nn_free(p);
}

/* Whether a process that does this is ended by the allocator. */
static bool is_noticed(void (*misuse)(unsigned char *p))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        fclose(stderr);
        misuse(nn_alloc(BYTES, 1));
        _exit(0);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void test_hostile_memory_notices(void **state)
{
    (void)state;
    assert_true(is_noticed(write_behind));
    assert_true(is_noticed(write_before));
    assert_true(is_noticed(write_to_freed));
    assert_false(is_noticed(stay_inside));
    for (size_t needed = 1; needed < 100; needed++)
        assert_int_equal(nn_room(needed), needed);
}
#else
static void test_growing_costs_little(void **state)
{
    (void)state;
    int moves = 0;
    for (size_t room = 0, needed = 1; needed <= 1000000; needed++)
        if (needed > room)
            room = nn_room(needed), moves++;
    assert_true(moves <= 20);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_aligned_and_zeroed),
        cmocka_unit_test(test_overflow_is_refused),
        cmocka_unit_test(test_nothing_is_not_null),
        cmocka_unit_test(test_realloc_keeps_and_zeroes),
        cmocka_unit_test(test_failed_realloc_leaves_the_block),
        cmocka_unit_test(test_live_counts_blocks),
        cmocka_unit_test(test_hook_fails_once_or_for_ever),
#ifdef DIGITSCOPE_HOSTILE
        cmocka_unit_test(test_hostile_memory_notices),
#else
        cmocka_unit_test(test_growing_costs_little),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
