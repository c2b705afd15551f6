#define _GNU_SOURCE
#include "CTunnel.h"

#include <errno.h>

#ifdef __linux__

#include <fcntl.h>
#include <grp.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

int ct_open(const char *name, int is_multi_queue) {
    int file = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return -errno;
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    request.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR | (is_multi_queue ? IFF_MULTI_QUEUE : 0);
    int length = CT_HEADER_LENGTH;
    if (ioctl(file, TUNSETIFF, &request) < 0 || ioctl(file, TUNSETVNETHDRSZ, &length) < 0) {
        int error = errno;
        close(file);
        return -error;
    }
    return file;
}

int ct_set_offloads(int file, int is_enabled) {
    unsigned tcp = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
    unsigned attempts[] = {tcp | TUN_F_USO4 | TUN_F_USO6, tcp, TUN_F_CSUM};
    for (int index = 0; is_enabled && index < 3; index++) {
        if (ioctl(file, TUNSETOFFLOAD, attempts[index]) == 0) return (int)attempts[index];
    }
    ioctl(file, TUNSETOFFLOAD, 0);
    return 0;
}

int ct_bring_up(const char *name, int mtu, int queue_length) {
    int file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (file < 0) return -errno;
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    int result = 0;
    request.ifr_mtu = mtu;
    if (ioctl(file, SIOCSIFMTU, &request) < 0) result = -errno;
    request.ifr_qlen = queue_length;
    if (result == 0 && ioctl(file, SIOCSIFTXQLEN, &request) < 0) result = -errno;
    if (result == 0 && ioctl(file, SIOCGIFFLAGS, &request) < 0) result = -errno;
    request.ifr_flags |= IFF_UP | IFF_RUNNING;
    if (result == 0 && ioctl(file, SIOCSIFFLAGS, &request) < 0) result = -errno;
    close(file);
    return result;
}

int ct_read(int file, uint8_t *base, size_t stride, size_t offset, size_t room, int most, int32_t *lengths) {
    int count = 0;
    size_t total = 0;
    while (count < most && total < CT_BATCH_BYTES) {
        ssize_t length = read(file, base + (size_t)count * stride + offset, room);
        if (length < 0 && errno == EINTR) continue;
        if (length < 0) return count > 0 || errno == EAGAIN ? count : -errno;
        lengths[count++] = (int32_t)length;
        total += (size_t)length;
    }
    return count;
}

int ct_write(int file, const uint8_t *base, const struct ct_piece *pieces, int count) {
    int written = 0;
    for (int index = 0; index < count; index++) {
        ssize_t length;
        do {
            length = write(file, base + pieces[index].start, pieces[index].length);
        } while (length < 0 && errno == EINTR);
        if (length == (ssize_t)pieces[index].length) written++;
    }
    return written;
}

int ct_wait(const int *files, int count, int milliseconds) {
    struct pollfd entries[CT_MOST_WAITED];
    if (count > CT_MOST_WAITED) count = CT_MOST_WAITED;
    for (int index = 0; index < count; index++) entries[index] = (struct pollfd){.fd = files[index], .events = POLLIN};
    int result = poll(entries, (nfds_t)count, milliseconds);
    if (result < 0) return errno == EINTR ? 0 : -errno;
    return result > 0;
}

void ct_pin(int index) {
    cpu_set_t allowed, own;
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0) return;
    int wanted = index % CPU_COUNT(&allowed);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &allowed) || wanted-- > 0) continue;
        CPU_ZERO(&own);
        CPU_SET(cpu, &own);
        sched_setaffinity(0, sizeof own, &own);
        return;
    }
}

int ct_become(unsigned user, unsigned group) {
    if (setgroups(0, NULL) < 0 || setresgid(group, group, group) < 0 || setresuid(user, user, user) < 0) return -errno;
    return 0;
}

#else

int ct_open(const char *name, int is_multi_queue) { return -ENOSYS; }
int ct_set_offloads(int file, int is_enabled) { return 0; }
int ct_bring_up(const char *name, int mtu, int queue_length) { return -ENOSYS; }
int ct_read(int file, uint8_t *base, size_t stride, size_t offset, size_t room, int most, int32_t *lengths) { return -ENOSYS; }
int ct_write(int file, const uint8_t *base, const struct ct_piece *pieces, int count) { return 0; }
int ct_wait(const int *files, int count, int milliseconds) { return -ENOSYS; }
void ct_pin(int index) {}
int ct_become(unsigned user, unsigned group) { return -ENOSYS; }

#endif
