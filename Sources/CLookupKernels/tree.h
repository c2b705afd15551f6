// What the kernels over interval trees share. A key of 128 bits is cut into slices: 16 bits that index the root, then
// windows of 32, 32, 32 and 16 bits, each looked up in a tree of its own.
#ifndef LK_TREE_H
#define LK_TREE_H

#include "include/CLookupKernels.h"

// The sanitizer would take a line's vector load and the writer's atomic store of one word in it for a race.
#define LK_KERNEL(features) __attribute__((target(features), no_sanitize("thread")))
#define LK_INLINE(features) static inline __attribute__((always_inline, target(features), no_sanitize("thread")))

enum {
    LK_INNER_KEYS = 0x7fff,  // 15 keys
    LK_LEAF_KEYS = 0x3ff,    // 10 keys
    LK_CHILDREN = 60,        // offset of an inner line's first child
    LK_HOPS = 40,            // offset of a leaf's next hops
    LK_COMPANION = 62,       // offset of a leaf's distance to its line of links
    LK_HEIGHT = 7,           // an entry's height; 0 where it is a next hop
    LK_SIGN = (int32_t)0x80000000,
};

// A key's bits 16 to 47, and its further windows.
static inline uint32_t lk_window(const uint8_t *key, int slice) {
    uint32_t window;
    uint16_t last;
    if (slice < 3) {
        __builtin_memcpy(&window, key + 10 - 4 * slice, 4);
        return window;
    }
    __builtin_memcpy(&last, key, 2);
    return (uint32_t)last << 16;
}

static inline uint16_t lk_first16(const uint8_t *key) {
    uint16_t first;
    __builtin_memcpy(&first, key + 14, 2);
    return first;
}

static inline uint32_t lk_word(const uint8_t *p) { return *(const uint32_t *)p; }
static inline uint16_t lk_half(const uint8_t *p) { return *(const uint16_t *)p; }

// Keeps the compiler from gathering what belongs to several keys into a vector, which is slower by far.
#define LK_OPAQUE(x) __asm__("" : "+r"(x))

// A mark for each key of a group.
#define LK_ALL ((uint32_t)(((uint64_t)1 << LK_GROUP) - 1))

// The first line of a tree from its entry of `height`; lines below are at memory + 8 * word.
#define LK_TOP(memory, height) ((memory)-8 * (uint64_t)(height))

#endif
