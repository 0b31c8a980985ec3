/* scale.c - Xft.dpi, which desktops set on X11. SDL tells at most the screen's physical resolution, which is
 * something else. */
#include "scale.h"
#include <SDL.h>
#include <string.h>

float scale_parse_dpi(const char *resources)
{
    static const char name[] = "Xft.dpi:";
    for (const char *line = resources; line; line = strchr(line, '\n')) {
        if (*line == '\n')
            line++;
        if (strncmp(line, name, sizeof name - 1) != 0)
            continue;
        const char *p = line + sizeof name - 1;
        float dpi = 0, unit = 1;
        while (*p == ' ' || *p == '\t')
            p++;
        for (; *p >= '0' && *p <= '9' && dpi < 10000; p++)
            dpi = dpi * 10 + (float)(*p - '0');
        for (p += *p == '.'; *p >= '0' && *p <= '9'; p++)
            dpi += (float)(*p - '0') * (unit /= 10);
        return dpi;
    }
    return 0;
}

/* libX11 is there when SDL uses it; loading it by name keeps it out of what the program is linked to. */
static float read_dpi(void *x11)
{
    void *(*open_display)(const char *);
    char *(*resources)(void *);
    int (*close_display)(void *);
    /* POSIX lets a void pointer hold a function's address; C has no cast for it. */
    void *functions[] = {SDL_LoadFunction(x11, "XOpenDisplay"), SDL_LoadFunction(x11, "XResourceManagerString"),
                         SDL_LoadFunction(x11, "XCloseDisplay")};
    if (!functions[0] || !functions[1] || !functions[2])
        return 0;
    memcpy(&open_display, &functions[0], sizeof open_display);
    memcpy(&resources, &functions[1], sizeof resources);
    memcpy(&close_display, &functions[2], sizeof close_display);
    void *display = open_display(NULL);
    if (!display)
        return 0;
    float dpi = scale_parse_dpi(resources(display));
    close_display(display);
    return dpi;
}

float desktop_scale(void)
{
    const char *driver = SDL_GetCurrentVideoDriver();
    if (!driver || strcmp(driver, "x11") != 0)
        return 1;
    void *x11 = SDL_LoadObject("libX11.so.6");
    if (!x11)
        return 1;
    float scale = read_dpi(x11) / 96;
    SDL_UnloadObject(x11);
    return scale >= 0.5f && scale <= 6 ? scale : 1;
}
