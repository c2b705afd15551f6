import IPAddresses
import Packets

/// The IP/ICMP translation algorithm (RFC 7915): packets of one family become packets of the other, in place.
///
/// Which addresses stand for which is the caller's knowledge: a stateless mapping's, or a session's. The new headers are written
/// in front of the upper layer, which stays where it is:
///
///     | headroom      | IPv4 header | upper layer … |
///     | … | IPv6 header, fragment header | upper layer … |
///
/// Nothing is written before it is certain that the packet goes on.
@frozen
public struct HeaderTranslator: Hashable, Sendable {
    public var options: TranslationOptions

    @inlinable
    public init(_ options: TranslationOptions = TranslationOptions()) { self.options = options }

    @usableFromInline static let icmp: UInt8 = 1
    @usableFromInline static let igmp: UInt8 = 2
    @usableFromInline static let icmpv6: UInt8 = 58

    /// Where an ICMP error's parts are: the quoted packet, and the extension structure after it (RFC 4884).
    struct Parts {
        var quoted: Range<Int>
        var extensions: Range<Int>?
    }

    /// `lengthAt`: where the header states the quoted packet's length, which is 0 where nothing follows it.
    /// `unit`: what it counts, in bytes.
    static func parts(_ bytes: borrowing RawSpan, _ message: Range<Int>, lengthAt offset: Int, unit: Int) -> Parts {
        let start = message.lowerBound + TransportHeader.quoteOffset
        let stated = Int(bytes.uint8(at: message.lowerBound + offset)) * unit
        let all = Parts(quoted: start..<message.upperBound)
        guard stated > 0, start + stated < message.upperBound else { return all }
        return Parts(quoted: start..<start + stated, extensions: start + stated..<message.upperBound)
    }
}

extension IPv4Address {
    /// Whether routers drop packets from it, and translators those to it: 0.0.0.0/8, loopback, multicast and 240.0.0.0/4 (RFC 1812 5.3.7).
    @inlinable
    var isIllegalEndpoint: Bool { bits &>> 24 == 0 || bits &>> 24 == 127 || bits >= 0xE000_0000 }
}

extension IPv6Address {
    /// Whether routers drop packets from it, and translators those to it: unspecified, loopback, multicast and link-local (RFC 4291 2.5, 2.7).
    @inlinable
    var isIllegalEndpoint: Bool { bits <= 1 || bits &>> 120 == 0xFF || bits &>> 118 == 0x3FA }
}

/// Where the parts of a translated ICMP error go.
struct ErrorLayout {
    /// The quoted packet's bytes after its IP headers that are kept.
    var data: Range<Int>

    /// Zeros after them.
    var padding = 0

    /// The extension structure, where it is now.
    var extensions: Range<Int>?

    /// The quoted packet's length in the header's units, where extensions follow it; else 0 (RFC 4884 4).
    var statedLength: UInt8 = 0

    /// In bytes, the quoted packet and all after it.
    var length: Int

    /// - `headers`: the quoted packet's new IP headers, in bytes.
    /// - `room`: for the quoted packet and all after it, in bytes.
    /// - `unit`: what the length is stated in, in bytes; 0 where the message has no extensions.
    /// - `capacity`: the buffer's size.
    init(headers: Int, data: Range<Int>, extensions: Range<Int>?, room: Int, unit: Int, capacity: Int) {
        if let extensions, unit > 0 {
            // At least 128 bytes, in whole units (RFC 4884 3).
            let wanted = max(128, (headers + data.count + unit - 1) / unit * unit)
            let quoted = min(wanted, (room - extensions.count) / unit * unit, 255 * unit)
            let end = data.lowerBound + quoted - headers + extensions.count
            if quoted >= 128, end <= capacity {
                let kept = min(data.count, quoted - headers)
                self.data = data.lowerBound..<data.lowerBound + kept
                padding = quoted - headers - kept
                self.extensions = extensions
                statedLength = UInt8(quoted / unit)
                length = quoted + extensions.count
                return
            }
        }
        let kept = min(data.count, room - headers)
        self.data = data.lowerBound..<data.lowerBound + kept
        length = headers + kept
    }

    /// Moves the extensions to their place, and writes the zeros.
    func arrange(_ bytes: inout MutableRawSpan) {
        if let extensions { bytes.move(extensions, to: data.upperBound + padding) }
        for offset in 0..<padding { bytes.set(UInt8(0), at: data.upperBound + offset) }
    }
}
