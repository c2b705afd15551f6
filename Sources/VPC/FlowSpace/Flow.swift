import IPAddresses

/// Packets between two addresses that differ only in ports: what a trace follows.
public struct Flow: Hashable, Sendable {
    public var source: IPAddress
    public var destination: IPAddress

    /// The kinds of packets; no duplicates. Empty where all have been dropped.
    public var classes: [TrafficClass]

    public init(source: IPAddress, destination: IPAddress, classes: [TrafficClass]) {
        self.source = source
        self.destination = destination
        self.classes = classes
    }

    public var isEmpty: Bool { classes.isEmpty }

    public var family: IPFamily { destination.family }

    /// The answers to these packets.
    public var reversed: Flow { Flow(source: destination, destination: source, classes: classes.map(\.reversed)) }
}

/// Packets of one protocol with any of some source ports and any of some destination ports.
public struct TrafficClass: Hashable, Sendable {
    /// The protocol; nil for the protocols that no rule names, which only rules for all protocols match.
    public var ipProtocol: IPProtocol?

    /// The source ports; the identifiers of ICMP queries. All of them for protocols without ports.
    public var sourcePorts: PortSet

    /// The destination ports. All of them for protocols without ports.
    public var destinationPorts: PortSet

    /// The type of an ICMP or ICMPv6 message.
    public var icmpType: UInt8?

    /// The code of an ICMP or ICMPv6 message: 0 for echo requests and replies (RFC 792, RFC 4443 4.1, 4.2).
    public var icmpCode: UInt8

    public init(
        _ ipProtocol: IPProtocol?, sourcePorts: PortSet = .all, destinationPorts: PortSet = .all,
        icmpType: UInt8? = nil, icmpCode: UInt8 = 0
    ) {
        self.ipProtocol = ipProtocol
        self.sourcePorts = sourcePorts
        self.destinationPorts = destinationPorts
        self.icmpType = icmpType
        self.icmpCode = icmpCode
    }

    /// An echo request: type 8 (RFC 792), or 128 for ICMPv6 (RFC 4443).
    public static func echoRequest(_ family: IPFamily) -> TrafficClass {
        TrafficClass(.icmp(family), icmpType: family == .ipv4 ? 8 : 128)
    }

    /// The answers: ports swapped, an echo reply for a request and the other way round.
    public var reversed: TrafficClass {
        let answer: [UInt8: UInt8] = [8: 0, 0: 8, 128: 129, 129: 128]
        return TrafficClass(
            ipProtocol, sourcePorts: destinationPorts, destinationPorts: sourcePorts,
            icmpType: icmpType.map { answer[$0] ?? $0 }, icmpCode: icmpCode
        )
    }

    /// The same with ICMP of the other family, as NAT64 makes it (RFC 7915 4.2, 5.2).
    public var inOtherFamily: TrafficClass {
        var result = self
        let types: [UInt8: UInt8] = [8: 128, 0: 129, 128: 8, 129: 0]
        if ipProtocol == .icmp { result.ipProtocol = .icmpv6 }
        if ipProtocol == .icmpv6 { result.ipProtocol = .icmp }
        result.icmpType = icmpType.map { types[$0] ?? $0 }
        return result
    }
}
