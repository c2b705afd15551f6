// DPDK's routing tables, found at run time, so that the benchmarks build and run without them.
#ifndef CPEERS_H
#define CPEERS_H

#include <stddef.h>
#include <stdint.h>

#include "CLookupKernels.h"

/// Loads DPDK's libraries and starts its environment; returns null, or why not.
const char *_Nullable peers_start(void);

/// DPDK's version, once started.
const char *_Nonnull peers_version(void);

/// What a table of DPDK answers where there is no route.
#define PEERS_NO_ROUTE 0x7FFF

typedef struct peers_fib peers_fib;

/// A table of DPDK: rte_fib6 for addresses of 16 bytes, rte_fib for those of 4. Null where it can't be made.
peers_fib *_Nullable peers_fib_create(int address_bytes, int routes);
void peers_fib_free(peers_fib *_Nonnull fib);

/// Chooses the lookup: scalar, or with AVX-512. Returns 0 where the machine has it.
int peers_fib_select(peers_fib *_Nonnull fib, int avx512);

/// 16 bytes in network order, or a word in host order. Return 0 where done.
int peers_fib_add(peers_fib *_Nonnull fib, const void *_Nonnull address, int length, uint64_t next_hop);
int peers_fib_delete(peers_fib *_Nonnull fib, const void *_Nonnull address, int length);

/// Looks up `count` addresses, `batch` at a time.
void peers_fib_lookup(peers_fib *_Nonnull fib, const void *_Nonnull addresses, uint64_t *_Nonnull next_hops,
                      size_t count, size_t batch);

/// Looks up `count` addresses one at a time, each address found by the last answer.
uint64_t peers_fib_chain(peers_fib *_Nonnull fib, const void *_Nonnull addresses, size_t count);

/// The bytes that the table's arrays take, as it was configured.
size_t peers_fib_bytes(const peers_fib *_Nonnull fib);

/// Calls a lookup kernel on `count` keys, `batch` at a time, from C: what a kernel takes without Swift around it.
void peers_repeat(void (*_Nonnull kernel)(const lk_table *_Nonnull, const void *_Nonnull, uint16_t *_Nonnull, size_t),
                  const lk_table *_Nonnull table, const void *_Nonnull keys, size_t key_bytes,
                  uint16_t *_Nonnull next_hops, size_t count, size_t batch);

/// Whether DPDK's memory has large pages on advice, as our tables have.
int peers_large_pages(void);

/// As `peers_start`, and DPDK's hash table with it.
const char *_Nullable peers_start_hash(void);

/// A table of DPDK's rte_hash, with its own hash function; null where it can't be made.
void *_Nullable peers_hash_create(uint32_t entries, uint32_t key_bytes);
void peers_hash_free(void *_Nonnull table);

/// Add and delete `count` keys, one after another; return 0 where all were.
int peers_hash_add(void *_Nonnull table, const void *_Nonnull keys, size_t key_bytes, size_t count);
int peers_hash_delete(void *_Nonnull table, const void *_Nonnull keys, size_t key_bytes, size_t count);

/// Look up `count` keys, and return how many there are: one at a time; each found by the last answer; in batches of up to 64.
uint64_t peers_hash_lookup(void *_Nonnull table, const void *_Nonnull keys, size_t key_bytes, size_t count);
uint64_t peers_hash_chain(void *_Nonnull table, const void *_Nonnull keys, size_t key_bytes, size_t count);
uint64_t peers_hash_bulk(void *_Nonnull table, const void *_Nonnull keys, size_t key_bytes, size_t count,
                         uint32_t batch);

/// As `peers_start`, and DPDK's routing tables, the tries that its lookup tables are made of.
const char *_Nullable peers_start_rib(void);

/// A table of DPDK: rte_rib6 for addresses of 16 bytes in network order, rte_rib for words. Null where it can't be made.
void *_Nullable peers_rib_create(int address_bytes, int routes);
void peers_rib_free(void *_Nonnull table, int address_bytes);

/// Inserts prefixes, the i-th with the value i % 250; returns how many it took.
size_t peers_rib_insert(void *_Nonnull table, int address_bytes, const uint8_t *_Nonnull addresses,
                        const uint8_t *_Nonnull lengths, size_t count);

/// Look up addresses, and prefixes exactly; return the values' sum.
uint64_t peers_rib_lookup(void *_Nonnull table, int address_bytes, const uint8_t *_Nonnull addresses, size_t count);
uint64_t peers_rib_exact(void *_Nonnull table, int address_bytes, const uint8_t *_Nonnull addresses,
                         const uint8_t *_Nonnull lengths, size_t count);

void peers_rib_remove(void *_Nonnull table, int address_bytes, const uint8_t *_Nonnull addresses,
                      const uint8_t *_Nonnull lengths, size_t count);

#endif
