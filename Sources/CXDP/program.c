#define _GNU_SOURCE
#include "CXDP.h"

#include <errno.h>

#ifdef __linux__

#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// Prefixes that are taken or passed on, each family.
enum { MOST_PREFIXES = 65536, MOST_QUEUES = 256 };

struct key4 {
    uint32_t length;
    uint8_t address[4];
};

struct key6 {
    uint32_t length;
    uint8_t address[16];
};

static long bpf(int command, union bpf_attr *attributes) {
    long result = syscall(SYS_bpf, command, attributes, sizeof *attributes);
    return result < 0 ? -errno : result;
}

static int make_map(uint32_t type, uint32_t key, uint32_t count, uint32_t flags) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.map_type = type;
    attributes.key_size = key;
    attributes.value_size = 4;
    attributes.max_entries = count;
    attributes.map_flags = flags;
    return (int)bpf(BPF_MAP_CREATE, &attributes);
}

#define INSTRUCTION(OP, DST, SRC, OFF, IMM) \
    ((struct bpf_insn){.code = (OP), .dst_reg = (DST), .src_reg = (SRC), .off = (OFF), .imm = (int32_t)(IMM)})
#define MOVE(DST, SRC) INSTRUCTION(BPF_ALU64 | BPF_MOV | BPF_X, DST, SRC, 0, 0)
#define MOVE_NUMBER(DST, IMM) INSTRUCTION(BPF_ALU64 | BPF_MOV | BPF_K, DST, 0, 0, IMM)
#define ADD_NUMBER(DST, IMM) INSTRUCTION(BPF_ALU64 | BPF_ADD | BPF_K, DST, 0, 0, IMM)
#define LOAD(SIZE, DST, SRC, OFF) INSTRUCTION(BPF_LDX | BPF_MEM | (SIZE), DST, SRC, OFF, 0)
#define STORE(SIZE, DST, OFF, SRC) INSTRUCTION(BPF_STX | BPF_MEM | (SIZE), DST, SRC, OFF, 0)
#define STORE_NUMBER(SIZE, DST, OFF, IMM) INSTRUCTION(BPF_ST | BPF_MEM | (SIZE), DST, 0, OFF, IMM)
#define LOAD_MAP(DST, FILE) INSTRUCTION(BPF_LD | BPF_DW | BPF_IMM, DST, BPF_PSEUDO_MAP_FD, 0, FILE), INSTRUCTION(0, 0, 0, 0, 0)
#define CALL(FUNCTION) INSTRUCTION(BPF_JMP | BPF_CALL, 0, 0, 0, FUNCTION)
#define END INSTRUCTION(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define IF_BEYOND(DST, SRC, TO) INSTRUCTION(BPF_JMP | BPF_JGT | BPF_X, DST, SRC, TO, 0)
#define IF_EQUAL(DST, IMM, TO) INSTRUCTION(BPF_JMP32 | BPF_JEQ | BPF_K, DST, 0, TO, IMM)
#define IF_OTHER(DST, IMM, TO) INSTRUCTION(BPF_JMP32 | BPF_JNE | BPF_K, DST, 0, TO, IMM)
#define IF_NULL(DST, TO) INSTRUCTION(BPF_JMP | BPF_JEQ | BPF_K, DST, 0, TO, 0)
#define GO(TO) INSTRUCTION(BPF_JMP | BPF_JA, 0, 0, TO, 0)

// Where jumps lead that are not known yet when they are written.
enum { TO_PASS = 1000, TO_IPV6, TO_FOUND };

// A frame for the interface's own address, of IPv4 or IPv6, whose destination's longest prefix is one that is taken, goes to the
// socket of the queue it came on. All else goes on to the kernel: ARP, neighbour discovery, VLANs, what is for the host.
static int load(const struct cx_interface *interface, const struct cx_program *maps) {
    uint32_t high;
    uint16_t low;
    memcpy(&high, interface->address, 4);
    memcpy(&low, interface->address + 4, 2);
    struct bpf_insn code[] = {
        MOVE(BPF_REG_6, BPF_REG_1),
        LOAD(BPF_W, BPF_REG_7, BPF_REG_6, offsetof(struct xdp_md, data)),
        LOAD(BPF_W, BPF_REG_8, BPF_REG_6, offsetof(struct xdp_md, data_end)),
        MOVE(BPF_REG_2, BPF_REG_7),
        ADD_NUMBER(BPF_REG_2, 34),
        IF_BEYOND(BPF_REG_2, BPF_REG_8, TO_PASS),
        LOAD(BPF_W, BPF_REG_2, BPF_REG_7, 0),
        IF_OTHER(BPF_REG_2, high, TO_PASS),
        LOAD(BPF_H, BPF_REG_2, BPF_REG_7, 4),
        IF_OTHER(BPF_REG_2, low, TO_PASS),
        LOAD(BPF_H, BPF_REG_2, BPF_REG_7, 12),
        IF_EQUAL(BPF_REG_2, htons(ETH_P_IPV6), TO_IPV6),
        IF_OTHER(BPF_REG_2, htons(ETH_P_IP), TO_PASS),

        LOAD(BPF_W, BPF_REG_2, BPF_REG_7, 30),
        STORE_NUMBER(BPF_W, BPF_REG_10, -8, 32),
        STORE(BPF_W, BPF_REG_10, -4, BPF_REG_2),
        LOAD_MAP(BPF_REG_1, maps->ipv4),
        MOVE(BPF_REG_2, BPF_REG_10),
        ADD_NUMBER(BPF_REG_2, -8),
        CALL(BPF_FUNC_map_lookup_elem),
        GO(TO_FOUND),

        // IPv6
        MOVE(BPF_REG_2, BPF_REG_7),
        ADD_NUMBER(BPF_REG_2, 54),
        IF_BEYOND(BPF_REG_2, BPF_REG_8, TO_PASS),
        STORE_NUMBER(BPF_W, BPF_REG_10, -20, 128),
        LOAD(BPF_W, BPF_REG_2, BPF_REG_7, 38),
        STORE(BPF_W, BPF_REG_10, -16, BPF_REG_2),
        LOAD(BPF_W, BPF_REG_2, BPF_REG_7, 42),
        STORE(BPF_W, BPF_REG_10, -12, BPF_REG_2),
        LOAD(BPF_W, BPF_REG_2, BPF_REG_7, 46),
        STORE(BPF_W, BPF_REG_10, -8, BPF_REG_2),
        LOAD(BPF_W, BPF_REG_2, BPF_REG_7, 50),
        STORE(BPF_W, BPF_REG_10, -4, BPF_REG_2),
        LOAD_MAP(BPF_REG_1, maps->ipv6),
        MOVE(BPF_REG_2, BPF_REG_10),
        ADD_NUMBER(BPF_REG_2, -20),
        CALL(BPF_FUNC_map_lookup_elem),

        // Found
        IF_NULL(BPF_REG_0, TO_PASS),
        LOAD(BPF_W, BPF_REG_1, BPF_REG_0, 0),
        IF_EQUAL(BPF_REG_1, 0, TO_PASS),
        LOAD(BPF_W, BPF_REG_2, BPF_REG_6, offsetof(struct xdp_md, rx_queue_index)),
        LOAD_MAP(BPF_REG_1, maps->sockets),
        MOVE_NUMBER(BPF_REG_3, XDP_PASS),
        CALL(BPF_FUNC_redirect_map),
        END,

        // Pass
        MOVE_NUMBER(BPF_REG_0, XDP_PASS),
        END,
    };
    enum { COUNT = sizeof code / sizeof code[0] };
    // The three places: after the IPv4 part's jump, after the last lookup, and the last two instructions.
    int ipv6 = 0, found = 0, pass = COUNT - 2;
    for (int index = 0; index < COUNT; index++) {
        if (code[index].off == TO_FOUND) ipv6 = index + 1;
        if (code[index].code == (BPF_JMP | BPF_CALL) && code[index].imm == BPF_FUNC_map_lookup_elem) found = index + 1;
    }
    for (int index = 0; index < COUNT; index++) {
        int place = code[index].off == TO_PASS ? pass : code[index].off == TO_IPV6 ? ipv6 : code[index].off == TO_FOUND ? found : -1;
        if (place >= 0) code[index].off = (int16_t)(place - index - 1);
    }
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_XDP;
    attributes.expected_attach_type = BPF_XDP;
    attributes.insns = (uint64_t)(uintptr_t)code;
    attributes.insn_cnt = COUNT;
    attributes.license = (uint64_t)(uintptr_t) "Apache-2.0";
    memcpy(attributes.prog_name, "dataplane", 9);
    return (int)bpf(BPF_PROG_LOAD, &attributes);
}

static int attach(const struct cx_interface *interface, int program, uint32_t flags) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.link_create.prog_fd = (uint32_t)program;
    attributes.link_create.target_ifindex = (uint32_t)interface->index;
    attributes.link_create.attach_type = BPF_XDP;
    attributes.link_create.flags = flags;
    return (int)bpf(BPF_LINK_CREATE, &attributes);
}

int cx_program_attach(const struct cx_interface *interface, struct cx_program *program) {
    *program = (struct cx_program){-1, -1, -1, -1, -1, 0};
    program->sockets = make_map(BPF_MAP_TYPE_XSKMAP, 4, MOST_QUEUES, 0);
    program->ipv4 = make_map(BPF_MAP_TYPE_LPM_TRIE, sizeof(struct key4), MOST_PREFIXES, BPF_F_NO_PREALLOC);
    program->ipv6 = make_map(BPF_MAP_TYPE_LPM_TRIE, sizeof(struct key6), MOST_PREFIXES, BPF_F_NO_PREALLOC);
    int result = program->sockets < 0 ? program->sockets : program->ipv4 < 0 ? program->ipv4 : program->ipv6 < 0 ? program->ipv6 : 0;
    if (result == 0) result = program->program = load(interface, program);
    if (result >= 0) {
        result = program->link = attach(interface, program->program, XDP_FLAGS_DRV_MODE);
        program->is_native = result >= 0;
        if (result == -EOPNOTSUPP) result = program->link = attach(interface, program->program, XDP_FLAGS_SKB_MODE);
    }
    if (result >= 0) return 0;
    cx_program_detach(program);
    return result;
}

void cx_program_detach(struct cx_program *program) {
    int files[] = {program->link, program->program, program->sockets, program->ipv4, program->ipv6};
    for (int index = 0; index < 5; index++) {
        if (files[index] >= 0) close(files[index]);
    }
    *program = (struct cx_program){-1, -1, -1, -1, -1, 0};
}

static int change(int command, int map, const void *key, const void *value) {
    union bpf_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.map_fd = (uint32_t)map;
    attributes.key = (uint64_t)(uintptr_t)key;
    attributes.value = (uint64_t)(uintptr_t)value;
    return (int)bpf(command, &attributes);
}

// Sets what stands for a prefix, or removes it without a value. A key is the prefix's length, followed by the address.
static int change_prefix(const struct cx_program *program, int is_ipv6, const uint8_t *address, unsigned length, const uint32_t *value) {
    struct key6 key = {.length = length};
    memcpy(key.address, address, is_ipv6 ? 16 : 4);
    return change(value ? BPF_MAP_UPDATE_ELEM : BPF_MAP_DELETE_ELEM, is_ipv6 ? program->ipv6 : program->ipv4, &key, value);
}

int cx_program_set(const struct cx_program *program, int is_ipv6, const uint8_t *address, unsigned length, int is_taken) {
    uint32_t value = is_taken ? 1 : 0;
    return change_prefix(program, is_ipv6, address, length, &value);
}

int cx_program_remove(const struct cx_program *program, int is_ipv6, const uint8_t *address, unsigned length) {
    return change_prefix(program, is_ipv6, address, length, NULL);
}

int cx_program_add(const struct cx_program *program, int queue, const struct cx_socket *socket) {
    uint32_t key = (uint32_t)queue, value = (uint32_t)cx_socket_file(socket);
    return change(BPF_MAP_UPDATE_ELEM, program->sockets, &key, &value);
}

#else

int cx_program_attach(const struct cx_interface *interface, struct cx_program *program) { return -ENOSYS; }
void cx_program_detach(struct cx_program *program) {}
int cx_program_set(const struct cx_program *program, int is_ipv6, const uint8_t *address, unsigned length, int is_taken) { return -ENOSYS; }
int cx_program_remove(const struct cx_program *program, int is_ipv6, const uint8_t *address, unsigned length) { return -ENOSYS; }
int cx_program_add(const struct cx_program *program, int queue, const struct cx_socket *socket) { return -ENOSYS; }

#endif
