/* net_draft.c - lines are moved about, joined and parsed. */
#include "net_draft.h"
#include "app/core/buffer.h"
#include <stdio.h>
#include <string.h>

char *net_draft_text(const net_draft *self)
{
    buffer text = {0};
    for (int i = 0; i < self->count; i++) {
        buffer_add(&text, self->line[i]);
        buffer_add(&text, "\n");
    }
    char *copy = text.failed ? NULL : nn_strdup(text.data);
    buffer_free(&text);
    return copy;
}

/* The line that holds byte `at` of their text. */
static int line_at(const net_draft *self, size_t at)
{
    int i = 0;
    for (size_t end = 0; i + 1 < self->count; i++) {
        end += strlen(self->line[i]) + 1;
        if (at < end)
            break;
    }
    return i;
}

static void look(net_draft *self)
{
    char *text = net_draft_text(self);
    nn_plan_free(self->plan);
    self->plan = NULL;
    self->wrong = -1;
    self->problem = (nn_error){.code = NN_OK};
    if (!text)
        nn_fail(&self->problem, NN_NOMEM, 0, "out of memory for the architecture");
    else if (!nn_plan_parse(&self->plan, text, strlen(text), &self->problem))
        self->wrong = line_at(self, self->problem.pos);
    nn_free(text);
}

/* Without what stands behind '#', and spaces at both ends. */
static bool take_line(net_draft *self, const char *from, size_t len, nn_error *err)
{
    const char *comment = memchr(from, '#', len);
    len = comment ? (size_t)(comment - from) : len;
    while (len > 0 && (*from == ' ' || *from == '\t'))
        from++, len--;
    while (len > 0 && strchr(" \t\r", from[len - 1]))
        len--;
    if (len == 0)
        return true;
    if (self->count == NET_DRAFT_LINES || len >= NET_DRAFT_LINE)
        return nn_fail(err, NN_LIMIT, 0, "more than %d layers, or one with more than %d letters: that is for an editor",
                       NET_DRAFT_LINES - 1, NET_DRAFT_LINE - 1);
    snprintf(self->line[self->count++], NET_DRAFT_LINE, "%.*s", (int)len, from);
    return true;
}

bool net_draft_begin(net_draft *self, const char *text, nn_error *err)
{
    *self = (net_draft){.wrong = -1};
    while (*text) {
        size_t len = strcspn(text, "\n");
        if (!take_line(self, text, len, err))
            return false;
        text += len + (text[len] == '\n');
    }
    if (self->count == 0)
        return nn_fail(err, NN_FORMAT, 0, "an architecture without a line");
    look(self);
    return true;
}

void net_draft_free(net_draft *self)
{
    nn_plan_free(self->plan);
    *self = (net_draft){.wrong = -1};
}

bool net_draft_insert(net_draft *self, int at, const char *line)
{
    if (at < 1 || at > self->count || self->count == NET_DRAFT_LINES)
        return false;
    memmove(self->line[at + 1], self->line[at], (size_t)(self->count - at) * sizeof self->line[0]);
    snprintf(self->line[at], NET_DRAFT_LINE, "%s", line);
    self->count++;
    look(self);
    return true;
}

bool net_draft_replace(net_draft *self, int at, const char *line)
{
    if (at < 0 || at >= self->count)
        return false;
    snprintf(self->line[at], NET_DRAFT_LINE, "%s", line);
    look(self);
    return true;
}

bool net_draft_remove(net_draft *self, int at)
{
    if (at < 1 || at >= self->count)
        return false;
    memmove(self->line[at], self->line[at + 1], (size_t)(self->count - at - 1) * sizeof self->line[0]);
    self->count--;
    look(self);
    return true;
}

bool net_draft_move(net_draft *self, int at, int by)
{
    char line[NET_DRAFT_LINE];
    int to = at + by;
    if (at < 1 || at >= self->count || to < 1 || to >= self->count)
        return false;
    memcpy(line, self->line[at], sizeof line);
    memcpy(self->line[at], self->line[to], sizeof line);
    memcpy(self->line[to], line, sizeof line);
    look(self);
    return true;
}
