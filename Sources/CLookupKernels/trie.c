#include "include/CTrieKernels.h"

#if defined(__x86_64__)
#define RT_TARGET __attribute__((target("popcnt,bmi,bmi2,lzcnt")))
int rt_available(void) {
    return __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("lzcnt");
}
#else
#define RT_TARGET
#if defined(__aarch64__)
int rt_available(void) { return 1; }
#else
int rt_available(void) { return 0; }
#endif
#endif
#define RT_INLINE static inline __attribute__((always_inline)) RT_TARGET

enum {
    RT_SECOND = 64,  // the first of the cells of the first 6 bits, where the root is 12 bits wide
    RT_FIXED = 128,  // the first of those of the first 12 bits
};

static const rt_cell rt_empty;
// A tail that agrees with every key.
static const uint32_t rt_no_tail;
// All bits where a condition holds, none where it doesn't; kept from the compiler, which would make a branch of it that
// can't be predicted.
RT_INLINE uint64_t rt_mask(uint64_t condition) {
    uint64_t mask = 0 - (uint64_t)(condition != 0);
    __asm__("" : "+r"(mask));
    return mask;
}

// One of two words or addresses by a mask.
RT_INLINE uint64_t rt_choose(uint64_t mask, uint64_t yes, uint64_t no) { return no ^ ((no ^ yes) & mask); }
RT_INLINE const void *rt_choose_address(uint64_t mask, const void *yes, const void *no) {
    return (const void *)rt_choose(mask, (uint64_t)yes, (uint64_t)no);
}

// A cell's address with a depth in the upper byte, which addresses of user space leave free.
#define RT_AT(cell, depth) ((uint64_t)(uintptr_t)(cell) | (uint64_t)(depth) << 56)
#define RT_CELL(at) ((const rt_cell *)(uintptr_t)((at) & 0x00ffffffffffffff))
#define RT_DEPTH(at) ((uint32_t)((at) >> 56))

static const rt_match rt_nothing = {0, -1};

RT_INLINE const rt_cell *rt_cell_at(const rt_view *view, uint32_t index) {
    return (const rt_cell *)(view->cells[index >> 7] + 32 * (uint64_t)(index & 127));
}

RT_INLINE const uint8_t *rt_block_at(const rt_view *view, uint32_t block) {
    uint64_t offset = (uint64_t)block << view->unit_shift;
    return view->blocks[offset >> 12] + (offset & 4095);
}

// The number of marks before a slot's.
RT_INLINE uint32_t rt_rank(uint64_t marks, uint32_t slot) {
    return (uint32_t)__builtin_popcountll(marks & (((uint64_t)1 << slot) - 1));
}

// A tail is up to 27 bits, left-aligned, and their number in the lowest 5.
RT_INLINE int rt_tail_matches(uint32_t key, uint32_t tail) {
    return (uint64_t)(key ^ tail) >> (32 - (tail & 31)) == 0;
}

// Where a value stands: after the block's tails.
RT_INLINE const void *rt_value_at(const rt_view *view, uint32_t block, uint32_t tails, uint32_t rank) {
    uint32_t start = (4 * tails + view->value_alignment - 1) & ~(view->value_alignment - 1);
    return rt_block_at(view, block) + start + view->value_bytes * rank;
}

// A prefix within a cell, by its number.
RT_INLINE uint32_t rt_inner_rank(const rt_cell *cell, uint32_t position) {
    return (uint32_t)__builtin_popcountll(cell->leaf) + rt_rank(cell->inner, position);
}

RT_INLINE uint32_t rt_tails(const rt_cell *cell) { return (uint32_t)__builtin_popcountll(cell->leaf & ~cell->child); }

// The longest of the prefixes within a cell that are marked.
RT_INLINE rt_match rt_inner(const rt_view *view, const rt_cell *cell, uint64_t marked, uint32_t depth) {
    uint32_t position = 63 - (uint32_t)__builtin_clzll(marked);
    return (rt_match){rt_value_at(view, cell->block, rt_tails(cell), rt_inner_rank(cell, position)),
                      (int64_t)(depth + rt_lengths[position])};
}

#define RT_KEY uint64_t
#define RT_NAME(name) rt_##name##_u64
#define RT_SLOT(key) ((uint32_t)((key) >> 58))
#define RT_TAIL(key) ((uint32_t)((key) >> 32))
#define RT_SKIPPED(cell) ((cell)->child)
#define RT_LEADING(key, n) ((key) >> (64 - (n)))
#define RT_LOAD(keys, i) ((keys)[i])
#include "trie_walk.h"
#undef RT_KEY
#undef RT_NAME
#undef RT_SLOT
#undef RT_TAIL
#undef RT_SKIPPED
#undef RT_LEADING
#undef RT_LOAD

typedef unsigned __int128 rt_u128;
#define RT_KEY rt_u128
#define RT_NAME(name) rt_##name##_u128
#define RT_SLOT(key) ((uint32_t)((uint64_t)((key) >> 64) >> 58))
#define RT_TAIL(key) ((uint32_t)((key) >> 96))
#define RT_SKIPPED(cell) ((rt_u128)(cell)->child << 64 | ((cell)->leaf & ~(uint64_t)255))
#define RT_LEADING(key, n) ((key) >> (128 - (n)))
#define RT_LOAD(keys, i) ((rt_u128)(keys)[2 * (i) + 1] << 64 | (keys)[2 * (i)])
#include "trie_walk.h"

RT_TARGET rt_match rt_match64(const rt_view *view, uint64_t key) { return rt_longest_u64(view, key); }

RT_TARGET rt_match rt_match128(const rt_view *view, uint64_t high, uint64_t low) {
    return rt_longest_u128(view, (rt_u128)high << 64 | low);
}

RT_TARGET rt_match rt_get64(const rt_view *view, uint64_t key, int32_t length) {
    return rt_get_u64(view, key, length);
}

RT_TARGET rt_match rt_get128(const rt_view *view, uint64_t high, uint64_t low, int32_t length) {
    return rt_get_u128(view, (rt_u128)high << 64 | low, length);
}

RT_TARGET rt_hit rt_find64(const rt_view *view, uint64_t key, int32_t length) {
    return rt_find_u64(view, key, length);
}

RT_TARGET rt_hit rt_find128(const rt_view *view, uint64_t high, uint64_t low, int32_t length) {
    return rt_find_u128(view, (rt_u128)high << 64 | low, length);
}

RT_TARGET void rt_match_group64(const rt_view *view, const uint64_t *keys, rt_match *matches, size_t count) {
    rt_match_group_u64(view, keys, matches, count);
}

RT_TARGET void rt_match_group128(const rt_view *view, const uint64_t *keys, rt_match *matches, size_t count) {
    rt_match_group_u128(view, keys, matches, count);
}
