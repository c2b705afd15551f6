#if defined(__aarch64__)
#include <arm_neon.h>

#include "tree.h"

#undef LK_KERNEL
#undef LK_INLINE
#define LK_KERNEL(features) __attribute__((no_sanitize("thread")))
#define LK_INLINE(features) static inline __attribute__((always_inline, no_sanitize("thread")))
#define LK_FEATURES
enum { LK_GROUP = 16 };
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

#define lk_child(line, key) (8 * lk_rank(line, key, vld1q_u32(lk_lanes[0]), vld1q_u32(lk_lanes[1])))
#define lk_interval(line, key) (2 * lk_rank(line, key, vld1q_u32(lk_lanes[2]), vdupq_n_u32(0)))
#define lk_broadcast(window) vdupq_n_s32((int32_t)(window) ^ LK_SIGN)

#include "tree_walk.h"

lk_kernels lk_tree_neon(void) { return (lk_kernels){lk_tree_batch, lk_tree_single}; }
#endif
