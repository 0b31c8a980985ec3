/* fuzz_journal.c - journals: what is replayed is a sound drawing, and the valid prefix alone gives the same one. */
#include "app/core/drawing/journal.h"
#include "fuzz.h"
#include "nn/alloc.h"
#include "nn/file.h"
#include "sound.h"
#include "tests/support/temp.h"
#include <math.h>
#include <string.h>
#include <zlib.h>

const char *const fuzz_words[] = {"\x01", "\x02", "\x06", "\x7f\x80", "\xff\xff\xff\xff", "\x80\x7f", NULL};

enum { MAX_JOURNAL = 1 << 20 };

static void write_step(journal *log, const ink *drawing, journal_op op)
{
    nn_error err = {0};
    FUZZ_REQUIRE(journal_write(log, drawing, op, &err));
}

static void add_stroke(journal *log, ink *drawing, ink_kind kind, int points)
{
    ink_point p[8];
    for (int i = 0; i < points; i++)
        p[i] = (ink_point){(float)(20 * i), (float)(i * i), i ? (float)i : NAN, 0.5f};
    FUZZ_REQUIRE(ink_add(drawing, kind, 30, p, points));
    write_step(log, drawing, JOURNAL_ENTRY);
}

/* The file as it is now; a journal is readable at any moment. */
static void add_file(void (*add)(const void *data, size_t len))
{
    unsigned char *data;
    size_t len;
    nn_error err = {0};
    FUZZ_REQUIRE(nn_file_read(temp_path("journal"), MAX_JOURNAL, &data, &len, &err));
    add(data, len);
    nn_free(data);
}

void fuzz_seeds(void (*add)(const void *data, size_t len))
{
    paths where;
    journal *log;
    ink drawing;
    nn_error err = {0};
    paths_find(&where, temp_make());
    ink_init(&drawing);
    FUZZ_REQUIRE(journal_open(&log, &where, &drawing, &err));
    add_stroke(log, &drawing, INK_PEN, 5);
    add_stroke(log, &drawing, INK_PEN, 1);
    add_stroke(log, &drawing, INK_ERASER, 2);
    add_file(add);
    FUZZ_REQUIRE(ink_undo(&drawing));
    write_step(log, &drawing, JOURNAL_UNDO);
    FUZZ_REQUIRE(ink_redo(&drawing));
    write_step(log, &drawing, JOURNAL_REDO);
    FUZZ_REQUIRE(ink_clear(&drawing));
    write_step(log, &drawing, JOURNAL_ENTRY);
    add_file(add);
    FUZZ_REQUIRE(ink_undo(&drawing) && ink_undo(&drawing));
    FUZZ_REQUIRE(journal_reset(log, &drawing, &err));
    add_file(add);
    journal_close(log);
    ink_free(&drawing);
    temp_remove();
}

/* Puts the right checksum behind each record that is long enough to have one, or no mutation would get past it. */
static void mend_checksums(uint8_t *data, size_t len)
{
    for (size_t at = 0; len - at >= 12;) {
        size_t payload =
            (size_t)data[at] | (size_t)data[at + 1] << 8 | (size_t)data[at + 2] << 16 | (size_t)data[at + 3] << 24;
        if (payload > len - at - 12)
            return;
        uint32_t sum = (uint32_t)crc32(0, data + at, (uInt)(8 + payload));
        for (size_t i = 0; i < 4; i++)
            data[at + 8 + payload + i] = (uint8_t)(sum >> 8 * i);
        at += 12 + payload;
    }
}

static void replay(const uint8_t *data, size_t len)
{
    ink first, second;
    ink_init(&first);
    ink_init(&second);
    size_t used = journal_replay(&first, data, len);
    FUZZ_REQUIRE(used <= len);
    FUZZ_REQUIRE(!first.drawing);
    require_sound_ink(&first);
    FUZZ_REQUIRE(journal_replay(&second, data, used) == used);
    FUZZ_REQUIRE(first.done == second.done && first.n_entries == second.n_entries && first.n_points == second.n_points);
    ink_free(&first);
    ink_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    replay(data, len);
    uint8_t *mended = malloc(len + 1);
    FUZZ_REQUIRE(mended != NULL);
    memcpy(mended, data, len);
    mend_checksums(mended, len);
    replay(mended, len);
    free(mended);
    return 0;
}
