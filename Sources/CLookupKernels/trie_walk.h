// The walks for one width of key. Before this is included:
//   RT_KEY, RT_NAME(name)     the word that holds a key, left-aligned, and the functions' names
//   RT_SLOT(key)              the key's first six bits
//   RT_TAIL(key)              its first 32 bits
//   RT_SKIPPED(cell)          a skip's bits
//   RT_LEADING(key, n)        the key's first n bits, n at least 1
//   RT_LOAD(keys, i)          the i-th key of a group

// A walk from the top, or from the cell of the first 12 bits.
typedef struct {
    const rt_cell *cell;
    RT_KEY rest;
    // The last cell with a prefix that holds the key, and which prefixes these are.
    const rt_cell *best;
    uint64_t holding;
    uint32_t best_depth, depth;
} RT_NAME(walk);

RT_INLINE void RT_NAME(begin)(const rt_view *view, RT_KEY key, RT_NAME(walk) * walk) {
    uint32_t first = view->root_bits == 0 ? 0 : RT_FIXED + (uint32_t)(key >> (8 * sizeof(RT_KEY) - 12));
    walk->cell = rt_cell_at(view, first);
    walk->depth = view->root_bits;
    walk->rest = key << view->root_bits;
    walk->best = &rt_empty;
    walk->holding = 0;
    walk->best_depth = 0;
}

// One level down; false where the walk ends at this cell. Skips are passed through.
RT_INLINE int RT_NAME(step)(const rt_view *view, RT_NAME(walk) * walk) {
    const rt_cell *cell = walk->cell;
    if (__builtin_expect((int64_t)cell->inner < 0, 0)) {
        uint32_t bits = (uint32_t)cell->leaf & 255;
        if (RT_LEADING(walk->rest ^ RT_SKIPPED(cell), bits) != 0) {
            walk->cell = &rt_empty;
            return 0;
        }
        walk->depth += bits;
        walk->rest <<= bits;
        walk->cell = rt_cell_at(view, cell->children);
        return 1;
    }
    uint32_t slot = RT_SLOT(walk->rest);
    uint64_t holding = cell->inner & rt_ancestors[slot];
    if (holding != 0) {
        walk->best = cell;
        walk->holding = holding;
        walk->best_depth = walk->depth;
    }
    uint64_t children = cell->child & ~cell->leaf;
    if ((children >> slot & 1) == 0) return 0;
    walk->cell = rt_cell_at(view, cell->children + rt_rank(children, slot));
    walk->depth += 6;
    walk->rest <<= 6;
    return 1;
}

// The longest prefix of fewer than 12 bits that holds the key, where walks begin below them.
RT_INLINE rt_match RT_NAME(above)(const rt_view *view, RT_KEY key) {
    if (view->root_bits != 0) {
        uint32_t first = (uint32_t)(key >> (8 * sizeof(RT_KEY) - 12));
        const rt_cell *above = rt_cell_at(view, RT_SECOND + (first >> 6));
        uint64_t holding = above->inner & rt_ancestors[first & 63];
        if (holding != 0) return rt_inner(view, above, holding, 6);
        above = rt_cell_at(view, 0);
        holding = above->inner & rt_ancestors[first >> 6];
        if (holding != 0) return rt_inner(view, above, holding, 0);
    }
    return rt_nothing;
}

// The answer of a walk that has ended.
RT_INLINE rt_match RT_NAME(answer)(const rt_view *view, RT_KEY key, const RT_NAME(walk) * walk) {
    const rt_cell *cell = walk->cell;
    uint32_t slot = RT_SLOT(walk->rest);
    if (cell->leaf >> slot & 1) {
        uint64_t tailed = cell->leaf & ~cell->child;
        uint32_t tails = (uint32_t)__builtin_popcountll(tailed);
        if (cell->child >> slot & 1) {
            uint32_t rank = tails + rt_rank(cell->leaf & cell->child, slot);
            return (rt_match){rt_value_at(view, cell->block, tails, rank), (int64_t)walk->depth + 6};
        }
        uint32_t rank = rt_rank(tailed, slot);
        uint32_t tail = ((const uint32_t *)rt_block_at(view, cell->block))[rank];
        if (rt_tail_matches(RT_TAIL(walk->rest << 6), tail))
            return (rt_match){rt_value_at(view, cell->block, tails, rank), (int64_t)(walk->depth + 6 + (tail & 31))};
    }
    if (walk->holding) return rt_inner(view, walk->best, walk->holding, walk->best_depth);
    return RT_NAME(above)(view, key);
}

RT_INLINE rt_match RT_NAME(longest)(const rt_view *view, RT_KEY key) {
    RT_NAME(walk) walk;
    RT_NAME(begin)(view, key, &walk);
    while (RT_NAME(step)(view, &walk)) {}
    return RT_NAME(answer)(view, key, &walk);
}

// The way to where a prefix is or would be: the cell, its index, and what is left of the prefix from there on.
typedef struct {
    const rt_cell *cell;
    RT_KEY rest;
    uint32_t index;
    int32_t left;
} RT_NAME(end);

// False where the way ends at a skip that the prefix does not go through.
RT_INLINE int RT_NAME(descend)(const rt_view *view, RT_KEY key, int32_t length, RT_NAME(end) * end) {
    uint32_t index = 0;
    RT_KEY rest = key;
    int32_t left = length;
    if (view->root_bits != 0 && length >= 12) {
        index = RT_FIXED + (uint32_t)(key >> (8 * sizeof(RT_KEY) - 12));
        left -= 12;
        rest = key << 12;
    }
    for (;;) {
        const rt_cell *cell = rt_cell_at(view, index);
        *end = (RT_NAME(end)){cell, rest, index, left};
        if (__builtin_expect((int64_t)cell->inner < 0, 0)) {
            int32_t bits = (int32_t)(cell->leaf & 255);
            if (left < bits || RT_LEADING(rest ^ RT_SKIPPED(cell), (uint32_t)bits) != 0) return 0;
            left -= bits;
            rest <<= bits;
            index = cell->children;
            continue;
        }
        if (left < 6) return 1;
        uint32_t slot = RT_SLOT(rest);
        uint64_t children = cell->child & ~cell->leaf;
        if ((children >> slot & 1) == 0) return 1;
        index = cell->children + rt_rank(children, slot);
        left -= 6;
        rest <<= 6;
    }
}

// The prefix's place at the end of its way: its rank among the block's values, and what kind it is.
RT_INLINE uint32_t RT_NAME(place)(const rt_view *view, const RT_NAME(end) * end, uint32_t *rank) {
    const rt_cell *cell = end->cell;
    uint32_t slot = RT_SLOT(end->rest);
    if (end->left < 6) {
        uint32_t position = rt_position((uint32_t)end->left, slot >> (6 - end->left));
        *rank = rt_inner_rank(cell, position);
        return cell->inner >> position & 1 ? RT_INNER : RT_NONE;
    }
    if ((cell->leaf >> slot & 1) == 0) return RT_NONE;
    uint64_t tailed = cell->leaf & ~cell->child;
    if (cell->child >> slot & 1) {
        *rank = (uint32_t)__builtin_popcountll(tailed) + rt_rank(cell->leaf & cell->child, slot);
        return end->left == 6 ? RT_LEAF : RT_NONE;
    }
    *rank = rt_rank(tailed, slot);
    uint32_t tail = ((const uint32_t *)rt_block_at(view, cell->block))[*rank];
    return (int32_t)(tail & 31) == end->left - 6 && rt_tail_matches(RT_TAIL(end->rest << 6), tail) ? RT_LEAF : RT_NONE;
}

RT_INLINE rt_hit RT_NAME(find)(const rt_view *view, RT_KEY key, int32_t length) {
    RT_NAME(end) end;
    uint32_t rank = 0, kind = RT_NONE;
    if (RT_NAME(descend)(view, key, length, &end)) kind = RT_NAME(place)(view, &end, &rank);
    uint8_t depth = (uint8_t)(length - end.left);
    if (kind == RT_NONE) return (rt_hit){0, end.index, 0, 0, depth, RT_NONE, -1};
    return (rt_hit){end.cell->block, end.index, (uint8_t)rt_tails(end.cell), (uint8_t)rank, depth, (uint8_t)kind,
                    length};
}

RT_INLINE rt_match RT_NAME(get)(const rt_view *view, RT_KEY key, int32_t length) {
    RT_NAME(end) end;
    uint32_t rank = 0;
    if (!RT_NAME(descend)(view, key, length, &end) || RT_NAME(place)(view, &end, &rank) == RT_NONE) return rt_nothing;
    return (rt_match){rt_value_at(view, end.cell->block, rt_tails(end.cell), rank), length};
}

// The keys of a group on their way: the cell where each is, and the last one with a prefix that holds it, each an
// address with the depth in its upper byte.
typedef struct {
    uint64_t at[RT_GROUP], best[RT_GROUP];
} RT_NAME(group);

// One level of those that are still walking, and what they need next on its way. No branch except for skips and where
// the second word begins: which key ends where can't be predicted.
RT_INLINE size_t RT_NAME(level)(const rt_view *view, const uint64_t *keys, const uint64_t *first,
                                RT_NAME(group) * group, uint8_t *walking, size_t count) {
    size_t still = 0;
    for (size_t w = 0; w < count; w++) {
        uint32_t i = walking[w];
        uint64_t at = group->at[i];
        const rt_cell *cell = RT_CELL(at);
        uint32_t slot = (uint32_t)(first[i] >> ((58 - RT_DEPTH(at)) & 63)) & 63;
        if (__builtin_expect((int64_t)cell->inner < 0, 0)) {
            uint32_t bits = (uint32_t)cell->leaf & 255;
            RT_KEY rest = RT_LOAD(keys, i) << RT_DEPTH(at);
            uint64_t fits = rt_mask(RT_LEADING(rest ^ RT_SKIPPED(cell), bits) == 0);
            const rt_cell *next = rt_cell_at(view, cell->children);
            __builtin_prefetch(next);
            group->at[i] = rt_choose(fits, RT_AT(next, RT_DEPTH(at) + bits), RT_AT(&rt_empty, 0));
            walking[still] = (uint8_t)i;
            still += fits & 1;
            continue;
        }
        if (__builtin_expect(RT_DEPTH(at) > 58, 0)) slot = RT_SLOT(RT_LOAD(keys, i) << RT_DEPTH(at));
        group->best[i] = rt_choose(rt_mask(cell->inner & rt_ancestors[slot]), at, group->best[i]);
        uint64_t children = cell->child & ~cell->leaf;
        uint64_t goes_on = rt_mask(children >> slot & 1);
        const rt_cell *next = rt_cell_at(view, (cell->children + rt_rank(children, slot)) & (uint32_t)goes_on);
        __builtin_prefetch(next);
        group->at[i] = rt_choose(goes_on, RT_AT(next, RT_DEPTH(at) + 6), at);
        walking[still] = (uint8_t)i;
        still += goes_on & 1;
    }
    return still;
}

// The answer of a key whose way has ended: all kinds are worked out, one is chosen without a branch.
RT_INLINE rt_match RT_NAME(group_answer)(const rt_view *view, RT_KEY key, uint64_t at, uint64_t best_at) {
    const rt_cell *cell = RT_CELL(at);
    uint32_t depth = RT_DEPTH(at);
    RT_KEY rest = key << depth;
    uint32_t slot = RT_SLOT(rest);
    uint64_t tailed = cell->leaf & ~cell->child, ended = cell->leaf & cell->child;
    uint32_t tails = (uint32_t)__builtin_popcountll(tailed);
    uint64_t is_ended = ended >> slot & 1, is_tailed = tailed >> slot & 1;
    uint32_t tail_rank = rt_rank(tailed, slot), ended_rank = tails + rt_rank(ended, slot);
    const uint32_t *tail_place = (const uint32_t *)rt_block_at(view, cell->block) + tail_rank;
    uint32_t tail = *(const uint32_t *)rt_choose_address(rt_mask(is_tailed), tail_place, &rt_no_tail);
    uint64_t is_leaf = is_ended | ((uint64_t)rt_tail_matches(RT_TAIL(rest << 6), tail) & is_tailed);
    const rt_cell *best = RT_CELL(best_at);
    uint64_t holding = best->inner & rt_ancestors[RT_SLOT(key << RT_DEPTH(best_at))];
    uint32_t position = 63 - (uint32_t)__builtin_clzll(holding | 1);
    uint64_t leaf = rt_mask(is_leaf);
    uint32_t rank = (uint32_t)rt_choose(leaf, rt_choose(rt_mask(is_ended), ended_rank, tail_rank),
                                        rt_inner_rank(best, position));
    uint32_t block = (uint32_t)rt_choose(leaf, cell->block, best->block);
    uint64_t length = rt_choose(leaf, depth + 6 + (tail & 31), RT_DEPTH(best_at) + rt_lengths[position]);
    if (__builtin_expect((is_leaf | holding) == 0, 0)) return RT_NAME(above)(view, key);
    return (rt_match){rt_value_at(view, block, (uint32_t)rt_choose(leaf, tails, rt_tails(best)), rank),
                      (int64_t)length};
}

// All keys a level at a time, then their blocks, then their values.
RT_INLINE void RT_NAME(match_group)(const rt_view *view, const uint64_t *keys, rt_match *matches, size_t count) {
    RT_NAME(group) group;
    uint64_t first[RT_GROUP];
    uint8_t walking[RT_GROUP + 1];
    uint32_t depth = view->root_bits;
    for (size_t i = 0; i < count; i++) {
        first[i] = (uint64_t)(RT_LOAD(keys, i) >> (8 * sizeof(RT_KEY) - 64));
        const rt_cell *cell = rt_cell_at(view, depth == 0 ? 0 : RT_FIXED + (uint32_t)(first[i] >> 52));
        __builtin_prefetch(cell);
        group.at[i] = RT_AT(cell, depth);
        group.best[i] = RT_AT(&rt_empty, 0);
        walking[i] = (uint8_t)i;
    }
    for (size_t left = count; left > 0;) left = RT_NAME(level)(view, keys, first, &group, walking, left);
    for (size_t i = 0; i < count; i++) __builtin_prefetch(rt_block_at(view, RT_CELL(group.at[i])->block));
    for (size_t i = 0; i < count; i++) {
        matches[i] = RT_NAME(group_answer)(view, RT_LOAD(keys, i), group.at[i], group.best[i]);
        __builtin_prefetch(matches[i].value);
    }
}
