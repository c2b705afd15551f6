// What connection tables need of the machine and Swift has no word for: prefetches, large pages, and waiting.
#ifndef CCONNECTIONMEMORY_H
#define CCONNECTIONMEMORY_H

#include <stddef.h>

/// Asks for the cache line at `address`, to be read soon.
static inline void cm_prefetch(const void *_Nonnull address) { __builtin_prefetch(address, 0, 3); }

/// Asks for the cache line at `address`, to be written soon.
static inline void cm_prefetch_write(const void *_Nonnull address) { __builtin_prefetch(address, 1, 3); }

/// Lets the processor rest for a moment between two looks at a word.
static inline void cm_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Sleeps until `cm_wake` is called for the word, unless its 32 bits are another value by now. May return early.
void cm_wait(const void *_Nonnull word, unsigned value);

/// Wakes one thread that sleeps at the word.
void cm_wake(const void *_Nonnull word);

/// Hands out zeroed memory, all of it backed by pages already, large ones where the system has them; null where there
/// is not enough.
void *_Nullable cm_allocate(size_t bytes);

/// Takes back what `cm_allocate` has handed out for the same number of bytes.
void cm_free(void *_Nonnull memory, size_t bytes);

#endif
