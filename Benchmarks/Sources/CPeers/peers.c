#define _GNU_SOURCE
#include "peers.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

// As in DPDK 22.11's rte_fib6.h and rte_fib.h; later ones add members after these, for which there is room.
struct fib_conf {
    int type;
    uint64_t default_nh;
    int max_routes;
    unsigned int rib_ext_sz;
    int nh_sz;
    uint32_t num_tbl8;
    uint64_t spare[8];
};

enum { FIB6_TRIE = 1, FIB_DIR24_8 = 1, NEXT_HOP_2_BYTES = 1, NEXT_HOP_4_BYTES = 2 };
enum { FIB6_SCALAR = 1, FIB6_AVX512 = 2, FIB_SCALAR = 1, FIB_AVX512 = 4 };
// rte_fib gets the smaller next hops, which are the faster; rte_fib6 has too few groups for a full table with these.
enum { FIB6_TBL8 = 1 << 20, FIB_TBL8 = 1 << 14 };

static struct {
    int (*eal_init)(int, char **);
    const char *(*version)(void);
    void *(*create6)(const char *, int, struct fib_conf *);
    void *(*create)(const char *, int, struct fib_conf *);
    void (*free6)(void *);
    void (*free)(void *);
    int (*add6)(void *, const uint8_t *, uint8_t, uint64_t);
    int (*add)(void *, uint32_t, uint8_t, uint64_t);
    int (*delete6)(void *, const uint8_t *, uint8_t);
    int (*delete)(void *, uint32_t, uint8_t);
    int (*bulk6)(void *, uint8_t (*)[16], uint64_t *, int);
    int (*bulk)(void *, uint32_t *, uint64_t *, int);
    int (*select6)(void *, int);
    int (*select)(void *, int);
} dpdk;

struct peers_fib {
    void *table;
    int address_bytes;
};

void *peers_load(const char *name) {
    static const char *const versions[] = {"", ".26", ".25", ".24", ".23"};
    char file[64];
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        snprintf(file, sizeof file, "lib%s.so%s", name, versions[i]);
        void *library = dlopen(file, RTLD_NOW | RTLD_GLOBAL);
        if (library) return library;
    }
    return NULL;
}

// DPDK without hugetlbfs takes a memfd, which gets no large pages. Where the system refuses one it takes anonymous
// memory, which gets them on advice: the same as our tables have.
static void refuse_memfd(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_memfd_create, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int has_large_pages;

int peers_large_pages(void) { return has_large_pages; }

static void advise_large_pages(void) {
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long start, end;
        if (sscanf(line, "%lx-%lx rw", &start, &end) != 2 || end - start < (4UL << 30) || strchr(line, '/')) continue;
        if (madvise((void *)start, end - start, MADV_HUGEPAGE) == 0) has_large_pages = 1;
    }
    if (maps) fclose(maps);
}

const char *peers_start(void) {
    static int started;
    if (started) return NULL;
    void *eal = peers_load("rte_eal"), *fib = peers_load("rte_fib");
    if (!eal || !fib) return "DPDK's librte_eal and librte_fib are not installed (apt-get install libdpdk-dev)";
    PEERS_FIND(eal, dpdk.eal_init, "rte_eal_init")
    PEERS_FIND(eal, dpdk.version, "rte_version")
    PEERS_FIND(fib, dpdk.create6, "rte_fib6_create")
    PEERS_FIND(fib, dpdk.create, "rte_fib_create")
    PEERS_FIND(fib, dpdk.free6, "rte_fib6_free")
    PEERS_FIND(fib, dpdk.free, "rte_fib_free")
    PEERS_FIND(fib, dpdk.add6, "rte_fib6_add")
    PEERS_FIND(fib, dpdk.add, "rte_fib_add")
    PEERS_FIND(fib, dpdk.delete6, "rte_fib6_delete")
    PEERS_FIND(fib, dpdk.delete, "rte_fib_delete")
    PEERS_FIND(fib, dpdk.bulk6, "rte_fib6_lookup_bulk")
    PEERS_FIND(fib, dpdk.bulk, "rte_fib_lookup_bulk")
    PEERS_FIND(fib, dpdk.select6, "rte_fib6_select_lookup")
    PEERS_FIND(fib, dpdk.select, "rte_fib_select_lookup")
    // The vector lookup is refused below this width; which one is used is chosen for each measure.
    static char *arguments[] = {"lpm-bench", "--no-huge", "-m", "6144", "--no-pci", "--no-telemetry",
                                "--lcores=0@0", "--force-max-simd-bitwidth=512", "--log-level=1", NULL};
    // It binds this thread, and all that this one starts, to one processor.
    cpu_set_t processors;
    int known = sched_getaffinity(0, sizeof processors, &processors) == 0;
    refuse_memfd();
    int failed = dpdk.eal_init(9, arguments) < 0;
    advise_large_pages();
    if (known) sched_setaffinity(0, sizeof processors, &processors);
    if (failed) return "rte_eal_init failed: it takes 6 GB of memory";
    started = 1;
    return NULL;
}

const char *peers_version(void) { return dpdk.version(); }

peers_fib *peers_fib_create(int address_bytes, int routes) {
    static int number;
    char name[32];
    snprintf(name, sizeof name, "peer%d", number++);
    struct fib_conf conf = {0};
    conf.default_nh = PEERS_NO_ROUTE;
    conf.max_routes = routes;
    conf.nh_sz = address_bytes == 16 ? NEXT_HOP_4_BYTES : NEXT_HOP_2_BYTES;
    conf.type = address_bytes == 16 ? FIB6_TRIE : FIB_DIR24_8;
    conf.num_tbl8 = address_bytes == 16 ? FIB6_TBL8 : FIB_TBL8;
    void *table = address_bytes == 16 ? dpdk.create6(name, -1, &conf) : dpdk.create(name, -1, &conf);
    if (!table) return NULL;
    peers_fib *fib = malloc(sizeof *fib);
    *fib = (peers_fib){table, address_bytes};
    return fib;
}

void peers_fib_free(peers_fib *fib) {
    fib->address_bytes == 16 ? dpdk.free6(fib->table) : dpdk.free(fib->table);
    free(fib);
}

int peers_fib_select(peers_fib *fib, int avx512) {
    return fib->address_bytes == 16 ? dpdk.select6(fib->table, avx512 ? FIB6_AVX512 : FIB6_SCALAR)
                                    : dpdk.select(fib->table, avx512 ? FIB_AVX512 : FIB_SCALAR);
}

static uint32_t word(const void *address) {
    uint32_t value;
    memcpy(&value, address, 4);
    return value;
}

int peers_fib_add(peers_fib *fib, const void *address, int length, uint64_t next_hop) {
    return fib->address_bytes == 16 ? dpdk.add6(fib->table, address, (uint8_t)length, next_hop)
                                    : dpdk.add(fib->table, word(address), (uint8_t)length, next_hop);
}

int peers_fib_delete(peers_fib *fib, const void *address, int length) {
    return fib->address_bytes == 16 ? dpdk.delete6(fib->table, address, (uint8_t)length)
                                    : dpdk.delete(fib->table, word(address), (uint8_t)length);
}

void peers_fib_lookup(peers_fib *fib, const void *addresses, uint64_t *next_hops, size_t count, size_t batch) {
    for (size_t i = 0; i < count; i += batch) {
        int n = (int)(count - i < batch ? count - i : batch);
        if (fib->address_bytes == 16)
            dpdk.bulk6(fib->table, (uint8_t(*)[16])addresses + i, next_hops + i, n);
        else
            dpdk.bulk(fib->table, (uint32_t *)addresses + i, next_hops + i, n);
    }
}

uint64_t peers_fib_chain(peers_fib *fib, const void *addresses, size_t count) {
    uint64_t hop = 0, sum = 0;
    for (size_t i = 0; i < count; i++) {
        // No next hop is this large, which the processor can't know.
        size_t at = i + (hop == 0xFFFFFFFF);
        if (fib->address_bytes == 16)
            dpdk.bulk6(fib->table, (uint8_t(*)[16])addresses + at, &hop, 1);
        else
            dpdk.bulk(fib->table, (uint32_t *)addresses + at, &hop, 1);
        sum += hop;
    }
    return sum;
}

size_t peers_fib_bytes(const peers_fib *fib) {
    size_t entries = (1 << 24) + 256 * (size_t)(fib->address_bytes == 16 ? FIB6_TBL8 : FIB_TBL8);
    return entries * (fib->address_bytes == 16 ? 4 : 2);
}

void peers_repeat(void (*kernel)(const lk_table *, const void *, uint16_t *, size_t), const lk_table *table,
                  const void *keys, size_t key_bytes, uint16_t *next_hops, size_t count, size_t batch) {
    for (size_t i = 0; i < count; i += batch)
        kernel(table, (const char *)keys + key_bytes * i, next_hops + i, count - i < batch ? count - i : batch);
}
