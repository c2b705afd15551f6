#include "tree.h"

enum { LK_GROUP = 32 };

// Keys of 32 bits: root word of the first 18 bits, a block with one bit for each run of the next 6, and the runs' next
// hops; a link leads to four such words for the last 8 bits. Two dependent loads and a population count: no vector
// helps, so that the kernel is the same for all instructions except popcnt.
//
//     block | u64 a bit for each place where a run begins | n × u16 next hop | n × u32 link, if any run has one |

#define LK_RUN(block, bit) (uint64_t) __builtin_popcountll(*(const uint64_t *)(block) << (63 - (bit)))

#if defined(__x86_64__)
#define LK_BLOCK LK_KERNEL("popcnt,bmi,bmi2")
#elif defined(__aarch64__)
#define LK_BLOCK __attribute__((no_sanitize("thread")))
#endif

#ifdef LK_BLOCK
LK_BLOCK static inline uint16_t lk_block_hop(const uint8_t *memory, const uint8_t *block, uint32_t key) {
    uint64_t run = LK_RUN(block, key >> 8 & 63);
    uint16_t hop = lk_half(block + 6 + 2 * run);
    if (__builtin_expect(hop != LK_LINK, 1)) return hop;
    uint64_t runs = (uint64_t)__builtin_popcountll(*(const uint64_t *)block);
    uint64_t links = (8 + 2 * runs + 3) & ~(uint64_t)3;
    uint64_t words = lk_word(block + links + 4 * (run - 1));
    const uint8_t *last = memory + 8 * (uint64_t)lk_word(memory + 8 * words + 4 * (key >> 6 & 3));
    return lk_half(last + 6 + 2 * LK_RUN(last, key & 63));
}

LK_BLOCK static uint16_t lk_block_single(const lk_table *table, const void *key) {
    uint32_t word = *(const uint32_t *)key;
    return lk_block_hop(table->memory, table->memory + 8 * (uint64_t)table->root[word >> 14], word);
}

LK_BLOCK static void lk_block_batch(const lk_table *table, const void *keys, uint16_t *next_hops, size_t count) {
    const uint32_t *key = keys;
    const uint8_t *memory = table->memory;
    const uint8_t *blocks[LK_GROUP];
    while (count > 0) {
        size_t group = count < LK_GROUP ? count : LK_GROUP;
        for (size_t i = 0; i < group; i++) {
            blocks[i] = memory + 8 * (uint64_t)table->root[key[i] >> 14];
            __builtin_prefetch(blocks[i]);
        }
        for (size_t i = 0; i < group; i++) next_hops[i] = lk_block_hop(memory, blocks[i], key[i]);
        key += group, next_hops += group, count -= group;
    }
}

lk_kernels lk_blocks_popcnt(void) { return (lk_kernels){lk_block_batch, lk_block_single}; }
#endif
