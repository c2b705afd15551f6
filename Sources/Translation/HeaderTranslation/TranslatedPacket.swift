import IPAddresses
import Packets

/// A translated packet in its buffer, or the fragments that it goes on as.
@frozen
public struct TranslatedPacket: Hashable, Sendable {
    /// Where the next one is, once its headers are written.
    @usableFromInline var first: Range<Int>
    @usableFromInline var rest: Fragments?

    @inlinable
    init(_ range: Range<Int>, _ rest: Fragments? = nil) {
        first = range
        self.rest = rest
    }

    /// The packet, where it is in one piece; the first fragment of several.
    @inlinable public var range: Range<Int> { first }

    /// Whether there are more to come.
    @inlinable public var isFragmented: Bool { rest != nil }

    /// Makes the next fragment the first; its headers are written over the end of the one before, which has to have been
    /// sent by then.
    ///
    /// - Returns: nil behind the last.
    public mutating func next(_ bytes: inout MutableRawSpan) -> Range<Int>? {
        guard var fragments = rest else { return nil }
        first = fragments.write(&bytes)
        rest = fragments.data.isEmpty ? nil : fragments
        return first
    }
}

/// What is left of a packet to be sent in fragments.
@frozen
@usableFromInline
struct Fragments: Hashable, Sendable {
    @usableFromInline
    @frozen
    enum Header: Hashable, Sendable {
        case v4(IPv4Header)
        /// With the header's next header field as the fragment header's.
        case v6(IPv6Header, IPv6Extensions.FragmentHeader)
    }

    @usableFromInline var header: Header

    /// The data that is left.
    @usableFromInline var data: Range<Int>

    /// The most data of one fragment, in bytes: a multiple of 8.
    @usableFromInline let size: Int

    /// Whether the last one is followed by more, since the packet was a fragment itself.
    @usableFromInline let hasMore: Bool

    @usableFromInline
    init(_ header: Header, _ data: Range<Int>, size: Int, hasMore: Bool) {
        (self.header, self.data, self.size, self.hasMore) = (header, data, size, hasMore)
    }

    /// Writes the next fragment's headers in front of its data.
    @usableFromInline
    mutating func write(_ bytes: inout MutableRawSpan) -> Range<Int> {
        let count = min(size, data.count)
        let more = hasMore || count < data.count
        let start: Int
        switch header {
        case .v4(var next):
            start = data.lowerBound - IPv4Header.length
            next.totalLength = IPv4Header.length + count
            next.moreFragments = more
            next.write(&bytes, at: start)
            next.fragmentOffset += count
            header = .v4(next)
        case .v6(var next, var fragment):
            start = data.lowerBound - IPv6Header.length - 8
            fragment.moreFragments = more
            fragment.write(&bytes, at: start + IPv6Header.length, nextHeader: next.nextHeader)
            let upperLayer = next.nextHeader
            next.payloadLength = 8 + count
            next.nextHeader = 44
            next.write(&bytes, at: start)
            next.nextHeader = upperLayer
            fragment.offset += count
            header = .v6(next, fragment)
        }
        let end = data.lowerBound + count
        data = end..<data.upperBound
        return start..<end
    }

    /// The packet's first fragment, and the others behind it.
    @usableFromInline
    static func cut(_ fragments: Fragments, _ bytes: inout MutableRawSpan) -> TranslatedPacket {
        var fragments = fragments
        let first = fragments.write(&bytes)
        return TranslatedPacket(first, fragments.data.isEmpty ? nil : fragments)
    }
}
