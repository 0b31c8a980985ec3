/* tablet_x11.c - pens and the pressure of fingers on X11, heard beside SDL.
 *
 * SDL listens to the raw motions, buttons and touches of all devices through XInput 2 and shows every X event to the
 * event filter, but makes mouse events of pens and gives all fingers the same pressure. A raw event comes right before
 * the event that it leads to and says what made it: which device, with which pressure. So each motion of a pen becomes
 * an event of its own here, and the mouse event that SDL makes of it is dropped; a finger's event gets the pressure.
 * All of it happens in the order in which the X server told.
 *
 * X's libraries are opened when the window is, as SDL does it: a program that needs none runs where there are none. */
#include "tablet.h"
#include <SDL.h>
#ifdef DIGITSCOPE_XINPUT
#include <SDL_syswm.h>
#endif

#if defined(DIGITSCOPE_XINPUT) && defined(SDL_VIDEO_DRIVER_X11)

#include "nn/alloc.h"
#include <X11/extensions/XInput2.h>
#include <string.h>

typedef struct sensor {
    int device; /* X's number */
    int end;    /* TABLET_PEN or TABLET_ERASER; 0: fingers */
    int axis;   /* the valuator that is pressure */
    double min, max;
    float pressure; /* 0..1, the last one told */
} sensor;

enum { MAX_SENSORS = 32 }; /* at a time; some drivers make a device of every pen they ever met */

/* What is called of X, from libraries that SDL has open for its window anyway. */
typedef struct x_calls {
    void *x11, *xi; /* the libraries */
    Atom (*intern)(Display *, const char *, Bool);
    Bool (*extension)(Display *, const char *, int *, int *, int *);
    XIDeviceInfo *(*query)(Display *, int, int *);
    void (*free_devices)(XIDeviceInfo *);
} x_calls;

struct tablet {
    x_calls x;
    Display *display; /* SDL's; NULL until it told of an event */
    int opcode;       /* of XInput */
    sensor sensors[MAX_SENSORS];
    int n_sensors;
    int moved; /* the device that moved the mouse or pressed its buttons last */
};

/* ---- libraries --------------------------------------------------------------------------------------------------- */

static void close_libraries(x_calls *x)
{
    SDL_UnloadObject(x->xi);
    SDL_UnloadObject(x->x11);
}

/* call: where the function's address goes, which C itself does not make of a void *, but POSIX does. */
static bool find_call(void *call, void *library, const char *name)
{
    void *found = library ? SDL_LoadFunction(library, name) : NULL;
    memcpy(call, &found, sizeof found);
    return found != NULL;
}

static bool open_libraries(x_calls *x)
{
    x->x11 = SDL_LoadObject("libX11.so.6");
    x->xi = SDL_LoadObject("libXi.so.6");
    bool found = find_call(&x->intern, x->x11, "XInternAtom") && find_call(&x->extension, x->x11, "XQueryExtension") &&
                 find_call(&x->query, x->xi, "XIQueryDevice") && find_call(&x->free_devices, x->xi, "XIFreeDeviceInfo");
    if (!found)
        close_libraries(x);
    return found;
}

/* ---- devices ----------------------------------------------------------------------------------------------------- */

static const XIValuatorClassInfo *find_axis(const XIDeviceInfo *device, Atom label)
{
    for (int i = 0; i < device->num_classes; i++) {
        const void *class = device->classes[i]; /* Xlib aligns it for what its type says it is */
        const XIValuatorClassInfo *axis = class;
        if (axis->type == XIValuatorClass && axis->label == label && axis->mode == XIModeAbsolute)
            return axis;
    }
    return NULL;
}

static void add_sensor(tablet *self, const XIDeviceInfo *device, const XIValuatorClassInfo *axis, int end)
{
    if (self->n_sensors < MAX_SENSORS)
        self->sensors[self->n_sensors++] = (sensor){.device = device->deviceid,
                                                    .end = end,
                                                    .axis = axis->number,
                                                    .min = axis->min,
                                                    .max = axis->max,
                                                    .pressure = tablet_pressure(axis->value, axis->min, axis->max)};
}

static void find_sensors(tablet *self)
{
    int count = 0, end;
    Atom of_pens = self->x.intern(self->display, "Abs Pressure", False),
         of_fingers = self->x.intern(self->display, "Abs MT Pressure", False);
    XIDeviceInfo *devices = self->x.query(self->display, XIAllDevices, &count);
    self->n_sensors = 0;
    for (int i = 0; i < count; i++) {
        const XIDeviceInfo *d = &devices[i];
        const XIValuatorClassInfo *pen = find_axis(d, of_pens), *fingers = find_axis(d, of_fingers);
        if (d->use != XISlavePointer)
            continue; /* those that stand for all others */
        if (fingers)
            add_sensor(self, d, fingers, 0);
        else if (pen && tablet_end(&end, d->name))
            add_sensor(self, d, pen, end);
    }
    if (devices)
        self->x.free_devices(devices);
}

static void begin(tablet *self, Display *display)
{
    int first_event, first_error;
    self->display = display;
    if (self->x.extension(display, "XInputExtension", &self->opcode, &first_event, &first_error))
        find_sensors(self);
}

static sensor *find_sensor(tablet *self, int device)
{
    for (int i = 0; i < self->n_sensors; i++)
        if (self->sensors[i].device == device)
            return &self->sensors[i];
    return NULL;
}

/* NULL: it was no pen that moved last. */
static const sensor *moved_pen(tablet *self)
{
    const sensor *found = find_sensor(self, self->moved);
    return found && found->end ? found : NULL;
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

static SDL_Event event_of(const sensor *p, Uint32 type, int button, float x, float y)
{
    return (SDL_Event){
        .tfinger = {.type = type, .touchId = p->end, .fingerId = button, .x = x, .y = y, .pressure = p->pressure}};
}

static void take_motion(tablet *self, float x, float y)
{
    const sensor *p = moved_pen(self);
    if (!p)
        return;
    SDL_Event e = event_of(p, SDL_FINGERMOTION, 0, x, y);
    SDL_PushEvent(&e);
}

/* Only what changed has a value; values lie one after another. */
static void take_pressure(tablet *self, const XIRawEvent *raw)
{
    sensor *from = find_sensor(self, raw->sourceid);
    const XIValuatorState *told = &raw->valuators;
    if (!from || from->axis >= 8 * told->mask_len || !XIMaskIsSet(told->mask, from->axis))
        return;
    int at = 0;
    for (int i = 0; i < from->axis; i++)
        at += XIMaskIsSet(told->mask, i) != 0;
    from->pressure = tablet_pressure(told->values[at], from->min, from->max);
}

static void take_cookie(tablet *self, const XGenericEventCookie *cookie)
{
    const XIRawEvent *raw = cookie->data;
    const XIDeviceEvent *motion = cookie->data;
    if (cookie->extension != self->opcode || !cookie->data)
        return;
    switch (cookie->evtype) {
    case XI_HierarchyChanged: find_sensors(self); break;
    case XI_RawTouchBegin:
    case XI_RawTouchUpdate: take_pressure(self, raw); break;
    case XI_RawMotion:
    case XI_RawButtonPress:
    case XI_RawButtonRelease:
        take_pressure(self, raw);
        self->moved = raw->sourceid;
        break;
    case XI_Motion:
        if (!(motion->flags & XIPointerEmulated))
            take_motion(self, (float)motion->event_x, (float)motion->event_y);
        break;
    default: break;
    }
}

/* With a button down the server tells motions in the old way, in whole pixels. */
static void take_x_event(tablet *self, const XEvent *e)
{
    if (!self->display)
        begin(self, e->xany.display);
    if (e->type == MotionNotify)
        take_motion(self, (float)e->xmotion.x + 0.5f, (float)e->xmotion.y + 0.5f);
    if (e->type == GenericEvent)
        take_cookie(self, &e->xcookie);
}

static void button_to_pen(SDL_Event *e, const sensor *p)
{
    SDL_MouseButtonEvent b = e->button;
    *e = event_of(p, b.type == SDL_MOUSEBUTTONDOWN ? SDL_FINGERDOWN : SDL_FINGERUP, b.button, (float)b.x + 0.5f,
                  (float)b.y + 0.5f);
    e->tfinger.timestamp = b.timestamp;
}

/* SDL calls it before it queues an event, for events of other threads there. 0: do not queue it. */
static int filter(void *ctx, SDL_Event *e)
{
    tablet *self = ctx;
    const sensor *by;
    switch (e->type) {
    case SDL_SYSWMEVENT:
        if (e->syswm.msg->subsystem == SDL_SYSWM_X11)
            take_x_event(self, &e->syswm.msg->msg.x11.event);
        return 0;
    case SDL_MOUSEMOTION: return !moved_pen(self);
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        if ((by = moved_pen(self)))
            button_to_pen(e, by);
        return 1;
    case SDL_FINGERDOWN:
    case SDL_FINGERMOTION:
    case SDL_FINGERUP:
        if ((by = find_sensor(self, (int)e->tfinger.touchId))) /* X's number; no pen has the one of its events */
            e->tfinger.pressure = by->pressure;
        return 1;
    default: return 1;
    }
}

tablet *tablet_open(void)
{
    tablet *self = nn_alloc(1, sizeof *self);
    if (self && !open_libraries(&self->x)) {
        nn_free(self);
        return NULL;
    }
    if (self) {
        SDL_EventState(SDL_SYSWMEVENT, SDL_ENABLE);
        SDL_SetEventFilter(filter, self);
    }
    return self;
}

void tablet_close(tablet *self)
{
    if (!self)
        return;
    SDL_SetEventFilter(NULL, NULL);
    close_libraries(&self->x);
    nn_free(self);
}

#else

tablet *tablet_open(void)
{
    return NULL;
}

void tablet_close(tablet *self)
{
    (void)self;
}

#endif
