/// What an ICMP or ICMPv6 message becomes in the other family.
@frozen
public struct ICMPMeaning: Hashable, Sendable {
    public var type: UInt8
    public var code: UInt8

    /// What the rest of the header becomes.
    public var field: Field

    @frozen
    public enum Field: Hashable, Sendable {
        /// An identifier and a sequence number, which stay.
        case echo
        /// Zero, except for the length of RFC 4884.
        case unused
        /// An MTU, adjusted for the other family.
        case mtu
        /// The place of the fault in the other family's header.
        case pointer(UInt8)
    }

    @inlinable
    init(_ type: UInt8, _ code: UInt8, _ field: Field = .unused) {
        (self.type, self.code, self.field) = (type, code, field)
    }
}

extension ICMPMeaning {
    /// What an ICMP message becomes as ICMPv6 (RFC 7915 4.2); nil for what is dropped.
    ///
    /// `pointer`: the byte after the checksum, which a parameter problem has as its pointer.
    public static func inIPv6(type: UInt8, code: UInt8, pointer: UInt8) -> ICMPMeaning? {
        switch (type, code) {
        case (8, _): ICMPMeaning(128, code, .echo)
        case (0, _): ICMPMeaning(129, code, .echo)
        case (3, 0), (3, 1), (3, 5), (3, 6), (3, 7), (3, 8), (3, 11), (3, 12): ICMPMeaning(1, 0)
        // The protocol is named by the next header field.
        case (3, 2): ICMPMeaning(4, 1, .pointer(6))
        case (3, 3): ICMPMeaning(1, 4)
        case (3, 4): ICMPMeaning(2, 0, .mtu)
        case (3, 9), (3, 10), (3, 13), (3, 15): ICMPMeaning(1, 1)
        case (11, _): ICMPMeaning(3, code)
        case (12, 0), (12, 2): place(pointer, in: ipv6Places).map { ICMPMeaning(4, 0, .pointer($0)) }
        default: nil
        }
    }

    /// What an ICMPv6 message becomes as ICMP (RFC 7915 5.2); nil for what is dropped.
    ///
    /// `pointer`: the four bytes after the checksum, which a parameter problem has as its pointer.
    public static func inIPv4(type: UInt8, code: UInt8, pointer: UInt32) -> ICMPMeaning? {
        switch (type, code) {
        case (128, _): ICMPMeaning(8, code, .echo)
        case (129, _): ICMPMeaning(0, code, .echo)
        case (1, 0), (1, 2), (1, 3): ICMPMeaning(3, 1)
        case (1, 1): ICMPMeaning(3, 10)
        case (1, 4): ICMPMeaning(3, 3)
        case (2, _): ICMPMeaning(3, 4, .mtu)
        case (3, _): ICMPMeaning(11, code)
        case (4, 0):
            UInt8(exactly: pointer).flatMap { place($0, in: ipv4Places) }.map { ICMPMeaning(12, 0, .pointer($0)) }
        case (4, 1): ICMPMeaning(3, 2)
        default: nil
        }
    }

    private static func place(_ pointer: UInt8, in places: [(ClosedRange<UInt8>, UInt8)]) -> UInt8? {
        places.first { $0.0.contains(pointer) }?.1
    }

    /// Figure 3 of RFC 7915: places in an IPv4 header, and where their like is in an IPv6 one.
    private static let ipv6Places: [(ClosedRange<UInt8>, UInt8)] = [
        (0...0, 0), (1...1, 1), (2...3, 4), (8...8, 7), (9...9, 6), (12...15, 8), (16...19, 24),
    ]

    /// Figure 6 of RFC 7915: places in an IPv6 header, and where their like is in an IPv4 one.
    private static let ipv4Places: [(ClosedRange<UInt8>, UInt8)] = [
        (0...0, 0), (1...1, 1), (4...5, 2), (6...6, 9), (7...7, 8), (8...23, 12), (24...39, 16),
    ]
}

/// The MTUs that errors carry from one family into the other.
enum TranslatedMTU {
    /// Common MTUs, greatest first (RFC 1191 7.1).
    private static let plateaus = [65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68]

    /// RFC 7915 4.2. Routers older than RFC 1191 state no MTU: then it is the greatest common one below the quoted packet's
    /// length.
    static func inIPv6(_ mtu: Int, quotedLength: Int, _ options: TranslationOptions) -> Int {
        guard let stated = mtu > 0 ? mtu : plateaus.first(where: { $0 < quotedLength && $0 >= 1280 }) else {
            return 1280
        }
        return max(1280, min(stated + 20, options.ipv6MTU, options.ipv4MTU + 20))
    }

    /// RFC 7915 5.2.
    static func inIPv4(_ mtu: Int, _ options: TranslationOptions) -> Int {
        max(68, min(mtu - 20, options.ipv4MTU, options.ipv6MTU - 20))
    }
}
