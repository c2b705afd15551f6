#define _GNU_SOURCE
#include "CXDP.h"

#include <errno.h>

#ifdef __linux__

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_xdp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SOL_XDP
#define SOL_XDP 283
#endif
#ifndef AF_XDP
#define AF_XDP 44
#endif
#ifndef XDP_MAX_TX_SKB_BUDGET
#define XDP_MAX_TX_SKB_BUDGET 9
#endif

enum {
    // A page: room for headroom of the kernel (256), the Ethernet header and the packet.
    FRAME = 4096,
    KERNEL_HEADROOM = 256,
    // Frames each way. A power of two, as rings are.
    FRAMES = 2048,
};

// Entries are filled by one side and emptied by the other; both positions only ever grow.
struct ring {
    uint32_t *producer;
    uint32_t *consumer;
    uint32_t *flags;
    void *entries;
    void *memory;
    size_t length;
};

//     frames: | 0 … FRAMES-1: received, with the kernel or being copied | FRAMES … 2*FRAMES-1: sent, with the kernel or free |
struct cx_socket {
    int file;
    uint8_t *frames;
    struct ring fill, completion, receive, send;
    // Frames that may be sent in.
    uint64_t free[FRAMES];
    uint32_t free_count;
    uint64_t received, sent;
};

static uint32_t load(const uint32_t *place) { return __atomic_load_n(place, __ATOMIC_ACQUIRE); }
static void store(uint32_t *place, uint32_t value) { __atomic_store_n(place, value, __ATOMIC_RELEASE); }
static void count(uint64_t *place, uint64_t more) { __atomic_store_n(place, *place + more, __ATOMIC_RELAXED); }

static int map_ring(struct ring *ring, int file, int option, const struct xdp_ring_offset *offset, size_t entry, off_t page) {
    int frames = FRAMES;
    if (setsockopt(file, SOL_XDP, option, &frames, sizeof frames) < 0) return -errno;
    ring->length = offset->desc + FRAMES * entry;
    ring->memory = mmap(NULL, ring->length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, page);
    if (ring->memory == MAP_FAILED) {
        ring->memory = NULL;
        return -errno;
    }
    ring->producer = (uint32_t *)((uint8_t *)ring->memory + offset->producer);
    ring->consumer = (uint32_t *)((uint8_t *)ring->memory + offset->consumer);
    ring->flags = (uint32_t *)((uint8_t *)ring->memory + offset->flags);
    ring->entries = (uint8_t *)ring->memory + offset->desc;
    return 0;
}

static int map_rings(struct cx_socket *socket) {
    int file = socket->file;
    struct xdp_mmap_offsets offsets;
    socklen_t length = sizeof offsets;
    if (getsockopt(file, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length) < 0) return -errno;
    int result = map_ring(&socket->fill, file, XDP_UMEM_FILL_RING, &offsets.fr, sizeof(uint64_t), (off_t)XDP_UMEM_PGOFF_FILL_RING);
    if (result == 0)
        result = map_ring(&socket->completion, file, XDP_UMEM_COMPLETION_RING, &offsets.cr, sizeof(uint64_t), (off_t)XDP_UMEM_PGOFF_COMPLETION_RING);
    if (result == 0)
        result = map_ring(&socket->receive, file, XDP_RX_RING, &offsets.rx, sizeof(struct xdp_desc), XDP_PGOFF_RX_RING);
    if (result == 0)
        result = map_ring(&socket->send, file, XDP_TX_RING, &offsets.tx, sizeof(struct xdp_desc), (off_t)XDP_PGOFF_TX_RING);
    return result;
}

static int set_up(struct cx_socket *own, const struct cx_interface *interface, int queue) {
    own->file = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (own->file < 0) return -errno;
    size_t length = 2 * (size_t)FRAMES * FRAME;
    own->frames = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (own->frames == MAP_FAILED) {
        own->frames = NULL;
        return -errno;
    }
    struct xdp_umem_reg memory = {.addr = (uint64_t)(uintptr_t)own->frames, .len = length, .chunk_size = FRAME};
    if (setsockopt(own->file, SOL_XDP, XDP_UMEM_REG, &memory, sizeof memory) < 0) return -errno;
    int result = map_rings(own);
    if (result < 0) return result;
    for (uint64_t index = 0; index < FRAMES; index++) {
        ((uint64_t *)own->fill.entries)[index] = index * FRAME;
        own->free[index] = (FRAMES + index) * FRAME;
    }
    own->free_count = FRAMES;
    store(own->fill.producer, FRAMES);
    // As much as may be on its way, and as many packets a call as there may be: older kernels do 32.
    int budget = FRAMES, buffer = 8 << 20;
    setsockopt(own->file, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, &budget, sizeof budget);
    setsockopt(own->file, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer);
    struct sockaddr_xdp address = {
        .sxdp_family = AF_XDP,
        .sxdp_flags = XDP_USE_NEED_WAKEUP,
        .sxdp_ifindex = (uint32_t)interface->index,
        .sxdp_queue_id = (uint32_t)queue,
    };
    return bind(own->file, (struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
}

int cx_socket_open(const struct cx_interface *interface, int queue, struct cx_socket **result, int *is_zero_copy) {
    struct cx_socket *own = calloc(1, sizeof *own);
    if (own == NULL) return -ENOMEM;
    own->file = -1;
    int error = set_up(own, interface, queue);
    if (error < 0) {
        cx_socket_close(own);
        return error;
    }
    struct xdp_options options = {0};
    socklen_t length = sizeof options;
    getsockopt(own->file, SOL_XDP, XDP_OPTIONS, &options, &length);
    *is_zero_copy = (options.flags & XDP_OPTIONS_ZEROCOPY) != 0;
    *result = own;
    return 0;
}

void cx_socket_close(struct cx_socket *socket) {
    struct ring *rings[] = {&socket->fill, &socket->completion, &socket->receive, &socket->send};
    for (int index = 0; index < 4; index++) {
        if (rings[index]->memory) munmap(rings[index]->memory, rings[index]->length);
    }
    if (socket->file >= 0) close(socket->file);
    if (socket->frames) munmap(socket->frames, 2 * (size_t)FRAMES * FRAME);
    free(socket);
}

int cx_socket_file(const struct cx_socket *socket) { return socket->file; }

int cx_socket_room(void) { return FRAME - KERNEL_HEADROOM - ETH_HLEN; }

// A packet's length as its header says, where the frame is padded; what is cut short stays so.
static size_t unpadded(const uint8_t *packet, size_t length) {
    size_t own = length;
    if (length >= 20 && packet[0] >> 4 == 4) own = (size_t)packet[2] << 8 | packet[3];
    if (length >= 40 && packet[0] >> 4 == 6) own = 40 + ((size_t)packet[4] << 8 | packet[5]);
    return own >= 20 && own < length ? own : length;
}

int cx_receive(struct cx_socket *socket, uint8_t *base, size_t stride, size_t room, int most, int32_t *lengths) {
    uint32_t first = *socket->receive.consumer, there = load(socket->receive.producer) - first;
    if (there == 0) {
        if (load(socket->fill.flags) & XDP_RING_NEED_WAKEUP) recvfrom(socket->file, NULL, 0, MSG_DONTWAIT, NULL, NULL);
        return 0;
    }
    uint32_t batch = there < (uint32_t)most ? there : (uint32_t)most, filled = *socket->fill.producer;
    int taken = 0;
    for (uint32_t index = 0; index < batch; index++) {
        struct xdp_desc entry = ((struct xdp_desc *)socket->receive.entries)[(first + index) & (FRAMES - 1)];
        const uint8_t *packet = socket->frames + entry.addr + ETH_HLEN;
        if (entry.len > ETH_HLEN && entry.len - ETH_HLEN <= room) {
            size_t length = unpadded(packet, entry.len - ETH_HLEN);
            memcpy(base + (size_t)taken * stride, packet, length);
            lengths[taken++] = (int32_t)length;
        }
        ((uint64_t *)socket->fill.entries)[(filled + index) & (FRAMES - 1)] = entry.addr & ~(uint64_t)(FRAME - 1);
    }
    store(socket->receive.consumer, first + batch);
    store(socket->fill.producer, filled + batch);
    count(&socket->received, batch);
    return taken;
}

// Takes back the frames that are sent.
static void reclaim(struct cx_socket *socket) {
    uint32_t first = *socket->completion.consumer, done = load(socket->completion.producer) - first;
    for (uint32_t index = 0; index < done; index++)
        socket->free[socket->free_count++] = ((uint64_t *)socket->completion.entries)[(first + index) & (FRAMES - 1)];
    store(socket->completion.consumer, first + done);
}

// Has the kernel send what is in the ring; without zero copy that is done within the call.
static void kick(struct cx_socket *socket) {
    if (!(load(socket->send.flags) & XDP_RING_NEED_WAKEUP)) return;
    // A call may end after 32 packets.
    for (int attempt = 0; attempt < FRAMES / 32; attempt++) {
        if (sendto(socket->file, NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0) return;
        if (errno != EAGAIN && errno != EINTR) return;
        if (load(socket->send.consumer) == *socket->send.producer) return;
    }
}

int cx_send(struct cx_socket *socket, const uint8_t *base, const struct cx_frame *frames, int total) {
    reclaim(socket);
    uint32_t first = *socket->send.producer;
    int sent = 0;
    for (int index = 0; index < total && socket->free_count > 0; index++) {
        const struct cx_frame *frame = &frames[index];
        if (frame->length > (uint32_t)cx_socket_room()) continue;
        uint64_t place = socket->free[--socket->free_count];
        uint8_t *target = socket->frames + place;
        const uint8_t *packet = base + frame->start;
        uint16_t kind = htons(packet[0] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP);
        memcpy(target, frame->addresses, 12);
        memcpy(target + 12, &kind, 2);
        memcpy(target + ETH_HLEN, packet, frame->length);
        ((struct xdp_desc *)socket->send.entries)[(first + (uint32_t)sent) & (FRAMES - 1)] =
            (struct xdp_desc){.addr = place, .len = frame->length + ETH_HLEN};
        sent++;
    }
    store(socket->send.producer, first + (uint32_t)sent);
    kick(socket);
    count(&socket->sent, (uint64_t)sent);
    return sent;
}

void cx_socket_counts(const struct cx_socket *socket, struct cx_counts *counts) {
    struct xdp_statistics statistics;
    memset(&statistics, 0, sizeof statistics);
    socklen_t length = sizeof statistics;
    getsockopt(socket->file, SOL_XDP, XDP_STATISTICS, &statistics, &length);
    counts->received = __atomic_load_n(&socket->received, __ATOMIC_RELAXED);
    counts->sent = __atomic_load_n(&socket->sent, __ATOMIC_RELAXED);
    counts->dropped = statistics.rx_dropped + statistics.rx_ring_full;
}

#else

int cx_socket_open(const struct cx_interface *interface, int queue, struct cx_socket **socket, int *is_zero_copy) { return -ENOSYS; }
void cx_socket_close(struct cx_socket *socket) {}
int cx_socket_file(const struct cx_socket *socket) { return -1; }
int cx_socket_room(void) { return 0; }
int cx_receive(struct cx_socket *socket, uint8_t *base, size_t stride, size_t room, int most, int32_t *lengths) { return 0; }
int cx_send(struct cx_socket *socket, const uint8_t *base, const struct cx_frame *frames, int count) { return 0; }
void cx_socket_counts(const struct cx_socket *socket, struct cx_counts *counts) { *counts = (struct cx_counts){0, 0, 0}; }

#endif
