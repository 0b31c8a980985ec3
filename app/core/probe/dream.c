/* dream.c - the picture as a blurred field of log-odds, moved by Adam. */
#include "dream.h"
#include "nn/rng.h"
#include <string.h>

enum { JITTER = 2 /* pixels in each direction */, REACH = 3 /* of the blur */ };
static const float blur = 1.0f;     /* pixels: standard deviation */
static const float paper = -2.0f;   /* log-odds of ink with which it begins */
static const float thrift = 0.006f; /* log-odds of the class that a pixel of ink must be worth */
static const float rate = 0.15f;

/* Both ways, the same: a Gaussian is symmetric. */
static void smooth(const float from[DIGIT_PIXELS], float to[DIGIT_PIXELS])
{
    float across[DIGIT_PIXELS], weight[2 * REACH + 1], sum = 0;
    for (int i = -REACH; i <= REACH; i++)
        sum += weight[i + REACH] = expf(-0.5f * (float)(i * i) / (blur * blur));
    for (int pass = 0; pass < 2; pass++) {
        const float *source = pass ? across : from;
        float *target = pass ? to : across;
        int stride = pass ? DIGIT_SIDE : 1;
        for (int p = 0; p < DIGIT_PIXELS; p++) {
            int at = pass ? p / DIGIT_SIDE : p % DIGIT_SIDE;
            target[p] = 0;
            for (int i = -REACH; i <= REACH; i++)
                if (at + i >= 0 && at + i < DIGIT_SIDE)
                    target[p] += weight[i + REACH] / sum * source[p + i * stride];
        }
    }
}

/* to = from moved by (dx, dy) pixels; what comes from outside is 0. */
static void move(const float from[DIGIT_PIXELS], float to[DIGIT_PIXELS], int dx, int dy)
{
    memset(to, 0, DIGIT_PIXELS * sizeof *to);
    for (int y = 0; y < DIGIT_SIDE; y++)
        for (int x = 0; x < DIGIT_SIDE; x++)
            if (x - dx >= 0 && x - dx < DIGIT_SIDE && y - dy >= 0 && y - dy < DIGIT_SIDE)
                to[y * DIGIT_SIDE + x] = from[(y - dy) * DIGIT_SIDE + x - dx];
}

/* Ink outside of the box that digits fill must be worth more, the further out the more. */
static float cost_of(int pixel)
{
    const float middle = 0.5f * (DIGIT_SIDE - 1), half = 0.5f * DIGIT_BOX;
    float out = fmaxf(fabsf((float)(pixel % DIGIT_SIDE) - middle), fabsf((float)(pixel / DIGIT_SIDE) - middle)) - half;
    return 1 + 3 * fmaxf(out, 0);
}

static void draw(dream *self)
{
    float field[DIGIT_PIXELS];
    smooth(self->latent, field);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        self->image[i] = 1 / (1 + expf(-field[i]));
}

static void look(dream *self, slope *s, const slope_nets *nets)
{
    slope_read(s, nets, self->image);
    self->probability = s->probability[self->class];
}

void dream_begin(dream *self, slope *s, const slope_nets *nets, int class, uint64_t seed)
{
    *self = (dream){.class = class, .seed = seed};
    for (int i = 0; i < DIGIT_PIXELS; i++)
        self->latent[i] = paper + 0.5f * nn_normal(seed, (uint64_t)i);
    draw(self);
    look(self, s, nets);
}

/* Kingma and Ba 2015. */
static void climb(dream *self, const float gradient[DIGIT_PIXELS])
{
    const float beta1 = 0.9f, beta2 = 0.99f;
    float n = (float)(self->step + 1), fix1 = 1 - powf(beta1, n), fix2 = 1 - powf(beta2, n);
    for (int i = 0; i < DIGIT_PIXELS; i++) {
        float g = gradient[i];
        self->mean[i] += (1 - beta1) * (g - self->mean[i]);
        self->square[i] += (1 - beta2) * (g * g - self->square[i]);
        self->latent[i] += rate * self->mean[i] / fix1 / (sqrtf(self->square[i] / fix2) + 1e-4f);
    }
}

void dream_step(dream *self, slope *s, const slope_nets *nets)
{
    float moved[DIGIT_PIXELS], gradient[DIGIT_PIXELS], back[DIGIT_PIXELS];
    uint64_t key = nn_key(self->seed, 1 + (uint64_t)self->step);
    int dx = (int)(nn_bits(key, 0) % (2 * JITTER + 1)) - JITTER,
        dy = (int)(nn_bits(key, 1) % (2 * JITTER + 1)) - JITTER;
    move(self->image, moved, dx, dy);
    slope_read(s, nets, moved);
    slope_of_odds(s, nets, self->class, gradient);
    move(gradient, back, -dx, -dy);
    for (int i = 0; i < DIGIT_PIXELS; i++)
        back[i] = (back[i] - thrift * cost_of(i)) * self->image[i] * (1 - self->image[i]);
    smooth(back, gradient);
    climb(self, gradient);
    draw(self);
    look(self, s, nets);
    self->step++;
}
