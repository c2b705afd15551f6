import IPAddresses
import Packets
import Synchronization

/// What answers packets that are dropped: ICMP errors from a router's own addresses, and TCP resets.
public final class Router: Sendable {
    /// The addresses that errors come from; nil where that family gets none.
    public let ipv4: IPv4Address?
    public let ipv6: IPv6Address?
    public let limiter: RateLimiter
    private let limited = Atomic<UInt64>(0)

    /// How many errors were held back by the limit.
    public var limitedErrors: UInt64 { limited.load(ordering: .relaxed) }

    /// The room that an answer needs, in bytes.
    public static let room = 1280

    public init(ipv4: IPv4Address? = nil, ipv6: IPv6Address? = nil, limiter: RateLimiter = RateLimiter()) {
        self.ipv4 = ipv4
        self.ipv6 = ipv6
        self.limiter = limiter
    }

    /// Writes the answer to a packet that was refused.
    ///
    /// - `output`: a buffer with ``room`` after `start`.
    /// - `random`: 64 random bits, for the identification.
    /// - Returns: where it is; nil where none may be sent: about errors, IPv4's later fragments, and packets that are not between
    ///   two hosts (RFC 1122 3.2.2; RFC 4443 2.4), without an address, or over the limit.
    public func answer(
        _ refusal: PacketRefusal, to bytes: borrowing RawSpan, _ range: Range<Int>, _ output: inout MutableRawSpan,
        at start: Int, now: MonotonicTime, random: UInt64
    ) -> Range<Int>? {
        guard let answer = refusal.answer else { return nil }
        return self.answer(answer, to: bytes, range, &output, at: start, now: now, random: random)
    }

    /// The same for an answer by itself.
    public func answer(
        _ answer: PacketRefusal.Answer, to bytes: borrowing RawSpan, _ range: Range<Int>,
        _ output: inout MutableRawSpan, at start: Int, now: MonotonicTime, random: UInt64
    ) -> Range<Int>? {
        if range.isEmpty { return nil }
        precondition(start >= 0 && output.byteCount - start >= Self.room, "an answer needs room for \(Self.room) bytes")
        let isIPv4 = bytes.uint8(at: range.lowerBound) >> 4 == 4
        do throws(PacketError) {
            if isIPv4 {
                let packet = try IPv4Packet(ipv4: bytes, range)
                guard let transport = packet.transport, !transport.isICMPError,
                    !packet.header.source.isIllegalEndpoint, !packet.header.destination.isIllegalEndpoint
                else { return nil }
                if answer == .reset { return reset(packet, bytes, &output, at: start, random) }
                guard let ipv4, let message = answer.icmp, allows(now) else { return nil }
                return write(message, about: packet, bytes, from: ipv4, &output, at: start, random)
            }
            let packet = try IPv6Packet(ipv6: bytes, range)
            // A packet that is too big is answered where it is for many hosts too (RFC 4443 2.4).
            guard !Self.mayBeError(packet, bytes), !packet.header.fixed.source.isIllegalEndpoint,
                !packet.header.fixed.destination.isMulticast || answer.isTooBig
            else { return nil }
            if answer == .reset { return reset(packet, bytes, &output, at: start) }
            guard let ipv6, let message = answer.icmpv6, allows(now) else { return nil }
            return write(message, about: packet, bytes, from: ipv6, &output, at: start)
        } catch {
            return nil
        }
    }

    /// Whether an IPv6 packet is an ICMPv6 error, or a part of one for all that can be known. Other later fragments are
    /// answered: RFC 4443 2.4 (e) excepts none.
    private static func mayBeError(_ packet: IPv6Packet, _ bytes: borrowing RawSpan) -> Bool {
        if let transport = packet.transport { return transport.isICMPError }
        guard packet.ipProtocol == 58 else { return false }
        let isFirst = packet.header.extensions.fragment?.offset ?? 0 == 0
        guard isFirst, packet.transportStart < packet.end else { return true }
        return bytes.uint8(at: packet.transportStart) < 128
    }

    private func allows(_ now: MonotonicTime) -> Bool {
        if limiter.allows(now) { return true }
        limited.wrappingAdd(1, ordering: .relaxed)
        return false
    }
}

extension PacketRefusal.Answer {
    var isTooBig: Bool { if case .tooBig = self { true } else { false } }

    /// Type, code and what follows the checksum.
    typealias Message = (type: UInt8, code: UInt8, field: UInt32)

    /// As an ICMP error; nil where there is none.
    var icmp: Message? {
        switch self {
        case .timeExceeded: (11, 0, 0)
        case .tooBig(let mtu): (3, 4, UInt32(clamping: mtu) & 0xFFFF)
        case .sourceRouteFailed: (3, 5, 0)
        case .prohibited: (3, 13, 0)
        case .addressUnreachable: (3, 1, 0)
        case .portUnreachable: (3, 3, 0)
        case .protocolUnreachable: (3, 2, 0)
        case .noRoute: (3, 0, 0)
        case .erroneousHeader, .reset: nil
        }
    }

    /// As an ICMPv6 error; nil where there is none.
    var icmpv6: Message? {
        switch self {
        case .timeExceeded: (3, 0, 0)
        case .tooBig(let mtu): (2, 0, UInt32(clamping: mtu))
        case .erroneousHeader(let pointer): (4, 0, UInt32(clamping: pointer))
        case .prohibited: (1, 1, 0)
        case .addressUnreachable: (1, 3, 0)
        case .portUnreachable, .protocolUnreachable: (1, 4, 0)
        case .noRoute: (1, 0, 0)
        case .sourceRouteFailed, .reset: nil
        }
    }
}
