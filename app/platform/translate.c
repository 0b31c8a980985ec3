/* translate.c - SDL's events in the program's terms: one pointer whatever the device, keys by what they type. */
#include "translate.h"
#include "tablet.h"
#include <stddef.h>
#include <string.h>

static const struct {
    SDL_Keycode sdl;
    int key;
} keys[] = {
    {SDLK_TAB, KEY_TAB},
    {SDLK_RETURN, KEY_ENTER},
    {SDLK_KP_ENTER, KEY_ENTER},
    {SDLK_ESCAPE, KEY_ESCAPE},
    {SDLK_BACKSPACE, KEY_BACKSPACE},
    {SDLK_DELETE, KEY_DELETE},
    {SDLK_LEFT, KEY_LEFT},
    {SDLK_RIGHT, KEY_RIGHT},
    {SDLK_UP, KEY_UP},
    {SDLK_DOWN, KEY_DOWN},
    {SDLK_HOME, KEY_HOME},
    {SDLK_END, KEY_END},
    {SDLK_PAGEUP, KEY_PAGE_UP},
    {SDLK_PAGEDOWN, KEY_PAGE_DOWN},
    {SDLK_F1, KEY_F1},
    {SDLK_F10, KEY_F10},
    {SDLK_F11, KEY_F11},
    {SDLK_KP_PLUS, '+'},
    {SDLK_KP_MINUS, '-'},
};

/* The keypad without its digits, from SDLK_KP_1 on. */
static const int keypad[] = {KEY_END, KEY_DOWN, KEY_PAGE_DOWN, KEY_LEFT, 0, KEY_RIGHT, KEY_HOME, KEY_UP, KEY_PAGE_UP};

static int key_of_keypad(const SDL_Keysym *key)
{
    bool digits = key->mod & (KMOD_NUM | KMOD_CTRL);
    if (key->sym == SDLK_KP_0)
        return digits ? '0' : 0;
    if (key->sym < SDLK_KP_1 || key->sym > SDLK_KP_9)
        return 0;
    int i = (int)(key->sym - SDLK_KP_1);
    return digits ? '1' + i : keypad[i];
}

/* What the key at this place types on a Latin keyboard: shortcuts are for those who write in other letters, too, and for
 * layouts that have digits only with Shift. 0 for other places. */
static int key_of_place(SDL_Scancode place)
{
    if (place >= SDL_SCANCODE_A && place <= SDL_SCANCODE_Z)
        return 'a' + (int)(place - SDL_SCANCODE_A);
    if (place >= SDL_SCANCODE_1 && place <= SDL_SCANCODE_9)
        return '1' + (int)(place - SDL_SCANCODE_1);
    switch (place) {
    case SDL_SCANCODE_0: return '0';
    case SDL_SCANCODE_LEFTBRACKET: return '[';
    case SDL_SCANCODE_RIGHTBRACKET: return ']';
    case SDL_SCANCODE_COMMA: return ',';
    default: return 0;
    }
}

static bool is_sign_on_a_digit(const SDL_Keysym *key)
{
    bool digit = key->scancode >= SDL_SCANCODE_1 && key->scancode <= SDL_SCANCODE_0;
    return digit && strchr("&\"'(_!@#$%^*)", (int)key->sym);
}

static int key_of(const SDL_Keysym *key)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i].sdl == key->sym)
            return keys[i].key;
    int on_keypad = key_of_keypad(key);
    if (on_keypad)
        return on_keypad;
    /* Where the brackets need AltGr, their places on the keyboard do as well. */
    if (key->scancode == SDL_SCANCODE_RIGHTBRACKET && key->sym == '+' && !(key->mod & KMOD_CTRL))
        return ']';
    if (key->sym >= 128 || (key->mod & KMOD_CTRL && is_sign_on_a_digit(key)))
        return key_of_place(key->scancode);
    return key->sym;
}

static int mods_of(Uint16 mod)
{
    return (mod & KMOD_SHIFT ? MOD_SHIFT : 0) | (mod & (KMOD_CTRL | KMOD_GUI) ? MOD_CTRL : 0);
}

/* Keys that go on while they are held, by what they move, delete or change by a step. All others press or switch something,
 * once: what has the focus by then was not meant. */
static bool goes_on(int key)
{
    bool edits = key == KEY_TAB || (key >= KEY_BACKSPACE && key <= KEY_PAGE_DOWN);
    return edits || (key < KEY_TAB && strchr("[]+-=,.zy", key));
}

static bool translate_key(event *out, const SDL_KeyboardEvent *e)
{
    out->kind = e->type == SDL_KEYDOWN ? EVENT_KEY_DOWN : EVENT_KEY_UP;
    out->key = key_of(&e->keysym);
    out->mods = mods_of(e->keysym.mod);
    return out->key != 0 && (!e->repeat || goes_on(out->key));
}

/* Mouse positions are in window coordinates, which can be coarser than pixels. */
static void scale_to_pixels(event *out, SDL_Window *window)
{
    int w, h, pixel_w, pixel_h;
    SDL_GetWindowSize(window, &w, &h);
    SDL_GetWindowSizeInPixels(window, &pixel_w, &pixel_h);
    if (w > 0 && h > 0) {
        out->x *= (float)pixel_w / (float)w;
        out->y *= (float)pixel_h / (float)h;
    }
}

static int button_of(SDL_FingerID sdl)
{
    return sdl == SDL_BUTTON_LEFT ? POINTER_LEFT : sdl == SDL_BUTTON_RIGHT ? POINTER_RIGHT : POINTER_MIDDLE;
}

static bool translate_mouse(event *out, const SDL_Event *e, SDL_Window *window)
{
    bool motion = e->type == SDL_MOUSEMOTION;
    if ((motion ? e->motion.which : e->button.which) == SDL_TOUCH_MOUSEID)
        return false;
    out->kind = motion ? EVENT_POINTER_MOVE : e->type == SDL_MOUSEBUTTONDOWN ? EVENT_POINTER_DOWN : EVENT_POINTER_UP;
    out->x = (float)(motion ? e->motion.x : e->button.x) + 0.5f;
    out->y = (float)(motion ? e->motion.y : e->button.y) + 0.5f;
    out->pressure = 1;
    out->mods = mods_of((Uint16)SDL_GetModState());
    if (!motion)
        out->button = button_of(e->button.button);
    scale_to_pixels(out, window);
    return motion || out->button != POINTER_MIDDLE;
}

/* A pen is the same pointer as the mouse. */
static bool translate_pen(event *out, const SDL_TouchFingerEvent *e, SDL_Window *window)
{
    out->x = e->x;
    out->y = e->y;
    out->pressure = e->pressure;
    out->eraser = e->touchId == TABLET_ERASER;
    out->mods = mods_of((Uint16)SDL_GetModState());
    if (out->kind != EVENT_POINTER_MOVE)
        out->button = button_of(e->fingerId);
    scale_to_pixels(out, window);
    return out->button != POINTER_MIDDLE;
}

static bool translate_finger(event *out, const SDL_TouchFingerEvent *e, SDL_Window *window)
{
    int w, h;
    out->kind = e->type == SDL_FINGERMOTION ? EVENT_POINTER_MOVE
                : e->type == SDL_FINGERDOWN ? EVENT_POINTER_DOWN
                                            : EVENT_POINTER_UP;
    if (e->touchId == TABLET_PEN || e->touchId == TABLET_ERASER)
        return translate_pen(out, e, window);
    SDL_GetWindowSizeInPixels(window, &w, &h);
    out->x = e->x * (float)w;
    out->y = e->y * (float)h;
    out->pressure = e->pressure > 0 ? e->pressure : 1; /* 0 comes from devices that measure none */
    out->button = POINTER_LEFT;
    out->pointer = (long long)e->fingerId + 1; /* 0 is the mouse */
    return true;
}

static bool translate_window(event *out, const SDL_WindowEvent *e)
{
    switch (e->event) {
    case SDL_WINDOWEVENT_FOCUS_LOST: out->kind = EVENT_FOCUS_LOST; return true;
    case SDL_WINDOWEVENT_LEAVE: out->kind = EVENT_POINTER_LEAVE; return true;
    default: return false;
    }
}

bool translate_event(event *out, const SDL_Event *e, SDL_Window *window, double now)
{
    *out = (event){.t = now - (double)(SDL_GetTicks() - e->common.timestamp)};
    switch (e->type) {
    case SDL_MOUSEMOTION:
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP: return translate_mouse(out, e, window);
    case SDL_FINGERDOWN:
    case SDL_FINGERMOTION:
    case SDL_FINGERUP: return translate_finger(out, &e->tfinger, window);
    case SDL_KEYDOWN:
    case SDL_KEYUP: return translate_key(out, &e->key);
    case SDL_WINDOWEVENT: return translate_window(out, &e->window);
    case SDL_TEXTINPUT: out->kind = EVENT_TEXT, out->text = e->text.text; return true;
    case SDL_MOUSEWHEEL: out->kind = EVENT_WHEEL, out->y = e->wheel.preciseY; return true;
    case SDL_QUIT: out->kind = EVENT_QUIT; return true;
    default: return false;
    }
}

void translate_done(const SDL_Event *e)
{
    if (e->type == SDL_DROPFILE || e->type == SDL_DROPTEXT)
        SDL_free(e->drop.file);
}
