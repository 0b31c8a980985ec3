/* tiles.c - the tiles of Intel's AMX: whether the processor has them, and the system lets this process use them. Their 8 KiB of
 * registers must be asked for (Linux, Documentation/x86/xstate.rst); systems other than Linux are not asked. */
#include "kernel.h"

#if defined(NN_X86_KERNELS) && defined(__linux__) && defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18, AMX_BF16 = 1 << 22, AMX_TILE = 1 << 24 };

bool nn_tiles_allowed(void)
{
    unsigned eax, ebx, ecx, edx;
    return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && edx & AMX_BF16 && edx & AMX_TILE &&
           syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}
#else
bool nn_tiles_allowed(void)
{
    return false;
}
#endif
