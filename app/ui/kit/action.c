/* action.c - the table of actions and their keys. */
#include "action.h"
#include <stddef.h>

static const action_info table[ACTION_NAMED_END] = {
#define ACTION(id, name, label, shortcut, mods, key, help) [ACTION_##id] = {name, label, shortcut, mods, key, help},
#include "assets/actions.def"
#undef ACTION
};

/* Further keys that people expect to work. */
static const struct {
    int key, mods;
    action_id id;
} aliases[] = {
    {'y', MOD_CTRL, ACTION_REDO},
    {'=', MOD_CTRL, ACTION_ZOOM_IN},
    {'+', MOD_CTRL | MOD_SHIFT, ACTION_ZOOM_IN},
    {'=', MOD_CTRL | MOD_SHIFT, ACTION_ZOOM_IN},
};

const action_info *action_about(action_id id)
{
    return &table[id];
}

action_id action_for_key(int key, int mods)
{
    for (int id = ACTION_NONE + 1; id < ACTION_NAMED_END; id++)
        if (table[id].key == key && table[id].mods == mods && key)
            return (action_id)id;
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (aliases[i].key == key && aliases[i].mods == mods)
            return aliases[i].id;
    return ACTION_NONE;
}
