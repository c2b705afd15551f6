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

LK_INLINE(LK_FEATURES) void lk_tree_group(const lk_table *table, const uint8_t *keys, uint16_t *next_hops);
#include "tree_walk.h"

// Sixteen keys, level by level, in registers.
LK_INLINE(LK_FEATURES) void lk_tree_group(const lk_table *table, const uint8_t *keys, uint16_t *next_hops) {
    const uint32_t *root = table->root;
    const uint8_t *memory = table->memory;
    uint32_t entries[LK_GROUP] __attribute__((aligned(64)));
    uint32_t lines[LK_GROUP] __attribute__((aligned(64)));
#pragma clang loop unroll(full)
    for (int i = 0; i < LK_GROUP; i++) entries[i] = LK_BUCKET(root, memory, keys + 16 * i, lk_window(keys + 16 * i, 0));

    const __m512i height = _mm512_set1_epi32(LK_HEIGHT);
    __m512i entry = _mm512_load_si512(entries);
    __mmask16 walks = _mm512_test_epi32_mask(entry, height);
    __m256i hops = _mm512_cvtepi32_epi16(_mm512_srli_epi32(entry, 3));
    if (walks == 0) {
        _mm256_storeu_si256((__m256i *)next_hops, hops);
        return;
    }
    // A key that has its next hop already walks line 0, which leads to itself.
    _mm512_store_si512(lines, _mm512_maskz_andnot_epi32(walks, height, entry));
    for (uint32_t tall = _mm512_test_epi32_mask(entry, _mm512_set1_epi32(4)); tall != 0; tall &= tall - 1) {
        int i = __builtin_ctz(tall);
        __m512i window = lk_broadcast(lk_window(keys + 16 * i, 0));
        for (uint32_t h = entries[i] & LK_HEIGHT; h > 3; h--) {
            const uint8_t *line = memory + 8 * (uint64_t)lines[i];
            lines[i] = lk_word(line + LK_CHILDREN) + 8 * (uint32_t)lk_inner_rank(line, window);
        }
    }

    __mmask16 inner = LK_INNER_KEYS, leaf = LK_LEAF_KEYS;
    __asm__("" : "+Yk"(inner));
    __asm__("" : "+Yk"(leaf));
    const __m512i sign = _mm512_set1_epi32(LK_SIGN);
    __m512i window[LK_GROUP];
    uint64_t line[LK_GROUP];
#pragma clang loop unroll(full)
    for (int i = 0; i < LK_GROUP; i++) {
        window[i] = _mm512_xor_si512(_mm512_set1_epi32((int)lk_word(keys + 16 * i + 10)), sign);
        line[i] = lines[i];
    }
#pragma clang loop unroll(full)
    for (int level = 0; level < 2; level++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < LK_GROUP; i++) {
            const uint8_t *at = memory + 8 * line[i];
            line[i] = (uint32_t)(lk_word(at + LK_CHILDREN) + 8 * (uint32_t)lk_rank(at, window[i], inner));
        }
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < LK_GROUP; i++) {
        const uint8_t *at = memory + 8 * line[i];
        next_hops[i] = lk_half(at + LK_HOPS + 2 * lk_rank(at, window[i], leaf));
    }
    __m256i found = _mm256_mask_mov_epi16(hops, walks, _mm256_loadu_si256((const __m256i *)next_hops));
    _mm256_storeu_si256((__m256i *)next_hops, found);
    uint32_t links = _mm256_mask_cmpeq_epi16_mask(walks, found, _mm256_set1_epi16((short)LK_LINK));
    for (; links != 0; links &= links - 1) {
        int i = __builtin_ctz(links);
        next_hops[i] = lk_walk(memory, keys + 16 * i, entries[i], 0);
    }
}

lk_kernels lk_tree_avx512(void) { return (lk_kernels){lk_tree_batch, lk_tree_single}; }
#endif
