#if defined(__x86_64__)
#include <immintrin.h>

#include "tree.h"

#define LK_FEATURES "avx512f,avx512bw,avx512vl,avx2,popcnt,bmi,bmi2,lzcnt"
enum { LK_GROUP = 32 };
typedef __m512i lk_vector;

// The number of a line's keys that are below the key. Written out, since the compiler would undo the mask register.
LK_INLINE(LK_FEATURES) uint64_t lk_rank(const uint8_t *line, __m512i key, __mmask16 keys) {
    __mmask16 below;
    __asm__("vpcmpgtd %2, %1, %0%{%3%}" : "=Yk"(below) : "v"(key), "m"(*(const __m512i *)line), "Yk"(keys));
    uint64_t rank = (unsigned)__builtin_popcount((unsigned)below);
    LK_OPAQUE(rank);
    return rank;
}

#define lk_child(line, key) (8 * lk_rank(line, key, LK_INNER_KEYS))
#define lk_interval(line, key) (2 * lk_rank(line, key, LK_LEAF_KEYS))
#define lk_broadcast(window) _mm512_xor_si512(_mm512_set1_epi32((int)(window)), _mm512_set1_epi32(LK_SIGN))

#include "tree_walk.h"

lk_kernels lk_tree_avx512(void) { return (lk_kernels){lk_tree_batch, lk_tree_single}; }
#endif
