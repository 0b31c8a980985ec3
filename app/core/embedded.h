/* embedded.h - what is compiled in, made at build time by models/embed.cmake: every architecture, models.txt, the
 * default's weights, the style of reports, the functions of exported C, the pages of help and their pictures, fonts,
 * what `serve` shows. A zero byte stands behind each. */
#ifndef EMBEDDED_H
#define EMBEDDED_H

typedef struct embedded_file {
    const char *name; /* "deploy.net", "deploy.safetensors", "models.txt", "help/en/drawing.md" */
    const unsigned char *data, *end;
} embedded_file;
extern const embedded_file embedded_files[]; /* ends with a NULL name */

/* NULL if there is none of that name. */
const embedded_file *embedded_find(const char *name);

#endif
