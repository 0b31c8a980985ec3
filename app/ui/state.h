/* state.h - what the window shows and knows: the state that panels read and that the parts of the application change.
 *
 * Here are no functions of a part, only what can be told from the state itself. */
#ifndef STATE_H
#define STATE_H

#include "action.h"
#include "app/core/drawing/journal.h"
#include "app/core/drawing/recent.h"
#include "app/core/drawing/save_kind.h"
#include "app/core/model/describe_job.h"
#include "app/core/settings.h"
#include "app/ui/kit/manual.h"
#include "file_job.h"
#include "paper.h"
#include "state_parts.h"
#include <string.h>

/* ---- from outside ------------------------------------------------------------------------------------------------ */

/* What only the window system can do; functions may be NULL. */
typedef struct app_host {
    void *ctx;
    void (*copy)(void *ctx, const char *text);
    char *(*paste)(void *ctx); /* the clipboard's text for nn_free, or NULL */
    void (*fullscreen)(void *ctx);
    void (*wake)(void *ctx);                                   /* any thread: calls app_tick soon */
    void (*attract)(void *ctx);                                /* asks for attention when another window is in front */
    double (*told)(void *ctx, const char *what, double value); /* app_told */
} app_host;

/* From the command line; NULL, 0 and THEME_SYSTEM stand for "not given". */
typedef struct app_options {
    const char *state_dir;
    const char *model;
    const char *open;     /* a picture, model or drawing to begin with */
    const char *data;     /* folder to train on */
    const char *mirror;   /* where MNIST is fetched from; NULL: the usual place */
    const char *language; /* its code */
    theme_choice theme;
    int w, h;
    float scale; /* pixels per unit of length, of the screen */
    bool played; /* a session is played again (replay.h) */
} app_options;

/* ---- what is open ------------------------------------------------------------------------------------------------ */

typedef enum popup {
    POPUP_NONE,
    POPUP_MENU,
    POPUP_MODELS,
    POPUP_LANGUAGES,
    POPUP_CONVENTIONS, /* of the imported model in use */
    POPUP_HELP,        /* a page of the manual */
    POPUP_EXPLAIN,     /* what every element in sight is for */
    POPUP_KEYS,
    POPUP_ABOUT,
    POPUP_OPEN,
    POPUP_SAVE,
    POPUP_EXPORT,
    POPUP_RECENT,
    POPUP_SETTINGS,
    POPUP_SHARE,
    POPUP_KEEP,
    POPUP_DIGITS,        /* one's own */
    POPUP_DIGITS_IMPORT, /* over that */
    POPUP_DIGITS_EXPORT,
    POPUP_GUEST,
    POPUP_NETS,
    POPUP_NET, /* the layers of one, to be changed */
    POPUP_NET_NAME,
    POPUP_MODEL_NAME,  /* of the model in use */
    POPUP_MODEL_WORDS, /* about it */
    POPUP_DATA,
    POPUP_FOLDER,
    POPUP_TEST_IMAGES,
    POPUP_TEST_FOLDER, /* with images to test on */
    POPUP_REPORT,      /* a folder for it */
    POPUP_NAME,
    POPUP_LEAVE
} popup;

typedef enum message_kind {
    MESSAGE_TROUBLE,
    MESSAGE_REMARK, /* what to do first */
    MESSAGE_DONE
} message_kind;

typedef struct app_message {
    message_kind kind;
    int take_back; /* the action that takes back what was done; ACTION_NONE: there is none */
    int tried;     /* the action that failed; ACTION_NONE: it is about none */
    int until;     /* the action that cannot be done: it stays until that can be; ACTION_NONE: it is about none */
    char text[512];
    double left; /* ms that it stays; INFINITY: until it is dismissed */
} app_message;

enum {
    APP_NOTICES = 4,
    APP_PASSING = 2,
    APP_UNDOS = 7 /* actions that take back: each is offered by one message at most */
};
enum { APP_BRUSH_MIN = 4, APP_BRUSH_MAX = 80 /* units */, APP_PAUSE_MAX = 15 /* s */ };

static const float app_zoom_min = 0.5f, app_zoom_max = 3;

/* A picture has a place in the drawing's history, behind a clear of its own, as if it had been drawn: there it is to be
 * seen, whatever undoing and redoing come from. */
typedef struct placed_picture {
    app_picture picture;
    int at; /* ink_position */
    unsigned number;
    char path[PATHS_MAX]; /* from which the next start can open it; "": it cannot */
} placed_picture;

enum { APP_PICTURES = 24 };

/* ---- all of it --------------------------------------------------------------------------------------------------- */

typedef struct app {
    app_host host;
    app_options options;
    paths paths;
    settings settings;
    app_remembering remembering;

    ink drawing;
    unsigned prepared;                     /* changes with the picture, and with how the digit is made */
    journal *journal;                      /* NULL: this run goes without */
    bool unkept;                           /* it was said that the journal takes nothing; until it does again */
    bool second;                           /* because another window with the same state folder has it */
    ink recovered;                         /* what the last run left */
    bool offer;                            /* the strip offers it back, or the picture whose path is in `left` */
    char left[PATHS_MAX];                  /* of a picture: "" is none */
    bool left_wanted;                      /* it shall be opened again */
    recent recent;                         /* drawings before this one */
    recent forgotten;                      /* those that were, while that can be taken back */
    placed_picture *picture[APP_PICTURES]; /* in the order of their places; when there are too many, the oldest goes */
    int n_pictures;
    unsigned picture_number; /* of the newest */
    unsigned picture_kept;   /* the one whose path is on disk; 0: none */
    file_job *opening;       /* a file that shall be read; NULL: none */
    char opening_path[PATHS_MAX];
    bool importing; /* it is another program's model, and that has been said */
    app_choosing choosing;
    app_pen pen;
    bool eraser;
    digit_options how; /* the digit is made: not saved, so that every start reads as well as it can */

    app_reader reader;
    app_reading reading;
    app_numbers numbers;
    app_inside *inside;     /* NULL until that view is shown */
    app_breaking *breaking; /* the same */
    app_placing placing;
    app_touching touching;
    app_comparison comparison;
    app_testing testing;
    app_training training;
    app_learn learn;
    app_teaching teaching;
    char asked[NN_NAME];      /* the model of the person's own that the dialog is about, whatever reads meanwhile */
    char deleted[NN_NAME];    /* a model of the person's own, while that can be taken back; "": none */
    describe_job *describing; /* another one gets a description; NULL: none does */
    char described[NN_NAME];  /* its name */
    app_digits digits;
    app_files files;
    app_exporting exporting;

    app_sharing sharing;

    /* Messages in the strip, the newest first. */
    app_message notice[APP_NOTICES + APP_PASSING + APP_UNDOS];
    int n_notices;
    popup popup;
    manual *manual;             /* NULL until it is opened */
    char before_popup[UI_NAME]; /* where the focus returns to */
    bool focus_before_popup;    /* and whether it was to be seen: one who draws with a mouse has no use for it */
    char problem[512];          /* what the open dialog has to say */
    bool at_work;               /* a worker does what it was accepted for */
    char replace[UI_FIELD];     /* the existing file that saving again would replace */

    int w, h;
    double now;   /* ms, of the last tick */
    double heard; /* ms, of the last event */
    app_view_place place[VIEW_COUNT];
    ui *ui;      /* what panels declare and draw into */
    rect canvas; /* where the drawing is, in pixels: square */
    paper paper;
    bool quit;
} app;

/* ---- what can be told from it ------------------------------------------------------------------------------------ */

placed_picture *app_placed_picture(const app *self); /* on the canvas, in place of the drawing; NULL: none is */

static inline bool app_shows_picture(const app *self)
{
    return app_placed_picture(self);
}

static inline const app_picture *app_shown_picture(const app *self) /* NULL: none is */
{
    const placed_picture *placed = app_placed_picture(self);
    return placed ? &placed->picture : NULL;
}

static inline unsigned app_shown_number(const app *self) /* of it, unlike that of any other; 0: none is */
{
    const placed_picture *placed = app_placed_picture(self);
    return placed ? placed->number : 0;
}

/* The message in the strip, the newest; NULL: there is none, and the strip may offer what the last run left. */
static inline const app_message *app_said(const app *self)
{
    return self->n_notices > 0 ? &self->notice[0] : NULL;
}

/* What only this run can tell, such as how long something took or whether a worker is done: a session that is played
 * again (replay.h) takes it from its recording. */
static inline double app_told(const app *self, const char *what, double value)
{
    return self->host.told ? self->host.told(self->host.ctx, what, value) : value;
}

/* Labels that are likely wrong are still being looked for (learn.h). */
static inline bool app_looks_for_doubts(const app *self)
{
    const app_learn *l = &self->learn;
    return l->doubting && !l->doubts && !*l->no_doubts;
}

/* The view "Inside" shows the network's layers; else its map of digits, if that. */
static inline bool app_shows_layers(const app *self)
{
    return self->settings.view == VIEW_INSIDE && !self->placing.shown;
}

/* The revision of all that the digit is made from. */
static inline unsigned app_drawn(const app *self)
{
    return self->drawing.version + self->prepared;
}

/* Another one for every change of the drawing, and for every picture in its place. */
static inline unsigned app_canvas_shows(const app *self)
{
    return self->drawing.version + self->picture_number;
}

/* What is on the canvas, as it was read last. */
static inline const app_reading *app_read(const app *self)
{
    return &self->reading;
}

/* What is on the canvas as a number of several digits; NULL where it is read as one digit. */
static inline const number_answer *app_number(const app *self)
{
    return self->numbers.found.count > 1 ? &self->numbers.found : NULL;
}

/* What Redo would join or split again. */
static inline bool app_redoes_number(const app *self)
{
    const app_numbers *n = &self->numbers;
    return self->settings.numbers && n->steps_done < n->steps &&
           n->step[n->steps_done].at == ink_position(&self->drawing);
}

/* The drawing is ink that is read as one digit, and so can be kept with its right answer. */
static inline bool app_can_answer(const app *self)
{
    return !ink_is_empty(&self->drawing) && !app_shows_picture(self) && !app_number(self);
}

/* The answer with which the drawing was kept as it is; NULL: it was not. */
static inline const char *app_answered(const app *self)
{
    const app_kept *k = &self->training.last;
    return *k->label && k->drawing == self->drawing.version ? k->label : NULL;
}

/* What the drawing was read as before the lesson, as probabilities; NULL: it is another drawing, or was not read then, or
 * it is decided already whether the lesson counts. */
static inline const float *app_bars_before(const app *self)
{
    const app_teaching *t = &self->teaching;
    bool undecided = *t->path && !*t->made.path && strcmp(t->path, self->reader.path) == 0;
    return undecided && *t->was && t->drawn == app_drawn(self) ? t->bars : NULL;
}

/* A person has chosen this digit of the number. */
static inline bool app_chose_digit(const app *self, int i)
{
    return self->numbers.by_hand && self->numbers.chosen == i && self->numbers.chosen_of == app_canvas_shows(self);
}

/* A row of the list of models is the one in use. */
static inline bool app_uses(const app *self, const model_entry *entry)
{
    const app_reader *r = &self->reader;
    return !r->guest && strcmp(r->name, entry->name) == 0 && (!*r->path || strcmp(r->path, entry->path) == 0);
}

/* The network that reads now; NULL: none does. */
static inline recogniser *app_recogniser(const app *self)
{
    return self->reader.guest ? self->reader.guest : self->reader.used;
}

static inline const char *app_reader_name(const app *self)
{
    return self->reader.guest ? self->reader.guest_name : self->reader.name;
}

/* What the model in use can be asked for by: its path or name; "": there is none, or several are asked together, of which
 * nobody else knows by the name that they have. */
static inline const char *app_reader_value(const app *self)
{
    const app_reader *r = &self->reader;
    return *r->path ? r->path : r->used && !r->together ? r->name : "";
}

/* The model that reads now, the first of several; NULL: none does. */
static inline const nn_model *app_model(const app *self)
{
    return app_recogniser(self) ? recogniser_model(app_recogniser(self)) : NULL;
}

/* How many models that are asked together can be looked into: all, where they have their classes in the same order. */
static inline int app_members(const app *self)
{
    const recogniser *r = app_recogniser(self);
    int n = r ? recogniser_members(r) : 0;
    for (int i = 1; i < n; i++)
        if (memcmp(recogniser_member(r, i)->label, recogniser_member(r, 0)->label, sizeof app_model(self)->label) != 0)
            return 1;
    return n;
}

/* The model that is looked into, as it is; NULL: none reads. */
static inline const nn_model *app_member(const app *self)
{
    const recogniser *r = app_recogniser(self);
    return r ? recogniser_member(r, self->reader.member) : NULL;
}

/* The same as it reads now, with what is off and turned in it. */
static inline const nn_model *app_inspected(const app *self)
{
    return self->touching.net ? self->touching.net->model : app_member(self);
}

/* A map is open that lies on the ink, as single values do not. */
static inline bool opened_is_map(const app_inside *in)
{
    return in->opened.channel >= 0 && in->net->layer[in->opened.layer].shape.w > 1;
}

/* The model in use came from another program's file. */
static inline bool app_reads_imported(const app *self)
{
    import_facts facts;
    return app_model(self) && !self->reader.guest && import_facts_of(&facts, app_model(self));
}

/* The test's result for one of its models; NULL: it could not be tested. */
static inline const evaluation *app_test_result(const app *self, int model)
{
    const nn_error *problem;
    return test_job_result(self->testing.job, model, &problem);
}

/* The same for the model that is shown; NULL also where there is no result yet. */
static inline const evaluation *app_tested(const app *self)
{
    return self->testing.done ? app_test_result(self, self->testing.model) : NULL;
}

/* The confidence from which on answers count. */
static inline float app_test_sure(const app *self)
{
    return 1 - powf(10, -self->testing.nines);
}

/* The image of the test's data that is on the canvas; -1: none is. */
static inline int app_test_shows(const app *self)
{
    const app_testing *t = &self->testing;
    bool there = app_shows_picture(self) || t->drawn == self->drawing.version;
    return there && t->picture == app_shown_number(self) ? t->image : -1;
}

/* The one of the labels that are likely wrong whose image is on the canvas; -1: none is. */
static inline int app_learn_shows(const app *self)
{
    return app_shows_picture(self) && self->learn.picture == app_shown_number(self) ? self->learn.doubt : -1;
}

/* Where the page is that others draw on; NULL: nothing is shared now. */
static inline const share_news *app_shared(const app *self)
{
    const app_sharing *s = &self->sharing;
    const share_news *news = s->job && !s->stopping ? share_job_news(s->job) : NULL;
    return news && news->stage == SHARE_ON ? news : NULL;
}

/* The images that shall be learned from are still to be fetched. */
static inline bool app_lacks_images(const app *self)
{
    return self->settings.train_data == TRAIN_MNIST && !self->training.has_mnist;
}

/* The network that is shown: the one that learns or has learned, else the one that is chosen. NULL: it is not known. */
static inline const nn_plan *app_shown_plan(const app *self)
{
    const app_training *t = &self->training;
    return t->job && train_job_news(t->job)->moments > 0 ? train_job_plan(t->job) : self->learn.plan;
}

/* The moment of the training that is shown, the newest one where that is now; -1: there is none yet. */
static inline int app_shown_moment(const app *self)
{
    const app_training *t = &self->training;
    int moments = t->job ? train_job_news(t->job)->moments : 0;
    return t->back >= 0 && t->back < moments ? t->back : moments - 1;
}

/* The canvas is read with the network in training. */
static inline bool app_watches_training(const app *self)
{
    return self->training.reader && self->reader.guest == self->training.reader;
}

/* A dialog asks for the name of something new. */
static inline bool app_names_file(const app *self)
{
    return self->popup == POPUP_SAVE || self->popup == POPUP_EXPORT || self->popup == POPUP_REPORT ||
           self->popup == POPUP_DIGITS_EXPORT;
}

/* A dialog with a path is open. */
static inline bool app_chooses_file(const app *self)
{
    return self->popup == POPUP_OPEN || self->popup == POPUP_FOLDER || self->popup == POPUP_TEST_FOLDER ||
           self->popup == POPUP_DIGITS_IMPORT || app_names_file(self);
}

/* The page of one's own digits is open, or a question about it. */
static inline bool app_on_digits(const app *self)
{
    return self->popup == POPUP_DIGITS || self->popup == POPUP_DIGITS_IMPORT || self->popup == POPUP_DIGITS_EXPORT ||
           (self->popup == POPUP_GUEST && self->digits.from_page);
}

/* What every worker gets of the window: how it tells that it has news, and that it runs behind the window. */
job_host app_job_host(const app *self);

bool app_lists_file(const app *self, const folder_entry *e); /* it has what is typed in its name */
double app_drawing_ends(const app *self); /* ms: a stroke after this time begins a new one; INFINITY: none will */
bool app_can_save(const app *self, save_kind kind);

/* Pixels per unit of the layout, for the screen's scale and the person's zoom; grows gently with the window, so that it can
 * be read from the back of a room, and never so far that a small window cannot hold the toolbar. */
float app_scale(const app *self, float zoom);

/* Whether an action of the table (action.h) can do anything just now; else *why says what is missing. */
bool app_can(const app *self, int id, text_id *why);

/* The model in use is a file in the person's folder, which `path` gets. A name that is shipped, too, means the shipped
 * one. */
bool app_reads_own(const app *self, char path[PATHS_MAX]);
bool app_own_path(const app *self, const char *name, const char *ending, char path[PATHS_MAX]); /* of a file there */

/* How many models of the list are ticked. */
int app_ticked(const app *self);

/* The class of the model in use whose name is that one letter; -1: there is none. */
int app_class_of_key(const app *self, int key);

/* From canvas units to the picture's pixels; and to the network's image, of the drawing or the picture. */
affine app_picture_map(const app *self);
affine app_image_map(const app *self);

/* The architecture that would be trained. */
const char *app_train_net(const app *self);

#endif
