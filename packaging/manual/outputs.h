/* outputs.h - what is written from the tables of options: each for the window (name "") and then for every command. */
#ifndef OUTPUTS_H
#define OUTPUTS_H

#include "app/core/console/args.h"
#include <stdio.h>

void man_page_command(FILE *out, const arg_command *command);

typedef struct completion {
    void (*begin)(FILE *out);
    void (*command)(FILE *out, const arg_command *command, const char *summary);
    void (*end)(FILE *out);
} completion;
extern const completion completion_bash, completion_zsh, completion_fish;

#endif
