/* pickle.c - the stack machine of pickles, of which no instruction runs anything. */
#include "pickle.h"
#include "nn/alloc.h"
#include <string.h>

enum { NONE = -1, MARK = -2, MAX_VALUES = 1 << 20 };

/* The instructions that files of tensors are made of, by the names of pickletools. */
enum {
    OP_MARK = '(',
    OP_STOP = '.',
    OP_POP = '0',
    OP_DUP = '2',
    OP_NONE = 'N',
    OP_BININT = 'J',
    OP_BININT1 = 'K',
    OP_BININT2 = 'M',
    OP_LONG1 = 0x8a,
    OP_NEWTRUE = 0x88,
    OP_NEWFALSE = 0x89,
    OP_BINFLOAT = 'G',
    OP_BINUNICODE = 'X',
    OP_SHORT_BINUNICODE = 0x8c,
    OP_BINUNICODE8 = 0x8d,
    OP_BINSTRING = 'T',
    OP_SHORT_BINSTRING = 'U',
    OP_BINBYTES = 'B',
    OP_SHORT_BINBYTES = 'C',
    OP_EMPTY_LIST = ']',
    OP_EMPTY_TUPLE = ')',
    OP_EMPTY_DICT = '}',
    OP_EMPTY_SET = 0x8f,
    OP_TUPLE = 't',
    OP_TUPLE1 = 0x85,
    OP_TUPLE2 = 0x86,
    OP_TUPLE3 = 0x87,
    OP_APPEND = 'a',
    OP_APPENDS = 'e',
    OP_ADDITEMS = 0x90,
    OP_SETITEM = 's',
    OP_SETITEMS = 'u',
    OP_BINPUT = 'q',
    OP_LONG_BINPUT = 'r',
    OP_MEMOIZE = 0x94,
    OP_BINGET = 'h',
    OP_LONG_BINGET = 'j',
    OP_GLOBAL = 'c',
    OP_STACK_GLOBAL = 0x93,
    OP_REDUCE = 'R',
    OP_NEWOBJ = 0x81,
    OP_BUILD = 'b',
    OP_BINPERSID = 'Q',
    OP_PROTO = 0x80,
    OP_FRAME = 0x95,
};

typedef struct machine {
    pickle *p;
    const unsigned char *data;
    size_t len, at;
    int *stack, *memo;
    int depth, room, n_memo, room_memo;
    nn_error *err;
} machine;

void pickle_free(pickle *self)
{
    nn_free(self->value);
    nn_free(self->cell);
    *self = (pickle){0};
}

/* ---- values ------------------------------------------------------------------------------------------------------- */

/* The items with room for one more; NULL when there are too many, or out of memory. */
static void *grown(void *items, int count, int *room, size_t size, nn_error *err)
{
    if (count < *room)
        return items;
    size_t more = nn_room((size_t)count + 1);
    void *bigger = count < MAX_VALUES ? nn_realloc(items, (size_t)*room, more, size) : NULL;
    if (!bigger && count >= MAX_VALUES)
        nn_fail(err, NN_LIMIT, 0, "its pickle has more than %d values", MAX_VALUES);
    else if (!bigger)
        nn_fail(err, NN_NOMEM, 0, "out of memory for the pickle");
    *room = bigger ? (int)more : *room;
    return bigger;
}

static bool broken(machine *m)
{
    return nn_fail(m->err, NN_FORMAT, m->at, "its pickle is broken or cut short at byte %zu", m->at);
}

static bool push(machine *m, int value)
{
    int *stack = grown(m->stack, m->depth, &m->room, sizeof *stack, m->err);
    if (!stack)
        return false;
    m->stack = stack;
    m->stack[m->depth++] = value;
    return true;
}

/* The top of the stack that is no mark. */
static bool pop(machine *m, int *value)
{
    if (m->depth == 0 || m->stack[m->depth - 1] == MARK)
        return broken(m);
    *value = m->stack[--m->depth];
    return true;
}

/* A new value on top. */
static pickle_value *push_new(machine *m, pickle_kind kind)
{
    pickle *p = m->p;
    pickle_value *values = grown(p->value, p->n_values, &p->room_values, sizeof *values, m->err);
    if (!values)
        return NULL;
    p->value = values;
    if (!push(m, p->n_values))
        return NULL;
    values[p->n_values] = (pickle_value){.kind = kind, .first = NONE, .last = NONE};
    return &values[p->n_values++];
}

static bool append(machine *m, int to, int item)
{
    pickle *p = m->p;
    pickle_cell *cells = grown(p->cell, p->n_cells, &p->room_cells, sizeof *cells, m->err);
    if (!cells)
        return false;
    p->cell = cells;
    pickle_value *list = &p->value[to];
    cells[p->n_cells] = (pickle_cell){item, NONE};
    if (list->last == NONE)
        list->first = p->n_cells;
    else
        cells[list->last].next = p->n_cells;
    list->last = p->n_cells++;
    list->n++;
    return true;
}

int pickle_item(const pickle *self, int value, int i)
{
    int cell = value < 0 ? NONE : self->value[value].first;
    while (cell != NONE && i-- > 0)
        cell = self->cell[cell].next;
    return cell == NONE ? NONE : self->cell[cell].value;
}

bool pickle_is_text(const pickle *self, int value, const char *text)
{
    const pickle_value *v = value < 0 ? NULL : &self->value[value];
    return v && v->kind == PICKLE_TEXT && v->len == strlen(text) && memcmp(v->text, text, v->len) == 0;
}

bool pickle_is_global(const pickle *self, int value, const char *module, const char *name)
{
    return value >= 0 && self->value[value].kind == PICKLE_GLOBAL &&
           pickle_is_text(self, pickle_item(self, value, 0), module) &&
           pickle_is_text(self, pickle_item(self, value, 1), name);
}

/* ---- reading ------------------------------------------------------------------------------------------------------- */

/* The next n bytes; NULL past the end. */
static const unsigned char *take(machine *m, size_t n)
{
    if (n > m->len - m->at) {
        broken(m);
        return NULL;
    }
    m->at += n;
    return m->data + m->at - n;
}

/* A number of `bytes` bytes, little endian, no sign. */
static bool take_number(machine *m, size_t bytes, uint64_t *number)
{
    const unsigned char *from = take(m, bytes);
    *number = 0;
    for (size_t i = bytes; from && i > 0; i--)
        *number = *number << 8 | from[i - 1];
    return from;
}

static bool push_whole(machine *m, int64_t whole)
{
    pickle_value *value = push_new(m, PICKLE_WHOLE);
    if (value)
        value->whole = whole;
    return value;
}

/* In two's complement; one that is longer than 8 bytes is kept as these. */
static bool read_whole(machine *m, size_t bytes)
{
    const unsigned char *from = take(m, bytes);
    pickle_value *value = from ? push_new(m, PICKLE_WHOLE) : NULL;
    if (!value)
        return false;
    uint64_t number = bytes > 0 && from[bytes - 1] & 0x80 ? UINT64_MAX : 0;
    for (size_t i = bytes; bytes <= 8 && i > 0; i--)
        number = number << 8 | from[i - 1];
    value->whole = bytes > 8 ? 0 : (int64_t)number;
    value->text = (const char *)from;
    value->len = bytes;
    return true;
}

static bool read_unsigned(machine *m, size_t bytes)
{
    uint64_t number;
    return take_number(m, bytes, &number) && push_whole(m, (int64_t)number);
}

/* A float, the highest byte first. */
static bool read_real(machine *m)
{
    const unsigned char *from = take(m, 8);
    pickle_value *value = from ? push_new(m, PICKLE_REAL) : NULL;
    return value;
}

static bool push_text(machine *m, const unsigned char *text, size_t len)
{
    pickle_value *value = push_new(m, PICKLE_TEXT);
    if (!value)
        return false;
    value->text = (const char *)text;
    value->len = len;
    return true;
}

/* A text behind its length of so many bytes. */
static bool read_text(machine *m, size_t bytes)
{
    uint64_t len;
    if (!take_number(m, bytes, &len))
        return false;
    if (len > m->len - m->at)
        return broken(m);
    return push_text(m, take(m, (size_t)len), (size_t)len);
}

static bool read_line(machine *m)
{
    const unsigned char *from = m->data + m->at, *end = memchr(from, '\n', m->len - m->at);
    if (!end)
        return broken(m);
    m->at += (size_t)(end - from) + 1;
    return push_text(m, from, (size_t)(end - from));
}

/* ---- instructions --------------------------------------------------------------------------------------------------- */

/* Makes one value of the n on top. */
static bool gather(machine *m, pickle_kind kind, int n)
{
    if (n < 0 || n > m->depth)
        return broken(m);
    int first = m->depth - n;
    for (int i = first; i < m->depth; i++)
        if (m->stack[i] == MARK)
            return broken(m);
    if (!push_new(m, kind))
        return false;
    int whole = m->stack[--m->depth];
    for (int i = first; i < first + n; i++)
        if (!append(m, whole, m->stack[i]))
            return false;
    m->depth = first;
    return push(m, whole);
}

/* How many values lie above the last mark, which goes away; -1 where there is none. */
static int lift_mark(machine *m)
{
    int at = m->depth - 1;
    while (at >= 0 && m->stack[at] != MARK)
        at--;
    int n = at < 0 ? -1 : m->depth - 1 - at;
    for (int i = at; at >= 0 && i < m->depth - 1; i++)
        m->stack[i] = m->stack[i + 1];
    m->depth -= at >= 0;
    return n;
}

/* Puts the n values on top into the container below them; into what is none, nothing. */
static bool add_items(machine *m, int n, bool pairs)
{
    if (n < 0 || n >= m->depth || (pairs && n % 2) || m->stack[m->depth - n - 1] == MARK)
        return broken(m);
    int to = m->stack[m->depth - n - 1];
    pickle_kind kind = m->p->value[to].kind;
    bool takes = pairs ? kind == PICKLE_DICT : kind == PICKLE_LIST;
    for (int i = m->depth - n; i < m->depth; i++)
        if (m->stack[i] == MARK || (takes && !append(m, to, m->stack[i])))
            return m->stack[i] == MARK ? broken(m) : false;
    m->depth -= n;
    return true;
}

static bool keep(machine *m, uint64_t index)
{
    if (m->depth == 0 || index >= MAX_VALUES)
        return broken(m);
    while (m->n_memo <= (int)index) {
        int *memo = grown(m->memo, m->n_memo, &m->room_memo, sizeof *memo, m->err);
        if (!memo)
            return false;
        m->memo = memo;
        m->memo[m->n_memo++] = NONE;
    }
    m->memo[index] = m->stack[m->depth - 1];
    return m->memo[index] != MARK || broken(m);
}

static bool fetch(machine *m, uint64_t index)
{
    if (index >= (uint64_t)m->n_memo || m->memo[index] == NONE)
        return broken(m);
    return push(m, m->memo[index]);
}

/* An ordered dictionary is one with the pairs that it is made of, if any; all else is kept as a call. */
static bool call(machine *m)
{
    const pickle *p = m->p;
    int called = m->depth > 1 ? m->stack[m->depth - 2] : NONE, arguments = m->depth > 1 ? m->stack[m->depth - 1] : NONE;
    if (called < 0 || arguments < 0 || p->value[arguments].kind != PICKLE_TUPLE)
        return broken(m);
    if (!pickle_is_global(p, called, "collections", "OrderedDict") &&
        !pickle_is_global(p, called, "collections", "defaultdict"))
        return gather(m, PICKLE_OBJECT, 2);
    m->depth -= 2;
    if (!push_new(m, PICKLE_DICT))
        return false;
    int dict = m->stack[m->depth - 1], pairs = pickle_item(p, arguments, 0);
    bool listed = pairs >= 0 && p->value[pairs].kind == PICKLE_LIST;
    for (int cell = listed ? p->value[pairs].first : NONE; cell != NONE; cell = p->cell[cell].next) {
        int pair = p->cell[cell].value;
        if (p->value[pair].n == 2 &&
            (!append(m, dict, pickle_item(p, pair, 0)) || !append(m, dict, pickle_item(p, pair, 1))))
            return false;
    }
    return true;
}

/* The state of an object, which a dictionary has none of. */
static bool build(machine *m)
{
    int state = NONE, object = m->depth > 1 ? m->stack[m->depth - 2] : NONE;
    if (object < 0 || !pop(m, &state))
        return broken(m);
    return m->p->value[object].kind != PICKLE_OBJECT || append(m, object, state);
}

/* Instructions that an argument follows. */
static bool step_with_argument(machine *m, int op)
{
    uint64_t n;
    switch (op) {
    case OP_PROTO: return take(m, 1);
    case OP_FRAME: return take(m, 8);
    case OP_BININT: return read_whole(m, 4);
    case OP_BININT1: return read_unsigned(m, 1);
    case OP_BININT2: return read_unsigned(m, 2);
    case OP_LONG1: return take_number(m, 1, &n) && read_whole(m, (size_t)n);
    case OP_BINFLOAT: return read_real(m);
    case OP_SHORT_BINUNICODE:
    case OP_SHORT_BINBYTES:
    case OP_SHORT_BINSTRING: return read_text(m, 1);
    case OP_BINUNICODE:
    case OP_BINBYTES:
    case OP_BINSTRING: return read_text(m, 4);
    case OP_BINUNICODE8: return read_text(m, 8);
    case OP_BINPUT: return take_number(m, 1, &n) && keep(m, n);
    case OP_LONG_BINPUT: return take_number(m, 4, &n) && keep(m, n);
    case OP_BINGET: return take_number(m, 1, &n) && fetch(m, n);
    case OP_LONG_BINGET: return take_number(m, 4, &n) && fetch(m, n);
    case OP_GLOBAL: return read_line(m) && read_line(m) && gather(m, PICKLE_GLOBAL, 2);
    default:
        return nn_fail(m->err, NN_FORMAT, m->at, "its pickle has an instruction (0x%02x) that no file of tensors needs",
                       op);
    }
}

static bool step(machine *m, int op)
{
    int ignored;
    switch (op) {
    case OP_MARK: return push(m, MARK);
    case OP_POP: return pop(m, &ignored);
    case OP_DUP: return m->depth > 0 ? push(m, m->stack[m->depth - 1]) : broken(m);
    case OP_NONE: return push_new(m, PICKLE_NONE);
    case OP_NEWTRUE: return push_whole(m, 1);
    case OP_NEWFALSE: return push_whole(m, 0);
    case OP_EMPTY_SET:
    case OP_EMPTY_LIST: return push_new(m, PICKLE_LIST);
    case OP_EMPTY_TUPLE: return push_new(m, PICKLE_TUPLE);
    case OP_EMPTY_DICT: return push_new(m, PICKLE_DICT);
    case OP_TUPLE: return gather(m, PICKLE_TUPLE, lift_mark(m));
    case OP_TUPLE1: return gather(m, PICKLE_TUPLE, 1);
    case OP_TUPLE2: return gather(m, PICKLE_TUPLE, 2);
    case OP_TUPLE3: return gather(m, PICKLE_TUPLE, 3);
    case OP_APPEND: return add_items(m, 1, false);
    case OP_ADDITEMS:
    case OP_APPENDS: return add_items(m, lift_mark(m), false);
    case OP_SETITEM: return add_items(m, 2, true);
    case OP_SETITEMS: return add_items(m, lift_mark(m), true);
    case OP_MEMOIZE: return keep(m, (uint64_t)m->n_memo);
    case OP_STACK_GLOBAL: return gather(m, PICKLE_GLOBAL, 2);
    case OP_REDUCE: return call(m);
    case OP_NEWOBJ: return gather(m, PICKLE_OBJECT, 2);
    case OP_BUILD: return build(m);
    case OP_BINPERSID: return gather(m, PICKLE_OUTSIDE, 1);
    default: return step_with_argument(m, op);
    }
}

bool pickle_read(pickle *self, const unsigned char *data, size_t len, size_t *used, nn_error *err)
{
    machine m = {.p = self, .data = data, .len = len, .err = err};
    bool ok = true, stopped = false;
    *self = (pickle){0};
    while (ok && !stopped) {
        const unsigned char *op = take(&m, 1);
        stopped = op && *op == OP_STOP;
        ok = op && (stopped ? pop(&m, &self->root) : step(&m, *op));
    }
    *used = m.at;
    nn_free(m.stack);
    nn_free(m.memo);
    return ok;
}
