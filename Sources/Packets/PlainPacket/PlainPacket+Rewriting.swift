import IPAddresses

extension PlainPacket {
    /// Gives an IPv4 packet other addresses and ports, in place; see ``IPPacket``.
    ///
    /// - Precondition: the packet was read from these bytes.
    @inlinable
    public func rewriteIPv4(
        _ bytes: inout MutableRawSpan, at start: Int, to new: Endpoints<IPv4Address>, hops: UInt8
    ) {
        var change = ChecksumChange()
        change.replace(bytes.bytes.ipv4Address(at: start &+ 12), by: new.source)
        change.replace(bytes.bytes.ipv4Address(at: start &+ 16), by: new.destination)
        rewritePorts(&bytes, at: start &+ 20, new, change)
        change.replace(UInt16(hopsLeft) &<< 8, by: UInt16(hopsLeft &- hops) &<< 8)
        let checksum = change.applied(to: bytes.bytes.uint16(at: start &+ 10))
        bytes.set(hopsLeft &- hops, at: start &+ 8)
        bytes.set(checksum, at: start &+ 10)
        bytes.set(new.source, at: start &+ 12)
        bytes.set(new.destination, at: start &+ 16)
    }

    /// The same of an IPv6 packet.
    @inlinable
    public func rewriteIPv6(
        _ bytes: inout MutableRawSpan, at start: Int, to new: Endpoints<IPv6Address>, hops: UInt8
    ) {
        var change = ChecksumChange()
        change.replace(bytes.bytes.ipv6Address(at: start &+ 8), by: new.source)
        change.replace(bytes.bytes.ipv6Address(at: start &+ 24), by: new.destination)
        rewritePorts(&bytes, at: start &+ 40, new, change)
        bytes.set(hopsLeft &- hops, at: start &+ 7)
        bytes.set(new.source, at: start &+ 8)
        bytes.set(new.destination, at: start &+ 24)
    }

    @inlinable
    func rewritePorts<Address>(
        _ bytes: inout MutableRawSpan, at start: Int, _ new: Endpoints<Address>, _ addresses: ChecksumChange
    ) {
        let own = UInt32(new.sourcePort) &<< 16 | UInt32(new.destinationPort)
        var change = addresses
        change.replace(ports, by: own)
        let checksum = change.applied(to: bytes.bytes.uint16(at: start &+ checksumOffset))
        bytes.set(own, at: start)
        bytes.set(ipProtocol == 17 && checksum == 0 ? 0xFFFF : checksum, at: start &+ checksumOffset)
    }
}
