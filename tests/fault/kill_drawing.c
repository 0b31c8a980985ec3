/* kill_drawing.c - a process that draws is killed at random moments: every change that it had reported as written is in
 * the journal, and at most the one after it. Usage: kill_drawing [KILLS] */
#include "app/core/drawing/journal.h"
#include "support/temp.h"
#include "support/victim.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_POINTS = 2000 };

typedef struct session {
    paths where;
    ink expected; /* since the last clear */
    long next;    /* number of the next change */
} session;

/* Change number k of an endless session: strokes of all lengths, undo, clear (often enough of more than 1 MiB). After a
 * clear comes a pen stroke: a canvas with nothing but eraser strokes is empty and would not be recovered. */
static journal_op change(ink *drawing, long k)
{
    static ink_point points[MOST_POINTS];
    int count = 1 + (int)(k * 7919 % MOST_POINTS);
    bool ok;

    if (k % 40 == 39) {
        ok = ink_clear(drawing);
    } else if (k % 5 == 4) {
        ok = ink_undo(drawing);
    } else {
        for (int i = 0; i < count; i++)
            points[i] = (ink_point){(float)(k % 600), (float)i, (float)i, 1};
        ok = ink_add(drawing, k % 5 == 2 ? INK_ERASER : INK_PEN, INK_DEFAULT_BRUSH, points, count);
    }
    if (!ok)
        victim_fail("the drawing could not be changed");
    return k % 40 != 39 && k % 5 == 4 ? JOURNAL_UNDO : JOURNAL_ENTRY;
}

static void expect(session *s)
{
    change(&s->expected, s->next++);
    if (ink_visible_from(&s->expected) == s->expected.done)
        ink_free(&s->expected);
}

static void draw(void *ctx, int report)
{
    session *s = ctx;
    nn_error err;
    journal *j;
    ink drawing;

    ink_init(&drawing);
    if (!journal_open(&j, &s->where, &drawing, &err))
        victim_fail(err.text);
    for (long k = s->next;; k++) {
        journal_op op = change(&drawing, k);
        if (!journal_write(j, &drawing, op, &err))
            victim_fail(err.text);
        victim_report(report, k);
    }
}

static bool same_strokes(const ink *a, const ink *b)
{
    int from = ink_visible_from(a), of = ink_visible_from(b);
    bool same = a->done - from == b->done - of;

    for (; same && from < a->done; from++, of++) {
        const ink_entry *p = &a->entry[from], *q = &b->entry[of];
        same = p->kind == q->kind && p->width == q->width && p->count == q->count &&
               memcmp(a->point + p->first, b->point + q->first, (size_t)p->count * sizeof *a->point) == 0;
    }
    return same;
}

/* Reads the journal that the last child left. */
static bool recovers(const session *s)
{
    nn_error err;
    journal *j;
    ink recovered;
    bool same;

    ink_init(&recovered);
    if (!journal_open(&j, &s->where, &recovered, &err))
        victim_fail(err.text);
    same = same_strokes(&recovered, &s->expected);
    journal_close(j);
    ink_free(&recovered);
    return same;
}

int main(int argc, char **argv)
{
    static session s;
    int kills = argc > 1 ? atoi(argv[1]) : 20;

    paths_find(&s.where, temp_make());
    ink_init(&s.expected);
    for (int i = 0; i < kills; i++) {
        long last = victim_run(draw, &s, 30000);
        while (s.next <= last)
            expect(&s);
        if (recovers(&s))
            continue;
        expect(&s); /* written, but not reported any more */
        if (!recovers(&s))
            victim_fail("strokes that were written are not in the journal");
    }
    printf("{\"name\": \"kill -9 while drawing\", \"n\": %d, \"changes\": %ld, \"lost\": 0}\n", kills, s.next);
    ink_free(&s.expected);
    temp_remove();
    return 0;
}
