/* convention.c - six kinds, told for ink = 1 on 0, from which the others follow. */
#include "convention.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    nn_convention convention;
} kinds[CONVENTION_KINDS] = {
    {"x/255", {.mean = 0, .std = 1}},
    {"0..255", {.mean = 0, .std = 1.0f / 255}},
    {"(x-mean)/std", {.mean = 0.1307f, .std = 0.3081f}}, /* of MNIST's training pixels */
    {"x/127.5-1", {.mean = 0.5f, .std = 0.5f}},
    {"binary", {.mean = 0, .std = 1, .binary = true}},
    {"x/255/255", {.mean = 0, .std = 255}}, /* scaled once too often */
};

nn_convention convention_at(int i)
{
    nn_convention c = kinds[i % CONVENTION_KINDS].convention;
    int variant = i / CONVENTION_KINDS;
    if (variant & 1) /* ((1 - x) - mean) / std */
        c.mean = 1 - c.mean, c.std = -c.std;
    c.transposed = variant & 2;
    return c;
}

/* Through a file's decimal digits. */
static bool is_near(float a, float b)
{
    return fabsf(a - b) <= 1e-6f * fmaxf(fabsf(a), fabsf(b));
}

static int index_of(const nn_convention *c)
{
    for (int i = 0; i < CONVENTIONS; i++) {
        nn_convention known = convention_at(i);
        if (is_near(c->mean, known.mean) && is_near(c->std, known.std) && c->binary == known.binary &&
            c->transposed == known.transposed)
            return i;
    }
    return -1;
}

static void name_of(char name[CONVENTION_NAME], int i)
{
    int variant = i / CONVENTION_KINDS;
    snprintf(name, CONVENTION_NAME, "%s%s%s", kinds[i % CONVENTION_KINDS].name, variant & 1 ? ", inverted" : "",
             variant & 2 ? ", transposed" : "");
}

void convention_name(char name[CONVENTION_NAME], const nn_convention *c)
{
    int i = index_of(c);
    if (i >= 0)
        name_of(name, i);
    else
        snprintf(name, CONVENTION_NAME, "(x/255-%g)/%g%s%s", (double)c->mean, (double)c->std,
                 c->binary ? ", binary" : "", c->transposed ? ", transposed" : "");
}

static bool same_but_blanks(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (isspace((unsigned char)*a))
            a++;
        while (isspace((unsigned char)*b))
            b++;
        if (*a != *b || !*a)
            return *a == *b;
    }
}

int convention_find(const char *name)
{
    char known[CONVENTION_NAME];
    for (int i = 0; i < CONVENTIONS; i++) {
        name_of(known, i);
        if (same_but_blanks(name, known))
            return i;
    }
    return -1;
}
