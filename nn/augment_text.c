/* augment_text.c - strengths of augmentation as text, both ways. */
#include "augment.h"
#include "number.h"
#include <stdio.h>
#include <string.h>

static const nn_augment standard = {
    .plain = 0.15f,
    .width = 0.7f,
    .rotate = 12,
    .scale = 0.12f,
    .aspect = 0.12f,
    .shift = 1.5f,
    .shear = 0.2f,
};

static const struct {
    const char *name;
    size_t offset;
    double max;
} settings[] = {
    {"plain", offsetof(nn_augment, plain), 1},     {"width", offsetof(nn_augment, width), 2},
    {"rotate", offsetof(nn_augment, rotate), 180}, {"scale", offsetof(nn_augment, scale), 0.9},
    {"aspect", offsetof(nn_augment, aspect), 0.9}, {"shift", offsetof(nn_augment, shift), 28},
    {"shear", offsetof(nn_augment, shear), 2},     {"elastic", offsetof(nn_augment, elastic), 4},
    {"blur", offsetof(nn_augment, blur), 3},       {"noise", offsetof(nn_augment, noise), 1},
    {"cutout", offsetof(nn_augment, cutout), 28},
};
enum { SETTINGS = sizeof settings / sizeof *settings };

static float *strength(nn_augment *augment, int setting)
{
    return (float *)(void *)((char *)augment + settings[setting].offset);
}

static bool refuse(size_t pos, nn_error *err)
{
    char names[128] = "";
    for (int i = 0, used = 0; i < SETTINGS; i++)
        used += snprintf(names + used, sizeof names - (size_t)used, "%s%s", i > 0 ? ", " : "", settings[i].name);
    return nn_fail(err, NN_USAGE, pos, "augmentation is none, default, or a list of NAME=STRENGTH with %s", names);
}

/* NAME=STRENGTH of len characters at byte pos. */
static bool read_setting(nn_augment *augment, const char *text, size_t len, size_t pos, nn_error *err)
{
    const char *equals = memchr(text, '=', len);
    size_t name = equals ? (size_t)(equals - text) : 0;
    for (int i = 0; i < SETTINGS; i++) {
        double value, max = settings[i].max;
        if (name != strlen(settings[i].name) || memcmp(text, settings[i].name, name) != 0)
            continue;
        if (!nn_number_parse(equals + 1, len - name - 1, &value) || value < 0.0 || value > max)
            return nn_fail(err, NN_USAGE, pos, "%s must be 0 to %g", settings[i].name, max);
        *strength(augment, i) = (float)value;
        return true;
    }
    return refuse(pos, err);
}

bool nn_augment_parse(nn_augment *augment, const char *text, nn_error *err)
{
    static const char preset[] = "default";
    *augment = (nn_augment){0};
    if (strcmp(text, "none") == 0)
        return true;
    for (const char *at = text;; at++) {
        size_t len = strcspn(at, ",");
        if (at == text && len == strlen(preset) && memcmp(at, preset, len) == 0)
            *augment = standard;
        else if (!read_setting(augment, at, len, (size_t)(at - text), err))
            return false;
        at += len;
        if (*at == '\0')
            return true;
    }
}

const char *nn_augment_print(const nn_augment *augment, char text[NN_AUGMENT_TEXT])
{
    nn_augment copy = *augment;
    size_t used = 0;
    for (int i = 0; i < SETTINGS; i++) {
        float value = *strength(&copy, i);
        if (value > 0.0f) {
            used +=
                (size_t)snprintf(text + used, NN_AUGMENT_TEXT - used, "%s%s=", used > 0 ? "," : "", settings[i].name);
            used += nn_number_print(text + used, NN_AUGMENT_TEXT - used, (double)value, 7);
        }
    }
    if (used == 0)
        snprintf(text, NN_AUGMENT_TEXT, "none");
    return text;
}
