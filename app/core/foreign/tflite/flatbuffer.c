/* flatbuffer.c - offsets followed within the file.
 *
 * A table begins with the distance back to its list of fields: two bytes each for the size of that list and of the
 * table, then the place of each field in the table, 0 where it is left out. Tables and lists lie ahead of what names
 * them, so nothing can be named in a circle. */
#include "flatbuffer.h"
#include <string.h>

enum { OFFSET = 4, PLACE = 2 };

static bool is_within(flatbuffer *file, size_t at, size_t bytes)
{
    bool ok = at <= file->len && bytes <= file->len - at;
    file->damaged = file->damaged || !ok;
    return ok;
}

/* Little endian, without a sign; 0 where it would lie outside. */
static uint64_t bits_at(flatbuffer *file, size_t at, size_t bytes)
{
    uint64_t bits = 0;
    if (!is_within(file, at, bytes))
        return 0;
    for (size_t i = 0; i < bytes; i++)
        bits |= (uint64_t)file->data[at + i] << 8 * i;
    return bits;
}

static int64_t with_sign(uint64_t bits, size_t bytes)
{
    return bytes == 1 ? (int8_t)bits : bytes == 2 ? (int16_t)bits : bytes == 4 ? (int32_t)bits : (int64_t)bits;
}

static float as_real(uint64_t bits)
{
    uint32_t word = (uint32_t)bits;
    float value;
    memcpy(&value, &word, sizeof value);
    return value;
}

/* Where an offset leads: ahead, never to itself. 0: nowhere. */
static size_t follow(flatbuffer *file, size_t at)
{
    size_t ahead = (size_t)bits_at(file, at, OFFSET);
    if (ahead == 0) {
        file->damaged = true;
        return 0;
    }
    return is_within(file, at, ahead) ? at + ahead : 0;
}

/* Where a field lies; 0: it is left out. */
static size_t place_of(flat_table table, int field)
{
    flatbuffer *file = table.file;
    if (table.at == 0)
        return 0;
    int64_t fields = (int64_t)table.at - with_sign(bits_at(file, table.at, OFFSET), OFFSET);
    if (fields < 0 || !is_within(file, (size_t)fields, 2 * PLACE)) {
        file->damaged = true;
        return 0;
    }
    size_t at = 2 * PLACE + PLACE * (size_t)field, size = (size_t)bits_at(file, (size_t)fields, PLACE);
    size_t place = at + PLACE <= size ? (size_t)bits_at(file, (size_t)fields + at, PLACE) : 0;
    return place ? table.at + place : 0;
}

flat_table flat_root(flatbuffer *file)
{
    return (flat_table){file, follow(file, 0)};
}

int64_t flat_whole(flat_table table, int field, size_t bytes, int64_t usual)
{
    size_t at = place_of(table, field);
    return at ? with_sign(bits_at(table.file, at, bytes), bytes) : usual;
}

float flat_real(flat_table table, int field, float usual)
{
    size_t at = place_of(table, field);
    return at ? as_real(bits_at(table.file, at, sizeof usual)) : usual;
}

flat_table flat_inner(flat_table table, int field)
{
    size_t at = place_of(table, field);
    return (flat_table){table.file, at ? follow(table.file, at) : 0};
}

flat_list flat_elements(flat_table table, int field, size_t each)
{
    flatbuffer *file = table.file;
    flat_list list = {.file = file, .each = each};
    size_t place = place_of(table, field), at = place ? follow(file, place) : 0;
    size_t count = at ? (size_t)bits_at(file, at, OFFSET) : 0;
    if (count == 0 || !is_within(file, at + OFFSET, 0))
        return list;
    if (count > (file->len - at - OFFSET) / each) {
        file->damaged = true;
        return list;
    }
    list.at = at + OFFSET;
    list.count = count;
    return list;
}

int64_t flat_whole_at(flat_list list, size_t i)
{
    return with_sign(bits_at(list.file, list.at + i * list.each, list.each), list.each);
}

float flat_real_at(flat_list list, size_t i)
{
    return as_real(bits_at(list.file, list.at + i * list.each, list.each));
}

flat_table flat_table_at(flat_list list, size_t i)
{
    return (flat_table){list.file, follow(list.file, list.at + i * OFFSET)};
}
