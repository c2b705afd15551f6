// Lookups in a compiled forwarding table: the SIMD kernels, and nothing else. The layouts are described and drawn in
// docs/forwarding-table.md; the portable reference of each kernel is in Swift (PrefixTrie/ForwardingTable).
#ifndef CLOOKUPKERNELS_H
#define CLOOKUPKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "CTrieKernels.h"

/// What a lookup reads: the directory of the first bits, and the memory that its entries refer to.
typedef struct {
    const uint32_t *_Nonnull root;
    const uint8_t *_Nonnull memory;
    /// The height of most trees below the root; the straight walk is for these.
    uint32_t height;
} lk_table;

/// Looks up `count` keys in host byte order, one after another, and writes as many next hops.
typedef void (*lk_batch)(const lk_table *_Nonnull, const void *_Nonnull keys, uint16_t *_Nonnull next_hops,
                         size_t count);

/// Looks up one key.
typedef uint16_t (*lk_single)(const lk_table *_Nonnull, const void *_Nonnull key);

/// A table's kernels; null where the machine lacks the instructions.
typedef struct {
    lk_batch _Nullable batch;
    lk_single _Nullable single;
} lk_kernels;

/// The instructions that a kernel is written for.
typedef enum { LK_AVX2 = 1, LK_AVX512 = 2, LK_NEON = 3 } lk_instructions;

/// The kernels over interval trees: keys of 128 bits.
lk_kernels lk_tree_kernels(lk_instructions instructions);

/// The kernels over bitmap blocks: keys of 32 bits.
lk_kernels lk_block_kernels(lk_instructions instructions);

/// The value of the environment variable that forces a kernel: DATAPLANE_LOOKUP_KERNEL.
const char *_Nullable lk_forced_kernel(void);

/// The next hop that stands for "look in the next slice".
#define LK_LINK 0xFFFF

// Loads and stores that one writer and many readers share. Swift's Atomic has an address of its own; these words lie
// inside lines and blocks.
static inline uint32_t lk_load32(const void *_Nonnull p) {
    return __atomic_load_n((const uint32_t *)p, __ATOMIC_ACQUIRE);
}
static inline uint16_t lk_load16(const void *_Nonnull p) {
    return __atomic_load_n((const uint16_t *)p, __ATOMIC_ACQUIRE);
}
static inline void lk_store32(void *_Nonnull p, uint32_t value) {
    __atomic_store_n((uint32_t *)p, value, __ATOMIC_RELEASE);
}
static inline void lk_store16(void *_Nonnull p, uint16_t value) {
    __atomic_store_n((uint16_t *)p, value, __ATOMIC_RELEASE);
}

#endif
