// TUN devices of Linux, a batch of packets at a time. Everywhere else all functions fail with ENOSYS.
#ifndef CTUNNEL_H
#define CTUNNEL_H

#include <stddef.h>
#include <stdint.h>

// The header in front of each packet (virtio_net_hdr, linux/virtio_net.h), in the machine's byte order.
struct ct_header {
    uint8_t flags;
    uint8_t gso_type;
    uint16_t header_length;
    uint16_t gso_size;
    uint16_t checksum_start;
    uint16_t checksum_offset;
};

enum {
    // A batch ends after this many bytes: large packets are written while they are in the cache.
    CT_BATCH_BYTES = 65536,
    CT_HEADER_LENGTH = 10,
    // Descriptors that are waited for at once.
    CT_MOST_WAITED = 64,
    CT_NEEDS_CHECKSUM = 1,
    CT_GSO_NONE = 0,
    CT_GSO_TCP4 = 1,
    CT_GSO_TCP6 = 4,
    CT_GSO_UDP = 5,
    CT_GSO_ECN = 0x80,
    // UDP segments of both families, in what ct_set_offloads returns.
    CT_OFFLOAD_UDP = 0x60,
};

// A packet to be written: where its header begins in the buffer, and how long both are.
struct ct_piece {
    uint32_t start;
    uint32_t length;
};

// Opens a queue of a device, and makes the device where there is none. Returns the descriptor, or -errno.
int ct_open(const char *name, int is_multi_queue);

// Lets the kernel hand out packets with checksums and segments left to do: as much of it as it has. Returns what it took.
int ct_set_offloads(int file, int is_enabled);

// Sets the device's MTU and queue length, and brings it up. Returns 0 or -errno.
int ct_bring_up(const char *name, int mtu, int queue_length);

// Reads packets while there are any, each to its own place: base + index * stride + offset. Returns how many, or -errno.
int ct_read(int file, uint8_t *base, size_t stride, size_t offset, size_t room, int most, int32_t *lengths);

// Writes packets; those that the kernel does not take are left out. Returns how many it took.
int ct_write(int file, const uint8_t *base, const struct ct_piece *pieces, int count);

// Waits until one of the descriptors has a packet. Returns 1 where one has, 0 where the time is over, or -errno.
int ct_wait(const int *files, int count, int milliseconds);

// Keeps the calling thread on one of the processors that it may run on: the index-th of them, round and round.
void ct_pin(int index);

// Gives up root for good: supplementary groups, group, user. Returns 0 or -errno.
int ct_become(unsigned user, unsigned group);

#endif
