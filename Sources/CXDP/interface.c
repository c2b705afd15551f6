#define _GNU_SOURCE
#include "CXDP.h"

#include <errno.h>

#ifdef __linux__

#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if_arp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int ask(int file, struct ifreq *request, unsigned long what) { return ioctl(file, what, request) < 0 ? -errno : 0; }

int cx_interface_read(const char *name, struct cx_interface *interface) {
    int file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (file < 0) return -errno;
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    memset(interface, 0, sizeof *interface);
    interface->queues = 1;
    int result = ask(file, &request, SIOCGIFINDEX);
    if (result == 0) {
        interface->index = request.ifr_ifindex;
        result = ask(file, &request, SIOCGIFMTU);
    }
    if (result == 0) {
        interface->mtu = request.ifr_mtu;
        result = ask(file, &request, SIOCGIFHWADDR);
    }
    if (result == 0) {
        memcpy(interface->address, request.ifr_hwaddr.sa_data, 6);
        // Frames are Ethernet's.
        if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) result = -EPROTOTYPE;
    }
    if (result == 0) {
        struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};
        request.ifr_data = (void *)&channels;
        if (ask(file, &request, SIOCETHTOOL) == 0 && channels.rx_count + channels.combined_count > 0)
            interface->queues = (int)(channels.rx_count + channels.combined_count);
        struct ethtool_drvinfo driver = {.cmd = ETHTOOL_GDRVINFO};
        request.ifr_data = (void *)&driver;
        interface->is_veth = ask(file, &request, SIOCETHTOOL) == 0 && strcmp(driver.driver, "veth") == 0;
    }
    close(file);
    return result;
}

int cx_routing_open(int is_listening) {
    int file = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (file < 0) return -errno;
    int room = 4 << 20;
    setsockopt(file, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    struct sockaddr_nl address = {.nl_family = AF_NETLINK};
    if (is_listening) {
        address.nl_groups = RTMGRP_LINK | RTMGRP_NEIGH | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
    }
    if (bind(file, (struct sockaddr *)&address, sizeof address) == 0) return file;
    int error = errno;
    close(file);
    return -error;
}

int cx_routing_request(int file, int kind) {
    struct {
        struct nlmsghdr header;
        struct ifinfomsg body;
    } request;
    memset(&request, 0, sizeof request);
    // The body's first byte is the family, in each kind; 0 is all.
    request.header.nlmsg_len = NLMSG_LENGTH(kind == RTM_GETLINK ? sizeof(struct ifinfomsg) : sizeof(struct rtmsg));
    request.header.nlmsg_type = (uint16_t)kind;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    return send(file, &request, request.header.nlmsg_len, 0) < 0 ? -errno : 0;
}

long cx_routing_read(int file, uint8_t *buffer, size_t room, int milliseconds) {
    struct pollfd entry = {.fd = file, .events = POLLIN};
    int ready = poll(&entry, 1, milliseconds);
    if (ready == 0 || (ready < 0 && errno == EINTR)) return 0;
    long length = ready < 0 ? -1 : recv(file, buffer, room, MSG_DONTWAIT);
    return length < 0 ? -errno : length;
}

#else

int cx_interface_read(const char *name, struct cx_interface *interface) { return -ENOSYS; }
int cx_routing_open(int is_listening) { return -ENOSYS; }
int cx_routing_request(int file, int kind) { return -ENOSYS; }
long cx_routing_read(int file, uint8_t *buffer, size_t room, int milliseconds) { return -ENOSYS; }

#endif
