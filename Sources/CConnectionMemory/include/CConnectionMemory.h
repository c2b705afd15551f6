// What connection tables need of the machine and Swift has no word for: prefetches, large pages, and waiting.
#ifndef CCONNECTIONMEMORY_H
#define CCONNECTIONMEMORY_H

#include <stddef.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/// Asks for the cache line at `address`, to be read soon.
static inline void cm_prefetch(const void *_Nonnull address) { __builtin_prefetch(address, 0, 3); }

/// Asks for the cache line at `address`, to be written soon.
static inline void cm_prefetch_write(const void *_Nonnull address) { __builtin_prefetch(address, 1, 3); }

/// The lanes of a bucket that hold a tag: bit i for lane i, of which `low` has the first four.
static inline uint32_t cm_lanes(uint64_t low, uint64_t high, uint16_t tag) {
#ifdef __SSE2__
    __m128i tags = _mm_set_epi64x((long long)high, (long long)low);
    __m128i equal = _mm_cmpeq_epi16(tags, _mm_set1_epi16((short)tag));
    return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(equal, _mm_setzero_si128()));
#else
    uint32_t lanes = 0;
    for (int i = 0; i < 4; i++) {
        lanes |= (uint32_t)((uint16_t)(low >> (16 * i)) == tag) << i;
        lanes |= (uint32_t)((uint16_t)(high >> (16 * i)) == tag) << (i + 4);
    }
    return lanes;
#endif
}

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
