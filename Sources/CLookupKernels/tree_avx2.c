#if defined(__x86_64__)
#include <immintrin.h>

#include "tree.h"

#define LK_FEATURES "avx2,popcnt,bmi,bmi2"
enum { LK_GROUP = 16 };
typedef __m256i lk_vector;

// Twice the number of a line's keys below the key: two compares packed into one mask, two bits a key, in the order
// 0-3, 8-11, 4-7, 12-15.
LK_INLINE(LK_FEATURES) uint64_t lk_rank2(const uint8_t *line, __m256i key, uint32_t keys) {
    __m256i first = _mm256_cmpgt_epi32(key, *(const __m256i *)line);
    __m256i second = _mm256_cmpgt_epi32(key, *(const __m256i *)(line + 32));
    uint32_t below = (uint32_t)_mm256_movemask_epi8(_mm256_packs_epi32(first, second)) & keys;
    uint64_t rank = (unsigned)__builtin_popcount(below);
    LK_OPAQUE(rank);
    return rank;
}

enum { LK_INNER_MASK = 0x3fffffff, LK_LEAF_MASK = 0x00ff0fff };

#define lk_child(line, key) (4 * lk_rank2(line, key, LK_INNER_MASK))
#define lk_interval(line, key) lk_rank2(line, key, LK_LEAF_MASK)
#define lk_broadcast(window) _mm256_xor_si256(_mm256_set1_epi32((int)(window)), _mm256_set1_epi32(LK_SIGN))

#include "tree_walk.h"

lk_kernels lk_tree_avx2(void) { return (lk_kernels){lk_tree_batch, lk_tree_single}; }
#endif
