/* folder.c - reading a folder's entries, sorting them, and paths as people type them. */
#include "folder.h"
#include "app/core/platform.h"
#include "nn/alloc.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- listing ----------------------------------------------------------------------------------------------------- */

/* Runs of figures by their value, letters without their case. */
static int compare_names(const char *a, const char *b)
{
    while (*a && *b) {
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            size_t zeros_a = strspn(a, "0"), zeros_b = strspn(b, "0");
            size_t len_a = strspn(a + zeros_a, "0123456789"), len_b = strspn(b + zeros_b, "0123456789");
            int order = len_a != len_b ? (len_a > len_b) - (len_a < len_b) : strncmp(a + zeros_a, b + zeros_b, len_a);
            if (order != 0)
                return order;
            a += zeros_a + len_a;
            b += zeros_b + len_b;
            continue;
        }
        int order = tolower((unsigned char)*a) - tolower((unsigned char)*b);
        if (order != 0)
            return order;
        a++;
        b++;
    }
    return (*a != '\0') - (*b != '\0');
}

static int compare_entries(const void *left, const void *right)
{
    const folder_entry *a = left, *b = right;
    if (a->is_folder != b->is_folder)
        return a->is_folder ? -1 : 1;
    int order = compare_names(a->name, b->name);
    return order != 0 ? order : strcmp(a->name, b->name);
}

/* False for what is not listed, or has gone meanwhile. */
static bool describe(folder_entry *e, const char *path, const char *name)
{
    char full[PATHS_MAX];
    struct stat info;
    if (name[0] == '.' || strlen(name) >= FOLDER_NAME || !paths_join(full, path, name) || stat(full, &info) != 0)
        return false;
    if (!S_ISDIR(info.st_mode) && !S_ISREG(info.st_mode))
        return false;
    *e = (folder_entry){.is_folder = S_ISDIR(info.st_mode), .bytes = (uint64_t)info.st_size, .modified = info.st_mtime};
    strcpy(e->name, name);
    return true;
}

static bool add(folder_listing *self, int *room, const folder_entry *e)
{
    if (self->count == FOLDER_MAX) {
        self->left_out++;
        return true;
    }
    if (self->count == *room) {
        int wanted = (int)nn_room((size_t)self->count + 1);
        folder_entry *larger = nn_realloc(self->entry, (size_t)*room, (size_t)wanted, sizeof *larger);
        if (!larger)
            return false;
        self->entry = larger;
        *room = wanted;
    }
    self->entry[self->count++] = *e;
    return true;
}

bool folder_next(DIR *folder, const char **name, nn_error *err)
{
    errno = 0;
    const struct dirent *entry = readdir(folder);
    *name = entry ? entry->d_name : NULL;
    return entry || errno == 0 || nn_fail(err, NN_IO, 0, "the folder cannot be read: %s", strerror(errno));
}

bool folder_list(folder_listing *out, const char *path, nn_error *err)
{
    *out = (folder_listing){.entry = NULL};
    if ((size_t)snprintf(out->path, sizeof out->path, "%s", path) >= sizeof out->path)
        return nn_fail(err, NN_LIMIT, 0, "the path is too long");
    DIR *dir = opendir(path);
    if (!dir)
        return nn_fail(err, NN_IO, 0, "%.100s: the folder cannot be opened: %s", path, strerror(errno));
    int room = 0;
    folder_entry e;
    const char *name;
    bool ok = folder_next(dir, &name, err);
    for (; ok && name; ok = ok && folder_next(dir, &name, err))
        ok = !describe(&e, path, name) || add(out, &room, &e) || nn_fail(err, NN_NOMEM, 0, "out of memory");
    closedir(dir);
    if (!ok) {
        folder_free(out);
        return false;
    }
    if (out->count > 0)
        qsort(out->entry, (size_t)out->count, sizeof *out->entry, compare_entries);
    return true;
}

void folder_free(folder_listing *self)
{
    nn_free(self->entry);
    *self = (folder_listing){.entry = NULL};
}

static bool begins_with(const char *name, const char *start)
{
    while (*start && tolower((unsigned char)*name) == tolower((unsigned char)*start))
        name++, start++;
    return *start == '\0';
}

bool folder_same_name(const char *a, const char *b)
{
    return strlen(a) == strlen(b) && begins_with(a, b);
}

bool folder_name_has(const char *name, const char *part)
{
    for (; *name && !begins_with(name, part); name++)
        continue;
    return *name != '\0' || *part == '\0';
}

/* ---- paths ------------------------------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* What stands between the quotes or blanks around it; returns its length. */
static size_t strip(const char **text)
{
    while (isspace((unsigned char)**text))
        ++*text;
    size_t len = strcspn(*text, "\r\n");
    while (len > 0 && isspace((unsigned char)(*text)[len - 1]))
        len--;
    char quote = len > 1 ? **text : '\0';
    if ((quote == '"' || quote == '\'') && (*text)[len - 1] == quote) {
        ++*text;
        len -= 2;
    }
    return len;
}

/* The path in an address: its server is left out, bytes after % are put in their place. */
static bool read_address(char out[PATHS_MAX], const char *text, size_t len)
{
    const char *end = text + len, *slash = memchr(text, '/', len);
    size_t n = 0;
    for (text = slash ? slash : end; text < end; n++) {
        int high = *text == '%' && end - text > 2 ? hex_digit(text[1]) : -1, low = high >= 0 ? hex_digit(text[2]) : -1;
        if (n + 1 >= PATHS_MAX)
            return false;
        out[n] = low >= 0 ? (char)(high * 16 + low) : *text;
        text += low >= 0 ? 3 : 1;
    }
    out[n] = '\0';
    return true;
}

/* Takes "", "." and ".." out of an absolute path, in place. */
static void normalise(char *path)
{
    char *to = path;
    for (char *from = path; *from;) {
        size_t len = strcspn(from + 1, "/");
        if (len == 2 && strncmp(from, "/..", 3) == 0) {
            while (to > path && *--to != '/')
                continue;
        } else if (len > 0 && !(len == 1 && from[1] == '.')) {
            memmove(to, from, len + 1);
            to += len + 1;
        }
        from += len + 1;
    }
    if (to == path)
        *to++ = '/';
    *to = '\0';
}

bool folder_resolve(char out[PATHS_MAX], const char *typed, const char *base)
{
    static const char scheme[] = "file://";
    char path[PATHS_MAX];
    const char *home = getenv("HOME");
    size_t len = *typed == '/' && platform_exists(typed) ? strlen(typed) : strip(&typed);
    bool address = len >= sizeof scheme - 1 && strncmp(typed, scheme, sizeof scheme - 1) == 0;
    out[0] = '\0';
    if (len >= PATHS_MAX)
        return false;
    if (address && !read_address(path, typed + sizeof scheme - 1, len - (sizeof scheme - 1)))
        return false;
    if (!address) {
        memcpy(path, typed, len);
        path[len] = '\0';
    }
    bool in_home = path[0] == '~' && (path[1] == '/' || path[1] == '\0') && home;
    const char *from = in_home ? home : path[0] == '/' ? "" : base, *rest = in_home ? path + 1 : path;
    if ((size_t)snprintf(out, PATHS_MAX, "%s%s%s", from, in_home || path[0] == '/' ? "" : "/", rest) >= PATHS_MAX) {
        out[0] = '\0';
        return false;
    }
    if (out[0] == '/')
        normalise(out);
    return true;
}

bool folder_is_there(const char *path, nn_error *err)
{
    return platform_exists(path) || nn_fail(err, NN_IO, 0, "%.150s: there is no such folder or file", path);
}

void folder_parent(char out[PATHS_MAX], const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash && slash > path ? (size_t)(slash - path) : 1;
    memcpy(out, slash ? path : "/", len);
    out[len] = '\0';
}
