#if defined(__x86_64__)
#include <immintrin.h>

#include "tree.h"

#define LK_FEATURES "avx2,popcnt,bmi,bmi2"
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

#define lk_inner_rank(line, key) (lk_rank2(line, key, LK_INNER_MASK) >> 1)
#define lk_leaf_rank(line, key) (lk_rank2(line, key, LK_LEAF_MASK) >> 1)
#define lk_broadcast(window) _mm256_set1_epi32((int)(window) ^ LK_SIGN)

enum { LK_GROUP = 16 };

// A level at a time, the next lines prefetched.
LK_INLINE(LK_FEATURES)
uint32_t lk_tree_straight(const uint8_t *memory, const uint8_t *keys, uint32_t *lines, uint16_t *next_hops,
                          uint32_t height) {
    const __m256i sign = _mm256_set1_epi32(LK_SIGN);
    const uint8_t *base = LK_TOP(memory, height);
    for (uint32_t level = 1; level < height; level++) {
#pragma clang loop unroll_count(8)
        for (int i = 0; i < LK_GROUP; i++) {
            const uint8_t *at = base + 8 * (uint64_t)lines[i];
            __m256i window = _mm256_xor_si256(sign, _mm256_set1_epi32((int)lk_word(keys + 16 * i + 10)));
            uint64_t next = lk_word(at + LK_CHILDREN) + 4 * lk_rank2(at, window, LK_INNER_MASK);
            _mm_prefetch((const char *)(memory + 8 * next), _MM_HINT_T0);
            lines[i] = (uint32_t)next;
        }
        base = memory;
    }
    uint32_t linked = 0;
#pragma clang loop unroll_count(8)
    for (int i = 0; i < LK_GROUP; i++) {
        const uint8_t *at = base + 8 * (uint64_t)lines[i];
        __m256i window = _mm256_xor_si256(sign, _mm256_set1_epi32((int)lk_word(keys + 16 * i + 10)));
        uint32_t hop = lk_half(at + LK_HOPS + lk_rank2(at, window, LK_LEAF_MASK));
        LK_OPAQUE(hop);
        linked |= hop + 1;
        next_hops[i] = (uint16_t)hop;
    }
    return linked;
}

#include "tree_walk.h"

lk_kernels lk_tree_avx2(void) { return (lk_kernels){lk_tree_batch, lk_tree_single}; }
#endif
