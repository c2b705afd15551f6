import IPAddresses
import Packets

/// One message of rtnetlink, as far as the gateway has a use for it.
package enum NetlinkMessage: Equatable, Sendable {
    case link(KernelLink)
    case route(KernelRoute)

    /// Nil for one whose Ethernet address is not known.
    case neighbour(KernelNeighbour?)

    /// The end of a dump.
    case done

    /// The kernel refuses; the number is errno's.
    case refused(Int32)

    /// The type of any other.
    case other(UInt16)
}

/// Why messages can't be read.
package struct NetlinkError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        case message = "a message is shorter than its header says, or than its kind"
        case attribute = "an attribute is longer than its message"
        case value = "an attribute's length does not fit its kind"
        case prefix = "a prefix is longer than an address"
    }

    package var reason: Reason

    /// Where, in bytes.
    package var offset: Int

    package var description: String { "rtnetlink, byte \(offset): \(reason.rawValue)" }
}

extension NetlinkMessage {
    /// Reads the messages of one datagram.
    ///
    ///     length(4) type(2) flags(2) sequence(4) port(4) | header of the kind | attribute: length(2) type(2) value … | …
    ///
    /// All in the machine's byte order but addresses; messages and attributes begin at multiples of 4 (netlink(7)).
    package static func read(_ bytes: borrowing RawSpan) throws(NetlinkError) -> [NetlinkMessage] {
        var messages: [NetlinkMessage] = []
        var offset = 0
        while bytes.byteCount - offset >= 16 {
            let length = Int(bytes.native32(at: offset))
            guard length >= 16, length <= bytes.byteCount - offset else {
                throw NetlinkError(reason: .message, offset: offset)
            }
            let body = offset + 16..<offset + length
            messages.append(try read(bytes, kind: bytes.native16(at: offset + 4), body))
            offset += (length + 3) & ~3
        }
        return messages
    }

    private static func read(
        _ bytes: borrowing RawSpan, kind: UInt16, _ body: Range<Int>
    ) throws(NetlinkError) -> NetlinkMessage {
        switch kind {
        case 2:
            try require(4, body)
            // Never zero here: acknowledgements are not asked for.
            return .refused(0 &- Int32(bitPattern: bytes.native32(at: body.lowerBound)))
        case 3: return .done
        case 16: return .link(try KernelLink(bytes, body))
        case 24: return try KernelRoute(bytes, body).map { .route($0) } ?? .other(kind)
        case 28: return .neighbour(try KernelNeighbour(bytes, body))
        default: return .other(kind)
        }
    }

    fileprivate static func require(_ length: Int, _ body: Range<Int>) throws(NetlinkError) {
        if body.count < length { throw NetlinkError(reason: .message, offset: body.lowerBound) }
    }
}

extension RawSpan {
    /// Numbers in the machine's byte order.
    fileprivate func native16(at offset: Int) -> UInt16 { uint16(at: offset).bigEndian }
    fileprivate func native32(at offset: Int) -> UInt32 { uint32(at: offset).bigEndian }

    /// An address of either family, by its length.
    fileprivate func address(_ range: Range<Int>) throws(NetlinkError) -> IPAddress {
        switch range.count {
        case 4: .v4(ipv4Address(at: range.lowerBound))
        case 16: .v6(ipv6Address(at: range.lowerBound))
        default: throw NetlinkError(reason: .value, offset: range.lowerBound)
        }
    }

    fileprivate func number(_ range: Range<Int>) throws(NetlinkError) -> UInt32 {
        guard range.count == 4 else { throw NetlinkError(reason: .value, offset: range.lowerBound) }
        return native32(at: range.lowerBound)
    }

    /// An Ethernet address; nil for any other link's.
    fileprivate func ethernet(_ range: Range<Int>) -> EthernetAddress? {
        guard range.count == 6 else { return nil }
        return EthernetAddress(
            bits: UInt64(uint16(at: range.lowerBound)) << 32 | UInt64(uint32(at: range.lowerBound + 2)))
    }
}

/// Where the values of a message's attributes are, one after another.
private struct NetlinkAttributes {
    var rest: Range<Int>

    /// The next attribute; nil at the end.
    mutating func next(_ bytes: borrowing RawSpan) throws(NetlinkError) -> (kind: UInt16, value: Range<Int>)? {
        guard rest.count >= 4 else { return nil }
        let length = Int(bytes.native16(at: rest.lowerBound))
        guard length >= 4, length <= rest.count else {
            throw NetlinkError(reason: .attribute, offset: rest.lowerBound)
        }
        let start = rest.lowerBound
        rest = min(rest.upperBound, start + (length + 3) & ~3)..<rest.upperBound
        // The upper bits are flags (NLA_F_NESTED).
        return (bytes.native16(at: start + 2) & 0x3FFF, start + 4..<start + length)
    }
}

extension KernelLink {
    /// `ifinfomsg`: family(1) pad(1) type(2) index(4) flags(4) change(4).
    fileprivate init(_ bytes: borrowing RawSpan, _ body: Range<Int>) throws(NetlinkError) {
        try NetlinkMessage.require(16, body)
        self.init(index: Int32(bitPattern: bytes.native32(at: body.lowerBound + 4)))
        var attributes = NetlinkAttributes(rest: body.dropFirst(16))
        while let (kind, value) = try attributes.next(bytes) {
            switch kind {
            case 1: address = bytes.ethernet(value)
            case 4: mtu = Int(try bytes.number(value))
            default: break
            }
        }
    }
}

extension KernelRoute {
    /// `rtmsg`: family, destination's length, source's length, service, table, protocol, scope, type (a byte each), flags(4).
    ///
    /// Nil for other families, and for what the kernel has found out for single destinations.
    fileprivate init?(_ bytes: borrowing RawSpan, _ body: Range<Int>) throws(NetlinkError) {
        try NetlinkMessage.require(12, body)
        let start = body.lowerBound
        let flags = bytes.native32(at: start + 8)
        let isIPv6 = bytes.uint8(at: start) == 10
        // RTM_F_CLONED.
        guard isIPv6 || bytes.uint8(at: start) == 2, flags & 0x200 == 0 else { return nil }
        let length = Int(bytes.uint8(at: start + 1))
        guard length <= (isIPv6 ? 128 : 32) else { throw NetlinkError(reason: .prefix, offset: start + 1) }
        let kind: Kind =
            switch bytes.uint8(at: start + 7) {
            case 1: .unicast
            case 2...5: .own
            default: .other
            }
        let none: IPAddress = isIPv6 ? .v6(IPv6Address(bits: 0)) : .v4(IPv4Address(bits: 0))
        self.init(IPPrefix(none, length), table: UInt32(bytes.uint8(at: start + 4)), kind: kind)
        // A source, a service; a next hop that is dead or has no carrier (RTNH_F_DEAD, RTNH_F_LINKDOWN).
        isSimple = bytes.uint8(at: start + 2) == 0 && bytes.uint8(at: start + 3) == 0 && flags & 0x11 == 0
        var attributes = NetlinkAttributes(rest: body.dropFirst(12))
        while let (kind, value) = try attributes.next(bytes) {
            switch kind {
            case 1:
                let address = try bytes.address(value)
                guard address.family == none.family else {
                    throw NetlinkError(reason: .value, offset: value.lowerBound)
                }
                prefix = IPPrefix(address, length)
            case 4: interface = Int32(bitPattern: try bytes.number(value))
            case 5: gateway = try bytes.address(value)
            case 6: priority = try bytes.number(value)
            case 8: mtu = try KernelRoute.mtu(bytes, value)
            // Several next hops; encapsulation and its type.
            case 9, 21, 22: isSimple = false
            case 15: table = try bytes.number(value)
            case 18:
                // A router of another family: family(2), address.
                guard value.count > 2 else { throw NetlinkError(reason: .value, offset: value.lowerBound) }
                gateway = try bytes.address(value.dropFirst(2))
            default: break
            }
        }
    }

    /// RTAX_MTU among a route's metrics.
    private static func mtu(_ bytes: borrowing RawSpan, _ metrics: Range<Int>) throws(NetlinkError) -> Int? {
        var attributes = NetlinkAttributes(rest: metrics)
        while let (kind, value) = try attributes.next(bytes) {
            if kind == 2 { return Int(try bytes.number(value)) }
        }
        return nil
    }
}

extension IPPrefix {
    /// - Precondition: the length is one of the address's family.
    fileprivate init(_ address: IPAddress, _ length: Int) {
        switch address {
        case .v4(let address): self = .v4(Prefix(masking: address, length: length))
        case .v6(let address): self = .v6(Prefix(masking: address, length: length))
        }
    }
}

extension KernelNeighbour {
    /// `ndmsg`: family(1) pad(3) interface(4) state(2) flags(1) type(1).
    fileprivate init?(_ bytes: borrowing RawSpan, _ body: Range<Int>) throws(NetlinkError) {
        try NetlinkMessage.require(12, body)
        let start = body.lowerBound
        var (address, ethernet): (IPAddress?, EthernetAddress?)
        var attributes = NetlinkAttributes(rest: body.dropFirst(12))
        let isIP = bytes.uint8(at: start) == 2 || bytes.uint8(at: start) == 10
        while isIP, let (kind, value) = try attributes.next(bytes) {
            switch kind {
            case 1: address = try bytes.address(value)
            case 2: ethernet = bytes.ethernet(value)
            default: break
            }
        }
        // NUD_PERMANENT, NOARP, REACHABLE, PROBE, STALE, DELAY: the kernel would send to it.
        guard bytes.native16(at: start + 8) & 0xDE != 0, let address, let ethernet else { return nil }
        self.init(
            interface: Int32(bitPattern: bytes.native32(at: start + 4)), address: address, ethernet: ethernet)
    }
}
