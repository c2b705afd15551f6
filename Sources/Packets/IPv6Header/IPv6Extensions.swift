/// What the extension headers between an IPv6 header and the upper layer say (RFC 8200 4).
///
/// Hop-by-hop options, routing headers, destination options and the fragment header are walked over; all others, ESP and AH
/// among them, count as the upper layer, since a translator hands them on as they are (RFC 7915 5.1).
@frozen
public struct IPv6Extensions: Hashable, Sendable {
    /// The header after them, by its number (IANA).
    public var ipProtocol: UInt8

    /// Where that begins.
    public var upperLayer: Int

    public var fragment: FragmentHeader?

    /// Where the segments left of the first routing header are that has any.
    public var segmentsLeft: Int?

    /// The next header field that names the upper layer.
    public var nextHeaderField: Int

    /// Whether the fragment header is followed by an extension header.
    public var hasExtensionBehindFragment = false

    /// How many headers are walked over at most: RFC 8504 5.3 lets hosts set such a bound.
    @inlinable public static var most: Int { 16 }

    /// A fragment header (RFC 8200 4.5).
    @frozen
    public struct FragmentHeader: Hashable, Sendable {
        /// In bytes, a multiple of 8.
        public var offset: Int
        public var moreFragments: Bool
        public var identification: UInt32

        /// In bytes.
        @inlinable public static var length: Int { 8 }

        /// Whether the packet is in one piece all the same (RFC 6946).
        @inlinable public var isAtomic: Bool { offset == 0 && !moreFragments }

        @inlinable
        public init(offset: Int, moreFragments: Bool, identification: UInt32) {
            self.offset = offset
            self.moreFragments = moreFragments
            self.identification = identification
        }

        /// Writes the header.
        ///
        /// - Precondition: 8 bytes are there.
        @inlinable
        public func write(_ bytes: inout MutableRawSpan, at start: Int, nextHeader: UInt8) {
            let flags: UInt32 = moreFragments ? 1 : 0
            bytes.set(
                UInt32(nextHeader) &<< 24 | UInt32(truncatingIfNeeded: offset) & 0xFFF8 | flags, at: start)
            bytes.set(identification, at: start &+ 4)
        }
    }

    /// Walks over the extension headers after a header.
    ///
    /// - `range`: from the IPv6 header to the packet's end.
    /// - Throws: where the bytes are too few, or there are too many headers.
    @inlinable
    public init(behind header: IPv6Header, _ bytes: borrowing RawSpan, _ range: Range<Int>) throws(PacketError) {
        ipProtocol = header.nextHeader
        upperLayer = range.lowerBound &+ IPv6Header.length
        nextHeaderField = range.lowerBound &+ 6
        if Self.isExtension(ipProtocol) { try walk(bytes, range.upperBound) }
    }

    @inlinable
    public static func isExtension(_ number: UInt8) -> Bool {
        number == 0 || number == 43 || number == 44 || number == 60
    }

    /// AH, the mobility header, HIP and Shim6: extension headers that are not walked over (IANA). ESP is none here (RFC 7915
    /// 5.1.1).
    @usableFromInline
    static func isOtherExtension(_ number: UInt8) -> Bool {
        number == 51 || number == 135 || number == 139 || number == 140
    }

    @usableFromInline
    mutating func walk(_ bytes: borrowing RawSpan, _ end: Int) throws(PacketError) {
        for _ in 0..<Self.most {
            guard Self.isExtension(ipProtocol) else { break }
            if let fragment {
                hasExtensionBehindFragment = true
                // A later fragment's header is followed by data.
                if fragment.offset > 0 { return }
            }
            guard end &- upperLayer >= 8 else {
                throw .truncated(.ipv6Extension, needs: 8, has: max(0, end &- upperLayer))
            }
            var length = 8
            if ipProtocol == 44 {
                if fragment == nil {
                    let word = bytes.uint16(at: upperLayer &+ 2)
                    fragment = FragmentHeader(
                        offset: Int(word & 0xFFF8), moreFragments: word & 1 != 0,
                        identification: bytes.uint32(at: upperLayer &+ 4))
                }
            } else {
                length = Int(bytes.uint8(at: upperLayer &+ 1)) &* 8 &+ 8
                guard end &- upperLayer >= length else {
                    throw .truncated(.ipv6Extension, needs: length, has: end &- upperLayer)
                }
                if ipProtocol == 43, segmentsLeft == nil, bytes.uint8(at: upperLayer &+ 3) > 0 {
                    segmentsLeft = upperLayer &+ 3
                }
            }
            ipProtocol = bytes.uint8(at: upperLayer)
            nextHeaderField = upperLayer
            upperLayer &+= length
        }
        if Self.isExtension(ipProtocol) { throw .tooManyExtensionHeaders }
        if fragment != nil, Self.isOtherExtension(ipProtocol) { hasExtensionBehindFragment = true }
    }
}
