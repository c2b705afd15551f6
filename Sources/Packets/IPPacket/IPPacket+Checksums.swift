import IPAddresses

extension IPPacket<IPv4Header> {
    /// Whether the upper layer's checksum is right; nil where that can't be told: of fragments, and where there is none.
    public func hasRightChecksum(_ bytes: borrowing RawSpan) -> Bool? {
        guard let transport, !header.isFragment else { return nil }
        var sum = InternetChecksum()
        if transport.kind != .icmp {
            sum.add(header.source)
            sum.add(header.destination)
        }
        return transport.isRight(sum, bytes, transportStart..<end)
    }
}

extension IPPacket<IPv6HeaderChain> {
    /// Whether the upper layer's checksum is right; nil where that can't be told: of fragments, and where there is none.
    public func hasRightChecksum(_ bytes: borrowing RawSpan) -> Bool? {
        guard let transport, !header.isFragment else { return nil }
        var sum = InternetChecksum()
        sum.add(header.fixed.source)
        sum.add(header.fixed.destination)
        return transport.isRight(sum, bytes, transportStart..<end)
    }
}

extension TransportHeader {
    /// Whether the checksum is right, given the sum of the addresses.
    func isRight(_ addresses: InternetChecksum, _ bytes: borrowing RawSpan, _ range: Range<Int>) -> Bool? {
        if kind == .other { return nil }
        if kind == .udp, bytes.uint16(at: range.lowerBound + 6) == 0 { return nil }
        var sum = addresses
        let length = kind == .udp ? Int(bytes.uint16(at: range.lowerBound + 4)) : range.count
        if kind != .icmp {
            let number: UInt8 = kind == .tcp ? 6 : kind == .udp ? 17 : 58
            sum.addPseudoHeader(ipProtocol: number, length: length)
        }
        sum.add(bytes, range.lowerBound..<range.lowerBound + length)
        return sum.folded == 0xFFFF
    }
}
