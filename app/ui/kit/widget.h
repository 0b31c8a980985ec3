/* widget.h - the widgets: button, slider, text field, list with scrolling, dialog; hover, press, keyboard focus.
 *
 * Panels declare their elements anew for every frame, in the order in which Tab visits them, and each is drawn as it
 * is declared. What is pressed, hovered or focused is remembered by the element's name. Events go to the elements of
 * the last frame, and only to those of its topmost layer, so a menu or dialog takes all input. */
#ifndef WIDGET_H
#define WIDGET_H

#include "draw.h"
#include "event.h"
#include "icon.h"
#include "theme.h"

/* What a widget asks for. The ids below ACTION_OWN are the kit's, the others the program's own. */
enum { ACTION_NONE, ACTION_ACCEPT /* the dialog's main button */, ACTION_CLOSE /* what is on top */, ACTION_OWN };
typedef struct action {
    int id;
    int index;
    float value;
} action;

enum {
    UI_NAME = 64,
    UI_MAX_ELEMENTS = 512,
    UI_LAYERS = 4,
    UI_FIELD = 1024,
    UI_LABEL = 24,
    UI_SAID = 1 << 16,
    UI_MAX_LINES = 512
};

typedef enum element_kind {
    ELEMENT_SHOWN, /* takes no input: listed for the trace */
    ELEMENT_BUTTON,
    ELEMENT_SLIDER,
    ELEMENT_FIELD,
    ELEMENT_GRID,
    ELEMENT_CANVAS /* gets its events from the application */
} element_kind;

/* Equal cells row by row, small pictures of a panel: one stop of Tab, in which the arrow keys go from cell to cell. */
typedef struct grid {
    const char *name, *tip;
    rect first; /* cell; the others follow in steps of so many pixels */
    int step_x, step_y, columns, count;
    const int *number; /* of each cell, until the next frame; NULL: they are counted */
    action act, other; /* a click or Enter; a click with Shift, or Space. `value` is the cell's number */
    bool picks;        /* `act` follows the pointer and the arrow keys at once, and cell `at` is the one picked */
    int at;
} grid;

typedef struct element {
    char name[UI_NAME];
    char label[UI_LABEL]; /* how a button begins: what is typed finds it */
    element_kind kind;
    rect r;       /* as declared */
    rect visible; /* what the scrolling list leaves of it */
    int layer;
    int group;   /* arrow keys move the focus within a group */
    bool tiled;  /* which lies in rows: up and down lead to the nearest one above and below */
    bool listed; /* an entry of a list: what explains it stands beside the list, where there is room */
    bool enabled;
    action act;
    float value, min, max, step; /* of a slider */
    grid grid;
    const char *tip;
} element;

/* A line of text as it stands in the frame. Of one that was cut the tooltip of the element around it tells the whole. */
typedef struct text_line {
    rect r;       /* of its capitals; of a line that was cut the room that it had */
    rect visible; /* what the clipping leaves of that */
    int layer, px;
    const char *cut; /* all of its text; NULL: it fits */
} text_line;

/* One line of text being edited. */
typedef struct text_field {
    char text[UI_FIELD];
    int caret;     /* byte offset */
    bool selected; /* all of it: the next character replaces it */
} text_field;

typedef struct ui {
    draw_list *list;
    text_engine *text;
    const theme *colours;
    float scale; /* pixels per unit of length in the layout */

    element element[UI_MAX_ELEMENTS];
    int n_elements;
    element *declared; /* the last one */
    int layer, group;  /* of what is being declared */
    bool tiled;        /* the same */
    text_line line[UI_MAX_LINES];
    int n_lines;

    char said[UI_SAID]; /* what ui_say made for this frame */
    size_t said_used;

    char focus[UI_NAME], hover[UI_NAME], pressed[UI_NAME];
    bool focus_shown; /* the keyboard was used last */
    int cell;         /* of the grid that has the focus */
    float pointer_x, pointer_y;
    double hover_since;
    char typed[UI_LABEL]; /* so far, over a menu or dialog */
    double typed_at;
    int rows; /* the group that Up and Down lead to from the text field; 0: none */

    text_field field;       /* of the dialog that is open */
    int scroll, scroll_max; /* pixels, of the list on top */
    rect scroll_area;
    int scroll_layer, scrolled[UI_LAYERS]; /* its layer; where the lists of all layers are */
    rect card;                             /* of what is on top: a press beside it closes that */
    struct {
        bool begun, moved; /* a finger is on the list on top, and takes it along */
        bool thumb;        /* it is on its bar */
        long long pointer;
        float from;   /* where it came down */
        int scrolled; /* and the list was */
    } drag;
} ui;

/* ---- building a frame -------------------------------------------------------------------------------------------- */

void ui_begin(ui *self);
void ui_end(ui *self); /* drops hover, press and focus of what is no longer there */

int ui_px(const ui *self, float units); /* a length of the layout in pixels */
font ui_font(const ui *self, float units, font_weight weight);

typedef enum ui_align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT } ui_align;

/* A text of the table with these arguments, in the language in force (app/texts/texts.h). It stays until the next
 * ui_begin; what is over UI_SAID in a frame is "". */
const char *ui_say(ui *self, unsigned id, const char *english, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* One line, centred vertically, a little smaller or else cut with an ellipsis where it does not fit. */
void ui_label(ui *self, rect r, const char *text, font f, colour c, ui_align align);

/* Wrapped lines from the top; returns their height. Draws nothing when `draw` is false. */
int ui_paragraph(ui *self, rect r, const char *text, font f, colour c, bool draw);

typedef enum button_style { BUTTON_PLAIN, BUTTON_MAIN, BUTTON_ITEM, BUTTON_TAB, BUTTON_SMALL } button_style;

enum { BUTTON_BELOW = 2, BUTTON_LINE = 16 /* units: how high each of them is */ };

typedef struct button {
    const char *name;
    const char *label;               /* NULL: only the icon */
    const char *detail;              /* at the right, muted: a shortcut, a number; NULL: none */
    const char *tip;                 /* NULL: none */
    const char *below[BUTTON_BELOW]; /* small lines under the label of an item; NULL: none */
    icon icon;
    button_style style;
    bool on, disabled;
    action act;
} button;

void ui_button(ui *self, rect r, const button *b);
int ui_button_width(ui *self, const button *b);

/* A button between two states whose names both stand on it: `off`, and its label for the one that is on. */
void ui_switch(ui *self, rect r, const char *off, const button *b);
int ui_switch_width(ui *self, const char *off, const button *b);

typedef struct slider {
    const char *name, *tip;
    action act; /* that sets its value */
    float value, min, max;
    float step; /* of the arrow keys */
    bool slim;  /* a curve lies in it: its groove is along the bottom, its knob an upright bar */
} slider;

enum { UI_SLIM_GROOVE = 3 /* units: how high that groove is */ };

void ui_slider(ui *self, rect r, const slider *s);
/* `rows`: the group of the list that belongs to it, which Up and Down lead to; 0 for none. */
void ui_text_field(ui *self, rect r, const char *name, int rows);

/* After its cells were drawn. The number of the cell that has the focus where that is to be seen, else -1. */
int ui_grid(ui *self, const grid *g);
rect ui_grid_cell(const grid *g, int cell);

/* An area that its panel draws. Returns true when it has the focus and that is to be seen. */
bool ui_area(ui *self, rect r, const char *name, element_kind kind);

/* What the element declared last is for, in one sentence: its tooltip, and a part of the help. */
void ui_explain(ui *self, const char *tip);

/* What the element declared last asks for when it is pressed, as a button's. */
void ui_act(ui *self, action act, bool enabled);

void ui_focus_ring(ui *self, rect r, float radius);

/* What is declared from here on lies over all before and takes the input; until ui_end. */
void ui_raise(ui *self);

/* The bar of the list on top, which scrolls: what is seen of it, at least so high that it can be grabbed. */
rect ui_scroll_thumb(const ui *self);

/* Between the two, elements are shifted by the scroll position and clipped to `view`. */
rect ui_scroll_begin(ui *self, rect view, int content_height);
void ui_scroll_end(ui *self, rect clip);

/* Last, over everything: what was cut of the element under the pointer, and what it is for. */
void ui_tooltip(ui *self, rect window, double now);

/* ---- events ------------------------------------------------------------------------------------------------------ */

/* True when a widget used the event; *act is what it asks for, or ACTION_NONE. */
bool ui_event(ui *self, const event *e, action *act);

/* Until the pointer comes to another element; so does every press of a button or key. */
void ui_end_tooltip(ui *self);

/* ms until a tooltip wants to appear, negative when none does. */
double ui_waiting(const ui *self, double now);

const element *ui_find(const ui *self, const char *name); /* NULL if not in the last frame */
const element *ui_at(const ui *self, float x, float y);   /* the topmost one that takes input there */
void ui_set_focus(ui *self, const char *name);
void ui_edit(ui *self, const char *text); /* starts editing with all of it selected */
void ui_type(ui *self, const char *text); /* as if typed into the field */

#endif
