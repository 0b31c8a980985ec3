/* panel.h - the parts of the window. Each declares and draws its elements inside `area` from the application's
 * state, which it changes in no other way than by the actions of its elements. */
#ifndef PANEL_H
#define PANEL_H

#include "app/ui/state.h"

/* The strongest tint of a surface that a text stands on: accent or warning, of which so much leaves it a contrast of 4.5
 * in both themes. */
#define PANEL_TINT 0.55f

void toolbar_panel(const app *self, rect area);
void canvas_panel(const app *self, rect area);
void views_panel(const app *self, rect area); /* the tabs, and below them the view that was chosen */
/* What they need beside the canvas, in units of the layout: the same for all, so that the canvas and the tabs stay where
 * they are from view to view. */
int views_min_width(const app *self);
void answer_panel(const app *self, rect area); /* the digit large, in words, and the network's input */
text_id answer_headline(const app *self);      /* what stands there while there is no answer */
void input_panel(const app *self, rect area);  /* the 28 x 28 picture that the network gets */
void bars_panel(const app *self, rect area);
int teach_panel_height(const app *self, int w); /* whatever it says just now */
void teach_panel(const app *self, rect area);   /* whether the answer is right, and learning from it */
void number_panel(const app *self, rect area);  /* boxes around the digits of a number, over the canvas */
void compact_panel(const app *self, rect area); /* answer and bars where there is little room */
void break_view(const app *self, rect area);
void fool_page(const app *self, rect area);  /* of that view: what turns the answer */
void dream_page(const app *self, rect area); /* what the network thinks a class is */
/* Where the answer turns along the slider that has the focus, for the line at the bottom; NULL: that is not known. */
const char *sliders_hint(const app *self);
void test_view(const app *self, rect area); /* its pages are these four: */
void models_page(const app *self, rect area);
void beside_page(const app *self, rect area);       /* what the ticked models read on the canvas */
void test_results_page(const app *self, rect area); /* mistakes and classes */
void test_list_page(const app *self, rect area);    /* images */
void test_images_popup(const app *self, rect window);
void atlas_view(const app *self, rect area);   /* in place of that view: where the drawing lies among known digits */
void inside_view(const app *self, rect area);  /* draws on the canvas too */
void status_panel(const app *self, rect area); /* or the strip with a message */
void menu_popup(const app *self, rect window);
void models_popup(const app *self, rect window);
void languages_popup(const app *self, rect window);
void conventions_popup(const app *self, rect window);
void text_dialog(const app *self, rect window);   /* keys and about */
void files_dialog(const app *self, rect window);  /* open, save, and a folder of data */
void help_popup(const app *self, rect window);    /* a page of the manual */
void explain_popup(const app *self, rect window); /* what every element is for, laid over the window */
void recent_panel(const app *self, rect area);    /* the newest of the drawings before this one */
void recent_popup(const app *self, rect window);  /* all of them */
void digits_popup(const app *self, rect window);  /* the person's own digits */
void guest_dialog(const app *self, rect window);  /* whose they are */
void settings_dialog(const app *self, rect window);
void share_dialog(const app *self, rect window); /* the page to draw on, for others on the network */

/* The value of a layer that the pointer or the focus is on. */
typedef struct inside_place {
    int layer; /* -1: none */
    int channel, x, y;
} inside_place;

/* inside_steps.c, inside_maps.c, inside_map.c, inside_votes.c */
int inside_steps(const app *self, rect area); /* from the area's top, with the answer beside them; returns how high */
void inside_maps(const app *self, rect area, inside_place *at); /* a few of every layer, from the area's top */
int inside_maps_height(const app *self, rect area);
void inside_layer(const app *self, rect area, inside_place *at); /* all maps of the large layer */
void inside_map(const app *self, rect area);                     /* the map that is open */
void inside_votes(const app *self, rect area, const inside_place *at);
int inside_votes_height(const app *self, int width);

/* Which of several models is looked into, at the right end of the row: returns how wide that is, with a gap. */
int inside_members(const app *self, rect row, bool draw);

/* learn_view.c, and its columns: each needs some height at a width of w pixels, and can use more. */
void train_view(const app *self, rect area);
int learn_images_least(const app *self, int w);
int learn_images_page_least(const app *self, int w); /* where it scrolls: no class gives way to doubtful labels */
void learn_images(const app *self, rect area);
int learn_network_least(const app *self, int w);
void learn_network(const app *self, rect area);
int learn_course_least(const app *self, int w);
void learn_course(const app *self, rect area);
void learn_course_page(const app *self, rect area);   /* the same, where the other columns are not in sight */
void learn_course_folded(const app *self, rect area); /* of a training, where there is little room */
void learn_curves(const app *self, rect area);        /* of the training that is under way */
int learn_matrix(const app *self, rect area); /* of its moment that is shown; returns the height that it takes */
const char *learn_matrix_words(const app *self);
int learn_foot_height(const app *self, int w);
void learn_foot(const app *self, rect area); /* the buttons below */

/* train_dialogs.c */
void nets_popup(const app *self, rect window);
void data_popup(const app *self, rect window);
void net_dialog(const app *self, rect window);   /* the layers of a network, to be changed: net_dialog.c */
void train_dialog(const app *self, rect window); /* a name */
void leave_dialog(const app *self, rect window); /* the program shall end, but a training would be lost */
void keep_dialog(const app *self, rect window);  /* the right answer to the drawing */

/* ---- what several panels need ------------------------------------------------------------------------------------ */

/* The button of an action, with its tooltip, which says why where it cannot do anything just now. Until the next frame. */
button panel_button(const app *self, int id, icon picture, const char *label);

/* Darkens the window and draws a card of at most w x h in its middle, on a layer of its own; returns its inside. */
rect panel_card(const app *self, rect window, int w, int h);

/* A card for a list of w x h under the element `anchor`, or over it where there is more room, kept inside the window, on a layer of its own; returns
 * where its rows go. */
rect panel_list(const app *self, rect window, const char *anchor, int w, int h);

/* The rows of such a list, `w` wide and `high` each, in units: its own layer, which scrolls. */
typedef struct panel_rows {
    rect view, clip;
    int high, next;
} panel_rows;

panel_rows panel_rows_begin(const app *self, rect window, const char *anchor, int w, int high, int count);
void panel_row(ui *u, panel_rows *rows, button b);    /* the next one */
void panel_choice(ui *u, panel_rows *rows, button b); /* the same, with a tick where b.on */
void panel_rows_end(ui *u, const panel_rows *rows);

/* Whole lists of such choices; an option whose label is "" has no row, the one that does what `now` does has the tick. */
typedef struct panel_option {
    const char *name, *label, *detail;
    text_id tip;
    bool there; /* else it cannot be chosen */
    action act;
} panel_option;

void panel_options(const app *self, rect window, const char *anchor, int w, const panel_option *options, int count,
                   action now);

/* The heading of a card, and the row of buttons at its bottom, the main one rightmost; cancel: NULL for none. Both
 * leave the rest in *inside. */
void panel_heading(const app *self, rect *inside, const char *text);
void panel_buttons(const app *self, rect *inside, const char *cancel, const char *name, const char *label, int id);

/* Buttons side by side at the bottom, the last one rightmost and the first of three at the left; below each other where
 * they have no room. Leaves the rest in *inside. */
void panel_foot(const app *self, rect *inside, const button *buttons, int count);

/* Tabs in a row from the left, on the line that hangs what they show. */
void panel_tabs(ui *u, rect row, button *tabs, int count);

/* What it is about, a slider through the classes of the model that reads, and the one that is chosen. `any`: before the
 * first one there is a place for any class, and values count from it. */
typedef struct class_slider {
    const char *name, *label, *tip;
    int act;
    int value;
    bool any;
} class_slider;
void panel_class_slider(const app *self, rect row, const class_slider *s);

/* The side of a picture of 28 x 28 for which there are so many pixels: whole ones for each of its own, where that costs
 * little. */
int panel_picture_side(int room);

/* Takes a row of height h off the top of what is left, with a gap below it, in units. */
rect panel_take_row(const ui *u, rect *left, float h, float gap);

enum { PANEL_EASY = 70 /* units: no button with a word is narrower where there is room */ };

/* As wide as its words, but no narrower than `least` units, as a finger likes it. */
int panel_button_width(ui *u, const button *b, int least);

/* Buttons side by side from the left, all as high as the row; closer where there is little room. */
void panel_button_row(ui *u, rect row, const button *buttons, int count);

/* Some lines off the top of what is left; how high they are with what stays free below them. */
int panel_paragraph_height(ui *u, int w, const char *text);
void panel_paragraph(ui *u, rect *left, const char *text, colour c);

/* How wide a column of labels is that has to take this text as well: of `so_far` and its width with the gap behind it
 * the larger one, and `most` where that is over it. */
int panel_column(ui *u, int so_far, const char *text, font f, int most);

/* A label at the left of its row; one that is too wide is smaller and wraps. */
void panel_row_label(ui *u, rect r, const char *text, font f, colour c);

/* "28×28×8", or how many values stand in a row. */
const char *panel_shape(ui *u, nn_shape shape);

/* Of captions, and of what is said beside something. */
font panel_small_font(const ui *u);

/* The font, or as much smaller as the text needs to be at most `width` pixels wide, as long as it can be read. */
font panel_fit(const app *self, const char *text, font f, int width);

enum { PANEL_MARK = 3 /* units: how thick a mark in a bar is that tells what was before the lesson */ };

/* "98.2 %", and never a certainty that the number does not hold. Until the next frame, as all that is said. */
const char *panel_percent(ui *u, float share);

/* "Ctrl+Shift+Z", as the keys are called in the language; "" where there is none. */
const char *panel_shortcut(ui *u, const action_info *info);

#endif
