/* lattice.h - all ways to put parts together to digits, and the likeliest of them.
 *
 * A group is a set of parts that may be one digit. A path through the lattice takes the leftmost part that is left, with
 * a group that it is in, until none is left: so groups may lie over each other, as the bar of a 5 over the next digit
 * does. A line that leads from one digit to the next, or a dot, may also be none: a blank. A stroke that was drawn again
 * stays with the one that it runs along. A group's score is that of a small network with one hidden layer, from what the
 * recogniser says of it and its geometry (lattice_weights.h); its weights were found by maximum likelihood of the right
 * text over all paths (a semi-Markov conditional random field, Sarawagi and Cohen 2004), on composed strings:
 * tests/numbers/train.py. One thread at a time. */
#ifndef LATTICE_H
#define LATTICE_H

#include "app/core/model/answer.h"
#include "parts.h"

enum {
    LATTICE_MAX_GROUPS = 256, /* at least four for each part */
    LATTICE_MAX_DIGITS = PARTS_MAX,
    GROUP_REACH = 8, /* parts from left to right that a group's lie within */
};
#define LATTICE_LEAST 1e-4f /* of the probabilities that the network gives: less counts as much */
#define LATTICE_FOOT  3.0f  /* what speaks for a 1 where a digit stands on a bar: 118 do in our data, no 2 of 1,308 */

/* What a group's score is computed from, with the class of the network's best guess. Lengths in heights of the writing. */
typedef enum group_feature {
    GROUP_EACH,       /* 1 */
    GROUP_SHORT,      /* below 0.85 high */
    GROUP_SHORTER,    /* below 0.5 high */
    GROUP_TALL,       /* above 1.25 high */
    GROUP_WIDE,       /* above 0.8 wide */
    GROUP_WIDER,      /* above 1.2 wide */
    GROUP_GAP,        /* widest free part of the x axis within */
    GROUP_LOOSE,      /* farthest that a part is from all others of the group, above 0.06 */
    GROUP_MORE,       /* strokes but one */
    GROUP_MANY,       /* strokes but two */
    GROUP_OVERLAPPED, /* shares of the x axis that it has in common with others */
    GROUP_COVERED,    /* what these shares are above 0.7 */
    GROUP_STACKED,    /* the shares of those above or below it */
    GROUP_TOUCHED,    /* others that touch it */
    GROUP_CLOSE,      /* closeness of others that do not */
    GROUP_CUT,        /* ends at cuts */
    GROUP_STRAINED,   /* what these cost (parts.h) */
    GROUP_LATE,       /* strokes of others that were drawn between its own */
    GROUP_DOUBT,      /* what the network's best guess leaves to others */
    GROUP_NO_DIGIT,   /* the same above a half */
    GROUP_HIGH,       /* height, less 1 */
    GROUP_BROAD,      /* width, less 0.6 */
    GROUP_RAISED,     /* its foot above the line, over 0.1 */
    GROUP_SUNK,       /* its top below that of the line, over 0.1 */
    GROUP_STRANGE,    /* how much nearer a stroke of others is than its own are to each other */
    GROUP_SECOND,     /* what the network gives to its second guess */
    GROUP_CROSSED,    /* shares of the x axis in common with those of others that cross it */
    GROUP_LOOPED,     /* closeness of what it was cut off from, away from the cuts */
    GROUP_ALL,        /* 1: all there is */
    GROUP_SURE,       /* how small the doubt is: powers of ten, up to four, as a share */
    GROUP_FEATURES
} group_feature;

/* The same of a blank. Lengths in heights of the writing. */
typedef enum blank_feature {
    BLANK_LINK,  /* 1: between two cuts */
    LINK_LENGTH, /* of the line */
    LINK_BENT,   /* what it is longer than the way between its ends, as a share */
    LINK_STEEP,  /* share of the way that goes up or down */
    BLANK_DOT,   /* 1: a dot */
    DOT_SIZE,    /* larger side of its box */
    DOT_FAR,     /* from the nearest ink, 0.5 at most */
    BLANK_FEATURES
} blank_feature;

typedef struct lattice_group {
    uint64_t parts;                /* a bit for each */
    bool blank;                    /* no digit: the next two are all there is of it */
    float feature[GROUP_FEATURES]; /* of a blank: BLANK_FEATURES */
    float score;                   /* of all features but the network's word for a class */
    float word[NN_MAX_CLASSES];    /* what each class adds to it */
    int strokes;
    bool foot; /* its last stroke is a bar that it stands on */
    answer answer;
} lattice_group;

typedef struct lattice {
    int count, parts, classes;
    int start[PARTS_MAX + 1]; /* groups whose leftmost part is i: group[start[i]] .. group[start[i + 1]] */
    lattice_group group[LATTICE_MAX_GROUPS];
} lattice;

/* What a person said of some of the parts: that they are one digit, or are not. */
typedef struct lattice_rule {
    uint64_t parts;
    bool together;
} lattice_rule;

/* All groups of sorted parts that keep the rules, with what geometry says of them. */
void lattice_build(lattice *lattice, const stroke_parts *parts, const lattice_rule *rules, int n_rules);

/* Of its features; its owner is lattice_build. */
float lattice_blank_score(const lattice_group *blank);

/* What the network says of a group; for each that is no blank before the paths are searched. */
void lattice_tell(lattice *lattice, int group, const answer *answer, const nn_model *model);

typedef struct lattice_path {
    int count;
    int group[LATTICE_MAX_DIGITS], class[LATTICE_MAX_DIGITS]; /* from left to right */
    float probability;                                        /* of this text, among all texts and paths */
} lattice_path;

/* The likeliest path; none, with count 0, where the rules leave none. */
void lattice_best(lattice_path *out, const lattice *lattice);

#endif
