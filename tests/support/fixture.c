/* fixture.c - see fixture.h */
#include "support/fixture.h"
#include "support/own.h"
#include "support/temp.h"

screen s;

int fixture_open(void **state)
{
    (void)state;
    temp_make();
    screen_open(&s, 1000, 700);
    return 0;
}

int fixture_open_training(void **state)
{
    (void)state;
    temp_make();
    own_training_open(&s);
    return 0;
}

int fixture_close(void **state)
{
    (void)state;
    screen_close(&s);
    temp_remove();
    return 0;
}
