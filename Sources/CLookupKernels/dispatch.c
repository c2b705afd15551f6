#include "include/CLookupKernels.h"

lk_kernels lk_tree_avx2(void);
lk_kernels lk_tree_avx512(void);
lk_kernels lk_tree_neon(void);
lk_kernels lk_blocks_popcnt(void);

static int lk_supports(lk_instructions instructions) {
#if defined(__x86_64__)
    int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi") &&
               __builtin_cpu_supports("bmi2");
    if (instructions == LK_AVX2) return avx2;
    if (instructions == LK_AVX512)
        return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl");
    return 0;
#elif defined(__aarch64__)
    return instructions == LK_NEON;
#else
    return 0;
#endif
}

lk_kernels lk_tree_kernels(lk_instructions instructions) {
    lk_kernels none = {0, 0};
    if (!lk_supports(instructions)) return none;
#if defined(__x86_64__)
    return instructions == LK_AVX512 ? lk_tree_avx512() : lk_tree_avx2();
#elif defined(__aarch64__)
    return lk_tree_neon();
#else
    return none;
#endif
}

lk_kernels lk_block_kernels(lk_instructions instructions) {
    lk_kernels none = {0, 0};
    if (!lk_supports(instructions)) return none;
#if defined(__x86_64__) || defined(__aarch64__)
    return lk_blocks_popcnt();
#else
    return none;
#endif
}

// Declared here, since some of the C library's headers are not there when compiling for another machine.
char *getenv(const char *name);

const char *lk_forced_kernel(void) { return getenv("DATAPLANE_LOOKUP_KERNEL"); }
