#define _GNU_SOURCE
#include "CConnectionMemory.h"

#include <stdint.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

enum { LARGE_PAGE = 2 << 20, SMALL = 64 << 10 };

// Lengths are rounded to large pages from half of one on; smaller memory is not worth them.
static size_t rounded(size_t bytes) {
    size_t unit = bytes >= LARGE_PAGE / 2 ? LARGE_PAGE : 4096;
    return (bytes + unit - 1) / unit * unit;
}

static void *calloc_lines(size_t bytes) {
    size_t length = (bytes + 63) / 64 * 64;
    void *memory = aligned_alloc(64, length ? length : 64);
    return memory ? memset(memory, 0, length) : NULL;
}

void *cm_allocate(size_t bytes) {
    if (bytes < SMALL) return calloc_lines(bytes);
    size_t length = rounded(bytes);
    size_t spare = length % LARGE_PAGE == 0 ? LARGE_PAGE : 0;
    char *start = mmap(NULL, length + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) return NULL;
    // A large page has to start at a multiple of its size: what lies around is given back.
    size_t skip = spare ? (LARGE_PAGE - (uintptr_t)start % LARGE_PAGE) % LARGE_PAGE : 0;
    if (skip) munmap(start, skip);
    if (spare - skip) munmap(start + skip + length, spare - skip);
    start += skip;
#ifdef MADV_HUGEPAGE
    if (spare) madvise(start, length, MADV_HUGEPAGE);
#endif
    // Touched here, so that no packet pays for a page fault.
    for (size_t at = 0; at < length; at += 4096) ((volatile char *)start)[at] = 0;
    return start;
}

void cm_free(void *memory, size_t bytes) {
    if (bytes < SMALL)
        free(memory);
    else
        munmap(memory, rounded(bytes));
}

#ifdef __linux__
void cm_wait(const void *word, unsigned value) { syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0); }
void cm_wake(const void *word) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0); }
#else
void cm_wait(const void *word, unsigned value) {
    (void)word, (void)value;
    sched_yield();
}
void cm_wake(const void *word) { (void)word; }
#endif
