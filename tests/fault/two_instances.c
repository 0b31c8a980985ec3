/* two_instances.c - two processes with the same folders: the settings are always the whole ones of either, and only one
 * owns the journal. Usage: two_instances [SAVES] */
#include "app/core/drawing/journal.h"
#include "app/core/settings.h"
#include "support/temp.h"
#include "support/victim.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static paths where;

/* Settings in which everything says who wrote them. */
static void fill(settings *s, int who)
{
    settings_defaults(s);
    s->window_x = who;
    s->window_h = 700 + who;
    memset(s->model, 'a' + who, 50 + 100 * (size_t)who);
}

static void save_often(int who, int saves)
{
    nn_error err;
    settings s;

    fill(&s, who);
    for (int i = 0; i < saves; i++)
        if (!settings_save(&s, &where, &err))
            victim_fail(err.text);
}

static void check_settings(void)
{
    nn_error err;
    settings found, expected;
    int warnings;

    if (!settings_load(&found, &where, &warnings, &err))
        victim_fail(err.text);
    fill(&expected, found.window_x);
    if (warnings != 0 || found.window_h != expected.window_h || strcmp(found.model, expected.model) != 0)
        victim_fail("the settings are mixed");
}

/* Reads while two children write. */
static int share_settings(int saves)
{
    int running = 2, reads = 0;

    save_often(0, 1);
    for (int who = 0; who < 2; who++) {
        pid_t child = fork();
        if (child < 0)
            victim_fail("no second process");
        if (child == 0) {
            save_often(who, saves);
            _exit(0);
        }
    }
    while (running > 0) {
        int status = 0;
        if (waitpid(-1, &status, WNOHANG) > 0)
            running--;
        if (status != 0)
            victim_fail("a child could not save");
        check_settings();
        reads++;
    }
    return reads;
}

/* Whether a second process is told that the journal has an owner. */
static bool second_is_refused(void)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        nn_error err;
        journal *j;
        ink drawing;
        ink_init(&drawing);
        _exit(!journal_open(&j, &where, &drawing, &err) && err.code == NN_USAGE ? 0 : 1);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int main(int argc, char **argv)
{
    int saves = argc > 1 ? atoi(argv[1]) : 50, reads;
    nn_error err;
    journal *j;
    ink drawing;

    paths_find(&where, temp_make());
    reads = share_settings(saves);
    ink_init(&drawing);
    if (!journal_open(&j, &where, &drawing, &err))
        victim_fail(err.text);
    if (!second_is_refused())
        victim_fail("two processes own the journal");
    journal_close(j);
    if (second_is_refused())
        victim_fail("the journal has an owner although it was closed");
    printf("{\"name\": \"two instances\", \"n\": %d, \"reads\": %d, \"mixed\": 0}\n", saves, reads);
    temp_remove();
    return 0;
}
