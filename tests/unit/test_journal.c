/* The journal: what was written comes back, whatever failed, was cut off or was damaged in between. */
#include "app/core/drawing/journal.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "nn/safetensors.h"
#include "support/faults.h"
#include "support/temp.h"
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

static paths where;
static nn_error err;

static int setup(void **state)
{
    (void)state;
    paths_find(&where, temp_make());
    return 0;
}

/* ---- drawings ---- */

static void add_stroke(ink *drawing, ink_kind kind, int count)
{
    ink_point *points = nn_alloc((size_t)count, sizeof *points);
    assert_non_null(points);
    for (int i = 0; i < count; i++)
        points[i] =
            (ink_point){(float)((i + drawing->done) % 1000) * 1.5f, -(float)(i % 1000), i % 2 ? NAN : (float)i, 0.25f};
    assert_true(ink_add(drawing, kind, 30.5f, points, count));
    nn_free(points);
}

static bool same_point(const ink_point *a, const ink_point *b)
{
    return a->x == b->x && a->y == b->y && a->pressure == b->pressure && (a->t == b->t || (isnan(a->t) && isnan(b->t)));
}

/* Whether both show the same and undo and redo to the same. */
static bool same_ink(const ink *a, const ink *b)
{
    bool same = a->n_entries == b->n_entries && a->done == b->done;
    for (int i = 0; same && i < a->n_entries; i++) {
        const ink_entry *p = &a->entry[i], *q = &b->entry[i];
        same = p->kind == q->kind && p->width == q->width && p->count == q->count;
        for (int k = 0; same && k < p->count; k++)
            same = same_point(&a->point[p->first + k], &b->point[q->first + k]);
    }
    return same;
}

static void copy_ink(ink *to, const ink *from)
{
    ink_init(to);
    for (int i = 0; i < from->n_entries; i++) {
        const ink_entry *e = &from->entry[i];
        assert_true(ink_add(to, e->kind, e->width, from->point + e->first, e->count));
    }
    for (int i = from->done; i < from->n_entries; i++)
        assert_true(ink_undo(to));
}

/* The k-th change of a session that does everything; the drawing is never visibly empty from the second step on, except
 * after its clear. */
enum { STEPS = 12 };

static journal_op change(ink *drawing, int k)
{
    switch (k) {
    case 3:
    case 4:
    case 9: assert_true(ink_undo(drawing)); return JOURNAL_UNDO;
    case 5: assert_true(ink_redo(drawing)); return JOURNAL_REDO;
    case 8: assert_true(ink_clear(drawing)); return JOURNAL_ENTRY;
    case 2: add_stroke(drawing, INK_ERASER, 4); return JOURNAL_ENTRY;
    default: add_stroke(drawing, INK_PEN, 1 + 3 * k); return JOURNAL_ENTRY;
    }
}

static journal *open_journal(ink *recovered)
{
    journal *j;
    ink_init(recovered);
    assert_true(journal_open(&j, &where, recovered, &err));
    return j;
}

static void assert_recovers(const ink *expected)
{
    ink recovered;
    journal_close(open_journal(&recovered));
    assert_true(same_ink(&recovered, expected));
    ink_free(&recovered);
}

static void read_file(unsigned char **data, size_t *len)
{
    assert_true(nn_file_read(temp_path("journal"), 64 << 20, data, len, &err));
}

static size_t file_size(void)
{
    struct stat info;
    assert_int_equal(stat(temp_path("journal"), &info), 0);
    return (size_t)info.st_size;
}

/* ---- the journal ---- */

static void test_every_change_comes_back(void **state)
{
    (void)state;
    for (int steps = 1; steps <= STEPS; steps++) {
        ink drawing;
        journal *j = open_journal(&drawing);
        for (int k = 0; k < steps; k++) {
            journal_op op = change(&drawing, k);
            assert_true(journal_write(j, &drawing, op, &err));
        }
        journal_close(j);
        if (ink_is_empty(&drawing)) /* then there is nothing to come back to */
            ink_free(&drawing);
        assert_recovers(&drawing);
        assert_recovers(&drawing);
        ink_free(&drawing);
        assert_int_equal(unlink(temp_path("journal")), 0);
    }
}

static void test_a_recovered_drawing_goes_on(void **state)
{
    ink drawing, expected;
    (void)state;
    ink_init(&expected);
    for (int k = 0; k < 8; k++) { /* a new process for every change */
        journal *j = open_journal(&drawing);
        assert_true(same_ink(&drawing, &expected));
        change(&expected, k);
        journal_op op = change(&drawing, k);
        assert_true(journal_write(j, &drawing, op, &err));
        journal_close(j);
        ink_free(&drawing);
    }
    assert_recovers(&expected);
    ink_free(&expected);
}

/* The window may ignore what was recovered and just write its own new drawing. */
static void test_a_new_drawing_replaces_a_recovered_one(void **state)
{
    ink first, recovered, second;
    (void)state;
    journal *j = open_journal(&first);
    change(&first, 0);
    assert_true(journal_write(j, &first, JOURNAL_ENTRY, &err));
    journal_close(j);
    j = open_journal(&recovered);
    assert_int_equal(recovered.done, 1);
    ink_init(&second);
    add_stroke(&second, INK_PEN, 77);
    assert_true(journal_write(j, &second, JOURNAL_ENTRY, &err));
    journal_close(j);
    assert_recovers(&second);
    ink_free(&first);
    ink_free(&recovered);
    ink_free(&second);
}

static void test_reset(void **state)
{
    ink drawing, empty;
    (void)state;
    ink_init(&empty);
    journal *j = open_journal(&drawing);
    for (int k = 0; k < STEPS; k++) {
        journal_op op = change(&drawing, k);
        assert_true(journal_write(j, &drawing, op, &err));
    }
    assert_true(ink_undo(&drawing));
    assert_true(journal_reset(j, &drawing, &err));
    journal_close(j);
    assert_recovers(&drawing);
    ink_free(&drawing);
    j = open_journal(&drawing);
    assert_true(journal_reset(j, &empty, &err));
    assert_int_equal(file_size(), 0);
    journal_close(j);
    assert_recovers(&empty);
    ink_free(&drawing);
}

static void test_a_clear_empties_a_large_file(void **state)
{
    ink drawing;
    (void)state;
    journal *j = open_journal(&drawing);
    for (int i = 0; i < 70; i++) {
        add_stroke(&drawing, INK_PEN, 1000);
        assert_true(journal_write(j, &drawing, JOURNAL_ENTRY, &err));
    }
    assert_true(file_size() > 1 << 20);
    assert_true(ink_clear(&drawing));
    assert_true(journal_write(j, &drawing, JOURNAL_ENTRY, &err));
    assert_int_equal(file_size(), 0);
    assert_true(ink_undo(&drawing)); /* the entries that the file has just forgotten */
    assert_true(journal_write(j, &drawing, JOURNAL_UNDO, &err));
    journal_close(j);
    assert_recovers(&drawing);
    ink_free(&drawing);
}

/* Only repeated whole drawings fill the file up; a clear makes room. */
static void test_a_full_file_refuses_until_a_clear(void **state)
{
    ink drawing;
    int resets = 0;
    (void)state;
    journal *j = open_journal(&drawing);
    add_stroke(&drawing, INK_PEN, INK_MAX_POINTS);
    while (resets < 99 && journal_reset(j, &drawing, &err))
        resets++;
    assert_int_equal(resets, 15);
    assert_int_equal(err.code, NN_LIMIT);
    assert_true(file_size() <= 64 << 20);
    assert_true(ink_clear(&drawing));
    assert_true(journal_write(j, &drawing, JOURNAL_ENTRY, &err));
    assert_int_equal(file_size(), 0);
    assert_true(ink_undo(&drawing));
    assert_true(journal_write(j, &drawing, JOURNAL_UNDO, &err));
    journal_close(j);
    assert_recovers(&drawing);
    ink_free(&drawing);
}

/* `of` is the newest part of `all`: the same to see, and the same to undo as far as it goes. */
static bool is_tail_of(const ink *of, const ink *all)
{
    ink tail = *all;
    int left_out = all->n_entries - of->n_entries;
    if (left_out < 0)
        return false;
    tail.entry += left_out;
    tail.n_entries -= left_out;
    tail.done -= left_out;
    return same_ink(of, &tail);
}

/* Three million points in drawings of all sizes, with clears, undo, redo and restarts: none is refused, the
 * journal follows what the clears forget, and what it brings back is the newest part of the history. */
static void test_a_day_of_drawing(void **state)
{
    ink drawing, recovered;
    long points = 0;
    int forgotten = 0;
    (void)state;
    journal *j = open_journal(&drawing);
    for (int k = 0; points < 3 << 20; k++) {
        for (int stroke = 0; stroke < 3 + k % 5; stroke++) {
            int count = 1 + 7919 * (k + 1) * (stroke + 1) % 7500;
            add_stroke(&drawing, stroke == 2 ? INK_ERASER : INK_PEN, count);
            assert_true(journal_write(j, &drawing, JOURNAL_ENTRY, &err));
            points += count;
        }
        if (k % 3 > 0) {
            assert_true(ink_clear(&drawing));
            assert_true(journal_write(j, &drawing, JOURNAL_ENTRY, &err));
        }
        for (int undone = 0; undone < k % 11 && ink_undo(&drawing); undone++)
            assert_true(journal_write(j, &drawing, JOURNAL_UNDO, &err));
        for (int redone = 0; redone < k % 4 && ink_redo(&drawing); redone++)
            assert_true(journal_write(j, &drawing, JOURNAL_REDO, &err));
        forgotten += drawing.forgotten > 0;
        if (k % 5 < 4)
            continue;
        journal_close(j);
        j = open_journal(&recovered);
        if (recovered.n_entries > 0)
            assert_true(is_tail_of(&recovered, &drawing));
        else
            assert_true(ink_is_empty(&drawing));
        ink_free(&drawing);
        drawing = recovered;
    }
    journal_close(j);
    assert_true(forgotten > 0);
    ink_free(&drawing);
}

static void write_change(journal *j, ink *drawing, int k)
{
    journal_op op = change(drawing, k);
    if (!journal_write(j, drawing, op, &err))
        fail_msg("%s", err.text);
}

/* A folder that goes while the program runs is made anew with the whole drawing in it; where that cannot be, the write
 * says so, and the first one after that is possible again keeps all. */
static void test_a_removed_folder(void **state)
{
    ink drawing;
    (void)state;
    journal *j = open_journal(&drawing);
    write_change(j, &drawing, 0);
    assert_int_equal(unlink(temp_path("journal")), 0);
    write_change(j, &drawing, 1); /* the file alone */
    assert_int_equal(unlink(temp_path("journal")), 0);
    assert_int_equal(rmdir(where.state), 0);
    write_change(j, &drawing, 2);
    assert_int_equal(unlink(temp_path("journal")), 0);
    assert_int_equal(rmdir(where.state), 0);
    FILE *in_the_way = fopen(where.state, "w");
    assert_non_null(in_the_way);
    fclose(in_the_way);
    assert_int_equal(change(&drawing, 3), JOURNAL_UNDO);
    assert_false(journal_write(j, &drawing, JOURNAL_UNDO, &err));
    assert_true(err.text[0] != '\0');
    assert_int_equal(unlink(where.state), 0);
    write_change(j, &drawing, 4);
    write_change(j, &drawing, 5);
    assert_true(ink_clear(&drawing));
    assert_true(journal_write(j, &drawing, JOURNAL_ENTRY, &err));
    write_change(j, &drawing, 6);
    journal *second;
    ink other;
    ink_init(&other);
    assert_false(journal_open(&second, &where, &other, &err)); /* the new file is locked as well */
    assert_int_equal(err.code, NN_USAGE);
    journal_close(j);
    assert_recovers(&drawing);
    ink_free(&drawing);
}

static void test_one_owner(void **state)
{
    ink a, b;
    journal *second;
    (void)state;
    journal *j = open_journal(&a);
    ink_init(&b);
    assert_false(journal_open(&second, &where, &b, &err));
    assert_int_equal(err.code, NN_USAGE);
    assert_null(second);
    assert_true(journal_write(NULL, &b, JOURNAL_ENTRY, &err)); /* it runs without */
    assert_true(journal_reset(NULL, &b, &err));
    journal_close(NULL);
    journal_close(j);
}

static void test_no_place(void **state)
{
    static const paths nowhere;
    ink drawing;
    journal *j;
    (void)state;
    ink_init(&drawing);
    assert_false(journal_open(&j, &nowhere, &drawing, &err));
    assert_int_equal(err.code, NN_IO);
}

/* ---- cut off and damaged ---- */

static void write_session(int steps)
{
    ink drawing;
    journal *j = open_journal(&drawing);
    for (int k = 0; k < steps; k++) {
        journal_op op = change(&drawing, k);
        assert_true(journal_write(j, &drawing, op, &err));
    }
    assert_true(journal_reset(j, &drawing, &err)); /* so that a snapshot is in it */
    add_stroke(&drawing, INK_PEN, 3);
    assert_true(journal_write(j, &drawing, JOURNAL_ENTRY, &err));
    journal_close(j);
    ink_free(&drawing);
}

/* Every prefix of the file gives the drawing after some change, and never less than a shorter prefix did. */
static void test_every_truncation(void **state)
{
    unsigned char *data;
    size_t len, before = 0, lengths = 0;
    (void)state;
    write_session(STEPS);
    read_file(&data, &len);
    for (size_t cut = 0; cut <= len; cut++) {
        unsigned char *exact = malloc(cut + 1); /* so that a sanitizer sees reads beyond the end */
        ink drawing;
        ink_init(&drawing);
        memcpy(exact, data, cut);
        size_t used = journal_replay(&drawing, exact, cut);
        assert_true(used <= cut && used >= before);
        lengths += used > before;
        before = used;
        ink_free(&drawing);
        free(exact);
    }
    assert_int_equal(before, len);
    assert_int_equal(lengths, STEPS + 2);
    nn_free(data);
}

static void test_every_damaged_byte(void **state)
{
    unsigned char *data;
    size_t len;
    (void)state;
    write_session(6);
    read_file(&data, &len);
    for (size_t at = 0; at < len; at++)
        for (int bit = 0; bit < 8; bit++) {
            ink drawing;
            ink_init(&drawing);
            data[at] ^= (unsigned char)(1 << bit);
            assert_true(journal_replay(&drawing, data, len) <= at);
            data[at] ^= (unsigned char)(1 << bit);
            ink_free(&drawing);
        }
    nn_free(data);
}

static void put_u32(unsigned char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(v >> 8 * i);
}

/* A record with a right checksum around any payload. */
static size_t seal(unsigned char *out, uint32_t type, const void *payload, uint32_t len)
{
    put_u32(out, len);
    put_u32(out + 4, type);
    memcpy(out + 8, payload, len);
    put_u32(out + 8 + len, (uint32_t)crc32(0, out, 8 + len));
    return len + 12;
}

/* A stroke of one point: the width of its pen, and x, y, time and pressure. */
static size_t seal_stroke(unsigned char *out, uint32_t type, const float values[5])
{
    float payload[5];
    nn_floats_copy(payload, values, 5);
    return seal(out, type, payload, sizeof payload);
}

static void assert_refused(const unsigned char *data, size_t len)
{
    ink drawing;
    ink_init(&drawing);
    assert_int_equal(journal_replay(&drawing, data, len), 0);
    assert_int_equal(drawing.done, 0);
    ink_free(&drawing);
}

static void test_right_checksum_around_nonsense(void **state)
{
    enum { PEN = 1, CLEAR = 3, UNDO = 4, REDO = 5, SNAPSHOT = 6 };
    const float good[5] = {30, 1, 2, 3, 1};
    unsigned char out[256], inner[256];
    (void)state;
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 3; k++) {
            float bad[5];
            memcpy(bad, good, sizeof bad);
            bad[i] = k == 0 ? INFINITY : k == 1 ? NAN : 1e30f;
            if (i == 3 && k > 0) /* a time may be unknown, or long */
                continue;
            assert_refused(out, seal_stroke(out, PEN, bad));
        }
    assert_refused(out, seal_stroke(out, PEN, (float[5]){0})); /* no width */
    for (uint32_t len = 0; len < 60; len++)
        if (len != 20 && len != 36 && len != 52)
            assert_refused(out, seal(out, PEN, inner, len));
    assert_refused(out, seal(out, UNDO, "", 0));
    assert_refused(out, seal(out, REDO, "", 0));
    assert_refused(out, seal(out, CLEAR, "x", 1));
    assert_refused(out, seal(out, 0, "", 0));
    assert_refused(out, seal_stroke(out, 7, good));
    assert_refused(out, seal(out, SNAPSHOT, "half a record", 13));
    assert_refused(out, seal(out, SNAPSHOT, inner, (uint32_t)seal(inner, SNAPSHOT, "", 0)));
    assert_refused(out, seal(out, SNAPSHOT, inner, (uint32_t)seal(inner, UNDO, "", 0)));
    memset(out, 0, sizeof out); /* what a file system may leave at the end after a power cut */
    assert_refused(out, sizeof out);

    ink drawing; /* and the same frame around sense is taken */
    ink_init(&drawing);
    size_t len = seal_stroke(out, PEN, good);
    assert_int_equal(journal_replay(&drawing, out, len), len);
    assert_int_equal(drawing.done, 1);
    ink_free(&drawing);
}

/* More points than a drawing may have are nonsense too, not a lack of memory. */
static void test_too_many_points(void **state)
{
    const float one_more[5] = {30, 1, 2, 3, 1};
    size_t stroke = 12 + 4 + 16 * (size_t)INK_MAX_POINTS;
    unsigned char *data = nn_alloc(stroke + 32, 1), *payload = nn_alloc(stroke, 1);
    ink recovered;
    (void)state;
    nn_floats_copy(payload, one_more, 1); /* all points are 0, 0 */
    assert_int_equal(seal(data, 1, payload, (uint32_t)stroke - 12), stroke);
    size_t len = stroke + seal_stroke(data + stroke, 1, one_more);
    assert_true(nn_file_save(temp_path("journal"), data, len, NN_CONSISTENT, &err));
    journal_close(open_journal(&recovered));
    assert_int_equal(recovered.done, 1);
    assert_int_equal(file_size(), stroke);
    ink_free(&recovered);
    nn_free(data);
    nn_free(payload);
}

static void test_a_torn_tail_is_cut_and_overwritten(void **state)
{
    ink drawing;
    (void)state;
    journal *j = open_journal(&drawing);
    change(&drawing, 0);
    assert_true(journal_write(j, &drawing, JOURNAL_ENTRY, &err));
    journal_close(j);
    FILE *f = fopen(temp_path("journal"), "ab");
    assert_non_null(f);
    fputs("half a stroke", f);
    fclose(f);
    ink recovered;
    j = open_journal(&recovered);
    assert_true(same_ink(&recovered, &drawing));
    change(&recovered, 1);
    assert_true(journal_write(j, &recovered, JOURNAL_ENTRY, &err));
    journal_close(j);
    assert_recovers(&recovered);
    ink_free(&recovered);
    ink_free(&drawing);
}

/* ---- faults ---- */

typedef struct session {
    ink seed;    /* what the journal holds at the start */
    ink written; /* the drawing when a write last succeeded */
} session;

static void prepare_session(void *ctx)
{
    session *s = ctx;
    ink recovered;
    unlink(temp_path("journal"));
    journal *j = open_journal(&recovered);
    assert_true(journal_reset(j, &s->seed, &err));
    journal_close(j);
    ink_free(&s->written);
    copy_ink(&s->written, &s->seed);
}

static bool run_open(void *ctx, nn_error *e)
{
    ink recovered;
    journal *j;
    (void)ctx;
    ink_init(&recovered);
    bool ok = journal_open(&j, &where, &recovered, e);
    assert_int_equal(ok, recovered.done != 0);
    journal_close(j);
    ink_free(&recovered);
    return ok;
}

static void check_session(void *ctx, bool ok)
{
    session *s = ctx;
    (void)ok;
    assert_recovers(&s->written);
}

static void test_opening_survives_every_fault(void **state)
{
    session s = {0};
    (void)state;
    for (int k = 0; k < 7; k++)
        change(&s.seed, k);
    assert_true(faults_try_all("open journal", &(fault_case){prepare_session, run_open, check_session, &s}) > 30);
    ink_free(&s.seed);
    ink_free(&s.written);
}

/* Drawing on while every n-th operation of the journal fails: what it holds afterwards is the drawing at the last write
 * that it reported as done. The drawing itself is kept out of the faults. */
static void draw_with_fault(session *s, long n, fault_mode mode, int error, int *struck, int *failed)
{
    ink drawing;
    journal *j;
    prepare_session(s);
    j = open_journal(&drawing);
    for (int k = 7; k < STEPS; k++) {
        nn_error e = {0};
        journal_op op = change(&drawing, k);
        if (k % 2 && error == ENOMEM) /* every other write goes well and makes the failed one good */
            faults_alloc(n, mode);
        else if (k % 2)
            faults_file(n, mode, error);
        bool ok = journal_write(j, &drawing, op, &e);
        *struck += faults_end();
        *failed += !ok;
        assert_true(ok || e.text[0] != '\0');
        if (ok) {
            ink_free(&s->written);
            copy_ink(&s->written, &drawing);
        }
    }
    journal_close(j);
    if (ink_is_empty(&s->written))
        ink_free(&s->written);
    assert_recovers(&s->written);
    ink_free(&drawing);
}

static void test_drawing_survives_every_fault(void **state)
{
    static const int errors[] = {ENOMEM, ENOSPC, EIO, FAULT_SHORT};
    session s = {0};
    int struck = 0, failed = 0, failed_short = 0;
    (void)state;
    for (int k = 0; k < 7; k++)
        change(&s.seed, k);
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        for (long n = 0; n < 4; n++)
            for (fault_mode mode = FAULT_ONCE; mode <= FAULT_FOREVER; mode++)
                draw_with_fault(&s, n, mode, errors[i], &struck, errors[i] == FAULT_SHORT ? &failed_short : &failed);
    assert_true(failed > 10);
    assert_int_equal(failed_short, 0);
    printf("{\"name\": \"faults: journal\", \"n\": %d}\n", struck);
    ink_free(&s.seed);
    ink_free(&s.written);
}

static int failing_fsync(int fd)
{
    (void)fd;
    errno = EIO;
    return -1;
}

static ino_t file_number(void)
{
    struct stat info;
    assert_int_equal(stat(temp_path("journal"), &info), 0);
    return info.st_ino;
}

/* After a sync that failed, one of the next writes brings the whole drawing once more, in a new file: what is in the old
 * one may never reach the disk. */
static void test_a_failed_sync_is_made_good(void **state)
{
    nn_file_ops ops = nn_file_posix;
    ink drawing;
    size_t before, grown = 0;
    (void)state;
    ops.fsync = failing_fsync;
    nn_file_set_ops(&ops);
    journal *j = open_journal(&drawing);
    ino_t first = file_number();
    for (int i = 0; i < 1000 && first == file_number(); i++) {
        before = file_size();
        add_stroke(&drawing, INK_PEN, 5);
        assert_true(journal_write(j, &drawing, JOURNAL_ENTRY, &err));
        grown = file_size() - before;
        usleep(5000); /* for the worker to try */
    }
    assert_true(grown < file_size());
    assert_int_equal(file_size(), 12 + drawing.done * (12 + 4 + 5 * 16));
    journal_close(j);
    nn_file_set_ops(NULL);
    assert_recovers(&drawing);
    ink_free(&drawing);
}

static atomic_int sick, told;

static int sick_fsync(int fd)
{
    return atomic_fetch_sub(&sick, 1) > 0 ? failing_fsync(fd) : 0;
}

static void tell(void *ctx)
{
    (void)ctx;
    atomic_fetch_add(&told, 1);
}

static void await_told(int times)
{
    while (atomic_load(&told) < times)
        usleep(1000);
}

/* A drawing that nobody goes on with is written anew as well; a disk that fails again is told of. */
static void test_a_drawing_at_rest_is_made_good(void **state)
{
    nn_file_ops ops = nn_file_posix;
    ink drawing;
    (void)state;
    ops.fsync = sick_fsync;
    nn_file_set_ops(&ops);
    atomic_store(&sick, 2);
    atomic_store(&told, 0);
    journal *j = open_journal(&drawing);
    journal_watch(j, tell, NULL);
    ino_t first = file_number();
    assert_true(journal_tend(j, &drawing, &err));
    add_stroke(&drawing, INK_PEN, 5);
    assert_true(journal_write(j, &drawing, JOURNAL_ENTRY, &err));
    await_told(1);
    assert_true(journal_tend(j, &drawing, &err));
    ino_t second = file_number();
    assert_true(second != first);
    assert_true(journal_tend(j, &drawing, &err) && file_number() == second);
    await_told(2);
    assert_false(journal_tend(j, &drawing, &err));
    assert_non_null(strstr(err.text, "journal"));
    assert_int_equal(file_number(), second);
    add_stroke(&drawing, INK_PEN, 5);
    assert_false(
        journal_write(j, &drawing, JOURNAL_ENTRY, &err)); /* though it is written: the disk has said nothing yet */
    assert_true(file_number() != second);
    journal_close(j);
    nn_file_set_ops(NULL);
    assert_recovers(&drawing);
    ink_free(&drawing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_change_comes_back, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_recovered_drawing_goes_on, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_new_drawing_replaces_a_recovered_one, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_reset, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_clear_empties_a_large_file, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_full_file_refuses_until_a_clear, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_day_of_drawing, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_removed_folder, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_one_owner, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_no_place, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_every_truncation, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_every_damaged_byte, setup, temp_tear_down),
        cmocka_unit_test(test_right_checksum_around_nonsense),
        cmocka_unit_test_setup_teardown(test_too_many_points, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_torn_tail_is_cut_and_overwritten, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_opening_survives_every_fault, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_drawing_survives_every_fault, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_failed_sync_is_made_good, setup, temp_tear_down),
        cmocka_unit_test_setup_teardown(test_a_drawing_at_rest_is_made_good, setup, temp_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
