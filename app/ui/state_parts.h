/* state_parts.h - what each part of the application keeps: one structure a part, which state.h puts together.
 *
 * A structure is written by the part of its name (app_testing by testing.c ...); panels read it. */
#ifndef STATE_PARTS_H
#define STATE_PARTS_H

#include "app/core/data/collection_job.h"
#include "app/core/data/data_source_job.h"
#include "app/core/data/fetch_job.h"
#include "app/core/data/samples.h"
#include "app/core/export/export_job.h"
#include "app/core/folder_job.h"
#include "app/core/model/inspect.h"
#include "app/core/model/model_jobs.h"
#include "app/core/model/net_draft.h"
#include "app/core/model/sum.h"
#include "app/core/model/touched.h"
#include "app/core/number/number_picture.h"
#include "app/core/probe/atlas_job.h"
#include "app/core/probe/dots.h"
#include "app/core/probe/dream.h"
#include "app/core/probe/sweep.h"
#include "app/core/settings.h"
#include "app/core/share/lan.h"
#include "app/core/share/share_job.h"
#include "app/core/training/data_sheet.h"
#include "app/core/training/doubts.h"
#include "app/core/training/findings.h"
#include "app/core/training/net_cost.h"
#include "app/core/training/teach_job.h"
#include "app/core/training/train_job.h"
#include "app/report/test_job.h"
#include "app/ui/kit/widget.h"

/* ---- the drawing ------------------------------------------------------------------------------------------------- */

enum { PEN_STILL = 64 }; /* events, the most that are kept of what may be a tap */

/* The pen that is drawing now, and the one that arrow keys move. */
typedef struct app_pen {
    bool by_keys; /* a stroke is being drawn with keys; else, if ink.drawing, by `pointer` */
    long long pointer;
    float x, y;     /* of the keyboard's pen, units */
    int held;       /* arrow keys that are down: bits of their order in KEY_LEFT.. */
    double began;   /* ms, of the first point of the drawing */
    double rested;  /* ms, when the drawing last changed */
    double hovered; /* ms, when the mouse or pen last moved */
    bool turned;    /* its eraser end was down or near then */
    bool refused;   /* it was said that the drawing takes no more */
    /* A pointer that came down and has hardly moved since: a tap, or the beginning of a stroke. */
    event still[PEN_STILL];
    int n_still;  /* 0: none is */
    bool cleared; /* the stroke being drawn took the place of the drawing before it */
} app_pen;

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* Which network reads (reader.h): the model in use, or for a while another one in its place. */
typedef struct app_reader {
    recogniser *used; /* NULL: no model could be loaded */
    char name[NN_NAME];
    char path[PATHS_MAX]; /* if it was asked for by that, else "" */
    bool together;        /* several models were asked for */
    bool own;             /* it is a file among the person's own, when it was last looked at: */
    unsigned own_of;      /* the revision then */

    recogniser *guest; /* its owner's; NULL: there is none */
    char guest_name[NN_NAME];

    model_load *load;            /* of what shall be used once it is open; NULL: nothing is on its way */
    char wanted[NN_NAME];        /* its name */
    char wanted_path[PATHS_MAX]; /* if it was asked for by that */
    bool wanted_together;
    bool remember; /* the next start uses it too */
    int tried;     /* of those that the program can begin with; 0: another one is wanted */

    int member;        /* of models that are asked together: the one that is looked into and touched */
    unsigned network;  /* changes with what is looked into, not with its weights */
    unsigned revision; /* changes with what reads and with its weights; never 0 */
} app_reader;

/* What something was made from: app_drawn and app_reader.revision, compared with those of now. */
typedef struct revision {
    unsigned drawn, reader;
} revision;

/* Another one for everything newer. */
static inline unsigned revision_number(revision r)
{
    return r.drawn + r.reader;
}

static inline bool revision_same(revision a, revision b)
{
    return a.drawn == b.drawn && a.reader == b.reader;
}

/* What was drawn as the network gets it, and what it makes of that. */
typedef struct app_reading {
    revision of;
    digit_tracker track; /* of the drawing */
    digit digit;
    unsigned char input28[DIGIT_PIXELS]; /* digit.image for the screen */
    answer answer;
    looks_read looks;            /* at the picture, where that is read as one digit */
    float shown[NN_MAX_CLASSES]; /* the bars on their way to answer.probability */
} app_reading;

enum { NUMBER_STEPS = 16 };

/* What was joined or split, for Undo and Redo. */
typedef struct number_step {
    int at;             /* ink_position of the drawing that it was said of */
    number_hints hints; /* those before it; once it is undone, those with it */
} number_step;

/* The drawing or picture as a number (numbers.h). */
typedef struct app_numbers {
    number_reader *reader;          /* NULL until it is needed */
    unsigned asked;                 /* app_reader.revision that its memory is about */
    number_picture *row;            /* the same of a picture; NULL: none is read as a number */
    revision row_of;                /* app_shown_number, and app_reader.revision */
    number_answer found;            /* count 0 where nothing is read as a number */
    int chosen;                     /* the digit whose bars are shown */
    unsigned chosen_of;             /* app_canvas_shows when a person chose it; else it is the one drawn last */
    bool by_hand;                   /* a person has chosen one of what is there */
    unsigned read_of;               /* app_canvas_shows when anything was read last */
    unsigned tap_of;                /* app_canvas_shows when a person tapped; 0: nobody has since */
    float tap_x, tap_y;             /* the digit there is chosen as soon as it is read, in canvas units */
    number_hints hints;             /* what was joined and split, */
    number_step step[NUMBER_STEPS]; /* how that came about, the oldest first: */
    int steps, steps_done;          /* those behind the ones done can be redone */
    number_reader *earlier;         /* of earlier drawings; NULL until it is needed */
    unsigned earlier_asked;         /* app_reader.revision that its memory is about */
} app_numbers;

enum { VOTES_MOST = 12 };

/* The features that speak loudest for the answer or against it (votes.h). */
typedef struct app_votes {
    int count;
    inspect_vote vote[VOTES_MOST];
    int feature[VOTES_MOST]; /* of each */
    int label, other;        /* the classes that they speak for: the answer and the runner-up */
    unsigned char plus[VOTES_MOST][DIGIT_PIXELS], minus[VOTES_MOST][DIGIT_PIXELS]; /* ink that raised the feature */
    unsigned reads, rounds; /* of the inspector, that this is about */
} app_votes;

enum { INSIDE_SHOWN = 8 /* maps that stand for a layer */, OPENED_SIDE = MODEL_MAX_SIDE };

/* Values of -1 to 1 for the screen: those above 0, and those below. */
typedef struct opened_picture {
    unsigned char plus[OPENED_SIDE * OPENED_SIDE], minus[OPENED_SIDE * OPENED_SIDE];
} opened_picture;

/* One map that a person opened (opened.h). */
typedef struct app_opened {
    int layer, channel; /* channel -1: none is open */
    int place;          /* y * w + x of the value that was chosen; -1: the strongest is looked at */
    int chosen;         /* channel of what the layer reads; -1: that of the largest term */
    int tap;            /* of the window: the weight that can be turned */
    int scrolled;       /* where the list of all layers was, in pixels */

    int x, y;     /* of the value that is looked at */
    float value;  /* it */
    bool has_sum; /* the layer adds up inputs x weights */
    sum sum;
    int terms[SUM_TERMS]; /* their channels */
    int input;            /* the channel of the kernel that is shown */
    float reach;          /* a weight can be turned from -reach to reach */
    opened_picture kernel, term[SUM_TERMS], overlay;
    float on_ink[DIGIT_PIXELS]; /* the map as it lies on the digit; of a single value the ink that raised it */
    unsigned rounds;            /* of importance, that this is about */
    unsigned version;           /* of the pictures */
} app_opened;

/* What the view "Inside" knows of the network that reads: kept up to date only while that view is shown. */
typedef struct app_inside {
    inspect *net;                          /* NULL: there is no memory for it, or nothing to read with */
    revision read;                         /* that the maps show */
    int layer;                             /* that is shown large; -1: all are shown */
    int shown[NN_MAX_NODES][INSIDE_SHOWN]; /* of each layer, where all are; as many as it has, at most */
    unsigned shown_of;                     /* app_drawn that they were chosen for */
    app_opened opened;
    app_votes votes;
    bool heat_off; /* pixels that mattered are not shown on the ink */

    digit_tracker track;                             /* of the drawing, for `sheet` */
    unsigned char sheet[DIGIT_FRAME * DIGIT_FRAME];  /* the whole canvas, small */
    unsigned char fitted[DIGIT_FRAME * DIGIT_FRAME]; /* what the frame holds before it is centred */

    revision asked;              /* that the round of importance is about, which may still go on */
    revision answered;           /* that net->importance is about; all 0: there is none yet */
    affine to_image;             /* of that drawing, from canvas units */
    revision painted;            /* the importance that plus and minus show */
    unsigned painted_map;        /* or the version of the open map; 0: none is */
    affine read_map;             /* from canvas units, of what was read last */
    bool heat;                   /* they are to be seen */
    unsigned char *plus, *minus; /* heat_side squared: how much ink spoke for the answer, and against it */
    int heat_side;
    rect heat_area; /* of them, where there is ink */
} app_inside;

/* The drawing on a map of known digits, in the view "Inside": kept up to date only while it is shown. */
typedef struct app_placing {
    bool shown;     /* in place of the layers */
    atlas_job *job; /* that makes the map; NULL: nothing is on its way */
    unsigned asked; /* app_reader.revision that it is about, or that of the last one */
    double began;   /* ms, when */
    unsigned of;    /* app_reader.network that it and the map are about */
    atlas *map;     /* NULL: there is none yet */
    unsigned version;
    features *net;                         /* of the network that reads */
    revision placed;                       /* that what follows is about */
    float at[2];                           /* the drawing's place */
    int nearest[ATLAS_NEAREST], n_nearest; /* 0: it has none */
    bool looks;                            /* a person has gone to a place of the map */
    float looked[2];                       /* that one */
} app_placing;

/* What the view "Break it" shows. */
typedef enum break_page { BREAK_SLIDERS, BREAK_FOOL, BREAK_DREAM, BREAK_PAGES } break_page;

/* What it knows: each page is kept up to date only while it is shown. */
typedef struct app_breaking {
    revision read;                        /* that `shrunk` is of */
    digit_tracker track;                  /* of the drawing */
    digit shrunk;                         /* the whole canvas, without preparation */
    unsigned char shrunk28[DIGIT_PIXELS]; /* its image for the screen */
    answer shrunk_answer;

    sweep sweep;
    revision asked; /* that the round of the sweep is about, which may still go on */

    slope *slope; /* of all that read; NULL: there is no memory for it */

    int wanted; /* what the drawing shall be taken for, or FOOL_ANY */
    fool fool;
    revision fooled; /* that it is about */
    unsigned char more[DIGIT_PIXELS], less[DIGIT_PIXELS],
        changed[DIGIT_PIXELS]; /* what it added, took away, has made */
    unsigned fool_version;     /* of these pictures */
    dots dots;                 /* FOOL_GOING: they are being looked for */
    unsigned dotted;           /* app_drawn that they are about; then of the drawing with them */

    dream dream;
    int dream_class;
    unsigned dream_seed, dreamt; /* app_reader.revision that it is about; 0: none */
    unsigned char dream28[DIGIT_PIXELS];
    unsigned dream_version;
    break_page page;
} app_breaking;

/* The network that reads, where a person has taken hold of it (touching.h). */
typedef struct app_touching {
    touched *net; /* NULL: nobody has */
    unsigned of;  /* app_reader.revision that it belongs to */
    int member;   /* of the models that are asked together, in whose place it reads */
} app_touching;

/* ---- models side by side ----------------------------------------------------------------------------------------- */

typedef struct comparison_row {
    model_entry entry;
    bool ticked;
    model_load *load;   /* on its way */
    recogniser *reader; /* of a ticked one; NULL while it is on its way */
    bool together;      /* it is among those that were last asked for together */
    answer answer;
    unsigned read; /* app_drawn that it is about */
} comparison_row;

/* All models there are, as a worker found them. */
typedef struct app_comparison {
    model_survey *survey; /* on its way */
    bool again;           /* and it shall be followed by another one */
    comparison_row *row;  /* NULL until the first survey is done */
    int n_rows;
    char loose[PATHS_MAX]; /* the last that was opened by a path outside the usual folders; "": none */
} app_comparison;

/* ---- a test ------------------------------------------------------------------------------------------------------ */

typedef enum test_page { TEST_MODELS, TEST_BESIDE, TEST_MISTAKES, TEST_CLASSES, TEST_LIST, TEST_PAGES } test_page;

/* What a list of images is of. */
typedef enum test_list { TEST_CELL, TEST_HARDEST, TEST_DOUBTED, TEST_ONLY_THIS, TEST_ONLY_OTHER, TEST_LISTS } test_list;

/* Models tested on images, and what of it is looked at. */
typedef struct app_testing {
    test_images images; /* that will be tested on */
    char path[PATHS_MAX];
    test_job *job; /* NULL: nothing has been tested */
    bool done;     /* it has results, or problems */
    unsigned runs; /* tests so far, for the draw list */
    bool stopping, saving;
    test_news news;

    test_page page;
    int scroll[TEST_PAGES]; /* where each was left */
    int model;              /* of the job, whose result is shown */
    float nines;            /* answers count from the confidence 1 - 10 ^ -nines on */
    sure_score sure;        /* those that count */
    confusion counted;      /* the same */

    test_list list;
    int truth, read; /* of the cell */
    int other;       /* model that is compared with */
    finding *found;  /* the list: room for all images */
    int n_found;
    int n_doubted, n_only[TEST_MOST_MODELS][2]; /* how many images the lists would have; [other][this one is right] */

    int image;        /* of the data, that was put onto the canvas last; -1: none was */
    unsigned drawn;   /* the drawing's version then, */
    unsigned picture; /* and app_shown_number */
} app_testing;

/* ---- a training -------------------------------------------------------------------------------------------------- */

enum { TRAIN_RATE_MIN = -5, TRAIN_RATE_MAX = -1 }; /* powers of ten */

typedef enum image_use {
    IMAGES_TO_LEARN_FROM,
    IMAGES_TO_TEST_ON,
    IMAGES_OPENED /* to learn from, wherever one is */
} image_use;

/* A folder of images that was chosen, and is looked at. */
typedef struct app_choosing {
    data_source_job *job; /* NULL: none is */
    image_use use;
} app_choosing;

/* A drawing that was kept with its right answer. */
typedef struct app_kept {
    char label[NN_NAME]; /* "": there is none */
    unsigned drawing;    /* its version */
    samples_place place;
} app_kept;

/* form -> (start) -> running -> ended -> keep or throw away -> form. The settings hold what was chosen. */
typedef struct app_training {
    train_job *job; /* NULL: the form is shown */
    bool past;      /* it is one of the past (train_past.h), which is only looked at */
    bool paused, stopping, saving;
    bool slow;            /* so that every batch can be seen */
    int back;             /* moment of the job that is shown, and read with; -1: now */
    bool leaving;         /* the program ends once it is saved */
    bool noted;           /* what was done to the data is told */
    char path[PATHS_MAX]; /* of TRAIN_PATH */
    char name[NN_NAME];   /* under which it would be kept */
    char problem[512];    /* what the form has to say */

    recogniser *reader; /* with the weights of this moment; NULL: there are none yet, or it cannot read drawings */
    train_job *thrown;  /* away, while that can be taken back; NULL: there is none */

    fetch_job *fetch; /* NULL: MNIST is not being fetched */

    model_entry *nets; /* for the list of architectures */
    int n_nets;
    int n_kept;                  /* drawings in the person's own file */
    app_kept last;               /* of them */
    struct kept_count *counting; /* them again; NULL: nobody is */
    bool has_mnist;              /* as of the last look */
} app_training;

typedef enum learn_page { LEARN_IMAGES, LEARN_NETWORK, LEARN_COURSE, LEARN_PAGES } learn_page;

/* A look at the images and at the network that are chosen, before they meet in a training (learn.h). */
typedef struct app_learn {
    learn_page page; /* the one to be seen where three columns have no room */

    training_data wanted;    /* what is looked at */
    int kept;                /* drawings that the person's own file had then */
    data_sheet_job *looking; /* on its way; NULL: that is over */
    data_sheet sheet;        /* count 0: there is none */
    unsigned version;        /* of the sheet, for the draw list */
    char no_images[512];     /* why there is none; "" */
    doubts_job *doubting;    /* about the labels of these images; NULL: nobody doubts those that the program makes */
    char doubter[PATHS_MAX]; /* the model in use then, which may know classes that no shipped one knows */
    bool paused;             /* it waits */
    const doubts *doubts;    /* its result; NULL: not known yet */
    char no_doubts[512];     /* why there is none; "" */
    int doubt;               /* of the list, whose image was put onto the canvas last; -1: none was */
    unsigned picture;        /* app_shown_number then */

    char past[PATHS_MAX];  /* the history of the model in use; "": it has none */
    char past_of[NN_NAME]; /* the model's name, */
    unsigned past_reader;  /* and app_reader.revision, that this is about */

    net_cost_request asked; /* what is measured */
    net_cost_job *cost;     /* NULL: not yet */
    const nn_plan *plan;    /* its network; NULL: not known yet, or there is none */
    bool has_read, done;    /* that is known; all is */
    double epoch_seconds;   /* that an epoch takes here; 0: not known */
    char no_net[512];       /* why there is none; "" */

    net_draft draft;          /* of the dialog that changes it; it stays until it is saved, or a network is chosen */
    char draft_of[PATHS_MAX]; /* the network that it began with */
    bool draft_changed, editing;
    int line; /* of the draft, that is chosen */
} app_learn;

/* The layers that the dialog offers, as they begin. */
enum { APP_LAYERS = 7 };
typedef struct app_layer_kind {
    const char *kind, *line;
} app_layer_kind;
const app_layer_kind *app_layer(int i);

/* ---- a lesson ---------------------------------------------------------------------------------------------------- */

/* A copy of the model in use learns the drawings that were kept. */
typedef struct app_teaching {
    teach_job *job;             /* NULL: none is learning */
    float progress;             /* of it, 0..1 */
    char before[PATHS_MAX];     /* name or path of the model that it began with */
    teach_outcome made;         /* the copy that is on its way to read; path "": none is */
    char was[NN_NAME];          /* what the drawing was read as before it does; "": nothing */
    unsigned drawn;             /* app_drawn then */
    float bars[NN_MAX_CLASSES]; /* and the probabilities */
    bool undoing;               /* the model before is on its way to read again */
    char path[PATHS_MAX];       /* of the copy that reads, as long as one can go back; "": there is none */
} app_teaching;

/* ---- one's own digits -------------------------------------------------------------------------------------------- */

enum { DIGITS_NAMES = 256 };

typedef struct digits_place {
    collection_item *item;
    int place; /* in the file */
} digits_place;

/* A list over the page. */
typedef enum digits_list { DIGITS_NO_LIST, DIGITS_LABELS, DIGITS_WRITERS, DIGITS_ANSWERS } digits_list;

typedef struct digits_name {
    char name[NN_NAME];
    int count;
} digits_name;

typedef struct app_digits {
    collection all;         /* while the page is open */
    bool there;             /* it has been read */
    collection_job *job;    /* reads, or gives away; NULL: nobody does */
    bool adding;            /* what it reads comes to those that there are */
    collection_job *saving; /* NULL: nobody is */
    bool unsaved;           /* there are changes that it does not know of */

    bool by_label, by_writer; /* only such ones are shown: */
    char label[NN_NAME], writer[NN_NAME];
    digits_place *shown; /* by label, then by writer, the oldest first */
    int n_shown, n_chosen;
    unsigned version; /* of what is shown, for the draw list */

    digits_list list;
    digits_name name[DIGITS_NAMES]; /* its rows, but for DIGITS_ANSWERS */
    int n_names;
    bool of_chosen; /* the name that is asked for is that of the chosen ones, not of who draws now */
    bool from_page; /* and the page is under the question */
} app_digits;

/* ---- choosing a file --------------------------------------------------------------------------------------------- */

enum { FILES_PLACES = 5, FILES_LEAVING = 8 };

typedef struct app_files {
    char pictures[PATHS_MAX], documents[PATHS_MAX]; /* where a person keeps them, as of the start */
    char folder[PATHS_MAX];                         /* that is shown */
    char typed[UI_FIELD];                           /* the folder's part of the field, as of the last look */
    folder_job *job;  /* that lists it; NULL: no dialog is open, or it could not be started */
    unsigned version; /* of the list, for the draw list */
    folder_job *leaving[FILES_LEAVING];
    int n_leaving;
    char place[FILES_PLACES][PATHS_MAX]; /* one goes to by a click */
    int n_places;
} app_files;

/* Where a view was left. */
typedef struct app_view_place {
    int scroll; /* pixels */
    char focus[UI_NAME];
} app_view_place;

/* A model on its way to a file for other programs. */
typedef struct app_exporting {
    export_job *job; /* NULL: none is */
    char path[PATHS_MAX];
    char name[NN_NAME]; /* of the model that the dialog speaks of */
} app_exporting;

/* The settings on their way to disk (remember.h). */
typedef struct app_remembering {
    settings seen; /* as of the last tick */
    double due;    /* ms of app.now: they are written then; 0: they are */
    job *job;      /* writes `saved`; NULL: none does */
    settings saved;
} app_remembering;

/* ---- the network around ------------------------------------------------------------------------------------------ */

typedef struct app_sharing {
    share_job *job; /* NULL: nothing is shared */
    bool stopping;
    char address[LAN_MOST][LAN_ADDRESS]; /* of this machine, when the dialog was opened */
    int count, chosen;
    char model[NN_NAME]; /* that reads what is shared, whatever reads here by now; "": the default */
    unsigned version;    /* changes with what the job tells */
} app_sharing;

#endif
