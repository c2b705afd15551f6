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

LK_INLINE(LK_FEATURES) void lk_tree_group(const lk_table *table, const uint8_t *keys, uint16_t *next_hops);
#include "tree_walk.h"

LK_INLINE(LK_FEATURES) uint32_t lk_mask8(__m256i x) { return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(x)); }

// Sixteen keys, a level at a time; sixteen registers are too few to hold them all, so the lines' numbers are in memory
// and the next line is prefetched.
LK_INLINE(LK_FEATURES) void lk_tree_group(const lk_table *table, const uint8_t *keys, uint16_t *next_hops) {
    const uint32_t *root = table->root;
    const uint8_t *memory = table->memory;
    uint32_t entries[LK_GROUP] __attribute__((aligned(32)));
    uint32_t lines[LK_GROUP] __attribute__((aligned(32)));
    uint32_t windows[LK_GROUP] __attribute__((aligned(32)));
#pragma clang loop unroll(full)
    for (int i = 0; i < LK_GROUP; i++) {
        windows[i] = lk_window(keys + 16 * i, 0) ^ (uint32_t)LK_SIGN;
        entries[i] = LK_BUCKET(root, memory, keys + 16 * i, lk_window(keys + 16 * i, 0));
    }
    const __m256i height = _mm256_set1_epi32(LK_HEIGHT), zero = _mm256_setzero_si256();
    __m256i entry0 = *(const __m256i *)entries, entry1 = *(const __m256i *)(entries + 8);
    __m256i done0 = _mm256_cmpeq_epi32(_mm256_and_si256(entry0, height), zero);
    __m256i done1 = _mm256_cmpeq_epi32(_mm256_and_si256(entry1, height), zero);
    // Packing interleaves the halves' lanes; the permutation puts them back.
    __m256i hops = _mm256_permute4x64_epi64(
        _mm256_packus_epi32(_mm256_and_si256(_mm256_srli_epi32(entry0, 3), _mm256_set1_epi32(0xffff)),
                            _mm256_and_si256(_mm256_srli_epi32(entry1, 3), _mm256_set1_epi32(0xffff))),
        0xd8);
    if (_mm256_movemask_epi8(_mm256_and_si256(done0, done1)) == -1) {
        _mm256_storeu_si256((__m256i *)next_hops, hops);
        return;
    }
    // A key that has its next hop already walks line 0, which leads to itself.
    *(__m256i *)lines = _mm256_andnot_si256(_mm256_or_si256(done0, height), entry0);
    *(__m256i *)(lines + 8) = _mm256_andnot_si256(_mm256_or_si256(done1, height), entry1);
    uint32_t tall = lk_mask8(_mm256_slli_epi32(entry0, 29)) | lk_mask8(_mm256_slli_epi32(entry1, 29)) << 8;
    for (; tall != 0; tall &= tall - 1) {
        int i = __builtin_ctz(tall);
        __m256i window = _mm256_set1_epi32((int)windows[i]);
        for (uint32_t h = entries[i] & LK_HEIGHT; h > 3; h--) {
            const uint8_t *line = memory + 8 * (uint64_t)lines[i];
            lines[i] = lk_word(line + LK_CHILDREN) + 8 * (uint32_t)lk_inner_rank(line, window);
        }
    }
#pragma clang loop unroll(full)
    for (int level = 0; level < 2; level++) {
#pragma clang loop unroll_count(8)
        for (int i = 0; i < LK_GROUP; i++) {
            const uint8_t *line = memory + 8 * (uint64_t)lines[i];
            __m256i window = _mm256_set1_epi32((int)windows[i]);
            uint32_t next = lk_word(line + LK_CHILDREN) + 4 * (uint32_t)lk_rank2(line, window, LK_INNER_MASK);
            _mm_prefetch((const char *)(memory + 8 * (uint64_t)next), _MM_HINT_T0);
            lines[i] = next;
        }
    }
    uint16_t found[LK_GROUP] __attribute__((aligned(32)));
#pragma clang loop unroll_count(8)
    for (int i = 0; i < LK_GROUP; i++) {
        const uint8_t *line = memory + 8 * (uint64_t)lines[i];
        __m256i window = _mm256_set1_epi32((int)windows[i]);
        found[i] = lk_half(line + LK_HOPS + lk_rank2(line, window, LK_LEAF_MASK));
    }
    __m256i done = _mm256_permute4x64_epi64(_mm256_packs_epi32(done0, done1), 0xd8);
    __m256i result = _mm256_blendv_epi8(*(const __m256i *)found, hops, done);
    _mm256_storeu_si256((__m256i *)next_hops, result);
    __m256i linked = _mm256_andnot_si256(done, _mm256_cmpeq_epi16(result, _mm256_set1_epi16((short)LK_LINK)));
    // Two bits a key.
    for (uint32_t links = (uint32_t)_mm256_movemask_epi8(linked) & 0x55555555; links != 0; links &= links - 1) {
        int i = __builtin_ctz(links) / 2;
        next_hops[i] = lk_walk(memory, keys + 16 * i, entries[i], 0);
    }
}

lk_kernels lk_tree_avx2(void) { return (lk_kernels){lk_tree_batch, lk_tree_single}; }
#endif
