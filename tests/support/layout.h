/* layout.h - looks at the window at many sizes, scales and languages for what is wrong with it: what overlaps, leaves the
 * window or is cut without being told. On the screen of support/fixture.h. */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "support/screen.h"

enum { LAYOUT_SIZES = 12, LAYOUT_SCALES = 5 };
extern const float layout_scales[LAYOUT_SCALES];
extern const char layout_net[];                    /* of the model that reads; it has learnt nothing */
extern const char *layout_shown;                   /* what is open, for messages */
extern const char *const layout_views[VIEW_COUNT]; /* what they are called there */

/* For cmocka; and what all tests of a file came to. */
int layout_open(void **state);
int layout_close(void **state);
void layout_report(void);

/* Says where something is wrong; the test fails at its end, so that one run shows all of it. */
void layout_fault(rect r, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
void layout_assert_no_faults(void);

void layout_show(view_choice view);

/* size: an index; 1 is 640 x 480, and 4 the usual one. */
void layout_size(int size, float scale);

/* Looks at what is open, at every size and every scale that makes a difference there; `step`: at some of them. check: what
 * else is looked at, or NULL. */
void layout_at_all_sizes(const char *what, int step, void (*check)(void));
void layout_in_all_languages(const char *what, void (*check)(void));

/* What is read stands there, large enough. */
void layout_check_answer(void);

/* Opens it, looks at it and closes it. */
void layout_check_popup(int id, const char *what);

/* Points at the middle of an element and waits; returns how many lines its tooltip has. */
int layout_point_at(const element *e);
void layout_check_tooltips(const char *what);

int layout_top(void); /* the topmost layer */

#endif
