/* kernel.c - the variants there are, and the choice among them. */
#include "kernel.h"
#include "nn.h"
#include <pthread.h>

static bool always(void)
{
    return true;
}

extern const nn_kernels nn_kernels_vector16;

#if defined(NN_X86_KERNELS)
extern const nn_kernels nn_kernels_avx2, nn_kernels_avx512half, nn_kernels_avx512, nn_kernels_avx512vnni,
    nn_kernels_avx512bf16, nn_kernels_amx;

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

static bool has_avx512vnni(void)
{
    return has_avx512() && __builtin_cpu_supports("avx512vnni");
}

static bool has_avx512bf16(void)
{
    return has_avx512vnni() && __builtin_cpu_supports("avx512bf16");
}

/* These multiply half as many 16-bit floats a cycle as floats. */
static bool is_intel(void)
{
    return __builtin_cpu_is("intel");
}

static bool has_amx(void)
{
    return has_avx512bf16() && nn_tiles_allowed();
}
#endif

const nn_variant nn_variants[] = {
#if defined(NN_X86_KERNELS)
    {"AMX", has_amx, NULL, &nn_kernels_amx, &nn_kernels_avx512half},
    {"AVX-512 BF16", has_avx512bf16, is_intel, &nn_kernels_avx512bf16, &nn_kernels_avx512half},
    {"AVX-512 VNNI", has_avx512vnni, NULL, &nn_kernels_avx512vnni, &nn_kernels_avx512half},
    {"AVX-512", has_avx512, NULL, &nn_kernels_avx512, &nn_kernels_avx512half},
    {"AVX-512, 32-byte vectors", has_avx512, NULL, &nn_kernels_avx512half, NULL},
    {"AVX2", has_avx2, NULL, &nn_kernels_avx2, NULL},
#endif
    {"16-byte vectors", always, NULL, &nn_kernels_vector16, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static const nn_variant *chosen;

static void choose(void)
{
    const nn_variant *variant = nn_variants;
    while (!variant->supported() || (variant->slow && variant->slow()))
        variant++;
    chosen = variant;
}

static const nn_variant *here(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, choose);
    return chosen;
}

const nn_kernels *nn_kernels_here(void)
{
    return here()->kernels;
}

const nn_kernels *nn_kernels_half(void)
{
    return here()->half;
}

const char *nn_kernels_name(void)
{
    return here()->name;
}

void nn_kernels_use(const nn_variant *variant)
{
    here();
    chosen = variant;
}
