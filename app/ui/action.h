/* action.h - what a person can make the program do, from assets/actions.def, and the few things only a widget can
 * ask for. */
#ifndef ACTION_H
#define ACTION_H

#include "app/texts/texts.h"
#include "app/ui/kit/widget.h"

/* The ids of actions that are not the kit's. */
enum {
    ACTION_KIT_END = ACTION_OWN - 1,
#define ACTION(id, name, mods, key, over) ACTION_##id,
#include "assets/actions.def"
#undef ACTION
    ACTION_NAMED_END, /* ids from ACTION_OWN to here are rows of the table */

    ACTION_BRUSH = ACTION_NAMED_END, /* value: width in units */
    ACTION_DIGIT,                    /* index in the number */
    ACTION_DISTORT,                  /* index: a distort_kind; value */
    ACTION_BREAK_PAGE,               /* index: a break_page */
    ACTION_FOOL_WANTED,              /* value: 0 for any class, else that class and 1 */
    ACTION_FOOL_DRAW,                /* looks for dots of ink that do it */
    ACTION_FOOL_UNDO,                /* takes them back */
    ACTION_DREAM_CLASS,              /* value */
    ACTION_DREAM_AGAIN,              /* from other noise */
    ACTION_LAYER,                    /* index of the layer to be shown large; -1: all */
    ACTION_LOOK,                     /* value: the cell of the map of known digits that is looked at */
    ACTION_MAP,                      /* index: of its layer; value: the channel that is opened */
    ACTION_PLACE,                    /* value: the place in the open map that is looked at */
    ACTION_TERM,                     /* value: the channel of what it reads */
    ACTION_TAP,                      /* value: the weight of that */
    ACTION_VOTE,                     /* value: a feature that is opened */
    ACTION_VOTE_OFF,                 /* the same: it is switched off */
    ACTION_SILENCE,                  /* index: a node; value: its channel that is switched off, or on again */
    ACTION_TURN,                     /* index in the weights; value: that one's */
    ACTION_PREPARE,                  /* index: offset of the member of digit_options that is switched on or off */
    ACTION_MEMBER,                   /* index of the model, of those that are asked together, that is looked into */
    ACTION_MODEL,                    /* index in the list of models */
    ACTION_READ_AS,                  /* index of a convention for the imported model in use */
    ACTION_TICK,                     /* index of a row of the comparison */
    ACTION_USE,                      /* the same */
    ACTION_TOGETHER,                 /* those that are ticked */
    ACTION_RECALL,                   /* index of an earlier drawing */
    ACTION_FILE_ROW,                 /* index of an entry of the folder that is shown */
    ACTION_FILE_UP,                  /* to the folder around it */
    ACTION_FILE_PLACE,               /* index */
    ACTION_SAVE_KIND,                /* index: a save_kind, or an export_format, or of one's own digits 0 for strokes */
    ACTION_SMOOTHING,                /* value: 0..1 */
    ACTION_PAUSE,                    /* value: seconds, 0 for none */
    ACTION_TAPS,
    ACTION_PRESSURE,
    ACTION_SPEAK, /* index of a language */
    ACTION_SHARE_START,
    ACTION_SHARE_STOP,
    ACTION_SHARE_COPY,    /* the address */
    ACTION_SHARE_ADDRESS, /* index of an address of this machine */
    ACTION_RESTORE,
    ACTION_DISCARD,
    ACTION_HELP_BACK,
    ACTION_HELP_LINK,     /* index of a link of the open page */
    ACTION_HELP_PAGE,     /* index of a page */
    ACTION_TAKE_BACK,     /* what the message in the strip says was done */
    ACTION_REMEMBER,      /* the earlier drawings that were forgotten */
    ACTION_DISMISS,       /* the message in the strip */
    ACTION_KEEP_AS,       /* index: a class of the model */
    ACTION_ANSWER,        /* the same, without a dialog */
    ACTION_UNKEEP,        /* takes the drawing out that was kept last */
    ACTION_UNTEACH,       /* the lesson ends without having been learned */
    ACTION_UNLEARN,       /* the model before the lesson reads again */
    ACTION_DIGITS_ONE,    /* index of one of the own digits that are shown */
    ACTION_DIGITS_ALL,    /* of these */
    ACTION_DIGITS_LIST,   /* index: a digits_list */
    ACTION_DIGITS_SHOW,   /* index in it; -1: all */
    ACTION_DIGITS_ANSWER, /* index: a class of the model, for those that are chosen; so are these: */
    ACTION_DIGITS_WRITER,
    ACTION_DIGITS_REMOVE,
    ACTION_DIGITS_LOOK,
    ACTION_DIGITS_UNDO, /* the last change */
    ACTION_DIGITS_IMPORT,
    ACTION_DIGITS_EXPORT,
    ACTION_LEAVE, /* ends the program and throws the training away */

    /* The test: testing.c. */
    ACTION_TEST_PAGE,       /* index: a test_page */
    ACTION_TEST_IMAGES,     /* shows the list of images to test on */
    ACTION_TEST_IMAGES_SET, /* index: a test_images */
    ACTION_TEST_FOLDER,     /* asks for a folder or file of images */
    ACTION_TEST_START,
    ACTION_TEST_CANCEL,
    ACTION_TEST_MODEL, /* index in the test: whose result is shown */
    ACTION_TEST_SURE,  /* value: nines */
    ACTION_TEST_CELL,  /* index: true class * NN_MAX_CLASSES + the one that was read */
    ACTION_TEST_LIST,  /* index: a test_list + TEST_LISTS * the other model */
    ACTION_TEST_IMAGE, /* index in the list: onto the canvas */
    ACTION_TEST_BACK,  /* from the list */
    ACTION_TEST_USE,   /* the model whose result is shown reads the canvas */
    ACTION_TEST_REPORT,

    /* The training: train.c. */
    ACTION_TRAIN_NETS,     /* shows the list of architectures */
    ACTION_TRAIN_NET,      /* index in it */
    ACTION_TRAIN_DATA,     /* shows the list of data */
    ACTION_TRAIN_DATA_SET, /* index: a train_choice */
    ACTION_TRAIN_FOLDER,   /* asks for a folder */
    ACTION_TRAIN_EPOCHS,   /* value */
    ACTION_TRAIN_RATE,     /* value: steps of a tenth of a power of ten, from the lowest learning rate */
    ACTION_TRAIN_AUGMENT,
    ACTION_TRAIN_FETCH,
    ACTION_TRAIN_START,
    ACTION_TRAIN_PAUSE,
    ACTION_TRAIN_BATCH, /* learns one more batch, the first of a new training if none is under way, and pauses */
    ACTION_TRAIN_SLOW,  /* index: 1 so that every batch can be seen, 0 as fast as it can */
    ACTION_TRAIN_BACK,  /* value: a moment of the training; as many as there are: now */
    ACTION_TRAIN_CANCEL,
    ACTION_TRAIN_WATCH, /* whether the canvas is read with the weights of this moment */
    ACTION_TRAIN_RENAME,
    ACTION_TRAIN_KEEP,
    ACTION_TRAIN_HISTORY, /* whether that keeps its past as well */
    ACTION_TRAIN_RECALL,  /* shows the past of the model in use */
    ACTION_TRAIN_DISCARD,
    ACTION_TRAIN_FETCH_BACK, /* what was thrown away */

    ACTION_MODEL_BACK, /* the model that was deleted */
    ACTION_NET_CHANGE, /* opens the dialog in which the layers of the chosen network are changed */
    ACTION_NET_LINE,   /* index of one of its lines */
    ACTION_NET_ADD,    /* index: an app_layer */
    ACTION_NET_REMOVE,
    ACTION_NET_MOVE, /* index: -1 up, 1 down */

    ACTION_LEARN_PAGE,     /* index: a learn_page */
    ACTION_LEARN_DOUBT,    /* index of a label that is likely wrong: its image, onto the canvas */
    ACTION_LEARN_FORMULAS, /* shows the page of help about them */
    ACTION_END
};

/* Over what a key works. */
typedef enum action_over { OVER_WINDOW, OVER_FIELD, OVER_ANYWHERE } action_over;

typedef struct action_info {
    const char *name;
    text_id label, tip;
    int mods, key;
    action_over over;
} action_info;

/* id: a row of the table. */
const action_info *action_about(int id);

/* The heading over it in the menu; false where it goes on with the group before. */
bool action_begins_group(int id, text_id *heading);

/* The action that a key press asks for, ACTION_NONE if none. */
int action_for_key(int key, int mods);

#endif
