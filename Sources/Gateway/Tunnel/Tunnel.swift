import CTunnel

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A TUN device of Linux, with a queue for each worker.
///
/// Packets come with a header of what is left to do of them (`virtio_net_hdr`): segments of up to 64 KB that have not been
/// cut yet, and checksums. So they are translated once, and cut by the kernel or the network card behind it.
public final class Tunnel: Sendable {
    public let name: String

    /// The descriptors of the queues.
    let queues: [TunnelFile]

    /// Whether the kernel hands out uncut segments.
    public let hasSegments: Bool

    /// Whether it cuts UDP segments too (Linux 6.2).
    public let hasDatagramSegments: Bool

    /// Why a device can't be used.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public var device: String
        public var step: String
        public var code: Int32

        public var description: String {
            let hint =
                switch code {
                case EPERM, EACCES: "; root, or CAP_NET_ADMIN, is needed"
                case EINVAL, EBUSY: "; is it another kind of device, or without multi_queue, or in use?"
                case ENOENT: "; the kernel has no TUN devices (/dev/net/tun)"
                default: ""
                }
            return "the TUN device “\(device)” can't be \(step): \(String(cString: strerror(code)))\(hint)"
        }
    }

    /// Opens a device, and makes it where there is none; brings it up.
    ///
    /// `mtu`: in bytes. `queueLength`: packets that wait for the gateway.
    public init(name: String, queues count: Int, mtu: Int = 1500, queueLength: Int = 10_000, offloads: Bool = true)
        throws(Failure)
    {
        self.name = name
        var opened: [Int32] = []
        var taken: Int32 = 0
        for _ in 0..<max(1, count) {
            let file = ct_open(name, 1)
            guard file >= 0 else {
                for file in opened { close(file) }
                throw Failure(device: name, step: "opened", code: -file)
            }
            opened.append(file)
            taken = ct_set_offloads(file, offloads ? 1 : 0)
        }
        queues = opened.map { TunnelFile(file: $0) }
        hasSegments = taken > 1
        hasDatagramSegments = taken & Int32(CT_OFFLOAD_UDP) == Int32(CT_OFFLOAD_UDP)
        let result = ct_bring_up(name, Int32(clamping: mtu), Int32(clamping: queueLength))
        if result < 0 { throw Failure(device: name, step: "brought up", code: -result) }
    }

    deinit { for queue in queues { close(queue.file) } }
}

/// Gives up root, for good.
public func dropPrivileges(user name: String) throws(PrivilegeFailure) {
    guard let entry = getpwnam(name) else { throw PrivilegeFailure(user: name, code: 0) }
    let result = ct_become(entry.pointee.pw_uid, entry.pointee.pw_gid)
    if result < 0 { throw PrivilegeFailure(user: name, code: -result) }
}

/// Why the process can't become a user.
public struct PrivilegeFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var user: String

    /// 0 where there is no such user.
    public var code: Int32

    public var description: String {
        code == 0 ? "there is no user “\(user)”" : "can't become “\(user)”: \(String(cString: strerror(code)))"
    }
}
