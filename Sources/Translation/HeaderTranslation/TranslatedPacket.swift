import IPAddresses
import Packets

/// A translated packet in its buffer, or the fragments that it goes on as.
@frozen
public struct TranslatedPacket: Hashable, Sendable {
    @usableFromInline var start: UInt32
    @usableFromInline var end: UInt32

    /// What is left to be sent.
    @usableFromInline var rest: Fragments

    @inlinable
    init(_ range: Range<Int>) {
        start = UInt32(truncatingIfNeeded: range.lowerBound)
        end = UInt32(truncatingIfNeeded: range.upperBound)
        rest = .none
    }

    /// The packet, where it is in one piece; of several fragments the one that is next to be sent.
    @inlinable public var range: Range<Int> { Int(start)..<Int(end) }

    /// Whether there are more to come.
    @inlinable public var isFragmented: Bool { rest.dataStart < rest.dataEnd }

    /// Goes on to the next fragment; its headers are written over the end of the one before, which has to have been sent
    /// by then.
    ///
    /// - Returns: nil after the last.
    public mutating func next(_ bytes: inout MutableRawSpan) -> Range<Int>? {
        guard isFragmented, let range = rest.write(&bytes) else { return nil }
        start = UInt32(truncatingIfNeeded: range.lowerBound)
        end = UInt32(truncatingIfNeeded: range.upperBound)
        return range
    }

    /// A packet of which the first fragment's headers are in front of the data: each of the others has the same, except
    /// for its place.
    ///
    /// - `data`: of all fragments.
    /// - `size`: the most data of one, a multiple of 8.
    @usableFromInline
    static func cut(_ start: Int, _ data: Range<Int>, size: Int, _ bytes: inout MutableRawSpan) -> TranslatedPacket {
        var packet = TranslatedPacket(start..<data.upperBound)
        packet.rest = Fragments(
            first: packet.start, dataStart: UInt32(data.lowerBound), dataEnd: packet.end, size: UInt16(size))
        _ = packet.next(&bytes)
        return packet
    }
}

/// What is left of a packet to be sent in fragments. The first one's headers stay in the buffer, and serve for the others.
@frozen
@usableFromInline
struct Fragments: Hashable, Sendable {
    /// Where the first fragment's headers are.
    @usableFromInline var first: UInt32
    @usableFromInline var dataStart: UInt32
    @usableFromInline var dataEnd: UInt32
    @usableFromInline var size: UInt16

    /// Whether the last one is followed by more, since the packet was a fragment itself; known with the first.
    @usableFromInline var hasMore = false

    @inlinable
    init(first: UInt32, dataStart: UInt32, dataEnd: UInt32, size: UInt16) {
        (self.first, self.dataStart, self.dataEnd, self.size) = (first, dataStart, dataEnd, size)
    }

    @inlinable static var none: Fragments { Fragments(first: 0, dataStart: 0, dataEnd: 0, size: 0) }

    /// Writes the next fragment's headers in front of its data.
    @usableFromInline
    mutating func write(_ bytes: inout MutableRawSpan) -> Range<Int>? {
        let (start, first) = (Int(dataStart), Int(first))
        let count = min(Int(size), Int(dataEnd) - start)
        let isLast = start + count == Int(dataEnd)
        dataStart += UInt32(count)
        do throws(PacketError) {
            if bytes.bytes.uint8(at: first) >> 4 == 4 {
                return try writeIPv4(&bytes, first, start, count, isLast)
            }
            return try writeIPv6(&bytes, first, start, count, isLast)
        } catch {
            return nil
        }
    }

    private mutating func writeIPv4(
        _ bytes: inout MutableRawSpan, _ first: Int, _ start: Int, _ count: Int, _ isLast: Bool
    ) throws(PacketError) -> Range<Int> {
        var header = try IPv4Header(bytes.bytes, first..<first + IPv4Header.length, isQuoted: true)
        let data = first + IPv4Header.length
        if start == data { hasMore = header.moreFragments }
        header.totalLength = IPv4Header.length + count
        header.moreFragments = hasMore || !isLast
        header.fragmentOffset += start - data
        header.write(&bytes, at: start - IPv4Header.length)
        return start - IPv4Header.length..<start + count
    }

    private mutating func writeIPv6(
        _ bytes: inout MutableRawSpan, _ first: Int, _ start: Int, _ count: Int, _ isLast: Bool
    ) throws(PacketError) -> Range<Int> {
        let headers = IPv6Header.length + IPv6Extensions.FragmentHeader.length
        var header = try IPv6Header(bytes.bytes, first..<first + headers, isQuoted: true)
        let extensions = try IPv6Extensions(behind: header, bytes.bytes, first..<first + headers)
        guard var fragment = extensions.fragment else { throw .length(.ipv6Extension, 0) }
        if start == first + headers { hasMore = fragment.moreFragments }
        header.payloadLength = IPv6Extensions.FragmentHeader.length + count
        fragment.moreFragments = hasMore || !isLast
        fragment.offset += start - first - headers
        header.write(&bytes, at: start - headers)
        fragment.write(
            &bytes, at: start - IPv6Extensions.FragmentHeader.length, nextHeader: extensions.ipProtocol)
        return start - headers..<start + count
    }
}
