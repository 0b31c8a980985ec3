/* journal.c - the records of the journal, and the thread that syncs them.
 *
 *     record   = u32 bytes of payload, u32 type, payload, u32 CRC-32 of all before; little endian
 *     stroke   = float width, then per point float x, y, t, pressure     types RECORD_PEN, RECORD_ERASER
 *     snapshot = records that make a whole drawing                        type RECORD_SNAPSHOT
 *
 * All others have no payload. A snapshot replaces what came before it and has one checksum, so starting anew needs
 * neither a second file nor a moment without a drawing on disk. */
#include "journal.h"
#include "app/core/clock.h"
#include "app/core/platform.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "nn/log.h"
#include "nn/thread.h"
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

enum { RECORD_PEN = 1, RECORD_ERASER, RECORD_CLEAR, RECORD_UNDO, RECORD_REDO, RECORD_SNAPSHOT };

enum {
    HEAD = 8,   /* length and type */
    FRAME = 12, /* and the checksum */
    POINT = 16,
    ROTATE_ABOVE = 1 << 20,
    MAX_BYTES = 64 << 20, /* of the file: an hour of drawing without a clear */
    SYNC_SECONDS = 2
};

struct journal {
    nn_log *log;
    char folder[PATHS_MAX];
    /* Replaying the file gives the drawing's history from ink_position `base` on, less what clears have forgotten, and
     * ends at position `done`. A write that does not follow from there, for instance after a failed one
     * (done = OUT_OF_STEP), becomes a snapshot. */
    int base, done;
    bool suspect; /* a sync failed: what of the file is on the disk nobody knows, so nothing is added to it */

    pthread_t worker;
    pthread_mutex_t lock; /* for the rest */
    pthread_cond_t wake;
    bool dirty, quit, sync_failed;
    int failures; /* syncs that failed in a row, the last one with `why` */
    nn_error why;
    void (*tell)(void *ctx);
    void *ctx;
};

enum { OUT_OF_STEP = -2 }; /* no position is one step away */

/* ---- writing records -------------------------------------------------------------------------------------------- */

static unsigned char *put_u32(unsigned char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(v >> 8 * i);
    return p + 4;
}

static unsigned char *put_float(unsigned char *p, float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    return put_u32(p, bits);
}

/* Completes the record that begins at `record` and whose payload ends at `end`; returns where the next one begins. */
static unsigned char *seal(unsigned char *record, unsigned char *end, uint32_t type)
{
    put_u32(record, (uint32_t)(end - record - HEAD));
    put_u32(record + 4, type);
    return put_u32(end, (uint32_t)crc32(0, record, (uInt)(end - record)));
}

static size_t entry_bytes(const ink_entry *entry)
{
    return FRAME + (entry->kind == INK_CLEAR ? 0 : 4 + POINT * (size_t)entry->count);
}

static unsigned char *put_entry(unsigned char *record, const ink *drawing, const ink_entry *entry)
{
    static const uint32_t types[] = {[INK_PEN] = RECORD_PEN, [INK_ERASER] = RECORD_ERASER, [INK_CLEAR] = RECORD_CLEAR};
    unsigned char *p = record + HEAD;

    if (entry->kind == INK_CLEAR)
        return seal(record, p, RECORD_CLEAR);
    p = put_float(p, entry->width);
    for (int i = entry->first; i < entry->first + entry->count; i++) {
        const ink_point *point = &drawing->point[i];
        p = put_float(p, point->x);
        p = put_float(p, point->y);
        p = put_float(p, isfinite(point->t) ? point->t : NAN);
        p = put_float(p, point->pressure);
    }
    return seal(record, p, types[entry->kind]);
}

static size_t snapshot_bytes(const ink *drawing)
{
    size_t bytes = FRAME + FRAME * (size_t)(drawing->n_entries - drawing->done);

    for (int i = 0; i < drawing->n_entries; i++)
        bytes += entry_bytes(&drawing->entry[i]);
    return bytes;
}

static void put_snapshot(unsigned char *record, const ink *drawing)
{
    unsigned char *p = record + HEAD;

    for (int i = 0; i < drawing->n_entries; i++)
        p = put_entry(p, drawing, &drawing->entry[i]);
    for (int i = drawing->done; i < drawing->n_entries; i++)
        p = seal(p, p + HEAD, RECORD_UNDO);
    seal(record, p, RECORD_SNAPSHOT);
}

/* ---- reading records -------------------------------------------------------------------------------------------- */

typedef enum outcome { APPLIED, INVALID, NO_MEMORY } outcome;

typedef struct record {
    uint32_t type;
    const unsigned char *payload;
    size_t len;
} record;

static uint32_t get_u32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static float get_float(const unsigned char *p)
{
    uint32_t bits = get_u32(p);
    float v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

/* The record at the start of data, if all of it is there and its checksum is right. */
static bool get_record(record *r, const unsigned char *data, size_t len)
{
    if (len < FRAME || len > MAX_BYTES || get_u32(data) > len - FRAME)
        return false;
    *r = (record){get_u32(data + 4), data + HEAD, get_u32(data)};
    return get_u32(r->payload + r->len) == (uint32_t)crc32(0, data, (uInt)(HEAD + r->len));
}

static bool get_point(ink_point *point, const unsigned char *p)
{
    *point = (ink_point){get_float(p), get_float(p + 4), get_float(p + 8), get_float(p + 12)};
    return ink_in_reach(point->x) && ink_in_reach(point->y) && ink_in_reach(point->pressure) && !isinf(point->t);
}

static outcome apply_stroke(ink *drawing, ink_kind kind, const record *r)
{
    size_t count = r->len / POINT;
    ink_point *point;
    outcome result = INVALID;

    if (count == 0 || r->len != 4 + POINT * count || count > (size_t)ink_room(drawing))
        return INVALID;
    point = nn_alloc(count, sizeof *point);
    if (!point)
        return NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (!get_point(&point[i], r->payload + 4 + POINT * i))
            goto done;
    if (ink_in_reach(get_float(r->payload)) && get_float(r->payload) > 0)
        result = ink_add(drawing, kind, get_float(r->payload), point, (int)count) ? APPLIED : NO_MEMORY;
done:
    nn_free(point);
    return result;
}

static outcome replay(ink *drawing, const unsigned char *data, size_t len, bool nested, size_t *used);

static outcome apply_snapshot(ink *drawing, const record *r)
{
    ink whole;
    size_t used;
    outcome result;

    ink_init(&whole);
    result = replay(&whole, r->payload, r->len, true, &used);
    if (result == APPLIED && used != r->len)
        result = INVALID;
    if (result != APPLIED) {
        ink_free(&whole);
        return result;
    }
    ink_free(drawing);
    *drawing = whole;
    return APPLIED;
}

static outcome apply(ink *drawing, const record *r, bool nested)
{
    if (r->type == RECORD_PEN)
        return apply_stroke(drawing, INK_PEN, r);
    if (r->type == RECORD_ERASER)
        return apply_stroke(drawing, INK_ERASER, r);
    if (r->type == RECORD_SNAPSHOT && !nested)
        return apply_snapshot(drawing, r);
    if (r->len != 0)
        return INVALID;
    if (r->type == RECORD_CLEAR)
        return ink_clear(drawing) ? APPLIED : NO_MEMORY;
    if (r->type == RECORD_UNDO)
        return ink_undo(drawing) ? APPLIED : INVALID;
    if (r->type == RECORD_REDO)
        return ink_redo(drawing) ? APPLIED : INVALID;
    return INVALID;
}

/* Applies records until the end or one that is torn or wrong; *used is what was applied. NO_MEMORY or APPLIED. */
static outcome replay(ink *drawing, const unsigned char *data, size_t len, bool nested, size_t *used)
{
    record r;

    *used = 0;
    while (get_record(&r, data + *used, len - *used)) {
        outcome result = apply(drawing, &r, nested);
        if (result != APPLIED)
            return result == NO_MEMORY ? NO_MEMORY : APPLIED;
        *used += FRAME + r.len;
    }
    return APPLIED;
}

size_t journal_replay(ink *drawing, const unsigned char *data, size_t len)
{
    size_t used;

    replay(drawing, data, len, false, &used);
    return used;
}

/* ---- the worker ------------------------------------------------------------------------------------------------- */

static void note_sync(journal *self, bool ok, const nn_error *why)
{
    self->failures = ok ? 0 : self->failures + 1;
    if (ok)
        return;
    self->sync_failed = true;
    self->why = *why;
    if (self->tell)
        self->tell(self->ctx);
}

static void pause_syncing(journal *self)
{
    double began = clock_seconds(), still = SYNC_SECONDS;

    while (!self->quit && still > 0) {
        platform_wait_at_most(&self->wake, &self->lock, still);
        still = began + SYNC_SECONDS - clock_seconds();
    }
}

static void *sync_loop(void *arg)
{
    journal *self = arg;

    pthread_mutex_lock(&self->lock);
    for (;;) {
        nn_error why;
        bool ok;
        while (!self->dirty && !self->quit)
            pthread_cond_wait(&self->wake, &self->lock);
        if (!self->dirty)
            break;
        self->dirty = false;
        pthread_mutex_unlock(&self->lock); /* drawing goes on while the disk works */
        ok = nn_log_sync(self->log, &why);
        pthread_mutex_lock(&self->lock);
        note_sync(self, ok, &why);
        pause_syncing(self);
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

/* Signals stay with the main thread, whose wait for events they must end. */
static bool start_worker(journal *self, nn_error *err)
{
    sigset_t all, before;

    pthread_mutex_init(&self->lock, NULL);
    platform_new_condition(&self->wake);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = nn_thread_start(&self->worker, sync_loop, self);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started || nn_fail(err, NN_NOMEM, 0, "cannot start a thread for the journal");
}

static void wake_worker(journal *self)
{
    pthread_mutex_lock(&self->lock);
    self->dirty = true;
    pthread_cond_signal(&self->wake);
    pthread_mutex_unlock(&self->lock);
}

/* Whether the disk took what it was given, the last two times at least once: one failure is made good in silence. */
static bool heed_sync(journal *self, nn_error *err)
{
    pthread_mutex_lock(&self->lock);
    bool failed = self->sync_failed, sound = self->failures < 2;
    self->sync_failed = false;
    if (!sound)
        *err = self->why;
    pthread_mutex_unlock(&self->lock);
    if (failed) {
        self->suspect = true;
        self->done = OUT_OF_STEP;
    }
    return sound;
}

/* ---- the journal ------------------------------------------------------------------------------------------------ */

/* Reads what the last run left and cuts off what is torn. An empty canvas is nothing to come back to. */
static bool recover(journal *self, const char *path, ink *recovered, nn_error *err)
{
    unsigned char *data;
    size_t len, used;
    outcome result;

    nn_file_exempt(true);
    bool ok = nn_file_read(path, MAX_BYTES, &data, &len, err);
    nn_file_exempt(false);
    if (!ok)
        return false;
    result = replay(recovered, data, len, false, &used);
    nn_free(data);
    if (result == NO_MEMORY)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the last drawing");
    if (ink_is_empty(recovered)) {
        ink_free(recovered);
        used = 0;
    }
    self->done = ink_position(recovered);
    return used == len || nn_log_truncate(self->log, used, err);
}

bool journal_open(journal **out, const paths *where, ink *recovered, nn_error *err)
{
    char path[PATHS_MAX];
    journal *self;

    *out = NULL;
    if (!paths_join(path, where->state, "journal"))
        return nn_fail(err, NN_IO, 0, "no folder for the journal: HOME is not set");
    if (!nn_file_mkdirs(where->state, err))
        return false;
    self = nn_alloc(1, sizeof *self);
    if (!self)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    memcpy(self->folder, where->state, sizeof self->folder);
    if (!nn_log_open(&self->log, path, err) || !recover(self, path, recovered, err) || !start_worker(self, err))
        goto fail;
    *out = self;
    return true;

fail:
    ink_free(recovered);
    nn_log_close(self->log);
    nn_free(self);
    return false;
}

static bool append(journal *self, const unsigned char *data, size_t len, nn_error *err)
{
    if (len > MAX_BYTES - nn_log_size(self->log))
        return nn_fail(err, NN_LIMIT, 0, "the journal is full; it goes on after the next clear");
    return nn_log_append(self->log, data, len, err);
}

/* One record: the drawing's last entry in force, or an undo or redo. */
static bool write_step(journal *self, const ink *drawing, journal_op op, nn_error *err)
{
    const ink_entry *entry = &drawing->entry[op == JOURNAL_ENTRY ? drawing->done - 1 : 0];
    size_t len = op == JOURNAL_ENTRY ? entry_bytes(entry) : FRAME;
    unsigned char *data = nn_alloc(len, 1);
    bool ok;

    if (!data)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    if (op == JOURNAL_ENTRY)
        put_entry(data, drawing, entry);
    else
        seal(data, data + HEAD, op == JOURNAL_UNDO ? RECORD_UNDO : RECORD_REDO);
    ok = append(self, data, len, err);
    nn_free(data);
    return ok;
}

/* All that the file says from now on. */
static bool write_whole(journal *self, const unsigned char *data, size_t len, nn_error *err)
{
    if (!self->suspect)
        return len > 0 ? append(self, data, len, err) : nn_log_truncate(self->log, 0, err);
    self->suspect = !nn_log_replace(self->log, data, len, err);
    return !self->suspect;
}

static bool write_snapshot(journal *self, const ink *drawing, nn_error *err)
{
    size_t len = snapshot_bytes(drawing);
    unsigned char *data = nn_alloc(len, 1);
    bool ok;

    if (!data)
        return nn_fail(err, NN_NOMEM, 0, "out of memory");
    put_snapshot(data, drawing);
    ok = write_whole(self, data, len, err);
    nn_free(data);
    return ok;
}

/* Does the change lead on from what the file says? */
static bool follows(const journal *self, const ink *drawing, journal_op op)
{
    int now = ink_position(drawing);

    return now == self->done + (op == JOURNAL_UNDO ? -1 : 1) && now >= self->base;
}

/* Notes how a write went that was to make the file stand for the drawing's history from `base` on. */
static bool finish(journal *self, const ink *drawing, int base, bool ok)
{
    self->base = base;
    self->done = ok ? ink_position(drawing) : OUT_OF_STEP;
    wake_worker(self);
    return ok;
}

/* A file that was removed, or whose folder was, is made anew; nothing is in it yet. */
static bool keep_file(journal *self, nn_error *err)
{
    if (nn_log_is_there(self->log))
        return true;
    self->done = OUT_OF_STEP;
    self->suspect = false;
    return nn_file_mkdirs(self->folder, err) && nn_log_renew(self->log, err);
}

static bool ends_with_clear(const ink *drawing)
{
    return drawing->done > 0 && drawing->entry[drawing->done - 1].kind == INK_CLEAR;
}

static bool reset(journal *self, const ink *drawing, nn_error *err)
{
    if (!keep_file(self, err))
        return false;
    return finish(self, drawing, 0,
                  drawing->n_entries == 0 ? write_whole(self, NULL, 0, err) : write_snapshot(self, drawing, err));
}

static bool write_change(journal *self, const ink *drawing, journal_op op, nn_error *err)
{
    if (!keep_file(self, err))
        return false;
    if (op == JOURNAL_ENTRY && ends_with_clear(drawing) && nn_log_size(self->log) > ROTATE_ABOVE)
        return finish(self, drawing, ink_position(drawing), write_whole(self, NULL, 0, err));
    if (!follows(self, drawing, op))
        return reset(self, drawing, err);
    return finish(self, drawing, self->base, write_step(self, drawing, op, err));
}

bool journal_write(journal *self, const ink *drawing, journal_op op, nn_error *err)
{
    if (!self)
        return true;
    bool sound = heed_sync(self, err);
    return write_change(self, drawing, op, err) && sound;
}

bool journal_reset(journal *self, const ink *drawing, nn_error *err)
{
    if (!self)
        return true;
    bool sound = heed_sync(self, err);
    return reset(self, drawing, err) && sound;
}

bool journal_tend(journal *self, const ink *drawing, nn_error *err)
{
    if (!self)
        return true;
    bool sound = heed_sync(self, err);
    return !self->suspect || (sound && reset(self, drawing, err));
}

void journal_watch(journal *self, void (*tell)(void *ctx), void *ctx)
{
    if (!self)
        return;
    pthread_mutex_lock(&self->lock);
    self->tell = tell;
    self->ctx = ctx;
    pthread_mutex_unlock(&self->lock);
}

void journal_close(journal *self)
{
    if (!self)
        return;
    pthread_mutex_lock(&self->lock);
    self->quit = true;
    pthread_cond_signal(&self->wake);
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->worker, NULL);
    pthread_cond_destroy(&self->wake);
    pthread_mutex_destroy(&self->lock);
    nn_log_close(self->log);
    nn_free(self);
}
