/* picture_pnm.c - the six kinds of PNM: bits, greys and colours, as text or as bytes. */
#include "picture_decode.h"

typedef struct reader {
    bytes b;
    size_t at;
    bool lacks_number; /* where the text ought to have one */
} reader;

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_space(reader *r)
{
    bool comment = false;
    for (; r->at < r->b.len; r->at++) {
        unsigned char c = r->b.data[r->at];
        comment = comment ? c != '\n' : c == '#';
        if (!comment && !is_space(c))
            return;
    }
}

/* Text, at most 2^24. */
static uint32_t read_number(reader *r)
{
    enum { MOST = 1 << 24 };
    uint32_t value = 0;
    skip_space(r);
    size_t begin = r->at;
    for (; r->at < r->b.len && r->b.data[r->at] >= '0' && r->b.data[r->at] <= '9'; r->at++) {
        value = 10 * value + r->b.data[r->at] - '0';
        value = value < MOST ? value : MOST;
    }
    r->lacks_number |= r->at == begin;
    return value;
}

/* One of text's bits need not be apart from the next. */
static uint32_t read_bit(reader *r)
{
    skip_space(r);
    uint32_t bit = bytes_big(r->b, r->at, 1) - '0';
    r->lacks_number |= bit > 1;
    r->at += bit <= 1;
    return bit;
}

typedef struct layout {
    char kind; /* '1' to '6' */
    uint32_t w, h, most;
    size_t row; /* bytes of a row of samples, at least */
} layout;

static bool read_layout(reader *r, layout *l)
{
    l->kind = (char)bytes_big(r->b, 1, 1);
    r->at = 2;
    l->w = read_number(r);
    l->h = read_number(r);
    l->most = l->kind == '1' || l->kind == '4' ? 1 : read_number(r);
    r->at += l->kind >= '4'; /* one space */
    size_t samples = (size_t)l->w * (l->kind == '3' || l->kind == '6' ? 3 : 1);
    l->row = l->kind == '4' ? (l->w + 7) / 8 : l->kind >= '5' && l->most > 255 ? 2 * samples : samples;
    return l->most > 0 && l->most < 1 << 16 && r->at <= r->b.len && !r->lacks_number;
}

/* From 0 to 255. */
static unsigned char read_sample(reader *r, const layout *l, uint32_t x)
{
    uint32_t value;
    switch (l->kind) {
    case '1': return read_bit(r) ? 0 : 255;
    case '4': value = bytes_big(r->b, r->at + x / 8, 1) >> (7 - x % 8) & 1; return value ? 0 : 255;
    case '2':
    case '3': value = read_number(r); break;
    default: value = bytes_big(r->b, r->at, l->most > 255 ? 2 : 1); r->at += l->most > 255 ? 2 : 1;
    }
    return (unsigned char)((255 * (value < l->most ? value : l->most) + l->most / 2) / l->most);
}

static void read_row(reader *r, const layout *l, unsigned char *rgba)
{
    bool coloured = l->kind == '3' || l->kind == '6';
    for (uint32_t x = 0; x < l->w; x++, rgba += 4) {
        rgba[0] = rgba[1] = rgba[2] = read_sample(r, l, x);
        rgba[3] = 255;
        for (int c = 1; c < 3 && coloured; c++)
            rgba[c] = read_sample(r, l, x);
    }
    if (l->kind == '4')
        r->at += l->row;
}

/* Every sample takes room in the file, so that a small one cannot ask for much memory. */
bool picture_decode_pnm(decoded *out, bytes b, nn_error *err)
{
    reader r = {.b = b};
    layout l;
    if (!read_layout(&r, &l))
        return nn_fail(err, NN_FORMAT, 0, "the picture is broken");
    if (!picture_size_is_fit(l.w, l.h, err))
        return false;
    if (l.row * l.h > b.len - r.at)
        return nn_fail(err, NN_FORMAT, 0, "the picture is broken: it is cut short");
    if (!picture_decoded_room(out, l.w, l.h, err))
        return false;
    for (uint32_t y = 0; y < l.h && !r.lacks_number; y++)
        read_row(&r, &l, out->rgba + 4 * (size_t)y * l.w);
    if (r.lacks_number && r.at < b.len)
        return nn_fail(err, NN_FORMAT, 0, "the picture is broken");
    return (!r.lacks_number && r.at <= b.len) || nn_fail(err, NN_FORMAT, 0, "the picture is broken: it is cut short");
}
