#define _GNU_SOURCE
#include "peers.h"

#include <stdio.h>
#include <stdlib.h>

// As in DPDK 22.11's rte_hash.h.
struct hash_parameters {
    const char *name;
    uint32_t entries;
    uint32_t reserved;
    uint32_t key_len;
    uint32_t (*hash_func)(const void *, uint32_t, uint32_t);
    uint32_t hash_func_init_val;
    int socket_id;
    uint8_t extra_flag;
    uint64_t spare[8];
};

static struct {
    void *(*create)(const struct hash_parameters *);
    void (*free)(void *);
    int32_t (*add)(const void *, const void *);
    int32_t (*delete)(const void *, const void *);
    int32_t (*lookup)(const void *, const void *);
    int (*bulk)(const void *, const void **, uint32_t, int32_t *);
} hash;

const char *peers_start_hash(void) {
    const char *reason = peers_start();
    if (reason) return reason;
    void *library = peers_load("rte_hash");
    if (!library) return "DPDK's librte_hash is not installed (apt-get install libdpdk-dev)";
    PEERS_FIND(library, hash.create, "rte_hash_create")
    PEERS_FIND(library, hash.free, "rte_hash_free")
    PEERS_FIND(library, hash.add, "rte_hash_add_key")
    PEERS_FIND(library, hash.delete, "rte_hash_del_key")
    PEERS_FIND(library, hash.lookup, "rte_hash_lookup")
    PEERS_FIND(library, hash.bulk, "rte_hash_lookup_bulk")
    return NULL;
}

void *peers_hash_create(uint32_t entries, uint32_t key_bytes) {
    static int number;
    char name[32];
    snprintf(name, sizeof name, "hash%d", number++);
    struct hash_parameters parameters = {.name = name, .entries = entries, .key_len = key_bytes, .socket_id = -1};
    return hash.create(&parameters);
}

void peers_hash_free(void *table) { hash.free(table); }

int peers_hash_add(void *table, const void *keys, size_t key_bytes, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (hash.add(table, (const char *)keys + i * key_bytes) < 0) return -1;
    return 0;
}

int peers_hash_delete(void *table, const void *keys, size_t key_bytes, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (hash.delete(table, (const char *)keys + i * key_bytes) < 0) return -1;
    return 0;
}

uint64_t peers_hash_lookup(void *table, const void *keys, size_t key_bytes, size_t count) {
    uint64_t found = 0;
    for (size_t i = 0; i < count; i++) found += hash.lookup(table, (const char *)keys + i * key_bytes) >= 0;
    return found;
}

uint64_t peers_hash_chain(void *table, const void *keys, size_t key_bytes, size_t count) {
    uint64_t found = 0;
    int32_t last = 0;
    for (size_t i = 0; i < count; i++) {
        // No position is this large, which the processor can't know.
        last = hash.lookup(table, (const char *)keys + (i + (last == INT32_MAX)) * key_bytes);
        found += last >= 0;
    }
    return found;
}

uint64_t peers_hash_bulk(void *table, const void *keys, size_t key_bytes, size_t count, uint32_t batch) {
    const void *pointers[64];
    int32_t positions[64];
    uint64_t found = 0;
    for (size_t i = 0; i < count; i += batch) {
        uint32_t n = (uint32_t)(count - i < batch ? count - i : batch);
        for (uint32_t j = 0; j < n; j++) pointers[j] = (const char *)keys + (i + j) * key_bytes;
        hash.bulk(table, pointers, n, positions);
        for (uint32_t j = 0; j < n; j++) found += positions[j] >= 0;
    }
    return found;
}
