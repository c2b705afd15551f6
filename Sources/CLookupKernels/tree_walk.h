// The walks of one key and of a group, for a kernel that has defined
//   LK_FEATURES, LK_GROUP        what it needs, and how many keys it takes at once
//   lk_vector                    a window in every lane, as lk_broadcast(window) makes it
//   lk_child(line, window)       8 times the number of an inner line's keys that are below: what is added to its word
//   lk_interval(line, window)    2 times that of a leaf's keys: the offset of the next hop

// The entry that a leaf's interval leads to.
LK_INLINE(LK_FEATURES) uint32_t lk_link(const uint8_t *leaf, uint64_t interval) {
    return lk_word(leaf + 64 * (uint64_t)lk_half(leaf + LK_COMPANION) + 2 * interval);
}

// From the root down to the next hop, through further slices where a leaf says so.
LK_KERNEL(LK_FEATURES) static uint16_t lk_tree_single(const lk_table *table, const void *key) {
    const uint8_t *memory = table->memory;
    uint32_t entry = table->root[lk_first16(key)];
    for (int slice = 0;; slice++) {
        if ((int32_t)entry < 0) return (uint16_t)(entry >> 3);
        lk_vector window = lk_broadcast(lk_window(key, slice));
        const uint8_t *line = memory + 8 * (uint64_t)(entry & ~7u);
        for (uint32_t height = entry & LK_HEIGHT; height > 1; height--)
            line = memory + 8 * (lk_word(line + LK_CHILDREN) + lk_child(line, window));
        uint64_t interval = lk_interval(line, window);
        uint16_t hop = lk_half(line + LK_HOPS + interval);
        if (hop != LK_LINK) return hop;
        entry = lk_link(line, interval);
    }
}

// Several keys on their way down, each at a line of its own.
typedef struct {
    const uint8_t *line[LK_GROUP];
    uint8_t height[LK_GROUP], slice[LK_GROUP], key[LK_GROUP];
    int count;
} lk_walkers;

// Sends a key down the tree of an entry, or answers it if the entry is a next hop.
LK_INLINE(LK_FEATURES) void lk_enter(lk_walkers *walkers, const uint8_t *memory, int key, uint32_t entry, int slice,
                                     uint16_t *next_hops) {
    if ((int32_t)entry < 0) {
        next_hops[key] = (uint16_t)(entry >> 3);
        return;
    }
    int at = walkers->count++;
    walkers->line[at] = memory + 8 * (uint64_t)(entry & ~7u);
    walkers->height[at] = entry & LK_HEIGHT;
    walkers->slice[at] = (uint8_t)slice;
    walkers->key[at] = (uint8_t)key;
    __builtin_prefetch(walkers->line[at]);
}

// What the straight walk has no answer to: the keys marked in `odd`, from the root, and those that a link leads on,
// from the leaf that `lines` says. All go down together, a line at a time, so that their misses overlap.
LK_KERNEL(LK_FEATURES)
static __attribute__((noinline)) void lk_tree_rest(const lk_table *table, const uint8_t *keys, uint16_t *next_hops,
                                                   const uint32_t *lines, uint32_t odd) {
    const uint8_t *memory = table->memory;
    lk_walkers walkers;
    walkers.count = 0;
    for (int i = 0; i < LK_GROUP; i++) {
        const uint8_t *key = keys + 16 * i;
        if ((odd >> i & 1) != 0) {
            lk_enter(&walkers, memory, i, table->root[lk_first16(key)], 0, next_hops);
        } else if (next_hops[i] == LK_LINK) {
            // Where trees are one line high, this is still the entry.
            const uint8_t *leaf = memory + 8 * (uint64_t)(lines[i] & ~7u);
            uint32_t entry = lk_link(leaf, lk_interval(leaf, lk_broadcast(lk_window(key, 0))));
            lk_enter(&walkers, memory, i, entry, 1, next_hops);
        }
    }
    while (walkers.count > 0) {
        int count = walkers.count;
        walkers.count = 0;
        for (int w = 0; w < count; w++) {
            const uint8_t *line = walkers.line[w];
            int i = walkers.key[w], slice = walkers.slice[w], height = walkers.height[w];
            lk_vector window = lk_broadcast(lk_window(keys + 16 * i, slice));
            if (height > 1) {
                uint64_t next = lk_word(line + LK_CHILDREN) + lk_child(line, window);
                lk_enter(&walkers, memory, i, (uint32_t)next | (uint32_t)(height - 1), slice, next_hops);
                continue;
            }
            uint64_t interval = lk_interval(line, window);
            uint16_t hop = lk_half(line + LK_HOPS + interval);
            if (hop == LK_LINK)
                lk_enter(&walkers, memory, i, lk_link(line, interval), slice + 1, next_hops);
            else
                next_hops[i] = hop;
        }
    }
}

// Down trees of one height, a level at a time, the next lines prefetched.
//
// `lines` holds the entries, and is left with the leaves. The result has bit 16 set where a next hop is LK_LINK.
LK_INLINE(LK_FEATURES)
uint32_t lk_tree_straight(const uint8_t *memory, const uint8_t *keys, uint32_t *lines, uint16_t *next_hops,
                          uint32_t height) {
    const uint8_t *base = LK_TOP(memory, height);
    for (uint32_t level = 1; level < height; level++) {
#pragma clang loop unroll_count(8)
        for (int i = 0; i < LK_GROUP; i++) {
            const uint8_t *at = base + 8 * (uint64_t)lines[i];
            uint64_t next = lk_word(at + LK_CHILDREN) + lk_child(at, lk_broadcast(lk_window(keys + 16 * i, 0)));
            LK_OPAQUE(next);
            __builtin_prefetch(memory + 8 * next);
            lines[i] = (uint32_t)next;
        }
        base = memory;
    }
    uint32_t linked = 0;
#pragma clang loop unroll_count(8)
    for (int i = 0; i < LK_GROUP; i++) {
        const uint8_t *at = base + 8 * (uint64_t)lines[i];
        uint32_t hop = lk_half(at + LK_HOPS + lk_interval(at, lk_broadcast(lk_window(keys + 16 * i, 0))));
        LK_OPAQUE(hop);
        linked |= hop + 1;
        next_hops[i] = (uint16_t)hop;
    }
    return linked;
}

// A group of keys at once. No branch but those that are taken for all of them: one that could not be predicted would
// keep the processor from beginning the next ones.
LK_INLINE(LK_FEATURES) void lk_tree_group(const lk_table *table, const uint8_t *keys, uint16_t *next_hops) {
    uint32_t height = table->height;
    uint32_t lines[LK_GROUP];
    uint32_t any = 0, odd = 0;
#pragma clang loop unroll_count(8)
    for (int i = 0; i < LK_GROUP; i++) {
        uint32_t entry = table->root[lk_first16(keys + 16 * i)];
        LK_OPAQUE(entry);
        any |= entry;
        lines[i] = entry;
    }
    // A next hop has the sign; a tree of another height, while they are raised, is higher.
    if (__builtin_expect((any & (LK_HEIGHT | LK_SIGN)) != height, 0)) {
        uint32_t all = any;
        for (int i = 0; i < LK_GROUP; i++) all &= lines[i];
        if ((int32_t)all < 0) {
            for (int i = 0; i < LK_GROUP; i++) next_hops[i] = (uint16_t)(lines[i] >> 3);
            return;
        }
        for (int i = 0; i < LK_GROUP; i++) odd |= (uint32_t)((lines[i] & LK_HEIGHT) != height) << i;
        if (__builtin_popcount(odd) > LK_GROUP * 3 / 4) {
            lk_tree_rest(table, keys, next_hops, lines, LK_ALL);
            return;
        }
        // What the straight walk is not for walks line 0, which leads to itself.
        for (int i = 0; i < LK_GROUP; i++) lines[i] = (odd >> i & 1) != 0 ? height : lines[i];
    }
    uint32_t linked = lk_tree_straight(table->memory, keys, lines, next_hops, height);
    if (__builtin_expect(odd != 0 || linked >> 16 != 0, 0)) lk_tree_rest(table, keys, next_hops, lines, odd);
}

// Batches of any size: whole groups, then the rest in a group of copies.
LK_KERNEL(LK_FEATURES)
static void lk_tree_batch(const lk_table *table, const void *keys, uint16_t *next_hops, size_t count) {
    const uint8_t *bytes = keys;
    size_t done = 0;
    for (; done + LK_GROUP <= count; done += LK_GROUP) lk_tree_group(table, bytes + 16 * done, next_hops + done);
    if (done == count) return;
    uint8_t rest[16 * LK_GROUP] = {0};
    uint16_t hops[LK_GROUP];
    __builtin_memcpy(rest, bytes + 16 * done, 16 * (count - done));
    lk_tree_group(table, rest, hops);
    __builtin_memcpy(next_hops + done, hops, 2 * (count - done));
}
