/* fixture.h - the one screen that all tests of a file use, each in a folder of its own. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "support/screen.h"

extern screen s;

/* 1000 x 700 pixels and nothing of one's own; or at the form of a training (support/own.h). For cmocka. */
int fixture_open(void **state);
int fixture_open_training(void **state);
int fixture_close(void **state);

#endif
