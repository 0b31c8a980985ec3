/* set_names.c - names of sets, found before those of parts and roles. */
#include "set_names.h"
#include "folder_names.h"
#include "part_names.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char no_name[] = "(no name)";

role role_named(const char *name)
{
    static const char *const labels[] = {"labels", "label", "lbls", "y", "targets"}, *const images[] = {"images",
                                                                                                        "image", "imgs",
                                                                                                        "img", "x"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (has_word(name, labels[i]))
            return ROLE_LABELS;
    for (size_t i = 0; i < sizeof images / sizeof *images; i++)
        if (has_word(name, images[i]))
            return ROLE_IMAGES;
    return ROLE_BOTH;
}

void set_named(char set[NN_NAME], const char *name)
{
    char bare[PATHS_MAX], word[NN_NAME];
    without_gz(bare, name);
    char *dot = strrchr(bare, '.');
    if (dot)
        *dot = 0;
    size_t end = 0;
    for (const char *p = bare; *p;) {
        size_t len = 0;
        while (isalnum((unsigned char)p[len]))
            len++;
        snprintf(word, sizeof word, "%.*s", (int)len, p);
        if (len > 0 && (part_named(word) != PART_ANY || role_named(word) != ROLE_BOTH || strncmp(word, "idx", 3) == 0))
            break;
        if (len > 0)
            end = (size_t)(p + len - bare);
        p += len + (p[len] != 0);
    }
    snprintf(set, NN_NAME, "%.*s", (int)end, bare);
}

bool set_is_wanted(const char *set, const char *wanted)
{
    return !wanted || strcasecmp(set, wanted) == 0 || has_word(set, wanted);
}

void set_names_add(char names[SET_NAMES], const char *set)
{
    size_t len = strlen(names);
    snprintf(names + len, SET_NAMES - len, "%s%s", len > 0 ? ", " : "", *set ? set : no_name);
}

bool set_names_fail(const char names[SET_NAMES], const char *wanted, nn_error *err)
{
    if (!*names || strcmp(names, no_name) == 0)
        return nn_fail(err, NN_USAGE, 0, "there is no data set \"%.40s\" here: the only one has no name", wanted);
    return nn_fail(err, NN_USAGE, 0, "there is no data set \"%.40s\" here, but: %s", wanted, names);
}

bool set_names_ask(const char names[SET_NAMES], nn_error *err)
{
    return nn_fail(err, NN_USAGE, 0, "several data sets are here: %s; say which by --part", names);
}
