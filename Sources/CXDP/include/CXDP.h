// AF_XDP of Linux by bare system calls: a program on an interface that hands packets for chosen destinations to
// sockets, and those sockets, a batch of packets at a time. Everywhere else all functions fail with ENOSYS.
#ifndef CXDP_H
#define CXDP_H

#include <stddef.h>
#include <stdint.h>

// What is attached to an interface: descriptors of the link, the program and its maps. The program goes with the link's
// descriptor, whichever way the process ends.
struct cx_program {
    int link;
    int program;
    int sockets;
    int ipv4;
    int ipv6;
    // Whether the driver runs it; otherwise the kernel does, on packets that have their own buffers already.
    int is_native;
};

// An interface as the kernel describes it.
struct cx_interface {
    int index;
    int mtu;
    // Receive queues; 1 where the driver does not say.
    int queues;
    // Whether it is a veth, whose packets come with checksums left to do.
    int is_veth;
    uint8_t address[6];
};

// What a socket has counted.
struct cx_counts {
    uint64_t received;
    uint64_t sent;
    // By the kernel, for want of room in the rings.
    uint64_t dropped;
};

// A packet to be sent: where it is in the buffer, how long it is, and the Ethernet header's destination and source.
struct cx_frame {
    uint32_t start;
    uint32_t length;
    uint8_t addresses[12];
};

struct cx_socket;

// All return 0 or -errno where nothing else is said.
int cx_interface_read(const char *name, struct cx_interface *interface);

// Loads the program and attaches it: by the driver if it can, else by the kernel. It passes on all packets until it is told
// otherwise.
int cx_program_attach(const struct cx_interface *interface, struct cx_program *program);
void cx_program_detach(struct cx_program *program);

// What becomes of packets for a prefix; the longest one counts. `is_taken`: they go to the queue's socket.
int cx_program_set(const struct cx_program *program, int is_ipv6, const uint8_t *address, unsigned length, int is_taken);
int cx_program_remove(const struct cx_program *program, int is_ipv6, const uint8_t *address, unsigned length);
int cx_program_add(const struct cx_program *program, int queue, const struct cx_socket *socket);

// `is_zero_copy`, of the result: the driver reads and writes the socket's memory itself.
int cx_socket_open(const struct cx_interface *interface, int queue, struct cx_socket **socket, int *is_zero_copy);
void cx_socket_close(struct cx_socket *socket);
int cx_socket_file(const struct cx_socket *socket);

// The longest packet that a socket's memory has room for, in bytes.
int cx_socket_room(void);

// Copies packets, without Ethernet headers and padding, each to its own place: base + index * stride. Returns how many.
int cx_receive(struct cx_socket *socket, uint8_t *base, size_t stride, size_t room, int most, int32_t *lengths);

// Sends packets of either family; those that are too long are left out. Returns how many there was room for.
int cx_send(struct cx_socket *socket, const uint8_t *base, const struct cx_frame *frames, int count);

// From any thread.
void cx_socket_counts(const struct cx_socket *socket, struct cx_counts *counts);

// A routing socket: hears of links, neighbours, addresses and routes of both families. Returns the descriptor, or -errno.
int cx_routing_open(int is_listening);

// Asks for all there is of a kind (RTM_GETLINK, RTM_GETNEIGH, RTM_GETROUTE).
int cx_routing_request(int file, int kind);

// Reads one datagram, waiting at most that long. Returns its length; 0 where there is none, or -errno.
long cx_routing_read(int file, uint8_t *buffer, size_t room, int milliseconds);

#endif
