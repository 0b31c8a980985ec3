/* state.c - tensors by name; half and double floats. */
#include "state.h"
#include "nn/half.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void state_free(state_dict *self)
{
    for (int i = 0; i < self->n; i++)
        nn_free(self->tensor[i].values);
    nn_free(self->tensor);
    *self = (state_dict){0};
}

static bool make_room(state_dict *self, nn_error *err)
{
    if (self->n == STATE_MAX)
        return nn_fail(err, NN_LIMIT, 0, "more than %d tensors", STATE_MAX);
    if (self->n < self->room)
        return true;
    size_t room = nn_room((size_t)self->n + 1);
    state_tensor *more = nn_realloc(self->tensor, (size_t)self->room, room, sizeof *more);
    if (!more)
        return nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
    self->tensor = more;
    self->room = (int)room;
    return true;
}

state_tensor *state_add(state_dict *self, const char *name, state_type type, int rank, const size_t *dim, nn_error *err)
{
    if (!make_room(self, err))
        return NULL;
    state_tensor *tensor = &self->tensor[self->n];
    *tensor = (state_tensor){.rank = rank, .count = 1};
    snprintf(tensor->name, sizeof tensor->name, "%s", name);
    for (int i = 0; i < rank; i++) {
        if (i < STATE_RANK)
            tensor->dim[i] = dim[i];
        tensor->count = dim[i] != 0 && tensor->count > SIZE_MAX / dim[i] ? SIZE_MAX : tensor->count * dim[i];
    }
    if (type == STATE_WHOLE || rank > STATE_RANK) {
        self->n++;
        return tensor;
    }
    if (tensor->count > NN_MAX_FLOATS - self->floats) {
        nn_fail(err, NN_LIMIT, 0, "%s: more than %d weights in all", tensor->name, NN_MAX_FLOATS);
        return NULL;
    }
    tensor->values = nn_alloc(tensor->count > 0 ? tensor->count : 1, sizeof *tensor->values);
    if (!tensor->values) {
        nn_fail(err, NN_NOMEM, 0, "out of memory for the weights");
        return NULL;
    }
    self->floats += tensor->count;
    self->n++;
    return tensor;
}

/* "conv10" behind "conv9". */
static int by_name(const void *a, const void *b)
{
    const char *x = ((const state_tensor *)a)->name, *y = ((const state_tensor *)b)->name;
    for (;;) {
        if (isdigit((unsigned char)*x) && isdigit((unsigned char)*y)) {
            size_t n = (x += strspn(x, "0"), strspn(x, "0123456789")),
                   m = (y += strspn(y, "0"), strspn(y, "0123456789"));
            int order = n != m ? (n > m) - (n < m) : strncmp(x, y, n);
            if (order != 0)
                return order;
            x += n;
            y += m;
        } else if (*x != *y || !*x) {
            return (unsigned char)*x - (unsigned char)*y;
        } else {
            x++;
            y++;
        }
    }
}

void state_sort(state_dict *self)
{
    if (self->n > 1)
        qsort(self->tensor, (size_t)self->n, sizeof *self->tensor, by_name);
}

size_t state_type_size(state_type type)
{
    static const size_t size[] = {[STATE_F16] = 2, [STATE_BF16] = 2, [STATE_F32] = 4, [STATE_F64] = 8};
    return type == STATE_WHOLE ? 0 : size[type];
}

static uint64_t little_endian(const unsigned char *bytes, size_t n)
{
    uint64_t value = 0;
    while (n-- > 0)
        value = value << 8 | bytes[n];
    return value;
}

float state_value(state_type type, const unsigned char *bytes)
{
    uint64_t bits = little_endian(bytes, state_type_size(type));
    uint32_t single = type == STATE_BF16 ? (uint32_t)bits << 16 : (uint32_t)bits;
    float value;
    double wide;
    switch (type) {
    case STATE_F16: return nn_half_to((uint16_t)bits);
    case STATE_F64: memcpy(&wide, &bits, sizeof wide); return (float)wide;
    case STATE_BF16:
    case STATE_F32: memcpy(&value, &single, sizeof value); return value;
    case STATE_WHOLE: break;
    }
    return 0.0f;
}
