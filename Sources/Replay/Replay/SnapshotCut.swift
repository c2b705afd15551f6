import Captures
import Packets

/// What can be done with a packet of which the capture has only the beginning.
enum SnapshotCut: Equatable {
    /// Nothing of the IP packet is missing, or not because the capture was cut: to be translated as it is.
    case none
    /// The headers are there: to be translated as long as it was, with zeros for what is missing. No checksum has to be
    /// computed from that, since updates take no more than what changes (RFC 1624); except for a UDP checksum of zero,
    /// which may.
    case data(missing: Int, zeroChecksum: Int?)
    /// It can't be translated.
    case refused(String)

    static let headers = "headers cut by the snapshot length"
    static let quote = "cut by the snapshot length: the checksum of an ICMP error can't be told"
    static let checksum = "cut by the snapshot length: the UDP checksum can't be computed"
    static let answer = "cut by the snapshot length"

    /// - `ip`: what the capture has of the IP packet.
    init(_ packet: CapturedPacket, _ bytes: borrowing RawSpan, _ ip: Range<Int>) {
        self = .none
        let missingOfFrame = packet.originalLength - packet.range.count
        guard missingOfFrame > 0 else { return }
        guard !ip.isEmpty else {
            self = .refused(Self.headers)
            return
        }
        do throws(PacketError) {
            switch bytes.uint8(at: ip.lowerBound) >> 4 {
            case 4:
                // As with a packet that an error quotes: cut off anywhere.
                let read = try IPv4Packet(ipv4: bytes, ip, isQuoted: true)
                self = Self.of(read, bytes, ip, missing: read.header.totalLength - ip.count)
            case 6:
                let read = try IPv6Packet(ipv6: bytes, ip, isQuoted: true)
                let length = IPv6Header.length + read.header.fixed.payloadLength
                self = Self.of(read, bytes, ip, missing: length - ip.count)
            default: break
            }
        } catch {
            // All else is wrong in the packet itself.
            if case .truncated = error { self = .refused(Self.headers) }
        }
        // It states more than there was on the wire.
        if case .data(let missing, _) = self, missing > missingOfFrame { self = .none }
    }

    private static func of<Header>(
        _ packet: IPPacket<Header>, _ bytes: borrowing RawSpan, _ ip: Range<Int>, missing: Int
    ) -> SnapshotCut {
        if missing <= 0 { return .none }
        guard let transport = packet.transport else { return .data(missing: missing, zeroChecksum: nil) }
        let start = packet.transportStart
        switch transport.kind {
        case .tcp:
            guard start + 20 <= ip.upperBound else { return .refused(headers) }
            let length = Int(bytes.uint8(at: start + 12) >> 4) * 4
            let end = min(start + length, ip.upperBound + missing)
            return end <= ip.upperBound ? .data(missing: missing, zeroChecksum: nil) : .refused(headers)
        case .udp:
            let isZero = bytes.uint16(at: start + 6) == 0
            return .data(missing: missing, zeroChecksum: isZero ? start + 6 : nil)
        case .icmp, .icmpv6:
            let isError = transport.isICMPError && !packet.header.isFragment
            return isError ? .refused(quote) : .data(missing: missing, zeroChecksum: nil)
        case .other: return .data(missing: missing, zeroChecksum: nil)
        }
    }
}

extension ReplayedPacket {
    /// How many bytes of an answer's packet may be quoted (RFC 1812 4.3.2.3; RFC 4443 2.4).
    static let mostQuoted = (ipv4: 576 - 28, ipv6: 1280 - 48)

    /// Whether an ICMP error about the packet would quote more of it than there is.
    func isCutInQuote(isIPv4: Bool) -> Bool {
        let most = isIPv4 ? Self.mostQuoted.ipv4 : Self.mostQuoted.ipv6
        return ip.lowerBound + min(ip.count, most) > capturedEnd
    }

    /// How much of a translated packet's part is to be written: what the capture has of it, and at least its IP headers.
    func kept(of part: Range<Int>, _ bytes: [UInt8]) -> Range<Int> {
        if !isCut { return part }
        let isIPv4 = bytes[part.lowerBound] >> 4 == 4
        let fragment = !isIPv4 && bytes[part.lowerBound + 6] == 44 ? IPv6Extensions.FragmentHeader.length : 0
        let headers = isIPv4 ? Int(bytes[part.lowerBound] & 15) * 4 : IPv6Header.length + fragment
        return part.lowerBound..<max(min(part.upperBound, capturedEnd), part.lowerBound + headers)
    }
}
