#if defined(__x86_64__)
#include <immintrin.h>

#include "tree.h"

#define LK_FEATURES "avx512f,avx512bw,avx512vl,avx2,popcnt,bmi,bmi2,lzcnt"
typedef __m512i lk_vector;

// The number of a line's keys that are below the key. Written out, since the compiler would undo the mask register.
LK_INLINE(LK_FEATURES) uint64_t lk_rank(const uint8_t *line, __m512i key, __mmask16 keys) {
    __mmask16 below;
    __asm__("vpcmpgtd %2, %1, %0%{%3%}" : "=Yk"(below) : "v"(key), "m"(*(const __m512i *)line), "Yk"(keys));
    uint64_t rank = (unsigned)__builtin_popcount((unsigned)below);
    LK_OPAQUE(rank);
    return rank;
}

#define lk_inner_rank(line, key) lk_rank(line, key, LK_INNER_KEYS)
#define lk_leaf_rank(line, key) lk_rank(line, key, LK_LEAF_KEYS)
#define lk_broadcast(window) _mm512_set1_epi32((int)(window) ^ LK_SIGN)

enum { LK_GROUP = 32 };

// A level at a time, the next lines prefetched.
LK_INLINE(LK_FEATURES)
uint32_t lk_tree_straight(const uint8_t *memory, const uint8_t *keys, uint32_t *lines, uint16_t *next_hops,
                          uint32_t height) {
    __mmask16 inner = LK_INNER_KEYS, leaf = LK_LEAF_KEYS;
    __asm__("" : "+Yk"(inner));
    __asm__("" : "+Yk"(leaf));
    const __m512i sign = _mm512_set1_epi32(LK_SIGN);
    const uint8_t *base = LK_TOP(memory, height);
    for (uint32_t level = 1; level < height; level++) {
#pragma clang loop unroll_count(8)
        for (int i = 0; i < LK_GROUP; i++) {
            const uint8_t *at = base + 8 * (uint64_t)lines[i];
            __m512i window = _mm512_xor_si512(sign, _mm512_set1_epi32((int)lk_word(keys + 16 * i + 10)));
            uint64_t next = lk_word(at + LK_CHILDREN) + 8 * lk_rank(at, window, inner);
            LK_OPAQUE(next);
            _mm_prefetch((const char *)(memory + 8 * next), _MM_HINT_T0);
            lines[i] = (uint32_t)next;
        }
        base = memory;
    }
    uint32_t linked = 0;
#pragma clang loop unroll_count(8)
    for (int i = 0; i < LK_GROUP; i++) {
        const uint8_t *at = base + 8 * (uint64_t)lines[i];
        __m512i window = _mm512_xor_si512(sign, _mm512_set1_epi32((int)lk_word(keys + 16 * i + 10)));
        uint32_t hop = lk_half(at + LK_HOPS + 2 * lk_rank(at, window, leaf));
        LK_OPAQUE(hop);
        linked |= hop + 1;
        next_hops[i] = (uint16_t)hop;
    }
    return linked;
}

#include "tree_walk.h"

lk_kernels lk_tree_avx512(void) { return (lk_kernels){lk_tree_batch, lk_tree_single}; }
#endif
