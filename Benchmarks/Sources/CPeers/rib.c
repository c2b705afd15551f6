#define _GNU_SOURCE
#include "peers.h"

#include <stdio.h>
#include <string.h>

// As in DPDK 22.11's rte_rib.h and rte_rib6.h, which are alike.
struct rib_conf {
    size_t ext_sz;
    int max_nodes;
    uint64_t spare[4];
};

static struct {
    void *(*create)(const char *, int, const struct rib_conf *);
    void (*free)(void *);
    void *(*insert)(void *, uint32_t, uint8_t);
    void (*remove)(void *, uint32_t, uint8_t);
    void *(*lookup)(void *, uint32_t);
    void *(*exact)(void *, uint32_t, uint8_t);
    int (*get)(const void *, uint64_t *);
    int (*set)(void *, uint64_t);
} rib;

static struct {
    void *(*create)(const char *, int, const struct rib_conf *);
    void (*free)(void *);
    void *(*insert)(void *, const uint8_t *, uint8_t);
    void (*remove)(void *, const uint8_t *, uint8_t);
    void *(*lookup)(void *, const uint8_t *);
    void *(*exact)(void *, const uint8_t *, uint8_t);
    int (*get)(const void *, uint64_t *);
    int (*set)(void *, uint64_t);
} rib6;

const char *peers_start_rib(void) {
    const char *reason = peers_start();
    if (reason) return reason;
    void *library = peers_load("rte_rib");
    if (!library) return "DPDK's librte_rib is not installed (apt-get install libdpdk-dev)";
    PEERS_FIND(library, rib.create, "rte_rib_create")
    PEERS_FIND(library, rib.free, "rte_rib_free")
    PEERS_FIND(library, rib.insert, "rte_rib_insert")
    PEERS_FIND(library, rib.remove, "rte_rib_remove")
    PEERS_FIND(library, rib.lookup, "rte_rib_lookup")
    PEERS_FIND(library, rib.exact, "rte_rib_lookup_exact")
    PEERS_FIND(library, rib.get, "rte_rib_get_nh")
    PEERS_FIND(library, rib.set, "rte_rib_set_nh")
    PEERS_FIND(library, rib6.create, "rte_rib6_create")
    PEERS_FIND(library, rib6.free, "rte_rib6_free")
    PEERS_FIND(library, rib6.insert, "rte_rib6_insert")
    PEERS_FIND(library, rib6.remove, "rte_rib6_remove")
    PEERS_FIND(library, rib6.lookup, "rte_rib6_lookup")
    PEERS_FIND(library, rib6.exact, "rte_rib6_lookup_exact")
    PEERS_FIND(library, rib6.get, "rte_rib6_get_nh")
    PEERS_FIND(library, rib6.set, "rte_rib6_set_nh")
    return NULL;
}

void *peers_rib_create(int address_bytes, int routes) {
    static int number;
    char name[32];
    snprintf(name, sizeof name, "rib%d", number++);
    struct rib_conf conf = {.ext_sz = 0, .max_nodes = 2 * routes};
    return address_bytes == 16 ? rib6.create(name, -1, &conf) : rib.create(name, -1, &conf);
}

void peers_rib_free(void *table, int address_bytes) { address_bytes == 16 ? rib6.free(table) : rib.free(table); }

static uint32_t word(const uint8_t *address) {
    uint32_t value;
    memcpy(&value, address, 4);
    return value;
}

size_t peers_rib_insert(void *table, int address_bytes, const uint8_t *addresses, const uint8_t *lengths,
                        size_t count) {
    size_t done = 0;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *address = addresses + (size_t)address_bytes * i;
        if (address_bytes == 16) {
            void *node = rib6.insert(table, address, lengths[i]);
            if (node) done += rib6.set(node, i % 250) == 0;
        } else {
            void *node = rib.insert(table, word(address), lengths[i]);
            if (node) done += rib.set(node, i % 250) == 0;
        }
    }
    return done;
}

uint64_t peers_rib_lookup(void *table, int address_bytes, const uint8_t *addresses, size_t count) {
    uint64_t sum = 0, hop;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *address = addresses + (size_t)address_bytes * i;
        void *node = address_bytes == 16 ? rib6.lookup(table, address) : rib.lookup(table, word(address));
        if (node && (address_bytes == 16 ? rib6.get(node, &hop) : rib.get(node, &hop)) == 0) sum += hop;
    }
    return sum;
}

uint64_t peers_rib_exact(void *table, int address_bytes, const uint8_t *addresses, const uint8_t *lengths,
                         size_t count) {
    uint64_t sum = 0, hop;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *address = addresses + (size_t)address_bytes * i;
        void *node = address_bytes == 16 ? rib6.exact(table, address, lengths[i])
                                         : rib.exact(table, word(address), lengths[i]);
        if (node && (address_bytes == 16 ? rib6.get(node, &hop) : rib.get(node, &hop)) == 0) sum += hop;
    }
    return sum;
}

void peers_rib_remove(void *table, int address_bytes, const uint8_t *addresses, const uint8_t *lengths, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t *address = addresses + (size_t)address_bytes * i;
        if (address_bytes == 16)
            rib6.remove(table, address, lengths[i]);
        else
            rib.remove(table, word(address), lengths[i]);
    }
}
