import IPAddresses

extension DNSRecord {
    /// The address of an A record; nil for others.
    public var ipv4Address: IPv4Address? {
        guard type == .a, recordClass == 1, data.count == 4 else { return nil }
        return IPv4Address(bits: data.reduce(0) { $0 << 8 | UInt32($1) })
    }

    /// The address of an AAAA record; nil for others.
    public var ipv6Address: IPv6Address? {
        guard type == .aaaa, recordClass == 1, data.count == 16 else { return nil }
        return IPv6Address(bits: data.reduce(0) { $0 << 8 | UInt128($1) })
    }

    public init(_ name: DNSName, _ address: IPv4Address, timeToLive: UInt32) {
        self.init(
            name, .a, timeToLive: timeToLive,
            data: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: address.bits >> $0) })
    }

    public init(_ name: DNSName, _ address: IPv6Address, timeToLive: UInt32) {
        self.init(
            name, .aaaa, timeToLive: timeToLive,
            data: (0..<16).map { UInt8(truncatingIfNeeded: address.bits >> UInt128(120 - 8 * $0)) })
    }

    /// A record whose data is a name: CNAME, PTR and the like.
    public init(_ name: DNSName, _ type: DNSType, target: DNSName, timeToLive: UInt32) {
        var data: [UInt8] = []
        DNSWriter.append(target, to: &data)
        self.init(name, type, timeToLive: timeToLive, data: data)
    }
}
