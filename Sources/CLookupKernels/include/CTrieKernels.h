// Walks in a radix trie of strides of six bits: the kernels, the tables that they share with Swift, and nothing else.
// The layout is described and drawn in docs/radix-trie.md; the portable reference is in Swift (PrefixTrie/TrieCore).
#ifndef CTRIEKERNELS_H
#define CTRIEKERNELS_H

#include <stddef.h>
#include <stdint.h>

/// A cell: the prefixes and the children of one stride, or a skip. Swift's TrieCell has the same layout.
typedef struct {
    uint64_t inner, child, leaf;
    uint32_t children, block;
} rt_cell;

/// What a walk reads: pages of 4 KB each, and what the values' size is.
typedef struct {
    const uint8_t *_Nonnull const *_Nullable cells;
    const uint8_t *_Nonnull const *_Nullable blocks;
    /// 12 where the cells of the first 12 bits are all there, 0 where a walk begins at the top.
    uint32_t root_bits;
    /// A block's unit is 1 << unit_shift bytes.
    uint32_t unit_shift;
    uint32_t value_bytes;
    uint32_t value_alignment;
} rt_view;

/// What a hit is: nothing, a prefix that ends within its cell's stride, at the end of a slot, or in a slot's tail.
enum { RT_NONE = 0, RT_INNER = 1, RT_LEAF = 2 };

/// Where a walk has ended.
typedef struct {
    /// The block that holds the value.
    uint32_t block;
    /// The cell where the walk ended.
    uint32_t cell;
    /// The number of tails in the block, which stand before the values.
    uint8_t tails;
    /// The value's place among the values.
    uint8_t rank;
    /// The bits of the key before the cell.
    uint8_t depth;
    uint8_t kind;
    /// The length of the prefix, -1 where there is none.
    int32_t length;
} rt_hit;

/// What a lookup has found: where the value stands in its block, and the prefix's length; -1 where there is none.
typedef struct {
    const void *_Nullable value;
    int64_t length;
} rt_match;

/// Whether this machine has the instructions that the kernels are written for: POPCNT, BMI and BMI2 on x86-64.
int rt_available(void);

/// The longest prefix that holds the key, which stands in the upper bits of the word or words.
rt_match rt_match64(const rt_view *_Nonnull view, uint64_t key);
rt_match rt_match128(const rt_view *_Nonnull view, uint64_t high, uint64_t low);

/// Exactly the prefix's value.
rt_match rt_get64(const rt_view *_Nonnull view, uint64_t key, int32_t length);
rt_match rt_get128(const rt_view *_Nonnull view, uint64_t high, uint64_t low, int32_t length);

/// Exactly the prefix; where it is not there, `kind` is RT_NONE, and `cell` and `depth` say where the walk has ended.
rt_hit rt_find64(const rt_view *_Nonnull view, uint64_t key, int32_t length);
rt_hit rt_find128(const rt_view *_Nonnull view, uint64_t high, uint64_t low, int32_t length);

/// The longest matches of up to RT_GROUP keys, whose waits for memory overlap; the values' lines are on their way.
enum { RT_GROUP = 32 };
void rt_match_group64(const rt_view *_Nonnull view, const uint64_t *_Nonnull keys, rt_match *_Nonnull matches,
                      size_t count);
void rt_match_group128(const rt_view *_Nonnull view, const uint64_t *_Nonnull keys,
                       rt_match *_Nonnull matches, size_t count);

// The prefixes of 0 to 5 bits within a stride are numbered in order, a shorter one before those that it covers.
extern const uint8_t rt_positions[64];
extern const uint8_t rt_lengths[64];
extern const uint8_t rt_starts[64];
extern const uint64_t rt_ancestors[64];
extern const uint64_t rt_up_to[8];
extern const uint64_t rt_starting[64];

/// The number of the prefix of `length` bits; its bits stand lowest.
static inline uint32_t rt_position(uint32_t length, uint32_t bits) { return rt_positions[(1u << length) | bits]; }
/// The length of the prefix of a number.
static inline uint32_t rt_length(uint32_t position) { return rt_lengths[position]; }
/// The first slot of the prefix of a number.
static inline uint32_t rt_start(uint32_t position) { return rt_starts[position]; }
/// The numbers of the prefixes that hold a slot.
static inline uint64_t rt_ancestors_of(uint32_t slot) { return rt_ancestors[slot]; }
/// The numbers of the prefixes of at most `length` bits.
static inline uint64_t rt_positions_up_to(uint32_t length) { return rt_up_to[length]; }
/// The numbers of the prefixes whose first slot is `slot` or an earlier one.
static inline uint64_t rt_starting_up_to(uint32_t slot) { return rt_starting[slot]; }

// Runs of units come in sizes: 1 to 8, to 16 by 2, to 32 by 4, to 64 by 8, to 128 by 16, to 256 by 32.
enum { RT_SIZES = 28 };
extern const uint16_t rt_sizes[RT_SIZES];
extern const uint8_t rt_size_classes[257];
static inline uint32_t rt_size(uint32_t size_class) { return rt_sizes[size_class]; }
/// The class of the smallest size that holds `units`.
static inline uint32_t rt_class(uint32_t units) { return rt_size_classes[units]; }

static inline rt_view rt_make_view(uint32_t unit_shift, uint32_t value_bytes, uint32_t value_alignment) {
    return (rt_view){0, 0, 0, unit_shift, value_bytes, value_alignment};
}

#endif
