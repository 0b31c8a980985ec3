/* kill_saving.c - a process that saves in a loop is killed at random moments: the file is always a whole one, and the
 * newest that was reported or the one after it. Usage: kill_saving [KILLS] */
#include "nn/alloc.h"
#include "nn/file.h"
#include "support/faults.h"
#include "support/temp.h"
#include "support/victim.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 400000 };

typedef struct target {
    char path[512];
    long next; /* version that the next child saves first */
} target;

/* A version is its number, and then its low byte as often as the number says. */
static size_t version_bytes(long version)
{
    return sizeof version + (size_t)(version * 7919 % (MOST_BYTES - 8));
}

static void save_in_a_loop(void *ctx, int report)
{
    static unsigned char data[MOST_BYTES];
    target *t = ctx;
    nn_error err;

    for (long version = t->next;; version++) {
        memset(data, (int)(version & 0xff), sizeof data);
        memcpy(data, &version, sizeof version);
        if (!nn_file_save(t->path, data, version_bytes(version), NN_DURABLE, &err))
            victim_fail(err.text);
        victim_report(report, version);
    }
}

/* The version in the file; ends the program if it is not whole. */
static long read_version(const char *path)
{
    nn_error err;
    unsigned char *data;
    size_t len;
    long version = 0;

    if (!nn_file_read(path, MOST_BYTES, &data, &len, &err))
        victim_fail(err.text);
    if (len >= sizeof version)
        memcpy(&version, data, sizeof version);
    if (len != version_bytes(version))
        victim_fail("the file is not whole");
    for (size_t i = sizeof version; i < len; i++)
        if (data[i] != (version & 0xff))
            victim_fail("the file is mixed");
    nn_free(data);
    return version;
}

int main(int argc, char **argv)
{
    static target t = {.next = 1};
    int kills = argc > 1 ? atoi(argv[1]) : 100, orphans;

    temp_make();
    snprintf(t.path, sizeof t.path, "%s", temp_path("file"));
    for (int i = 0; i < kills; i++) {
        long last = victim_run(save_in_a_loop, &t, 5000), found = read_version(t.path);
        if (found != last && found != last + 1)
            victim_fail("a finished save is gone");
        t.next = found + 1;
    }
    orphans = faults_temporaries(temp_path("."));
    nn_file_sweep(temp_path("."));
    if (faults_temporaries(temp_path(".")) != 0)
        victim_fail("temporary files of the dead were not removed");
    printf("{\"name\": \"kill -9 while saving\", \"n\": %d, \"saves\": %ld, \"bad\": 0, \"swept\": %d}\n", kills,
           t.next - 1, orphans);
    temp_remove();
    return 0;
}
