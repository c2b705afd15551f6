import CXDP
import IPAddresses
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An Ethernet interface of Linux with a program that hands packets for chosen destinations to sockets of AF_XDP, one for each of
/// its receive queues. All other packets go on to the kernel.
///
/// The program goes when this does, or with the process, whichever way it ends.
public final class XDPInterface: Sendable {
    public let name: String

    /// The destinations whose packets are taken.
    public let taken: [IPPrefix]

    /// Whether the driver runs the program; otherwise the kernel does, when it has made a buffer for the packet already.
    public var isNative: Bool { program.is_native != 0 }

    /// Whether the driver reads and writes the sockets' memory itself.
    public let isZeroCopy: Bool

    let index: Int32

    /// Whether packets come with checksums left to do: what is sent into a veth stays within the machine.
    let leavesChecksums: Bool
    let sockets: [XDPSocket]
    private let program: cx_program

    /// Prefixes that are passed on within the taken ones: the host's own.
    private let passed = Mutex<Set<IPPrefix>>([])

    /// Why an interface can't be used.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public var interface: String
        public var step: String

        /// errno's; 0 where the step says all.
        public var code: Int32

        public var description: String {
            let hint =
                switch code {
                case EPERM, EACCES: "; root, or CAP_NET_ADMIN, CAP_NET_RAW and CAP_BPF, is needed"
                case ENODEV: "; is there such an interface here?"
                case EBUSY, EEXIST: "; does it, or its queue, have a program or a socket already?"
                case EPROTOTYPE: "; it is not an Ethernet interface"
                case EINVAL, ERANGE: "; is its MTU above what its driver gives a program in one piece?"
                case ENOBUFS: "; is the limit of locked memory below 16 MB a queue (ulimit -l, LimitMEMLOCK=)?"
                case EAFNOSUPPORT, ENOSYS: "; the kernel has no AF_XDP (CONFIG_XDP_SOCKETS)"
                default: ""
                }
            if code == 0 { return "the interface “\(interface)” \(step)" }
            return "the interface “\(interface)” \(step): \(String(cString: strerror(code)))\(hint)"
        }
    }

    /// Attaches to an interface.
    ///
    /// `queues`: how many workers there are; the interface has to have as many receive queues. `taken`: the destinations whose
    /// packets are taken; the host's own addresses in them are passed on, except where they are named themselves.
    public init(name: String, queues: Int, taken: [IPPrefix]) throws(Failure) {
        (self.name, self.taken) = (name, taken)
        func check(_ result: Int32, _ step: String) throws(Failure) {
            if result < 0 { throw Failure(interface: name, step: step, code: -result) }
        }
        var interface = cx_interface()
        try check(cx_interface_read(name, &interface), "can't be read")
        guard Int(interface.queues) == queues else {
            throw Failure(
                interface: name,
                step: "has \(interface.queues) receive queues, and the gateway \(queues): set “queues” to "
                    + "\(interface.queues), or the interface's with ethtool -L \(name)", code: 0)
        }
        guard interface.mtu <= cx_socket_room() else {
            throw Failure(
                interface: name,
                step: "has an MTU of \(interface.mtu), and a frame holds \(cx_socket_room()) bytes: set a lower one",
                code: 0)
        }
        var program = cx_program()
        try check(cx_program_attach(&interface, &program), "accepts no program")
        var sockets: [XDPSocket] = []
        do throws(Failure) {
            for prefix in NextHopTable.always {
                try check(program.set(prefix, isTaken: false), "accepts no prefix \(prefix)")
            }
            for prefix in taken { try check(program.set(prefix, isTaken: true), "accepts no prefix \(prefix)") }
            for queue in 0..<queues {
                var handle: OpaquePointer?
                var isZeroCopy: Int32 = 0
                try check(cx_socket_open(&interface, Int32(queue), &handle, &isZeroCopy), "accepts no socket")
                guard let handle else { throw Failure(interface: name, step: "accepts no socket", code: ENOMEM) }
                sockets.append(XDPSocket(handle, isZeroCopy: isZeroCopy != 0))
                try check(cx_program_add(&program, Int32(queue), handle), "accepts no socket")
            }
        } catch {
            cx_program_detach(&program)
            throw error
        }
        self.program = program
        self.sockets = sockets
        isZeroCopy = sockets.allSatisfy(\.isZeroCopy)
        index = interface.index
        leavesChecksums = interface.is_veth != 0
    }

    deinit {
        var program = program
        cx_program_detach(&program)
    }

    /// Passes on packets for the host's own prefixes, and no longer for those that it has lost.
    func pass(_ own: Set<IPPrefix>) {
        passed.withLock { passed in
            let wanted = own.subtracting(taken).subtracting(NextHopTable.always)
            for prefix in passed.subtracting(wanted) { program.remove(prefix) }
            // What does not fit is taken, and refused by the translator.
            for prefix in wanted.subtracting(passed) { _ = program.set(prefix, isTaken: false) }
            passed = wanted
        }
    }
}

extension cx_program {
    fileprivate func set(_ prefix: IPPrefix, isTaken: Bool) -> Int32 {
        let (bytes, isIPv6) = prefix.networkBytes
        return withUnsafePointer(to: self) { program in
            cx_program_set(program, isIPv6 ? 1 : 0, bytes, UInt32(prefix.length), isTaken ? 1 : 0)
        }
    }

    fileprivate func remove(_ prefix: IPPrefix) {
        let (bytes, isIPv6) = prefix.networkBytes
        withUnsafePointer(to: self) { program in
            _ = cx_program_remove(program, isIPv6 ? 1 : 0, bytes, UInt32(prefix.length))
        }
    }
}

extension IPPrefix {
    /// The first address in network order.
    fileprivate var networkBytes: (bytes: [UInt8], isIPv6: Bool) {
        switch self {
        case .v4(let prefix): (withUnsafeBytes(of: prefix.bits.bigEndian) { Array($0) }, false)
        case .v6(let prefix): (withUnsafeBytes(of: prefix.bits.bigEndian) { Array($0) }, true)
        }
    }
}

/// A socket of AF_XDP on one queue of an interface.
final class XDPSocket: @unchecked Sendable {
    // Unchecked: only one worker receives and sends; its counts are read with atomics from any thread.
    let handle: OpaquePointer
    let isZeroCopy: Bool

    init(_ handle: OpaquePointer, isZeroCopy: Bool) { (self.handle, self.isZeroCopy) = (handle, isZeroCopy) }

    deinit { cx_socket_close(handle) }

    var file: Int32 { cx_socket_file(handle) }

    var counts: cx_counts {
        var counts = cx_counts()
        cx_socket_counts(handle, &counts)
        return counts
    }
}
