// The walk of one key through one tree and the slices behind it, for a kernel that has defined LK_FEATURES,
// lk_vector, lk_broadcast(window), lk_inner_rank(line, key) and lk_leaf_rank(line, key).

// From an entry of `slice` down to the next hop, through further slices where the leaf says so.
LK_INLINE(LK_FEATURES) uint16_t lk_walk(const uint8_t *memory, const uint8_t *key, uint32_t entry, int slice) {
    for (;;) {
        uint32_t height = entry & LK_HEIGHT;
        if (height == 0) return (uint16_t)(entry >> 3);
        lk_vector window = lk_broadcast(lk_window(key, slice));
        const uint8_t *line = memory + 8 * (uint64_t)(entry & ~7u);
        for (; height > 1; height--)
            line = memory + 8 * (uint64_t)lk_word(line + LK_CHILDREN) + 64 * lk_inner_rank(line, window);
        uint64_t rank = lk_leaf_rank(line, window);
        uint16_t hop = lk_half(line + LK_HOPS + 2 * rank);
        if (hop != LK_LINK) return hop;
        entry = lk_word(line + 64 * (uint64_t)lk_half(line + LK_COMPANION) + 4 * rank);
        slice++;
    }
}

LK_KERNEL(LK_FEATURES) static uint16_t lk_tree_single(const lk_table *table, const void *key) {
    const uint8_t *bytes = key;
    return lk_walk(table->memory, bytes, LK_BUCKET(table->root, table->memory, bytes, lk_window(bytes, 0)), 0);
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
