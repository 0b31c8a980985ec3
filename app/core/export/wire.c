/* wire.c - numbers of seven bits a byte, lengths before what they count. */
#include "wire.h"
#include <string.h>

enum { VARINT = 0, COUNTED = 2, FIXED32 = 5 }; /* wire types */

static void add_varint(buffer *b, uint64_t value)
{
    for (; value > 0x7f; value >>= 7)
        buffer_add_bytes(b, (const char[]){(char)(0x80 | (value & 0x7f))}, 1);
    buffer_add_bytes(b, (const char[]){(char)value}, 1);
}

static void add_tag(buffer *b, int field, int type)
{
    add_varint(b, (uint64_t)field << 3 | (uint64_t)type);
}

static void add_float(buffer *b, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const char bytes[] = {(char)bits, (char)(bits >> 8), (char)(bits >> 16), (char)(bits >> 24)};
    buffer_add_bytes(b, bytes, sizeof bytes);
}

void wire_number(buffer *b, int field, uint64_t value)
{
    add_tag(b, field, VARINT);
    add_varint(b, value);
}

void wire_float(buffer *b, int field, float value)
{
    add_tag(b, field, FIXED32);
    add_float(b, value);
}

static void add_counted(buffer *b, int field, const char *bytes, size_t count)
{
    add_tag(b, field, COUNTED);
    add_varint(b, count);
    buffer_add_bytes(b, bytes, count);
}

void wire_text(buffer *b, int field, const char *text)
{
    add_counted(b, field, text, strlen(text));
}

void wire_floats(buffer *b, int field, const float *values, size_t count)
{
    add_tag(b, field, COUNTED);
    add_varint(b, count * sizeof *values);
    for (size_t i = 0; i < count; i++)
        add_float(b, values[i]);
}

void wire_message(buffer *b, int field, buffer *message)
{
    add_counted(b, field, message->data ? message->data : "", message->len);
    b->failed = b->failed || message->failed;
    buffer_free(message);
}
