/* action.c - the table of actions and their keys. */
#include "action.h"
#include <stddef.h>

static const action_info table[ACTION_NAMED_END - ACTION_OWN] = {
#define ACTION(id, name, mods, key, over) \
    [ACTION_##id - ACTION_OWN] = {name, TEXT_ACTION_##id, TEXT_ACTION_##id##_TIP, mods, key, OVER_##over},
#include "assets/actions.def"
#undef ACTION
};

/* Further keys that people expect to work. */
static const struct {
    int key, mods, id;
} aliases[] = {
    {'y', MOD_CTRL, ACTION_REDO},
    {'=', MOD_CTRL, ACTION_ZOOM_IN},
    {'+', MOD_CTRL | MOD_SHIFT, ACTION_ZOOM_IN},
    {'=', MOD_CTRL | MOD_SHIFT, ACTION_ZOOM_IN},
};

const action_info *action_about(int id)
{
    return &table[id - ACTION_OWN];
}

bool action_begins_group(int id, text_id *heading)
{
    static const struct {
        int first;
        text_id heading;
    } groups[] = {
#define ACTION(id, name, mods, key, over)
#define ACTION_GROUP(first, heading) {ACTION_##first, heading},
#include "assets/actions.def"
#undef ACTION
    };
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (groups[i].first == id) {
            *heading = groups[i].heading;
            return true;
        }
    return false;
}

int action_for_key(int key, int mods)
{
    for (int id = ACTION_OWN; id < ACTION_NAMED_END; id++)
        if (action_about(id)->key == key && action_about(id)->mods == mods && key)
            return id;
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (aliases[i].key == key && aliases[i].mods == mods)
            return aliases[i].id;
    return ACTION_NONE;
}
