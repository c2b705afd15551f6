#if defined(__aarch64__)
#include <arm_neon.h>

#include "tree.h"

#undef LK_KERNEL
#undef LK_INLINE
#define LK_KERNEL(features) __attribute__((no_sanitize("thread")))
#define LK_INLINE(features) static inline __attribute__((always_inline, no_sanitize("thread")))
#define LK_FEATURES
typedef int32x4_t lk_vector;

// The number of a line's keys below the key: each compare gives -1, which add up.
LK_INLINE(LK_FEATURES) uint64_t lk_rank(const uint8_t *line, int32x4_t key, uint32x4_t third, uint32x4_t fourth) {
    const int32_t *keys = (const int32_t *)line;
    uint32x4_t below = vcgtq_s32(key, vld1q_s32(keys));
    below = vaddq_u32(below, vcgtq_s32(key, vld1q_s32(keys + 4)));
    below = vaddq_u32(below, vandq_u32(third, vcgtq_s32(key, vld1q_s32(keys + 8))));
    below = vaddq_u32(below, vandq_u32(fourth, vcgtq_s32(key, vld1q_s32(keys + 12))));
    return (uint32_t)-vaddvq_s32(vreinterpretq_s32_u32(below));
}

static const uint32_t lk_lanes[3][4] = {{~0u, ~0u, ~0u, ~0u}, {~0u, ~0u, ~0u, 0}, {~0u, ~0u, 0, 0}};

#define lk_inner_rank(line, key) lk_rank(line, key, vld1q_u32(lk_lanes[0]), vld1q_u32(lk_lanes[1]))
#define lk_leaf_rank(line, key) lk_rank(line, key, vld1q_u32(lk_lanes[2]), vdupq_n_u32(0))
#define lk_broadcast(window) vdupq_n_s32((int32_t)(window) ^ LK_SIGN)

LK_INLINE(LK_FEATURES) void lk_tree_group(const lk_table *table, const uint8_t *keys, uint16_t *next_hops);
#include "tree_walk.h"

// Sixteen keys, a level at a time, the next line prefetched.
LK_INLINE(LK_FEATURES) void lk_tree_group(const lk_table *table, const uint8_t *keys, uint16_t *next_hops) {
    const uint32_t *root = table->root;
    const uint8_t *memory = table->memory;
    uint32_t entries[LK_GROUP], lines[LK_GROUP];
    for (int i = 0; i < LK_GROUP; i++) {
        uint32_t entry = LK_BUCKET(root, memory, keys + 16 * i, lk_window(keys + 16 * i, 0));
        entries[i] = entry;
        // A key that has its next hop already walks line 0, which leads to itself.
        lines[i] = (entry & LK_HEIGHT) == 0 ? 0 : entry & ~7u;
        __builtin_prefetch(memory + 8 * (uint64_t)lines[i]);
    }
    for (int i = 0; i < LK_GROUP; i++) {
        int32x4_t window = lk_broadcast(lk_window(keys + 16 * i, 0));
        for (uint32_t h = entries[i] & LK_HEIGHT; h > 3; h--) {
            const uint8_t *line = memory + 8 * (uint64_t)lines[i];
            lines[i] = lk_word(line + LK_CHILDREN) + 8 * (uint32_t)lk_inner_rank(line, window);
        }
    }
    for (int level = 0; level < 2; level++) {
        for (int i = 0; i < LK_GROUP; i++) {
            const uint8_t *line = memory + 8 * (uint64_t)lines[i];
            int32x4_t window = lk_broadcast(lk_window(keys + 16 * i, 0));
            lines[i] = lk_word(line + LK_CHILDREN) + 8 * (uint32_t)lk_inner_rank(line, window);
            __builtin_prefetch(memory + 8 * (uint64_t)lines[i]);
        }
    }
    for (int i = 0; i < LK_GROUP; i++) {
        if ((entries[i] & LK_HEIGHT) == 0) {
            next_hops[i] = (uint16_t)(entries[i] >> 3);
            continue;
        }
        const uint8_t *line = memory + 8 * (uint64_t)lines[i];
        int32x4_t window = lk_broadcast(lk_window(keys + 16 * i, 0));
        uint16_t hop = lk_half(line + LK_HOPS + 2 * lk_leaf_rank(line, window));
        next_hops[i] = hop == LK_LINK ? lk_walk(memory, keys + 16 * i, entries[i], 0) : hop;
    }
}

lk_kernels lk_tree_neon(void) { return (lk_kernels){lk_tree_batch, lk_tree_single}; }
#endif
